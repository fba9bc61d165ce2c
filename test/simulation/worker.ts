// One worker process of the simulation: a stream thread on the shop with a store on its disk and a session on the log.
// It can hang and go on, be killed at any moment, or stop in good order.

import { Registry } from 'prom-client';
import { isStockstreamError, type StockstreamError } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import type { Random } from '../../base/random.ts';
import type { SteppedClock } from '../../base/stepped-clock.ts';
import type { EmbeddedSession } from '../../log/embedded/session.ts';
import type { TopicPartition } from '../../log/log.ts';
import type { StatePosition } from '../../state/changelog.ts';
import type { CheckpointStore } from '../../state/checkpoint-store.ts';
import { TaskKeys } from '../../state/keys.ts';
import type { KeyRange } from '../../state/store.ts';
import type { Checkpointer } from '../../streams/checkpointer.ts';
import { createStreamsMetrics, createViewMetrics } from '../../streams/metrics.ts';
import { taskId } from '../../streams/names.ts';
import { StreamThread } from '../../streams/stream-thread.ts';
import type { Topology } from '../../streams/topology.ts';
import { ViewThread, type ViewThreadOptions } from '../../streams/view-thread.ts';
import type { DocumentWrite } from '../../views/documents/documents.ts';
import type { Sabotage } from './canaries/sabotage.ts';
import { restoring, startCheckpointer } from './checkpointing.ts';
import { type Counts, count } from './counts.ts';
import type { Destination } from './destination.ts';
import { chance } from './dice.ts';
import type { Disk } from './disk.ts';
import { Link, type Stage } from './link.ts';
import type { Plan } from './plan.ts';
import { ProcessClock } from './process-clock.ts';
import type { Shop } from './shop.ts';
import { slowCheckpoints } from './slow-checkpoints.ts';
import { SlowLog } from './slow-log.ts';
import { SlowStore } from './slow-store.ts';
import type { Ends } from './slow-transaction.ts';
import { type ViewName, viewOf } from './views.ts';

/** What is seen of workers from outside, for checkers. */
export interface Incident {
  readonly kind: 'wiped state' | 'read state again' | 'thread failed' | 'background error' | 'stands still';
  readonly what: string;
  readonly at: number;
}

export interface WorkerParts {
  readonly name: string;
  readonly disk: Disk;
  readonly world: SteppedClock;
  readonly random: Random;
  readonly session: (clock: ProcessClock) => EmbeddedSession;
  readonly plan: Plan;
  readonly shop: Shop;
  readonly destination: Destination;
  /** What checkpoints are kept in, and the dice of all that has to do with them. */
  readonly checkpoints: CheckpointStore;
  readonly checkpointRandom: Random;
  /** Whether somebody removed of the shop's changelog what comes next after an offset. */
  readonly isCutOff: (partition: number, offset: number) => boolean;
  readonly ends: Ends;
  readonly sabotage: Sabotage;
  /** How long one way over the network takes now, typically. */
  readonly networkLatency: () => number;
  /** The share of messages that is lost now. */
  readonly loss: () => number;
  readonly counts: Counts;
  readonly onGeneration: (generation: number) => void;
  readonly reach: (worker: Worker, call: string, stage: Stage) => void;
  /** Told when it can't go on, for a reason that a fault explains. */
  readonly onEnded: (worker: Worker, error: StockstreamError) => void;
  readonly isExcused: (error: unknown) => boolean;
  readonly onIncident: (kind: Incident['kind'], what: string) => void;
  readonly logger: Logger;
}

/** What a thread says of an assignment. */
interface Duties {
  readonly tasks: readonly number[];
  readonly standbys: readonly number[];
  readonly warmups: readonly number[];
}

export const appId = 'sim';

const metrics = createStreamsMetrics(new Registry());
const viewMetrics = createViewMetrics(new Registry());

/** Lost coordinator's messages are asked for again at once; what else gets lost costs more. */
const lossiness = { group: 1, log: 0.1, checkpoints: 0.1 } as const;

/** A killed process' last requests may still be under way for so long. */
const lastWordsMs = 500;

export class Worker {
  readonly name: string;
  readonly clock: ProcessClock;
  readonly disk: Disk;
  readonly thread: StreamThread;
  readonly views: readonly ViewThread<DocumentWrite>[];
  readonly #checkpointer: Checkpointer | undefined;
  /** How much slower it is than the plan says. */
  slowness = 1;
  /** Nothing gets through between it and the log. */
  isCutOff = false;
  readonly #parts: WorkerParts;
  readonly #session: EmbeddedSession;
  readonly #store: SlowStore;
  readonly #link: Link;
  /** Where the disk's tasks stood, by partition: when the process started, or as it last asked for it. */
  readonly #stoodAt: Map<number, StatePosition>;
  /** As last assigned. */
  #duties: Duties = { tasks: [], standbys: [], warmups: [] };

  constructor(parts: WorkerParts) {
    const { name, disk, world, random, plan, sabotage } = parts;
    this.name = name;
    this.disk = disk;
    this.#parts = parts;
    this.#stoodAt = positionsOn(disk, parts.shop.topology);
    this.clock = new ProcessClock(world);
    this.#session = parts.session(this.clock);
    const reach = (call: string, stage: Stage) => parts.reach(this, call, stage);
    const { clock } = this;
    this.#store = new SlowStore({
      disk,
      clock,
      random,
      latency: () => plan.latency.store * this.slowness,
      snapshotRandom: parts.checkpointRandom,
      reach,
      onRead: (key, value) => this.#noteRead(key, value),
      onWipe: (range) => this.#checkWipe(range),
    });
    this.#link = this.#line(random);
    const slow = new SlowLog({
      session: this.#session,
      link: this.#link,
      clock,
      world,
      random,
      counts: parts.counts,
      ends: parts.ends,
      sabotage,
      sessionTimeoutMs: plan.sessionTimeoutMs,
      onGeneration: parts.onGeneration,
      onAssign: (partition, offset) => this.#checkTail(partition, offset),
    });
    const victim = { store: this.#store, thread: () => this.thread };
    const log = sabotage.log?.(slow, victim) ?? slow;
    const common = {
      log,
      clock,
      appId,
      instanceId: name,
      deadLetters: parts.shop.topics.deadLetters,
      codeVersion: 'sim',
      logger: parts.logger,
      sessionTimeoutMs: plan.sessionTimeoutMs,
      rebalanceTimeoutMs: plan.rebalanceTimeoutMs,
      onFailure: (error: unknown) => this.#fail(error),
    };
    const store = sabotage.store?.(this.#store, victim) ?? this.#store;
    const checkpointing = plan.checkpoints && {
      ...{ ...parts, ...common, store, random: parts.checkpointRandom, plan: plan.checkpoints },
      checkpoints: slowCheckpoints(parts.checkpoints, this.#line(parts.checkpointRandom)),
    };
    this.thread = new StreamThread({
      ...common,
      logger: { ...parts.logger, info: (fields: object, text: string) => this.#hear(fields, text) },
      store,
      topology: parts.shop.topology,
      metrics,
      limits: plan.limits,
      rules: plan.rules,
      process: name,
      checkpoints: checkpointing && restoring(checkpointing),
    });
    this.thread.start();
    this.#checkpointer = checkpointing && startCheckpointer(checkpointing, this.thread);
    this.views = plan.views.map((view) => this.#viewThread(view, common));
    for (const view of this.views) view.start();
  }

  #line(random: Random): Link {
    const { world, networkLatency, loss, reach, counts } = this.#parts;
    return new Link({
      clock: this.clock,
      world,
      random,
      latency: () => networkLatency() * this.slowness,
      loses: (kind) => this.isCutOff || chance(random, loss() * lossiness[kind]),
      reach: (call, stage) => reach(this, call, stage),
      counts,
    });
  }

  #viewThread(name: ViewName, common: Omit<ViewThreadOptions<DocumentWrite>, 'view' | 'metrics'>) {
    const { shop, destination } = this.#parts;
    const view = viewOf(name, shop, destination.sinkOf(this.clock));
    return new ViewThread({ ...common, view, metrics: viewMetrics });
  }

  #fail(error: unknown): void {
    const { onEnded, onIncident, isExcused } = this.#parts;
    // The log can't write: the machine's process ends, and starts again.
    if (isStockstreamError(error, 'LOG_STORAGE_FAILED')) return;
    // Another process has its name: this one ends, and whoever watches over it starts it again.
    const isReplaced = isStockstreamError(error, 'LOG_INSTANCE_FENCED');
    if (isStockstreamError(error) && (isReplaced || isExcused(error))) onEnded(this, error);
    else onIncident('thread failed', `${this.name}: ${error instanceof Error ? error.stack : String(error)}`);
  }

  get isDead(): boolean {
    return this.clock.isDead;
  }

  /** Whether a commit, or a restore's write, is under way. */
  get isInside(): boolean {
    return this.#link.isUnderWay('commit') || this.#store.isWriting;
  }

  /** From now on nothing of it happens, but for requests that are under way already. */
  kill(): void {
    if (this.isDead) return;
    if (this.#duties.warmups.length > 0) count(this.#parts.counts, 'killed while warming up');
    this.clock.die();
    this.#store.die();
    this.#parts.world.schedule(lastWordsMs, () => this.#session.kill());
  }

  /** Takes checkpoints now; never ends if it is killed. */
  async checkpoint(): Promise<void> {
    await this.#checkpointer?.create();
  }

  /** Commits what is in hand and leaves the group. */
  async stop(): Promise<void> {
    await Promise.all([this.thread, ...this.views].map((each) => each.stop()));
    await this.#checkpointer?.stop();
    await this.#session.close();
    await this.#store.close();
    this.clock.die();
  }

  /** Counts what becomes of copies; all else is only told. */
  #hear(fields: object, text: string): void {
    const { logger, counts } = this.#parts;
    logger.info(fields, text);
    if (text !== 'tasks assigned') return;
    const before = this.#duties;
    const duties = fields as Duties;
    for (const task of duties.tasks) {
      if (before.warmups.includes(task)) count(counts, 'warm-ups done');
      else if (before.standbys.includes(task)) count(counts, 'standbys promoted');
    }
    for (const task of duties.standbys) if (before.tasks.includes(task)) count(counts, 'tasks demoted');
    this.#duties = duties;
  }

  #noteRead(key: Buffer, value: Buffer | undefined): void {
    const { name, partitions } = this.#parts.shop.topology;
    // Most reads are of something else.
    if (key.at(-1) !== lastOfPosition || key.at(-2) !== 0) return;
    for (let partition = 0; partition < partitions; partition++) {
      if (!new TaskKeys(taskId(name, partition)).position.equals(key)) continue;
      if (value === undefined) this.#stoodAt.delete(partition);
      else this.#stoodAt.set(partition, JSON.parse(value.toString()) as StatePosition);
    }
  }

  /** A restore may read the changelog from where the disk stands, not from before. */
  #checkTail({ topic, partition }: TopicPartition, offset: number): void {
    const stood = this.#stoodAt.get(partition);
    if (topic !== this.thread.names.changelog || stood === undefined || offset >= stood.offset) return;
    if (this.clock.now() - stood.at > oldMs) return;
    const what = `${this.name} reads ${topic}-${partition} from ${offset}, though its disk stood at ${stood.offset}`;
    this.#parts.onIncident('read state again', what);
  }

  /** What is deleted as a whole must be old, for only then may the log have forgotten what it lacks, or be cut off. */
  #checkWipe({ gte, lt }: KeyRange): void {
    const { shop, onIncident, isCutOff } = this.#parts;
    const { topology } = shop;
    for (const [partition, { at, offset }] of positionsOn(this.disk, topology)) {
      if (isCutOff(partition, offset)) continue;
      const task = taskId(topology.name, partition);
      const { position } = new TaskKeys(task);
      const isMeant = Buffer.compare(position, gte) >= 0 && Buffer.compare(position, lt) < 0;
      if (isMeant && this.clock.now() - at <= oldMs) onIncident('wiped state', `${this.name} deleted all of ${task}`);
    }
  }
}

const lastOfPosition = new TaskKeys('any').position.at(-1);

/** State that is older may be read anew: the log may have forgotten deletions. */
const oldMs = 12 * 3_600_000;

/** The changelog position of each task that the disk knows. */
function positionsOn(disk: Disk, { name, partitions }: Topology): Map<number, StatePosition> {
  const positions = new Map<number, StatePosition>();
  for (let partition = 0; partition < partitions; partition++) {
    const { position } = new TaskKeys(taskId(name, partition));
    const bytes = disk.current.entries.get(position.toString('latin1'));
    if (bytes !== undefined) positions.set(partition, JSON.parse(bytes.toString()) as StatePosition);
  }
  return positions;
}
