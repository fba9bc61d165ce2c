// The run loop of an effect: takes records, has the outside called for each, and writes what came of it together with
// the offsets in one transaction. Every record is performed at least once, and has one outcome in the log: those that
// overtook others are named beside the offset that is committed, so that whoever goes on there passes them. A fault of the
// log ends in one of two ways: all that is in hand is forgotten and read again, or the thread fails.
import { type Clock, sleep } from '../base/clock.ts';
import { isStockstreamError, reasonOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { Random } from '../base/random.ts';
import type { Fetcher, Log, TransactionalProducer } from '../log/log.ts';
import type { Topic } from './api.ts';
import { type EffectTask, effectGroup } from './effect.ts';
import { EffectCalls } from './effect-calls.ts';
import { commitOutcomes, type EffectCommitParts } from './effect-commit.ts';
import { EffectPartition, type Entry, type PerformSignals } from './effect-partition.ts';
import type { InputRecord } from './input-queue.ts';
import type { EffectMetrics } from './metrics.ts';
import { Ownership } from './ownership.ts';
import { mayGoOn, type ThreadState } from './stream-thread.ts';

export interface EffectThreadOptions {
  readonly log: Log;
  readonly clock: Clock;
  readonly random: Random;
  readonly task: EffectTask;
  readonly appId: string;
  /** Tells this thread from the application's others; a restarted one should have the same. */
  readonly instanceId: string;
  readonly deadLetters: Topic<Buffer>;
  readonly codeVersion: string;
  readonly metrics: EffectMetrics;
  readonly logger: Logger;
  /** Records of a partition from the first unfinished one on that are taken at most. Default: 500. */
  readonly window?: number;
  readonly sessionTimeoutMs?: number;
  readonly rebalanceTimeoutMs?: number;
  /** Called once if the thread can't go on. */
  readonly onFailure: (error: unknown) => void;
}

const idleWaitMs = 500;
const pollBytes = 1 << 20;
const retryDelayMs = 100;
/** Offsets that nothing was done for are committed this seldom. */
const commitEveryMs = 5_000;
/** How long calls that are under way may take to end when their partition goes or the thread stops. */
const drainMs = 5_000;

export class EffectThread {
  readonly group: string;
  readonly #options: EffectThreadOptions;
  readonly #ownership: Ownership;
  readonly #fetcher: Fetcher;
  readonly #calls: EffectCalls;
  readonly #partitions = new Map<number, EffectPartition>();
  #assigned: readonly number[] = [];
  #producer: TransactionalProducer | undefined;
  #state: ThreadState = 'created';
  #problem: string | undefined;
  #committedAt = 0;
  #done: Promise<void> = Promise.resolve();
  readonly #stopping = new AbortController();

  constructor(options: EffectThreadOptions) {
    const { log, clock, task, appId, instanceId } = options;
    this.#options = options;
    this.group = effectGroup(appId, task.effect.name);
    this.#fetcher = log.fetcher();
    this.#calls = new EffectCalls({ ...options, effect: task.effect, onEnd: () => this.#fetcher.wake() });
    this.#ownership = new Ownership({
      log,
      clock,
      group: this.group,
      partitions: task.topic.partitions,
      instanceId,
      sessionTimeoutMs: options.sessionTimeoutMs ?? 10_000,
      rebalanceTimeoutMs: options.rebalanceTimeoutMs ?? 30_000,
      wake: () => this.#fetcher.wake(),
    });
  }

  get name(): string {
    return this.#options.task.effect.name;
  }

  get topic(): Topic<unknown> {
    return this.#options.task.topic;
  }

  get state(): ThreadState {
    return this.#state;
  }

  get partitions(): readonly number[] {
    return [...this.#partitions.keys()];
  }

  /** Why the effect stands still, or undefined if it doesn't. */
  get waitingFor(): string | undefined {
    const { gate, lastError } = this.#calls;
    if (this.#problem !== undefined) return this.#problem;
    const why = lastError === undefined ? '' : `: ${reasonOf(lastError)}`;
    if (gate.circuit === 'open') return `the other side counts as down${why}`;
    const isBusy = [...this.#partitions.values()].some((partition) => partition.isBusy);
    return isBusy && gate.inHands === 0 && lastError !== undefined ? `the next try${why}` : undefined;
  }

  start(): void {
    this.#state = 'running';
    this.#done = this.#run();
  }

  /** Lets calls that are under way end, for a while, and commits what is finished. */
  async stop(): Promise<void> {
    if (this.#state === 'running') this.#state = 'stopping';
    this.#stopping.abort();
    this.#calls.gate.close();
    this.#fetcher.wake();
    await this.#done;
  }

  async #run(): Promise<void> {
    const { logger, onFailure } = this.#options;
    try {
      await this.#renewProducer();
      await this.#ownership.join();
      while (this.#state === 'running') await this.#step();
      await this.#finish();
      this.#state = 'stopped';
    } catch (error) {
      this.#state = 'failed';
      logger.error({ err: error, effect: this.name }, 'effect failed');
      onFailure(error);
    } finally {
      this.#dropAll();
      this.#calls.gate.close();
      await Promise.allSettled([this.#ownership.leave(), this.#fetcher.close(), this.#producer?.close()]);
    }
  }

  async #step(): Promise<void> {
    try {
      if (this.#calls.fault !== undefined) throw this.#calls.fault;
      if (this.#ownership.hasChanged) this.#follow();
      await this.#open();
      await this.#poll();
      this.#problem = undefined;
      for (const partition of this.#partitions.values()) await this.#take(partition);
      await this.#commitAll();
      this.#letGo();
    } catch (error) {
      await this.#recover(error);
    }
  }

  /** Takes what the group gave. What is to be given up begins nothing more, and goes once its calls have ended. */
  #follow(): void {
    const { lost, assigned } = this.#ownership.take();
    if (lost !== undefined) this.#dropAll();
    this.#assigned = assigned?.active ?? (lost === undefined ? this.#assigned : []);
    const now = this.#options.clock.monotonic();
    for (const partition of this.#partitions.values()) {
      if (!this.#assigned.includes(partition.partition)) partition.leave(now + drainMs);
      // Given back before it had gone: what wasn't begun is read again.
      else if (partition.leavesBy !== undefined) this.#drop(partition.partition);
    }
  }

  /** Gives up what is to go and has no call under way any more, or none that ends soon; all that ended is written. */
  #letGo(): void {
    const now = this.#options.clock.monotonic();
    for (const { partition, leavesBy, hasLeft } of [...this.#partitions.values()]) {
      if (leavesBy !== undefined && (hasLeft || leavesBy <= now)) this.#drop(partition);
    }
    const isLeft = (partition: number) => !this.#partitions.has(partition);
    this.#ownership.release(this.#ownership.owing.filter(isLeft));
  }

  /** Begins to read what was assigned and isn't read yet. */
  async #open(): Promise<void> {
    const partitions = this.#assigned.filter((partition) => !this.#partitions.has(partition));
    if (partitions.length === 0) return;
    const { admin } = this.#options.log;
    const inputs = partitions.map((partition) => ({ topic: this.topic.name, partition }));
    const committed = await admin.committed(this.group, inputs);
    const earliest = await admin.offsets(inputs, 'earliest');
    inputs.forEach((input, index) => {
      const [last, first] = [committed[index], { offset: earliest[index]!, metadata: '' }];
      const place = last === undefined || last.offset < first.offset ? first : last;
      this.#partitions.set(input.partition, new EffectPartition(this.topic, input.partition, place));
      this.#fetcher.assign(input, place.offset);
    });
  }

  async #poll(): Promise<void> {
    for (const { partition, queue, leavesBy } of this.#partitions.values()) {
      const input = { topic: this.topic.name, partition };
      if (queue.length > 0 || leavesBy !== undefined) this.#fetcher.pause(input);
      else this.#fetcher.resume(input);
    }
    for (const fetched of await this.#fetcher.poll({ maxWaitMs: idleWaitMs, maxBytes: pollBytes })) {
      const partition = this.#partitions.get(fetched.partition);
      partition?.queue.add(fetched);
      if (partition) partition.endOffset = fetched.endOffset;
    }
  }

  /** Takes records while the window has room. One whose schema can't be asked for now waits, and all behind it. */
  async #take(partition: EffectPartition): Promise<void> {
    const { window = 500 } = this.#options;
    const { queue } = partition;
    if (partition.leavesBy !== undefined) return;
    const perform = (entry: Entry, signals: PerformSignals) => this.#calls.perform(entry, signals);
    for (let record = queue.at(0); record !== undefined && partition.inFlight < window; record = queue.at(0)) {
      if (partition.pass()) continue;
      record.decode();
      if (record.isForeign) {
        try {
          await record.learn();
        } catch (error) {
          if (!isStockstreamError(error) || error.disposition !== 'retry') throw error;
          this.#problem = reasonOf(error);
          return;
        }
      }
      partition.take(perform, this.#laneOf(record));
    }
  }

  #laneOf(record: InputRecord): string {
    if (record.problem !== undefined) return record.key;
    return this.#options.task.effect.laneOf?.(record) ?? record.key;
  }

  /** Writes what has ended. @throws LOG_*; what was taken must then be forgotten */
  async #commitAll(): Promise<void> {
    for (let written: number | undefined = 1; written !== undefined && written > 0; ) {
      written = await commitOutcomes(this.#partitions.values(), this.#commitParts());
      if (written !== undefined) this.#committedAt = this.#options.clock.now();
    }
    for (const partition of this.#partitions.values()) this.#measure(partition);
  }

  #commitParts(): EffectCommitParts {
    const { clock, deadLetters } = this.#options;
    const now = clock.now();
    return {
      topic: this.topic,
      deadLetters,
      now,
      asMember: (work) => this.#ownership.commit(work),
      producer: this.#producer,
      setAside: (entry, error) => this.#calls.setAside(entry, error),
      isDue: now - this.#committedAt >= commitEveryMs,
    };
  }

  #measure({ partition, endOffset, position }: EffectPartition): void {
    const lag = Math.max(0, endOffset - position);
    this.#options.metrics.lag.set({ effect: this.name, partition: String(partition) }, lag);
  }

  #dropAll(): void {
    for (const partition of this.partitions) this.#drop(partition);
  }

  #drop(partition: number): void {
    this.#partitions.get(partition)?.drop();
    this.#partitions.delete(partition);
    this.#fetcher.unassign({ topic: this.topic.name, partition });
    this.#options.metrics.lag.remove({ effect: this.name, partition: String(partition) });
  }

  /** The last commit of a thread that stops. If it fails as any may, the records' next owner performs them again. */
  async #finish(): Promise<void> {
    await this.#calls.gate.hold(drainMs);
    try {
      await this.#commitAll();
    } catch (error) {
      if (!mayGoOn(error)) throw error;
      this.#options.logger.warn({ err: error, effect: this.name }, 'last commit lost, to be done again');
    }
  }

  /** After a failed commit nothing in hand is trusted: it is read again from where the log says, by whoever owns it. */
  async #recover(error: unknown): Promise<void> {
    if (!mayGoOn(error)) throw error;
    const { logger, metrics, clock } = this.#options;
    const { disposition, code } = error;
    metrics.commitFailures.inc({ effect: this.name, code });
    logger.warn({ err: error, effect: this.name, disposition }, 'work dropped, to be taken up again');
    this.#dropAll();
    await sleep(clock, retryDelayMs, this.#stopping.signal);
    await this.#renewProducer();
    if (disposition !== 'fenced') return;
    this.#assigned = [];
    this.#ownership.giveUp();
  }

  /** As in a stream thread: what an earlier transaction left open is ended, and a log out of reach is asked again. */
  async #renewProducer(): Promise<void> {
    const { log, clock, logger, instanceId } = this.#options;
    await this.#producer?.close();
    this.#producer = undefined;
    while (this.#producer === undefined && this.#state === 'running') {
      try {
        this.#producer = await log.transactionalProducer(`${this.group}-${instanceId}`);
      } catch (error) {
        if (!mayGoOn(error)) throw error;
        this.#problem = reasonOf(error);
        logger.warn({ err: error, effect: this.name }, 'no producer yet, to be asked for again');
        await sleep(clock, retryDelayMs, this.#stopping.signal);
      }
    }
  }
}
