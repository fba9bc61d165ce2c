// Reads of what tasks have committed, with a proof that it was the newest: while it was read nobody else had been given these
// tasks. The log is asked for that after the read, for a thread that was paused knows nothing of the time that has passed,
// and a process of the same name may have taken its place at any moment.
import type { GroupMetadata } from '../log/group.ts';
import type { Ownership } from './ownership.ts';
import type { TaskManager } from './task-manager.ts';

interface OwnedReadParts {
  readonly ownership: Ownership;
  readonly tasks: Pick<TaskManager, 'get'>;
  /** Resolves when the commit in flight has ended, one way or the other: what others have seen of it is in the store then. */
  readonly settled: () => Promise<void>;
}

/**
 * Calls `read` with those of the partitions whose tasks run here. Undefined if none do, or if the proof fails: the tasks move,
 * or are restored after a failure.
 */
export async function readOwned<T>(
  partitions: readonly number[],
  read: (owned: readonly number[]) => Promise<T>,
  { ownership, tasks, settled }: OwnedReadParts,
): Promise<T | undefined> {
  const member = memberOf(ownership);
  const owned = new Map(partitions.map((partition) => [partition, tasks.get(partition)]));
  for (const [partition, task] of owned) if (task?.state !== 'running') owned.delete(partition);
  if (member === undefined || owned.size === 0) return undefined;
  await settled();
  const value = await read([...owned.keys()]);
  if (!(await ownership.isCurrent(member))) return undefined;
  // A commit that failed meanwhile has its tasks made anew.
  const isUnchanged = [...owned].every(
    ([partition, task]) => tasks.get(partition) === task && task?.state === 'running',
  );
  return isUnchanged ? value : undefined;
}

/** Undefined if all was lost. */
function memberOf(ownership: Ownership): GroupMetadata | undefined {
  try {
    return ownership.member;
  } catch {
    return undefined;
  }
}
