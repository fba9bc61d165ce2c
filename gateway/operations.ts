// What the gateway asks of the process that it runs in, for operators: how the streams are wired, what runs where, how
// far it is behind. The app implements it; a gateway without workers beside it answers with what it can know.

import type { Checkpoints } from './checkpoints.ts';
import type { Quarantine } from './quarantined-keys.ts';
import type { Reconciliation } from './reconciliation.ts';
import type { Replays } from './replays.ts';
import type { StateQueries } from './state-queries.ts';
import type { ViewGenerations } from './view-generations.ts';

export interface NodeDescription {
  readonly processor: string;
  readonly source: { readonly kind: 'topic' | 'timer'; readonly name: string };
  /** Names of stores. */
  readonly stores: readonly string[];
  /** Names of topics. */
  readonly outputs: readonly string[];
}

export interface TopologyDescription {
  readonly name: string;
  /** How many tasks it has. */
  readonly partitions: number;
  readonly nodes: readonly NodeDescription[];
}

export interface TaskDescription {
  readonly id: string;
  /** The topology, view or effect that it belongs to. */
  readonly topology: string;
  readonly partition: number;
  readonly state: string;
  /** The worker and thread that it runs on, or that has the copy. */
  readonly owner: string;
  /** Of a standby: records of the changelog that it doesn't have yet. Absent until that is known, and for others. */
  readonly lag?: number;
}

export interface LagDescription {
  readonly kind: 'topology' | 'view' | 'effect';
  readonly name: string;
  readonly topic: string;
  readonly partition: number;
  /** The next offset to be taken, null if none was committed yet. */
  readonly committed: number | null;
  readonly end: number;
  /** Records that aren't taken yet. */
  readonly lag: number;
}

export interface PartHealth {
  readonly name: string;
  readonly healthy: boolean;
  /** Why it isn't. */
  readonly detail?: string;
  /** Without it some requests are refused, and the others served. */
  readonly isPartial?: true;
}

export interface Operations {
  topologies(): Promise<readonly TopologyDescription[]>;
  tasks(): Promise<readonly TaskDescription[]>;
  lag(): Promise<readonly LagDescription[]>;
  /** Of the parts that only the app knows; the gateway adds its own. */
  health(): Promise<readonly PartHealth[]>;
  /** Sets of views beside each other. */
  readonly generations: ViewGenerations;
  /** Empties a view and starts it over from the log. False if there is no such view. */
  rebuildView(name: string): Promise<boolean>;
  /** Writes demo products and their stock into the log; gives their number. */
  seed(products: number): Promise<number>;
  /** What tasks have committed, wherever they are. */
  readonly state: StateQueries;
  /** Keys that stand still, wherever their tasks are. */
  readonly quarantine: Quarantine;
  /** Of the state. */
  readonly checkpoints: Checkpoints;
  /** Doing the past again. */
  readonly replays: Replays;
  /** Whether everything agrees, and setting right what doesn't. */
  readonly reconciliation: Reconciliation;
}
