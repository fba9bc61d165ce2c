// The part of the table of settings that is about tasks: how soon they commit, the memory that their state takes, its
// copies on other workers, and when one of them takes over. settings.ts puts all together.
import { leastMemory } from '../state/memory-split.ts';
import { brokeredLimits } from '../streams/stream-thread-options.ts';
import { integer } from './setting.ts';

export const stateSettings = {
  commitDelayMs: integer(0, 10_000, {
    group: 'Worker',
    default: brokeredLimits.commitDelayMs,
    doc: 'Most milliseconds for which records gather after a commit on Kafka; they do for about as long as two commits take while fewer than 200 wait. 0 commits at once.',
  }),
  stateMemory: integer(leastMemory >> 20, 1_048_576, {
    group: 'Worker',
    default: 512,
    doc: "Megabytes of memory for the state of each worker thread: RocksDB's caches and buffers, decoded entries, and what is changed and not committed yet, which is committed early where it would be more.",
  }),
  standbys: integer(0, 8, {
    group: 'Worker',
    default: 0,
    doc: "Warm copies of each task's state in other processes, so that one goes on at once where a worker fails. All workers should have the same.",
  }),
  acceptableRecoveryLag: integer(0, 1_000_000_000, {
    group: 'Worker',
    default: 10_000,
    doc: 'A worker whose copy of a state is so many records behind, or fewer, may take its task over at once. One that has less warms up first, while the task runs on where it is.',
  }),
  maxWarmupReplicas: integer(1, 64, {
    group: 'Worker',
    default: 2,
    doc: 'So many tasks of a topology warm up elsewhere at a time.',
  }),
};
