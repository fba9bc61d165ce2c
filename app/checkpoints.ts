// Checkpoints as a worker takes them and restores from them, and as operators see them.
import type { Registry } from 'prom-client';
import { isStockstreamError, StockstreamError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import { systemRandom } from '../base/random.ts';
import type { CheckpointDescription, CheckpointList, Checkpoints, StateCopy } from '../gateway/checkpoints.ts';
import type { Log } from '../log/log.ts';
import type { CheckpointManifest } from '../state/checkpoint-manifest.ts';
import { type CheckpointStore, isUnusable } from '../state/checkpoint-store.ts';
import { listCheckpoints, readManifest } from '../state/read-checkpoint.ts';
import type { RestoreCheckpoints } from '../state/restore.ts';
import type { Store } from '../state/store.ts';
import { listImages, readImageManifest } from '../state/store-images.ts';
import { createCheckpointMetrics } from '../streams/checkpoint-metrics.ts';
import { type CheckpointedTasks, Checkpointer, restoreCheckpoints } from '../streams/checkpointer.ts';
import type { Config } from './config-schema.ts';
import { version } from './manifest.ts';
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

/** What the operator's routes show and do. */
export function checkpointsOf(config: Config, workers: readonly WorkerHandle[]): Checkpoints {
  return {
    async list() {
      const checkpoints = await openCheckpoints(config);
      return await describeCheckpoints(checkpoints).finally(() => checkpoints.close());
    },
    async create() {
      if (workers.length === 0) throw new StockstreamError('CHECKPOINTS_ELSEWHERE');
      return (await Promise.all(workers.map((worker) => worker.checkpoint()))).flat();
    },
  };
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
