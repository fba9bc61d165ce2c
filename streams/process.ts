// Step 1 of a commit for several tasks at once: their batches run side by side, so that what they miss is read from the
// store in one go.
import type { Clock } from '../base/clock.ts';
import type { Store } from '../state/store.ts';
import { loadMissing } from '../state/task-state.ts';
import type { StreamTask } from './task.ts';

export interface ProcessLimits {
  /** Records of one batch, over all tasks. */
  readonly batchRecords: number;
  /** Timers of one batch and task. */
  readonly batchTimers: number;
  /** After so many milliseconds of processing a batch ends at the next record. */
  readonly batchMs: number;
  /** What the batches of all tasks and the commits in flight may write, about. */
  readonly uncommittedBytes: number;
}

export interface ProcessParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly limits: ProcessLimits;
  /** Between two tasks' batches, to let others come first. */
  readonly turn?: (() => Promise<void> | undefined) | undefined;
}

/** Starts a batch of each task and runs it to its end. Returns the tasks that have something to commit. */
export async function processBatches(
  tasks: readonly StreamTask[],
  { store, clock, limits, turn }: ProcessParts,
): Promise<StreamTask[]> {
  const deadline = clock.monotonic() + limits.batchMs;
  const records = Math.ceil(limits.batchRecords / tasks.length);
  // One third is the commit's that the log takes, one that of the one which the store takes.
  const bytes = limits.uncommittedBytes / 3 / tasks.length;
  for (const task of tasks) await task.begin(store, clock, { records, timers: limits.batchTimers, bytes });
  await runBatches(tasks, { store, clock, turn, deadline });
  for (const task of tasks) task.pace();
  for (const task of tasks) if (!task.batch!.worked && !task.isAhead) task.batch = undefined;
  return tasks.filter(({ batch }) => batch !== undefined);
}

/**
 * Runs started batches until each is done or `deadline` (on the monotonic clock) has passed, of which each has its share.
 * @throws REGISTRY_UNAVAILABLE if a record's schema must be asked for and can't be now
 */
export async function runBatches(
  tasks: readonly StreamTask[],
  { store, clock, deadline, turn }: Omit<ProcessParts, 'limits'> & { readonly deadline: number },
): Promise<void> {
  for (let open = tasks; open.length > 0; ) {
    for (const { batch } of open) if (batch!.ahead.hasForeign) await batch!.ahead.learn();
    const missing = open.map(({ stores }) => stores).filter(({ transaction }) => transaction.missing.length > 0);
    if (missing.length > 0) await loadMissing(store, missing);
    const suspended: StreamTask[] = [];
    for (const [index, task] of open.entries()) {
      if (index > 0) await turn?.();
      const now = clock.monotonic();
      if (!task.batch!.advance(clock, now + (deadline - now) / (open.length - index))) suspended.push(task);
    }
    open = suspended;
  }
}
