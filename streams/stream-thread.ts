// The run loop of one topology on one thread: polls, processes batches of its tasks, commits them, and follows the
// group's assignments: tasks that it keeps never stop for them. While commits are in flight the next batch is processed;
// records gather meanwhile, so batches grow under load by themselves. Faults end in one of three ways: tasks restore and go
// on, tasks are given up, or the thread fails and says why.
import { assert } from '../base/assert.ts';
import { sleep } from '../base/clock.ts';
import { isStockstreamError, type StockstreamError } from '../base/errors.ts';
import type { Fetcher, TopicPartition, TransactionalProducer } from '../log/log.ts';
import { CacheBudget } from './cache-budget.ts';
import { bytesOf, type CommitParts, commitToLog, commitToStore, type SealedCommit, sealCommit } from './commit.ts';
import { CommitPace } from './commit-pace.ts';
import { CommitPipeline } from './commit-pipeline.ts';
import type { InputQueue } from './input-queue.ts';
import type { Assignment, TaskAddresses } from './member-metadata.ts';
import { type TopologyNames, topologyNames } from './names.ts';
import { readOwned } from './owned-read.ts';
import { defaultRules, Ownership } from './ownership.ts';
import { processBatches } from './process.ts';
import { type StandbyTask, StandbyTasks } from './standby-tasks.ts';
import { StateTurns } from './state-turns.ts';
import { defaultLimits, type StreamLimits, type StreamThreadOptions } from './stream-thread-options.ts';
import { surveyState } from './survey-state.ts';
import type { StreamTask } from './task.ts';
import { maxStateAgeMs, TaskManager } from './task-manager.ts';
import type { Topology } from './topology.ts';

const idleWaitMs = 500;
const retryDelayMs = 100;
/** Without records for so long, what was read past the log's own marks is committed: else the inputs would seem to lag. */
const aheadMs = 1_000;

export type ThreadState = 'created' | 'running' | 'stopping' | 'stopped' | 'failed';

export class StreamThread {
  readonly names: TopologyNames;
  readonly topology: Topology;
  readonly #options: StreamThreadOptions;
  readonly #limits: StreamLimits;
  readonly #cache: CacheBudget;
  readonly #ownership: Ownership;
  readonly #fetcher: Fetcher;
  readonly #manager: TaskManager;
  readonly #standbys: StandbyTasks;
  /** Where the state of each task stands here, be it run, copied or left over: changelog offsets by partition. */
  readonly #positions = new Map<number, number>();
  /** The newest assignment that was taken. */
  #assigned: Assignment | undefined;
  #producer: TransactionalProducer | undefined;
  #state: ThreadState = 'created';
  #done: Promise<void> = Promise.resolve();
  readonly #commits: CommitPipeline;
  readonly #pace: CommitPace;
  /** Where each input ended when that was noted. */
  #ends = new Map<string, number>();

  constructor(options: StreamThreadOptions) {
    const { log, store, clock, topology, codeVersion, metrics, checkpoints } = options;
    this.#options = options;
    this.#limits = { ...defaultLimits, ...options.limits };
    this.#cache = options.cache ?? new CacheBudget(this.#limits.cacheBytes);
    this.topology = topology;
    this.#pace = new CommitPace({ clock, commitDelayMs: topology.commitDelayMs, limits: this.#limits });
    this.names = topologyNames(options.appId, topology.name);
    this.#fetcher = log.fetcher();
    const { names } = this;
    const state = { store, checkpoints, positions: this.#positions, turns: new StateTurns() };
    const parts = { log, clock, topology, names, metrics, ...state };
    this.#manager = new TaskManager({ ...parts, fetcher: this.#fetcher, codeVersion });
    const rules = { ...defaultRules, ...options.rules };
    const wake = () => this.#fetcher.wake();
    // Without new input the loop would wait, and what the commit had taken with it.
    this.#commits = new CommitPipeline(wake);
    this.#ownership = new Ownership({
      log,
      clock,
      group: names.group,
      partitions: topology.partitions,
      instanceId: options.instanceId,
      sessionTimeoutMs: options.sessionTimeoutMs ?? 10_000,
      rebalanceTimeoutMs: options.rebalanceTimeoutMs ?? 30_000,
      rules,
      process: options.process,
      endpoint: options.endpoint,
      positions: () => this.#positions,
      wake,
    });
    this.#standbys = new StandbyTasks({
      ...parts,
      logger: options.logger,
      maxStateAgeMs,
      acceptableLag: rules.acceptableLag,
      onWarm: () => this.#ownership.rejoin(),
      onFailure: wake,
    });
  }

  get state(): ThreadState {
    return this.#state;
  }

  /** Whether it runs what the group gave it last: not before the first assignment. */
  get isSettled(): boolean {
    return this.#state === 'running' && this.#ownership.isSettled;
  }

  /** Where the state of each task of the topology can be asked, by partition, as far as the group has told. */
  get addresses(): ReadonlyMap<number, TaskAddresses> {
    return this.#ownership.addresses;
  }

  get tasks(): readonly StreamTask[] {
    return this.#manager.all;
  }

  get standbys(): readonly StandbyTask[] {
    return this.#standbys.all;
  }

  /** From now on it is current once it has decided what stands in the inputs of its tasks by now. */
  async noteEnds(): Promise<void> {
    const queues = this.tasks.flatMap((task) => task.queues);
    const inputs = queues.map(({ topic, partition }) => ({ topic: topic.name, partition }));
    const ends = await this.#options.log.admin.offsets(inputs, 'latest');
    this.#ends = new Map(inputs.map((input, index) => [nameOf(input), ends[index]!]));
  }

  get isCurrent(): boolean {
    return this.#commits.isEmpty && this.tasks.every((task) => this.#hasTaken(task));
  }

  #hasTaken({ state, batch, queues }: StreamTask): boolean {
    const isPast = ({ topic, partition, position }: InputQueue) =>
      position >= (this.#ends.get(nameOf({ topic: topic.name, partition })) ?? 0);
    return state === 'running' && batch === undefined && queues.every(isPast);
  }

  /** See owned-read.ts. */
  readOwned<T>(partitions: readonly number[], read: (owned: readonly number[]) => Promise<T>): Promise<T | undefined> {
    const settled = () => this.#commits.ended();
    return readOwned(partitions, read, { ownership: this.#ownership, tasks: this.#manager, settled });
  }

  start(): void {
    assert(this.#state === 'created', 'a thread starts once');
    this.#state = 'running';
    this.#done = this.#run();
  }

  /** Finishes and commits what is in hand, then leaves the group. */
  async stop(): Promise<void> {
    if (this.#state === 'running') this.#state = 'stopping';
    this.#fetcher.wake();
    await this.#done;
  }

  async #run(): Promise<void> {
    try {
      await this.#renewProducer();
      await surveyState(this.topology, this.#positions, this.#options);
      await this.#ownership.join();
      while (this.#state === 'running') await this.#step();
      await this.#finish();
      this.#state = 'stopped';
    } catch (error) {
      this.#state = 'failed';
      this.#options.logger.error({ err: error, topology: this.topology.name }, 'stream thread failed');
      this.#options.onFailure(error);
    } finally {
      this.#manager.dropAll();
      this.#cache.forget(this);
      await this.#standbys.stop();
      await Promise.allSettled([this.#ownership.leave(), this.#fetcher.close(), this.#producer?.close()]);
    }
  }

  async #step(): Promise<void> {
    try {
      this.#manager.check();
      this.#standbys.check();
      if (this.#commits.hasFailed) await this.#commits.ready();
      if (this.#ownership.hasChanged) await this.#follow();
      await this.#poll();
      await this.#cycle();
      this.#evict();
    } catch (error) {
      await this.#recover(error);
    }
  }

  /** Takes what the group gave. What is given up is others' once nothing of it is in flight. */
  async #follow(): Promise<void> {
    const { logger } = this.#options;
    const { group } = this.names;
    if (this.#ownership.isLost) await this.#abandon();
    const { lost, assigned } = this.#ownership.take();
    if (lost !== undefined) logger.warn({ err: lost, group }, 'tasks lost to the group');
    if (assigned === undefined) return;
    this.#assigned = assigned;
    const { active, standbys, warmups } = assigned;
    this.#standbys.keep([...standbys, ...warmups]);
    // What is still being written of a task must not come after what its restore writes.
    const isReturning = (partition: number) => this.#commits.has(partition) && !this.#manager.get(partition);
    if (active.some(isReturning)) await this.#commits.ended();
    const gone = this.#manager.assign(active);
    void this.#commits.ended().then(() => {
      this.#ownership.release(gone);
      if (this.#assigned === assigned && this.#state === 'running') this.#standbys.assign(assigned);
    });
    logger.info({ group, tasks: active, standbys, warmups }, 'tasks assigned');
  }

  /** All tasks are lost: what is in flight ends first, as it may. */
  async #abandon(): Promise<void> {
    const error = await this.#commits.settle();
    this.#manager.dropAll();
    // A transaction that is left open would keep the tasks' next owners waiting.
    if (error !== undefined) await this.#renewProducer();
  }

  async #poll(): Promise<void> {
    const { clock, topology, metrics } = this.#options;
    let waitMs = idleWaitMs;
    const delay = this.#pace.left(this.#manager.running);
    for (const task of this.#manager.running) {
      this.#throttle(task);
      const next = task.hasWork(clock) ? delay : task.stores.times.nextAt - clock.now();
      waitMs = Math.min(waitMs, Math.max(delay, next));
    }
    const limits = { maxWaitMs: Math.max(0, waitMs), maxBytes: this.#limits.pollBytes };
    for (const fetched of await this.#fetcher.poll(limits)) {
      const { topic, partition, endOffset, nextOffset } = fetched;
      this.#manager.get(partition)?.add(fetched);
      const labels = { topology: topology.name, topic, partition: String(partition) };
      metrics.lag.set(labels, Math.max(0, endOffset - nextOffset));
    }
  }

  /** A task that has much to do isn't given more. */
  #throttle(task: StreamTask): void {
    for (const { topic, partition, bytes } of task.queues) {
      const input = { topic: topic.name, partition };
      if (bytes > this.#limits.bufferBytes) this.#fetcher.pause(input);
      else this.#fetcher.resume(input);
    }
  }

  /** One batch of every task that has work; its commit starts once the log has the one before it. */
  async #cycle(): Promise<void> {
    const { store, clock, metrics } = this.#options;
    const topology = this.topology.name;
    const tasks = this.#tasksWithWork();
    if (tasks.length === 0) return;
    const started = clock.monotonic();
    // A commit takes several turns, of which each would wait for a whole cycle.
    const turn = () => (this.#commits.isEmpty ? undefined : clock.turn?.());
    const worked = await processBatches(tasks, { store, clock, limits: this.#limits, turn });
    metrics.processLatency.observe({ topology }, (clock.monotonic() - started) / 1000);
    if (worked.length === 0) return;
    await this.#commits.ready();
    this.#count(worked);
    const sealed = sealCommit(worked, this.#commitParts());
    this.#pace.began();
    metrics.uncommittedBytes.set({ topology }, bytesOf(sealed));
    this.#begin(sealed);
  }

  #tasksWithWork(): StreamTask[] {
    const { running } = this.#manager;
    if (this.#pace.left(running) > 0) return [];
    const { clock } = this.#options;
    const tasks = running.filter((task) => task.hasWork(clock));
    if (tasks.length > 0 || this.#pace.age < aheadMs) return tasks;
    return running.filter(({ isAhead }) => isAhead);
  }

  #begin(sealed: SealedCommit): void {
    const { clock, store, metrics } = this.#options;
    const labels = { topology: this.topology.name };
    const started = clock.monotonic();
    const parts = this.#commitParts();
    this.#commits.begin({
      tasks: new Set(sealed.tasks.map(({ task }) => task.partition)),
      toLog: async () => {
        const appended = await this.#ownership.commit((member) => commitToLog(sealed, member, parts));
        this.#pace.ended();
        metrics.uncommittedBytes.set(labels, 0);
        return appended;
      },
      toStore: async (appended) => {
        const ends = await commitToStore(sealed, appended, { clock, store });
        for (const [index, { task }] of sealed.tasks.entries()) this.#positions.set(task.partition, ends[index]!);
        metrics.commitLatency.observe(labels, (clock.monotonic() - started) / 1000);
      },
    });
  }

  #commitParts(): CommitParts {
    const { clock, store, deadLetters, codeVersion } = this.#options;
    return { clock, store, producer: this.#producer!, names: this.names, deadLetters, codeVersion };
  }

  /** The last commit of a thread that stops. If it fails as any may, its work is done again by the tasks' next owner. */
  async #finish(): Promise<void> {
    try {
      const error = await this.#commits.settle();
      if (error !== undefined) throw error;
    } catch (error) {
      if (!mayGoOn(error)) throw error;
      this.#options.logger.warn({ err: error, topology: this.topology.name }, 'last commit lost, to be done again');
    }
  }

  /** After a failed commit nothing in memory is trusted: tasks restore what the log says, or are given up. */
  async #recover(error: unknown): Promise<void> {
    await this.#commits.settle();
    const { logger, metrics, clock } = this.#options;
    if (!mayGoOn(error)) throw error;
    const { disposition } = error;
    metrics.commitFailures.inc({ topology: this.topology.name, code: error.code });
    logger.warn({ err: error, topology: this.topology.name, disposition }, 'work dropped, to be taken up again');
    await sleep(clock, retryDelayMs);
    await this.#renewProducer();
    if (disposition === 'fenced') {
      this.#manager.dropAll();
      this.#ownership.giveUp();
    } else this.#manager.restartAll();
  }

  /**
   * Takes the transactional id over again, which ends whatever an earlier transaction left open. Without it nothing can
   * go on: a log that is out of reach is asked until it answers, or until the thread is stopped.
   */
  async #renewProducer(): Promise<void> {
    const { log, clock, logger, instanceId } = this.#options;
    await this.#producer?.close();
    this.#producer = undefined;
    while (this.#producer === undefined && this.#state === 'running') {
      try {
        this.#producer = await log.transactionalProducer(`${this.names.group}-${instanceId}`);
      } catch (error) {
        if (!mayGoOn(error)) throw error;
        logger.warn({ err: error, topology: this.topology.name }, 'no producer yet, to be asked for again');
        await sleep(clock, retryDelayMs);
      }
    }
  }

  /** Between two batches, so that none loses what it has read. */
  #evict(): void {
    const tasks = this.#manager.running;
    const cached = () => tasks.reduce((sum, { stores }) => sum + stores.bytes, 0);
    const allowed = this.#cache.allow(this, cached());
    for (const { stores } of tasks) stores.evict(allowed / tasks.length);
    this.#cache.note(this, cached());
    this.#options.metrics.cacheBytes.set({ topology: this.topology.name }, cached());
  }

  #count(worked: readonly StreamTask[]): void {
    const { metrics } = this.#options;
    const topology = this.topology.name;
    for (const { batch } of worked) {
      metrics.processed.inc({ topology }, batch!.consumed.length);
      metrics.punctuated.inc({ topology }, batch!.fired);
      if (batch!.isCut) metrics.earlyCommits.inc({ topology });
      for (const { code } of batch!.deadLetters) metrics.deadLetters.inc({ topology, code });
      for (const reason of batch!.dropped) metrics.dropped.inc({ topology, reason });
    }
  }
}

const nameOf = ({ topic, partition }: TopicPartition) => `${topic} ${partition}`;

/** Whether tasks that restore themselves, or are given up, mend the fault. */
export function mayGoOn(error: unknown): error is StockstreamError {
  return isStockstreamError(error) && ['retry', 'fenced', 'corruptState'].includes(error.disposition);
}
