// One worker process of the simulation: a stream thread on the shop with a store on its disk and a session on the log.
// It can hang and go on, be killed at any moment, or stop in good order.

import { Registry } from 'prom-client';
import { isStockstreamError } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import type { Random } from '../../base/random.ts';
import type { SteppedClock } from '../../base/stepped-clock.ts';
import type { EmbeddedSession } from '../../log/embedded/session.ts';
import type { TopicPartition } from '../../log/log.ts';
import type { StatePosition } from '../../state/changelog.ts';
import { TaskKeys } from '../../state/keys.ts';
import type { KeyRange } from '../../state/store.ts';
import { createStreamsMetrics } from '../../streams/metrics.ts';
import { taskId } from '../../streams/names.ts';
import { StreamThread, type StreamThreadOptions } from '../../streams/stream-thread.ts';
import type { Topology } from '../../streams/topology.ts';
import type { Sabotage } from './canaries/sabotage.ts';
import type { Counts } from './counts.ts';
import { chance } from './dice.ts';
import { Link, type Stage } from './link.ts';
import type { Plan } from './plan.ts';
import { ProcessClock } from './process-clock.ts';
import { SlowLog } from './slow-log.ts';
import { type Disk, SlowStore } from './slow-store.ts';

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
  readonly topology: Topology;
  readonly deadLetters: StreamThreadOptions['deadLetters'];
  readonly sabotage: Sabotage;
  /** How long one way over the network takes now, typically. */
  readonly networkLatency: () => number;
  /** The share of messages that is lost now. */
  readonly loss: () => number;
  readonly counts: Counts;
  readonly onGeneration: (generation: number) => void;
  readonly reach: (worker: Worker, call: string, stage: Stage) => void;
  readonly onReplaced: (worker: Worker) => void;
  readonly onIncident: (kind: Incident['kind'], what: string) => void;
  readonly logger: Logger;
}

export const appId = 'sim';

const metrics = createStreamsMetrics(new Registry());

/** Lost coordinator's messages are asked for again at once; what else gets lost costs more. */
const lossiness = { group: 1, log: 0.1 } as const;

/** A killed process' last requests may still be under way for so long. */
const lastWordsMs = 500;

export class Worker {
  readonly name: string;
  readonly clock: ProcessClock;
  readonly disk: Disk;
  readonly thread: StreamThread;
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

  constructor(parts: WorkerParts) {
    const { name, disk, world, random, plan, sabotage } = parts;
    this.name = name;
    this.disk = disk;
    this.#parts = parts;
    this.#stoodAt = positionsOn(disk, parts.topology);
    this.clock = new ProcessClock(world);
    this.#session = parts.session(this.clock);
    const reach = (call: string, stage: Stage) => parts.reach(this, call, stage);
    const { clock } = this;
    this.#store = new SlowStore({
      disk,
      clock,
      random,
      latency: () => plan.latency.store * this.slowness,
      reach,
      onRead: (key, value) => this.#noteRead(key, value),
      onWipe: (range) => this.#checkWipe(range),
    });
    this.#link = new Link({
      clock,
      world,
      random,
      latency: () => parts.networkLatency() * this.slowness,
      loses: (kind) => this.isCutOff || chance(random, parts.loss() * lossiness[kind]),
      reach,
      counts: parts.counts,
    });
    const slow = new SlowLog({
      session: this.#session,
      link: this.#link,
      clock,
      world,
      random,
      counts: parts.counts,
      onGeneration: parts.onGeneration,
      onAssign: (partition, offset) => this.#checkTail(partition, offset),
    });
    const victim = { store: this.#store, thread: () => this.thread };
    this.thread = new StreamThread({
      log: sabotage.log?.(slow, victim) ?? slow,
      store: sabotage.store?.(this.#store, victim) ?? this.#store,
      clock,
      topology: parts.topology,
      appId,
      instanceId: name,
      deadLetters: parts.deadLetters,
      codeVersion: 'sim',
      metrics,
      logger: parts.logger,
      limits: plan.limits,
      sessionTimeoutMs: plan.sessionTimeoutMs,
      rebalanceTimeoutMs: plan.rebalanceTimeoutMs,
      onFailure: (error) => {
        // The log can't write: the process ends, and the machine starts again.
        if (isStockstreamError(error, 'LOG_STORAGE_FAILED')) return;
        // Another process has its name: this one ends, and whoever watches over it starts it again.
        if (isStockstreamError(error, 'LOG_INSTANCE_FENCED')) return parts.onReplaced(this);
        const stack = error instanceof Error ? error.stack : String(error);
        parts.onIncident('thread failed', `${name}: ${stack}`);
      },
    });
    this.thread.start();
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
    this.clock.die();
    this.#store.die();
    this.#parts.world.schedule(lastWordsMs, () => this.#session.kill());
  }

  /** Commits what is in hand and leaves the group. */
  async stop(): Promise<void> {
    await this.thread.stop();
    await this.#session.close();
    await this.#store.close();
    this.clock.die();
  }

  #noteRead(key: Buffer, value: Buffer | undefined): void {
    const { name, partitions } = this.#parts.topology;
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

  /** What is deleted as a whole must be old: only then may the log have forgotten what it lacks. */
  #checkWipe({ gte, lt }: KeyRange): void {
    const { topology, onIncident } = this.#parts;
    for (const [partition, { at }] of positionsOn(this.disk, topology)) {
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
