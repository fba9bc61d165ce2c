// What a stream thread is made with, and the limits that it keeps unless it is told others.
import type { Clock } from '../base/clock.ts';
import type { Logger } from '../base/logger.ts';
import type { Log } from '../log/log.ts';
import type { RestoreCheckpoints } from '../state/restore.ts';
import type { Store } from '../state/store.ts';
import type { Topic } from './api.ts';
import type { CacheBudget } from './cache-budget.ts';
import type { StreamsMetrics } from './metrics.ts';
import type { OwnershipOptions } from './ownership.ts';
import type { ProcessLimits } from './process.ts';
import type { Topology } from './topology.ts';

export interface StreamLimits extends ProcessLimits {
  /** A task with more bytes waiting isn't polled. */
  readonly bufferBytes: number;
  /** Bytes of decoded state, over all tasks. */
  readonly cacheBytes: number;
  readonly pollBytes: number;
  /** Records gather for about as long as two commits take, but never longer than so many milliseconds. */
  readonly commitDelayMs: number;
}

export const defaultLimits: StreamLimits = {
  batchRecords: 4_000,
  batchTimers: 1_000,
  batchMs: 25,
  uncommittedBytes: 64 << 20,
  bufferBytes: 4 << 20,
  cacheBytes: 128 << 20,
  pollBytes: 4 << 20,
  commitDelayMs: 0,
};

/** On a log of brokers a commit costs as much as dozens of records do: a backlog is worked off in larger batches. */
export const brokeredLimits = { batchMs: 100, commitDelayMs: 200 } as const satisfies Partial<StreamLimits>;

export interface StreamThreadOptions {
  readonly log: Log;
  readonly store: Store;
  readonly clock: Clock;
  readonly topology: Topology;
  readonly appId: string;
  /** Tells this thread from the application's others; a restarted one should have the same. */
  readonly instanceId: string;
  readonly deadLetters: Topic<Buffer>;
  readonly codeVersion: string;
  readonly metrics: StreamsMetrics;
  readonly logger: Logger;
  readonly limits?: Partial<StreamLimits>;
  /** Shared with what else runs on this worker's thread. Default: its own, of the limit's size. */
  readonly cache?: CacheBudget;
  readonly sessionTimeoutMs?: number;
  readonly rebalanceTimeoutMs?: number;
  /** Whoever leads the group decides by its own: all members should have the same. */
  readonly rules?: OwnershipOptions['rules'];
  /** Threads of one process have the same: a task's copies are elsewhere. */
  readonly process?: string;
  /** `host:port` where the process answers for its state. */
  readonly endpoint?: string | undefined;
  /** Where tasks begin that this thread's store knows nothing of. Default: at the beginning of their changelogs. */
  readonly checkpoints?: RestoreCheckpoints | undefined;
  /** Called once if the thread can't go on. */
  readonly onFailure: (error: unknown) => void;
}
