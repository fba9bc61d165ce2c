// The run loop of a view: committed records of a topic, projected to writes, applied in batches, offsets after that.
// At least once, made exactly once by the writes' own guards. A destination that is away or full pauses the view;
// nothing is dropped. A record that can't be projected goes to the dead letters.
import { type Clock, sleep } from '../base/clock.ts';
import { isStockstreamError, reasonOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { Fetched, Fetcher, Log, PartitionOffset, Producer } from '../log/log.ts';
import type { Topic } from './api.ts';
import { type DeadLetter, deadLetter } from './dead-letter.ts';
import { InputQueue } from './input-queue.ts';
import type { ViewMetrics } from './metrics.ts';
import { OutputBatches } from './output-batches.ts';
import { Ownership } from './ownership.ts';
import type { ThreadState } from './stream-thread.ts';
import { type View, viewGroup, viewLabel } from './view.ts';

export interface ViewThreadOptions<Write> {
  readonly log: Log;
  readonly clock: Clock;
  readonly view: View<Write>;
  readonly appId: string;
  readonly instanceId: string;
  readonly deadLetters: Topic<Buffer>;
  readonly codeVersion: string;
  readonly metrics: ViewMetrics;
  readonly logger: Logger;
  readonly sessionTimeoutMs?: number;
  readonly rebalanceTimeoutMs?: number;
  readonly onFailure: (error: unknown) => void;
}

const idleWaitMs = 500;
const pollBytes = 1 << 20;
/** Offsets are committed this seldom: what is read again after a crash changes nothing. */
const commitEveryMs = 500;
const firstRetryMs = 100;
const lastRetryMs = 5_000;

export class ViewThread<Write> {
  readonly group: string;
  readonly #options: ViewThreadOptions<Write>;
  readonly #ownership: Ownership;
  readonly #fetcher: Fetcher;
  readonly #queues = new Map<number, InputQueue>();
  #assigned: readonly number[] = [];
  #producer: Producer | undefined;
  #state: ThreadState = 'created';
  #waitingFor: string | undefined;
  #done: Promise<void> = Promise.resolve();
  readonly #stopping = new AbortController();
  /** Partitions whose position moved since the last commit of offsets. */
  readonly #moved = new Set<number>();
  /** Partitions that haven't been read yet to where they ended when they were assigned, and that offset. */
  readonly #behind = new Map<number, number>();
  #hasSettled = false;
  #committedAt = 0;

  constructor(options: ViewThreadOptions<Write>) {
    this.#options = options;
    this.group = viewGroup(options.appId, options.view);
    this.#fetcher = options.log.fetcher();
    this.#ownership = new Ownership({
      log: options.log,
      clock: options.clock,
      group: this.group,
      partitions: options.view.topic.partitions,
      instanceId: options.instanceId,
      sessionTimeoutMs: options.sessionTimeoutMs ?? 10_000,
      rebalanceTimeoutMs: options.rebalanceTimeoutMs ?? 30_000,
      wake: () => this.#fetcher.wake(),
    });
  }

  get name(): string {
    return viewLabel(this.#options.view);
  }

  get view(): View<Write> {
    return this.#options.view;
  }

  get topic(): Topic<unknown> {
    return this.#options.view.topic;
  }

  get state(): ThreadState {
    return this.#state;
  }

  /** Why the view stands still, or undefined if it doesn't. */
  get waitingFor(): string | undefined {
    return this.#waitingFor;
  }

  /** From now on it is current once it has taken what stands in its topic by now. */
  async noteEnds(): Promise<void> {
    const { name: topic } = this.topic;
    const inputs = this.partitions.map((partition) => ({ topic, partition }));
    const ends = await this.#options.log.admin.offsets(inputs, 'latest');
    inputs.forEach(({ partition }, index) => {
      const position = this.#queues.get(partition)?.position ?? Number.POSITIVE_INFINITY;
      if (position < ends[index]!) this.#behind.set(partition, ends[index]!);
    });
  }

  /** Whether it has taken what was written before its partitions were assigned to it, or before that was noted. */
  get isCurrent(): boolean {
    return this.#hasSettled && this.#behind.size === 0;
  }

  get partitions(): readonly number[] {
    return [...this.#queues.keys()];
  }

  start(): void {
    this.#state = 'running';
    this.#done = this.#run();
  }

  async stop(): Promise<void> {
    if (this.#state === 'running') this.#state = 'stopping';
    this.#stopping.abort();
    this.#fetcher.wake();
    await this.#done;
  }

  async #run(): Promise<void> {
    try {
      await this.#openProducer();
      await this.#ownership.join();
      while (this.#state === 'running') {
        if (this.#ownership.hasChanged) await this.#follow();
        await this.#step();
      }
      await this.#commitOffsets();
      this.#state = 'stopped';
    } catch (error) {
      this.#state = 'failed';
      this.#options.logger.error({ err: error, view: this.name }, 'view failed');
      this.#options.onFailure(error);
    } finally {
      await Promise.allSettled([this.#ownership.leave(), this.#fetcher.close(), this.#producer?.close()]);
    }
  }

  /** A log that is out of reach is asked until it answers, or until the thread is stopped. */
  async #openProducer(): Promise<void> {
    const open = async () => {
      this.#producer = await this.#options.log.producer();
    };
    while (this.#state === 'running' && !(await this.#retrying(open)));
  }

  /** Takes what the group gave; partitions that stay go on as they are. */
  async #follow(): Promise<void> {
    const { lost, assigned } = this.#ownership.take();
    if (lost !== undefined) this.#dropAll();
    if (assigned !== undefined) {
      const gone = this.partitions.filter((partition) => !assigned.active.includes(partition));
      if (gone.length > 0) await this.#commitOffsets();
      for (const partition of gone) this.#drop(partition);
      // Also those that were given and never begun.
      this.#ownership.release(this.#assigned);
      this.#assigned = assigned.active;
    } else if (lost !== undefined) this.#assigned = [];
    this.#hasSettled = false;
  }

  /** Begins to read what is assigned and isn't read yet. Whether that came about. */
  async #open(): Promise<boolean> {
    const missing = this.#assigned.filter((partition) => !this.#queues.has(partition));
    return missing.length === 0 || (await this.#retrying(() => this.#take(missing)));
  }

  async #take(partitions: readonly number[]): Promise<void> {
    const { log, view } = this.#options;
    const inputs = partitions.map((partition) => ({ topic: view.topic.name, partition }));
    const committed = await log.admin.committedOffsets(this.group, inputs);
    const earliest = await log.admin.offsets(inputs, 'earliest');
    const latest = await log.admin.offsets(inputs, 'latest');
    inputs.forEach((input, index) => {
      const position = Math.max(committed[index] ?? 0, earliest[index]!);
      this.#queues.set(input.partition, new InputQueue(view.topic, input.partition, position));
      this.#fetcher.assign(input, position);
      if (position < latest[index]!) this.#behind.set(input.partition, latest[index]!);
    });
  }

  #dropAll(): void {
    for (const partition of this.partitions) this.#drop(partition);
  }

  #drop(partition: number): void {
    this.#queues.delete(partition);
    this.#moved.delete(partition);
    this.#behind.delete(partition);
    this.#fetcher.unassign({ topic: this.topic.name, partition });
  }

  async #step(): Promise<void> {
    const { clock } = this.#options;
    if (!(await this.#open())) return;
    this.#hasSettled = this.#ownership.isSettled;
    const fetched = await this.#fetcher.poll({
      maxWaitMs: this.#moved.size > 0 ? commitEveryMs : idleWaitMs,
      maxBytes: pollBytes,
    });
    if (fetched.length > 0) await this.#apply(fetched);
    if (this.#moved.size > 0 && clock.monotonic() - this.#committedAt >= commitEveryMs) await this.#commitOffsets();
  }

  /**
   * Projects and applies what was fetched. If the thread is to stop or the group gives something else before all is in
   * the view, what was read is forgotten, to be read again from the committed offsets.
   */
  async #apply(fetched: readonly Fetched[]): Promise<void> {
    const { view, metrics } = this.#options;
    const writes: Write[] = [];
    const letters: DeadLetter[] = [];
    let records = 0;
    for (const each of fetched) {
      const queue = this.#queues.get(each.partition);
      if (queue === undefined) continue;
      queue.add(each);
      if (!(await this.#retrying(() => queue.learn()))) return this.#dropAll();
      records += this.#project(queue, writes, letters);
      metrics.lag.set(
        { view: this.name, partition: String(each.partition) },
        Math.max(0, each.endOffset - each.nextOffset),
      );
      this.#moved.add(each.partition);
    }
    const applied =
      (writes.length === 0 || (await this.#retrying(() => view.sink.apply(writes)))) &&
      (letters.length === 0 || (await this.#retrying(() => this.#setAside(letters))));
    if (!applied) return this.#dropAll();
    metrics.records.inc({ view: this.name }, records);
    for (const { partition, nextOffset } of fetched) {
      if (nextOffset >= (this.#behind.get(partition) ?? Infinity)) this.#behind.delete(partition);
    }
  }

  #project(queue: InputQueue, writes: Write[], letters: DeadLetter[]): number {
    const { view, codeVersion } = this.#options;
    let count = 0;
    for (let record = queue.at(0); record !== undefined; record = queue.at(0)) {
      try {
        record.decode();
        if (record.problem !== undefined) throw record.problem;
        writes.push(...view.projection.project(record));
      } catch (error) {
        const code = isStockstreamError(error) ? error.code : 'PROCESSOR_FAILED';
        const { topic, partition, offset, timestamp, rawKey: key, rawValue: value, headers } = record;
        const source = { topic, partition, offset, timestamp, key, value, headers };
        letters.push(deadLetter(source, { error, code, processor: view.projection.name, codeVersion }));
      }
      queue.consume();
      count++;
    }
    return count;
  }

  async #setAside(letters: readonly DeadLetter[]): Promise<void> {
    const { clock, deadLetters } = this.#options;
    const batches = new OutputBatches();
    batches.addDeadLetters(letters, deadLetters, clock.now());
    for (const { topic, partition, builder } of batches) await this.#producer!.append(topic, partition, builder);
  }

  async #commitOffsets(): Promise<void> {
    const offsets: PartitionOffset[] = [];
    for (const partition of this.#moved) {
      offsets.push({ topic: this.topic.name, partition, offset: this.#queues.get(partition)!.position });
    }
    this.#moved.clear();
    this.#committedAt = this.#options.clock.monotonic();
    if (offsets.length === 0) return;
    try {
      await this.#options.view.sink.flush();
      await this.#options.log.admin.commitOffsets(this.#ownership.member, offsets);
    } catch (error) {
      if (!isStockstreamError(error) || !['fenced', 'retry'].includes(error.disposition)) throw error;
      // The group re-forms, or the log is away: later. Whoever owns them by then reads a little again, which changes nothing.
      for (const { partition } of offsets) this.#moved.add(partition);
    }
  }

  /** Does `work` again, ever more slowly, while it fails in a way that passes. False if something else came between. */
  async #retrying(work: () => Promise<unknown>): Promise<boolean> {
    const { clock, logger, metrics } = this.#options;
    for (let delay = firstRetryMs; ; delay = Math.min(delay * 2, lastRetryMs)) {
      try {
        await work();
        this.#waitingFor = undefined;
        return true;
      } catch (error) {
        if (!isStockstreamError(error) || error.disposition !== 'retry') throw error;
        this.#waitingFor = reasonOf(error);
        metrics.retries.inc({ view: this.name });
        logger.warn({ err: error, view: this.name, delay }, 'view paused');
        await sleep(clock, delay, this.#stopping.signal);
        if (this.#stopping.signal.aborted || this.#ownership.hasChanged) return false;
      }
    }
  }
}
