// What one replay works with.
import type { Log } from '../../log/log.ts';
import type { Store } from '../../state/store.ts';
import type { Topic } from '../../streams/api.ts';
import type { Topology } from '../../streams/topology.ts';
import type { ReplayBases } from './bases.ts';

export interface ReplayWork {
  readonly log: Log;
  readonly deadLetters: Topic<Buffer>;
  readonly appId: string;
  readonly bases: ReplayBases;
  readonly topology: Topology;
  /** Compared from then on. */
  readonly from: number;
  readonly limit: number;
  /** An empty store of its own, which is dropped at the end. */
  readonly openStore: () => Promise<Store>;
  readonly onStep: (step: string) => void;
  readonly onCommit: () => void;
}

/** Of a moment for which JSON has a number. */
export function shownMoment(from: number): number | null {
  return Number.isFinite(from) ? from : null;
}
