// Where a planted bug sits: between a worker and what it is made of, or between the log and its storage. Each hook wraps
// a shipped part. State of a bug lives in its Sabotage, so that every run plants it afresh.
import type { StorageEntry, StorageOperation } from '../../../log/embedded/storage.ts';
import type { Log, TransactionalProducer } from '../../../log/log.ts';
import type { CheckpointStore } from '../../../state/checkpoint-store.ts';
import type { Store } from '../../../state/store.ts';
import type { ViewSink } from '../../../streams/api.ts';
import type { StreamThread } from '../../../streams/stream-thread.ts';
import type { Topology } from '../../../streams/topology.ts';
import type { DocumentWrite } from '../../../views/documents/documents.ts';
import type { FaultName } from '../fault-names.ts';

/** The worker that a bug is planted in. */
export interface Victim {
  readonly store: Store;
  /** Only once the worker has started. */
  readonly thread: () => StreamThread;
}

export interface Sabotage {
  topology?(topology: Topology): Topology;
  store?(store: Store, victim: Victim): Store;
  log?(log: Log, victim: Victim): Log;
  /** Beneath the line, where what comes twice comes twice. */
  producer?(producer: TransactionalProducer): TransactionalProducer;
  /** What of a write really gets to the log's storage. */
  storage?(operations: StorageOperation[]): StorageOperation[];
  /** What a read of the log's storage gives. */
  stored?(entry: StorageEntry): StorageEntry;
  /** A write of the log's storage that fails is taken for one that did not. */
  readonly hidesFailures?: boolean;
  /** What checkpoints are kept in. */
  checkpoints?(checkpoints: CheckpointStore): CheckpointStore;
  sink?(sink: ViewSink<DocumentWrite>): ViewSink<DocumentWrite>;
  /** The destination of the views writes whatever comes, however old. */
  readonly isUnguarded?: boolean;
}

export interface Canary {
  readonly name: string;
  /** The bug, in words. */
  readonly bug: string;
  /** Faults that are enough for it to show: no others strike where it is planted. Absent: those of the seed. */
  readonly needs?: readonly FaultName[];
  /** It is caught within the first so many seeds. */
  readonly seeds: number;
  /** The checkers of which at least one catches it. */
  readonly caughtBy: readonly string[];
  plant(): Sabotage;
}

/** Whether only doing the commits again shows the bug. */
export function needsReplay({ caughtBy }: Canary): boolean {
  return caughtBy.includes('replay gives the same');
}
