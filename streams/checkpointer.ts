// Takes checkpoints of a thread's running tasks, at an interval and on command, and lets go of old ones. It reads a snapshot
// of the store beside the run loop, which never waits for it; what fails is logged, counted, and tried again at the
// next interval. docs/decisions/0021-checkpoints.md says why.
import type { Clock } from '../base/clock.ts';
import { sleep } from '../base/clock.ts';
import { isStockstreamError, reasonOf, type StockstreamError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { Random } from '../base/random.ts';
import type { Log } from '../log/log.ts';
import type { StatePosition } from '../state/changelog.ts';
import type { CheckpointManifest } from '../state/checkpoint-manifest.ts';
import { dropOldCheckpoints, type Retention } from '../state/checkpoint-retention.ts';
import { type CheckpointStore, isUnusable } from '../state/checkpoint-store.ts';
import { listCheckpoints, readManifest } from '../state/read-checkpoint.ts';
import type { RestoreCheckpoints } from '../state/restore.ts';
import type { Store } from '../state/store.ts';
import { takeImage } from '../state/store-images.ts';
import { writeCheckpoint } from '../state/write-checkpoint.ts';
import type { CheckpointMetrics } from './checkpoint-metrics.ts';
import type { TopologyNames } from './names.ts';
import type { Topology } from './topology.ts';

/** What tasks are checkpointed: of a stream thread, or of a store whose application is stopped. */
export interface CheckpointedTasks {
  readonly topology: Topology;
  readonly names: TopologyNames;
  readonly tasks: readonly { readonly id: string; readonly partition: number; readonly state: string }[];
}

export interface CheckpointerOptions extends Retention {
  readonly checkpoints: CheckpointStore;
  readonly store: Store;
  readonly log: Log;
  readonly clock: Clock;
  readonly random: Random;
  readonly threads: () => readonly CheckpointedTasks[];
  readonly appId: string;
  /** Its name, the same after a restart. */
  readonly thread: string;
  readonly codeVersion: string;
  /** Milliseconds; 0 for none but on command. */
  readonly everyMs: number;
  /** Bytes of entries a file. Default 8 MB. */
  readonly blockBytes?: number;
  readonly metrics: CheckpointMetrics;
  readonly logger: Logger;
}

/** One task's. */
export interface TakenCheckpoint {
  readonly task: string;
  /** Null if the task has no state yet. */
  readonly id: string | null;
  /** False if the newest has all that there is. */
  readonly isNew: boolean;
  /** As they are kept. */
  readonly bytes: number;
}

/** There is none of this task; why is logged and counted, too. */
export interface FailedCheckpoint {
  readonly task: string;
  readonly failure: string;
}

/** State that stands still is checkpointed again after so long, before deletions since may be forgotten. */
const staleMs = 3 * 60 * 60 * 1000;

interface Newest {
  readonly id: string;
  readonly position: StatePosition;
}

export class Checkpointer {
  readonly #options: CheckpointerOptions;
  readonly #stopping = new AbortController();
  readonly #newest = new Map<string, Newest>();
  /** One at a time. */
  #taking: Promise<unknown> = Promise.resolve();
  #running: Promise<void> = Promise.resolve();

  constructor(options: CheckpointerOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#options.everyMs > 0) this.#running = this.#run();
  }

  /** What is being taken is given up. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    await this.#taking;
  }

  /** One of each running task, or of those alone that are named, where there is news. Tasks that don't run are left out. */
  create(only?: ReadonlySet<string>): Promise<(TakenCheckpoint | FailedCheckpoint)[]> {
    const taking = this.#taking.then(() => this.#createAll(only));
    this.#taking = taking.catch(() => {});
    return taking;
  }

  async #run(): Promise<void> {
    const { clock, random, everyMs } = this.#options;
    const { signal } = this.#stopping;
    // Workers that start together don't load the store of the checkpoints together.
    await sleep(clock, everyMs * (0.5 + random.next() / 2), signal);
    while (!signal.aborted) {
      await this.create();
      await sleep(clock, everyMs, signal);
    }
  }

  async #createAll(only?: ReadonlySet<string>): Promise<(TakenCheckpoint | FailedCheckpoint)[]> {
    const taken: (TakenCheckpoint | FailedCheckpoint)[] = [];
    await this.#takeImage();
    for (const thread of this.#options.threads()) {
      for (const { id, partition, state } of thread.tasks) {
        if (this.#stopping.signal.aborted) return taken;
        if (only?.has(id) === false || (state !== 'running' && state !== 'suspended')) continue;
        taken.push(await this.#create(thread, { id, partition }));
      }
    }
    return taken;
  }

  /** Of the whole store at once, where that costs nothing. Tasks have their own all the same. */
  async #takeImage(): Promise<void> {
    const { logger, clock } = this.#options;
    const started = clock.monotonic();
    try {
      const image = await takeImage(this.#options);
      const seconds = (clock.monotonic() - started) / 1000;
      if (image) logger.info({ copy: image.id, files: image.files.length, seconds }, 'state files copied');
    } catch (error) {
      logger.warn({ err: error }, 'no copy of the state files, to be tried again');
    }
  }

  async #create(
    { topology: { name: topology }, names }: CheckpointedTasks,
    { id: task, partition }: { readonly id: string; readonly partition: number },
  ): Promise<TakenCheckpoint | FailedCheckpoint> {
    const { log, appId: application, codeVersion, clock, metrics, logger } = this.#options;
    const started = clock.monotonic();
    try {
      const newest = await this.#newestOf(task);
      const isStale = newest !== undefined && clock.now() - newest.position.at > staleMs;
      const manifest = await writeCheckpoint(
        { application, topology, partition, task, codeVersion },
        {
          ...this.#options,
          changelogEnd: async () => {
            const [end = 0] = await log.admin.offsets([{ topic: names.changelog, partition }], 'latest', 'uncommitted');
            return end;
          },
          known: isStale ? undefined : newest?.position.offset,
          signal: this.#stopping.signal,
        },
      );
      if (manifest === undefined && this.#stopping.signal.aborted) return { task, failure: 'its worker stops' };
      if (manifest === undefined) return { task, id: newest?.id ?? null, isNew: false, bytes: 0 };
      this.#newest.set(task, manifest);
      return await this.#finish(manifest, (clock.monotonic() - started) / 1000);
    } catch (error) {
      const code = isStockstreamError(error) ? error.code : 'unknown';
      metrics.failures.inc({ topology, code });
      logger.warn({ err: error, task }, 'no checkpoint, to be tried again');
      return { task, failure: reasonOf(error) };
    }
  }

  async #finish(manifest: CheckpointManifest, seconds: number): Promise<TakenCheckpoint> {
    const { metrics, logger, checkpoints, keep, keepMs, clock } = this.#options;
    const { topology, task, id, takenAt, partition } = manifest;
    const bytes = manifest.files.reduce((sum, file) => sum + file.bytes, 0);
    metrics.duration.observe({ topology }, seconds);
    metrics.bytes.inc({ topology }, bytes);
    metrics.takenAt.set({ topology, partition: String(partition) }, takenAt / 1000);
    logger.info({ task, checkpoint: id, bytes, seconds }, 'checkpoint taken');
    const dropped = await dropOldCheckpoints(checkpoints, task, { keep, keepMs, now: clock.now() });
    if (dropped.length > 0) logger.debug({ task, dropped }, 'old checkpoints dropped');
    return { task, id, isNew: true, bytes };
  }

  /** Others may have taken it, before the task came here. */
  async #newestOf(task: string): Promise<Newest | undefined> {
    const known = this.#newest.get(task);
    if (known !== undefined) return known;
    const { checkpoints } = this.#options;
    const [first] = await listCheckpoints(checkpoints, task);
    if (first === undefined) return undefined;
    // One that can't be read is no reason not to take another.
    const manifest = await readManifest(checkpoints, first).catch((error: unknown) => {
      if (isUnusable(error)) return undefined;
      throw error;
    });
    if (manifest !== undefined) this.#newest.set(task, manifest);
    return manifest;
  }
}

/** What restores of a thread's tasks take and tell. */
export function restoreCheckpoints(
  checkpoints: CheckpointStore,
  { metrics, logger }: { readonly metrics: CheckpointMetrics; readonly logger: Logger },
): RestoreCheckpoints {
  return {
    checkpoints,
    onLoaded: ({ task, id, topology, position }) => {
      metrics.restores.inc({ topology, result: 'loaded' });
      logger.info({ task, checkpoint: id, position: position.offset }, 'task begins with a checkpoint');
    },
    onPassedOver: (error: StockstreamError, task: string) => {
      metrics.restores.inc({ topology: task.slice(0, task.lastIndexOf('_')), result: 'passed over' });
      logger.warn({ task, reason: reasonOf(error) }, 'checkpoint passed over');
    },
  };
}
