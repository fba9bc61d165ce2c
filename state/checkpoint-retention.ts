// Which checkpoints of a task are let go: more than are to be kept, those that are too old, and what was never finished. The
// newest stays whatever its age. Manifests go first, so that one which is half gone is never chosen.
import { folderOf, manifestName, timeOfId } from './checkpoint-manifest.ts';
import type { CheckpointStore } from './checkpoint-store.ts';

export interface Retention {
  /** So many of a task. At least 1. */
  readonly keep: number;
  /** None older than so many milliseconds. */
  readonly keepMs: number;
}

/** Whoever takes one needs no longer, in milliseconds; what is older and unfinished was given up. */
const givenUpMs = 3_600_000;

/** Returns the ids of the finished ones that are gone. @throws CHECKPOINTS_* */
export async function dropOldCheckpoints(
  checkpoints: CheckpointStore,
  task: string,
  { keep, keepMs, now }: Retention & { readonly now: number },
): Promise<string[]> {
  const folder = folderOf(task);
  const files = new Map<string, string[]>();
  for (const key of await checkpoints.list(folder)) {
    const id = key.slice(folder.length).split('/')[0]!;
    files.set(id, [...(files.get(id) ?? []), key]);
  }
  const manifestOf = (id: string) => `${folderOf(task, id)}${manifestName}`;
  const isFinished = (id: string) => files.get(id)!.includes(manifestOf(id));
  const finished = [...files.keys()].filter(isFinished).sort().reverse();
  const old = finished.filter((id, index) => index >= keep || (index > 0 && now - timeOfId(id) > keepMs));
  const givenUp = [...files.keys()].filter((id) => !isFinished(id) && now - timeOfId(id) > givenUpMs);
  await checkpoints.delete(old.map(manifestOf));
  await checkpoints.delete([...old, ...givenUp].flatMap((id) => files.get(id)!));
  return old;
}
