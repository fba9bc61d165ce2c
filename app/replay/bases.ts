// Where the state comes from that a replay begins with: for each task its newest checkpoint from before. A task that has none
// does everything again from its first commit on.
import { StockstreamError } from '../../base/errors.ts';
import type { CheckpointManifest } from '../../state/checkpoint-manifest.ts';
import { type CheckpointStore, isOutOfReach, isUnusable } from '../../state/checkpoint-store.ts';
import { forgetTask, loadCheckpoint } from '../../state/load-checkpoint.ts';
import { listCheckpoints, readManifest } from '../../state/read-checkpoint.ts';
import type { Progress } from '../../state/task-state.ts';
import { taskId } from '../../streams/names.ts';
import type { ReplayBase } from '../../streams/replay.ts';
import type { Topology } from '../../streams/topology.ts';

export interface ReplayBases {
  /** The moment behind the newest checkpoint of each task up to this one, or `latest`. @throws REPLAY_POINT_UNKNOWN */
  momentOf(checkpoint: string, topology: Topology): Promise<number>;
  /** The newest of each task that stands before the moment; undefined for none. */
  before(moment: number, topology: Topology): Promise<ReplayBase | undefined>;
}

export function checkpointBases(open: () => Promise<CheckpointStore>): ReplayBases {
  const using = async <T>(work: (checkpoints: CheckpointStore) => Promise<T>): Promise<T> => {
    const checkpoints = await open();
    return await work(checkpoints).finally(() => checkpoints.close());
  };
  return {
    momentOf: (id, topology) => using((checkpoints) => momentBehind(checkpoints, id, topology)),
    async before(moment, topology) {
      if (moment === Number.NEGATIVE_INFINITY) return undefined;
      const hasAny = await using((checkpoints) => hasCheckpoints(checkpoints, topology));
      return hasAny ? (task) => using((checkpoints) => load(checkpoints, moment, task)) : undefined;
    },
  };
}

async function momentBehind(checkpoints: CheckpointStore, id: string, { name, partitions }: Topology): Promise<number> {
  let moment = Number.NEGATIVE_INFINITY;
  let isKnown = id === 'latest';
  for (let partition = 0; partition < partitions; partition++) {
    const ofTask = await listCheckpoints(checkpoints, taskId(name, partition));
    isKnown ||= ofTask.some((each) => each.id === id);
    const newest = ofTask.find((each) => id === 'latest' || each.id <= id);
    const manifest = newest && (await readManifest(checkpoints, newest));
    moment = Math.max(moment, (manifest?.progress?.now ?? moment) + 1);
  }
  if (isKnown && Number.isFinite(moment)) return moment;
  const reason = `there is no checkpoint ${id} of topology ${name} with a commit in it`;
  throw new StockstreamError('REPLAY_POINT_UNKNOWN', { reason });
}

async function hasCheckpoints(checkpoints: CheckpointStore, { name, partitions }: Topology): Promise<boolean> {
  try {
    for (let partition = 0; partition < partitions; partition++) {
      if ((await listCheckpoints(checkpoints, taskId(name, partition))).length > 0) return true;
    }
  } catch (error) {
    // They only save time.
    if (!isPassing(error)) throw error;
  }
  return false;
}

async function load(
  checkpoints: CheckpointStore,
  moment: number,
  { store, id: task }: Pick<Parameters<ReplayBase>[0], 'store' | 'id'>,
): Promise<Progress | undefined> {
  const { signal } = new AbortController();
  for (const known of await listCheckpoints(checkpoints, task)) {
    try {
      const manifest = await readManifest(checkpoints, known);
      if (!standsBefore(manifest, moment)) continue;
      await loadCheckpoint(manifest, { checkpoints, store, task, signal });
      return manifest.progress ?? undefined;
    } catch (error) {
      if (!isPassing(error)) throw error;
      await forgetTask({ store, task, signal });
    }
  }
  return undefined;
}

function standsBefore({ progress }: CheckpointManifest, moment: number): boolean {
  return progress !== null && progress.now < moment;
}

/** Another one will do, or none. */
function isPassing(error: unknown): boolean {
  return isUnusable(error) || isOutOfReach(error);
}
