// Checkpoints are what they say: each is whole if nothing was done to it and known to be damaged if something was; and an
// empty disk comes back from the newest whole one, though all that its changelog had before is gone.
import type { StatePosition } from '../../../state/changelog.ts';
import type { CheckpointManifest } from '../../../state/checkpoint-manifest.ts';
import { isUnusable } from '../../../state/checkpoint-store.ts';
import { MemoryDisk } from '../../../state/memory/memory-store.ts';
import { readManifest, verifyCheckpoint } from '../../../state/read-checkpoint.ts';
import { taskId } from '../../../streams/names.ts';
import { delegateLog } from '../../log/delegates.ts';
import type { Evidence, Violation } from '../evidence.ts';
import type { LoggedRecord } from '../history.ts';
import type { World } from '../world.ts';
import { maxAgeMs, restoreOne } from './return.ts';

const checker = 'checkpoints are what they say';

export async function checkCheckpoints(world: World, evidence: Evidence): Promise<Violation[]> {
  const violations: Violation[] = [];
  const changelogs = Map.groupBy(
    evidence.records.filter(({ topic }) => topic === evidence.names.changelog),
    ({ partition }) => partition,
  );
  for (const [partition, changelog] of changelogs) {
    const sound = await checkEach(world, evidence, partition, violations);
    violations.push(...(await checkCutOff(world, evidence, { partition, changelog, sound })));
  }
  return violations;
}

/** The whole ones of a task, the newest first. */
async function checkEach(
  { shelf, checkpoints, shop }: World,
  { stores }: Evidence,
  partition: number,
  violations: Violation[],
): Promise<CheckpointManifest[]> {
  const sound: CheckpointManifest[] = [];
  for (const known of await shelf.list(taskId(shop.topology.name, partition))) {
    const written = shelf.soundOf(known);
    if (written !== undefined) sound.push(written);
    const reason = await readManifest(checkpoints, known)
      .then((manifest) => verifyCheckpoint(checkpoints, manifest, [...stores.values()]))
      .catch((error: unknown) => {
        if (!isUnusable(error)) throw error;
        return error.message;
      });
    if ((reason === undefined) === (written !== undefined)) continue;
    const what = reason === undefined ? 'it was damaged, and is taken for whole' : `nothing was done to it: ${reason}`;
    violations.push({ checker, subject: known.task, what: `${known.task}/${known.id}: ${what}` });
  }
  return sound;
}

interface OfTask {
  readonly partition: number;
  readonly changelog: readonly LoggedRecord[];
  readonly sound: readonly CheckpointManifest[];
}

/** The changelog begins behind the newest that isn't too old: it must be that one, and it must do. */
async function checkCutOff(world: World, evidence: Evidence, { partition, changelog, sound }: OfTask) {
  const { log } = world.machine!;
  const input = { topic: evidence.names.changelog, partition };
  const [end = 0] = await log.admin.offsets([input], 'latest', 'uncommitted');
  const isFresh = ({ offset, at }: StatePosition) => end - offset <= 1 || world.clock.now() - at <= maxAgeMs;
  const newest = sound.find(({ position }) => isFresh(position));
  if (newest === undefined) return [];
  const { offset, isMarked = false } = newest.position;
  const earliest = offset + (isMarked ? 1 : 0);
  const admin = {
    ...log.admin,
    offsets: async (...asked: Parameters<typeof log.admin.offsets>) =>
      asked[1] === 'earliest' ? [earliest] : await log.admin.offsets(...asked),
  };
  const loaded: string[] = [];
  const violations = await restoreOne(world, evidence, {
    ...{ partition, changelog, disk: new MemoryDisk(), name: `an empty disk, its changelog cut off at ${earliest}` },
    log: { ...delegateLog(log), admin },
    checkpoints: { checkpoints: world.checkpoints, onLoaded: ({ id }) => loaded.push(id) },
  });
  if (loaded.join() !== newest.id) {
    const what = `${newest.task} began with ${loaded.join() || 'no checkpoint'}, not with ${newest.id}`;
    violations.push({ checker, subject: newest.task, what });
  }
  return violations;
}
