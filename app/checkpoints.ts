// Checkpoints as a worker takes them and restores from them, and as operators see them.
import type { Registry } from 'prom-client';
import { isStockstreamError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import { systemRandom } from '../base/random.ts';
import type {
  CheckpointDescription,
  CheckpointList,
  Checkpoints,
  StateCopy,
  TaskCheckpoint,
} from '../gateway/checkpoints.ts';
import { taskCheckpointsPath } from '../gateway/routes/task-checkpoints.ts';
import type { Log } from '../log/log.ts';
import type { CheckpointManifest } from '../state/checkpoint-manifest.ts';
import { type CheckpointStore, isUnusable } from '../state/checkpoint-store.ts';
import { listCheckpoints, readManifest } from '../state/read-checkpoint.ts';
import type { RestoreCheckpoints } from '../state/restore.ts';
import type { Store } from '../state/store.ts';
import { listImages, readImageManifest } from '../state/store-images.ts';
import { createCheckpointMetrics } from '../streams/checkpoint-metrics.ts';
import { type CheckpointedTasks, Checkpointer, restoreCheckpoints } from '../streams/checkpointer.ts';
import type { Topology } from '../streams/topology.ts';
import type { Config } from './config-schema.ts';
import { version } from './manifest.ts';
import { askerOf } from './queries/ask.ts';
import { groupOwners } from './queries/owners.ts';
import { type TakeCheckpointsParts, takeCheckpoints } from './take-checkpoints.ts';
import { openCheckpoints } from './wire/checkpoints.ts';
import { clock, threadName } from './wire/places.ts';
import type { WorkerHandle } from './worker-handle.ts';

export interface WorkerCheckpointsParts {
  readonly config: Config;
  /** Its number within the process. */
  readonly number: number;
  readonly log: Log;
  readonly store: Store;
  readonly metrics: Registry;
  readonly logger: Logger;
  readonly threads: () => readonly CheckpointedTasks[];
}

/** A worker's: to be stopped before its store is closed. */
export class WorkerCheckpoints {
  /** Where its tasks begin. */
  readonly restore: RestoreCheckpoints;
  readonly checkpointer: Checkpointer;
  readonly #checkpoints: CheckpointStore;

  private constructor(checkpoints: CheckpointStore, { config, number, ...parts }: WorkerCheckpointsParts) {
    const metrics = createCheckpointMetrics(parts.metrics);
    this.#checkpoints = checkpoints;
    this.restore = restoreCheckpoints(checkpoints, { metrics, logger: parts.logger });
    this.checkpointer = new Checkpointer({
      ...parts,
      metrics,
      checkpoints,
      clock,
      random: systemRandom,
      appId: config.appId,
      thread: threadName(config, number),
      codeVersion: version,
      everyMs: config.checkpointEvery * 1000,
      keep: config.checkpointKeep,
      keepMs: config.checkpointMaxAge * 1000,
    });
  }

  /** @throws CHECKPOINTS_REFUSED */
  static async open(parts: WorkerCheckpointsParts): Promise<WorkerCheckpoints> {
    return new WorkerCheckpoints(await openCheckpoints(parts.config), parts);
  }

  async stop(): Promise<void> {
    await this.checkpointer.stop();
    await this.#checkpoints.close();
  }
}

export interface CheckpointsParts {
  readonly config: Config;
  readonly log: Log;
  readonly topologies: readonly Topology[];
  /** Of this process. */
  readonly workers: readonly WorkerHandle[];
}

/** Whoever doesn't answer a question for nothing within so long is away, or as good as. */
const patienceMs = 3_000;

/** What the operator's routes show and do. */
export function checkpointsOf({ config, log, topologies, workers }: CheckpointsParts): Checkpoints {
  const owners = groupOwners({ log, appId: config.appId, clock });
  const post = askerOf(config);
  const ask: TakeCheckpointsParts['ask'] = async (endpoint, tasks, withinMs) => {
    // It may take its time; whether anybody is there is known at once.
    await post(endpoint, taskCheckpointsPath, { tasks: [] }, patienceMs);
    const answer = await post(endpoint, taskCheckpointsPath, { tasks }, withinMs);
    return (answer as { answers: readonly TaskCheckpoint[] }).answers;
  };
  return {
    async list() {
      const checkpoints = await openCheckpoints(config);
      return await describeCheckpoints(checkpoints).finally(() => checkpoints.close());
    },
    create: () => takeCheckpoints({ topologies, workers, owners, ask, clock }),
    createHere: (tasks) => createHere(workers, tasks),
  };
}

/** What the workers of this process own of these tasks. */
export async function createHere(
  workers: readonly Pick<WorkerHandle, 'checkpoint'>[],
  tasks: readonly string[],
): Promise<readonly TaskCheckpoint[]> {
  return (await Promise.all(workers.map((worker) => worker.checkpoint(tasks)))).flat();
}

/** @throws CHECKPOINTS_* */
export async function describeCheckpoints(store: CheckpointStore): Promise<CheckpointList> {
  const checkpoints: CheckpointDescription[] = [];
  const damaged: CheckpointList['damaged'][number][] = [];
  for (const known of await listCheckpoints(store)) {
    try {
      checkpoints.push(describe(await readManifest(store, known)));
    } catch (error) {
      // Dropped since they were listed.
      if (isStockstreamError(error, 'CHECKPOINT_NOT_FOUND')) continue;
      if (!isStockstreamError(error, 'CHECKPOINT_DAMAGED')) throw error;
      damaged.push({ ...known, reason: String(error.details.reason) });
    }
  }
  return { place: store.place, checkpoints, copies: await describeCopies(store), damaged };
}

async function describeCopies(store: CheckpointStore): Promise<StateCopy[]> {
  const copies: StateCopy[] = [];
  for (const known of await listImages(store)) {
    const manifest = await readImageManifest(store, known).catch((error: unknown) => {
      // A verification tells of damage; one may be dropped since it was listed.
      if (isUnusable(error)) return undefined;
      throw error;
    });
    if (manifest === undefined) continue;
    copies.push({
      ...known,
      takenAt: manifest.takenAt,
      bytes: manifest.files.reduce((sum, { bytes }) => sum + bytes, 0),
    });
  }
  return copies;
}

function describe({ task, id, takenAt, codeVersion, position, files }: CheckpointManifest): CheckpointDescription {
  const entries = files.reduce((sum, file) => sum + file.entries, 0);
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return { task, id, takenAt, codeVersion, offset: position.offset, entries, bytes };
}
