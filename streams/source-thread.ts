// The run loop of a source: owns keys through the group, pulls from the outside for each when it is due, and writes what
// came together with where the pull stands now in one transaction, fenced by the group. So a record of the outside is in
// the log once, whatever dies at whatever moment; and two threads never pull for one key and both get it into the log.
import { type Clock, sleep } from '../base/clock.ts';
import { reasonOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { Fetcher, Log, TransactionalProducer } from '../log/log.ts';
import { partitionOf } from '../log/partitioner.ts';
import { InputQueue, type InputRecord } from './input-queue.ts';
import type { SourceMetrics } from './metrics.ts';
import { OutputBatches } from './output-batches.ts';
import { Ownership } from './ownership.ts';
import { readTopic, takeAll } from './read-topic.ts';
import { positionKey, type SourceTask, sourceGroup } from './source.ts';
import { type OwnedKey, type Piece, SourcePulls, stateOf } from './source-pulls.ts';
import { mayGoOn, type ThreadState } from './stream-thread.ts';

export interface SourceThreadOptions {
  readonly log: Log;
  readonly clock: Clock;
  readonly task: SourceTask;
  readonly appId: string;
  /** Tells this thread from the application's others; a restarted one should have the same. */
  readonly instanceId: string;
  readonly metrics: SourceMetrics;
  readonly logger: Logger;
  readonly sessionTimeoutMs?: number;
  readonly rebalanceTimeoutMs?: number;
  /** Called once if the thread can't go on. */
  readonly onFailure: (error: unknown) => void;
}

const idleWaitMs = 500;
const pollBytes = 1 << 20;
const retryDelayMs = 100;

export class SourceThread {
  readonly group: string;
  readonly #options: SourceThreadOptions;
  readonly #ownership: Ownership;
  readonly #fetcher: Fetcher;
  readonly #pulls: SourcePulls;
  readonly #keys = new Map<string, OwnedKey>();
  readonly #queues = new Map<number, InputQueue>();
  #assigned: readonly number[] = [];
  /** What is assigned was read: only then anything may be pulled. */
  #isOpen = false;
  #producer: TransactionalProducer | undefined;
  #state: ThreadState = 'created';
  #problem: string | undefined;
  #done: Promise<void> = Promise.resolve();
  readonly #stopping = new AbortController();

  constructor(options: SourceThreadOptions) {
    const { log, task, appId, instanceId, clock, metrics, logger } = options;
    this.#options = options;
    this.group = sourceGroup(appId, task.source.name);
    this.#fetcher = log.fetcher();
    const wake = () => this.#fetcher.wake();
    this.#pulls = new SourcePulls({ source: task.source, clock, metrics, logger, wake });
    this.#ownership = new Ownership({
      log,
      clock,
      group: this.group,
      partitions: task.configs.partitions,
      instanceId,
      sessionTimeoutMs: options.sessionTimeoutMs ?? 10_000,
      rebalanceTimeoutMs: options.rebalanceTimeoutMs ?? 30_000,
      wake,
    });
  }

  get name(): string {
    return this.#options.task.source.name;
  }

  get state(): ThreadState {
    return this.#state;
  }

  get partitions(): readonly number[] {
    return this.#assigned;
  }

  /** Why nothing can be pulled, or undefined if it can. */
  get waitingFor(): string | undefined {
    return this.#problem;
  }

  start(): void {
    this.#state = 'running';
    this.#done = this.#run();
  }

  /** Ends what is being pulled; it goes on from the last piece that is in the log. */
  async stop(): Promise<void> {
    if (this.#state === 'running') this.#state = 'stopping';
    this.#stopping.abort();
    this.#fetcher.wake();
    await this.#done;
  }

  async #run(): Promise<void> {
    const { logger, onFailure } = this.#options;
    try {
      await this.#renewProducer();
      await this.#ownership.join();
      while (this.#state === 'running') await this.#step();
      this.#state = 'stopped';
    } catch (error) {
      this.#state = 'failed';
      logger.error({ err: error, source: this.name }, 'source failed');
      onFailure(error);
    } finally {
      await this.#close();
      await Promise.allSettled([this.#ownership.leave(), this.#fetcher.close(), this.#producer?.close()]);
    }
  }

  async #step(): Promise<void> {
    try {
      if (this.#ownership.hasChanged) await this.#follow();
      if (!this.#isOpen) return await this.#open();
      await this.#poll();
      this.#startDue();
      for (let piece = this.#pulls.takePiece(); piece; piece = this.#pulls.takePiece()) await this.#write(piece);
      this.#problem = undefined;
    } catch (error) {
      await this.#recover(error);
    }
  }

  /** Takes what the group gave. If anything is taken away or new, all is begun anew: pulls go on from their last piece. */
  async #follow(): Promise<void> {
    const { lost, assigned } = this.#ownership.take();
    const partitions = assigned?.active ?? (lost === undefined ? this.#assigned : []);
    if (lost === undefined && isSame(partitions, this.#assigned)) return;
    await this.#close();
    this.#assigned = partitions;
    this.#ownership.release(this.#ownership.owing);
  }

  /** Reads what was told of the keys, and where they stand. No earlier owner can change that any more. */
  async #open(): Promise<void> {
    const { log, task } = this.#options;
    const { configs, positions } = task;
    const partitions = this.#assigned;
    const signal = this.#stopping.signal;
    // Waits for transactions of earlier owners that are still open.
    await log.admin.committedOffsets(
      this.group,
      partitions.map((partition) => ({ topic: configs.name, partition })),
    );
    const ends = await readTopic({ log, topic: configs, partitions, signal }, (record) => this.#takeConfig(record));
    const all = Array.from({ length: positions.partitions }, (_, partition) => partition);
    await readTopic({ log, topic: positions, partitions: all, signal }, (record) => this.#takePosition(record));
    if (ends === undefined) return;
    for (const [partition, offset] of ends) {
      this.#queues.set(partition, new InputQueue(configs, partition, offset));
      this.#fetcher.assign({ topic: configs.name, partition }, offset);
    }
    this.#isOpen = true;
  }

  /** Forgets all; nothing is pulled any more. */
  async #close(): Promise<void> {
    await this.#pulls.stopAll();
    for (const partition of this.#queues.keys()) {
      this.#fetcher.unassign({ topic: this.#options.task.configs.name, partition });
    }
    this.#queues.clear();
    this.#keys.clear();
    this.#isOpen = false;
  }

  #takeConfig({ key, partition, value, problem }: InputRecord): void {
    if (problem !== undefined) {
      this.#options.logger.warn({ err: problem, source: this.name, key }, 'what was told of a source is passed over');
      return;
    }
    const known = this.#keys.get(key);
    if (known) known.config = value;
    else this.#keys.set(key, { key, partition, config: value, positions: new Map(), pulledAt: undefined });
  }

  #takePosition({ key, value, problem }: InputRecord): void {
    const [owner = '', ...name] = key.split('/');
    const owned = this.#keys.get(owner);
    if (owned === undefined) return;
    if (problem === undefined) return void owned.positions.set(name.join('/'), value);
    // To begin anew would take all of it a second time.
    this.#options.logger.error(
      { err: problem, source: this.name, key },
      'where a source stands cannot be read: it rests',
    );
    this.#keys.delete(owner);
  }

  /** Waits until something was told, handed over or is due. What a key was told anew ends its pull: the next one knows. */
  async #poll(): Promise<void> {
    const { clock } = this.#options;
    const waitMs = Math.min(idleWaitMs, ...[...this.#keys.values()].map((owned) => this.#dueAt(owned) - clock.now()));
    for (const fetched of await this.#fetcher.poll({ maxWaitMs: Math.max(0, waitMs), maxBytes: pollBytes })) {
      const queue = this.#queues.get(fetched.partition);
      if (queue === undefined) continue;
      queue.add(fetched);
      const told = new Set<string>();
      await takeAll(queue, (record) => {
        this.#takeConfig(record);
        told.add(record.key);
      });
      for (const key of told) await this.#pulls.stop(key);
    }
  }

  /** Infinite for a key that isn't to be pulled, or can't be now. */
  #dueAt(owned: OwnedKey): number {
    if (this.#pulls.isRunning(owned.key) || !this.#pulls.hasRoom) return Number.POSITIVE_INFINITY;
    return this.#options.task.source.dueAt(stateOf(owned), owned.pulledAt) ?? Number.POSITIVE_INFINITY;
  }

  /** Those that wait longest come first. */
  #startDue(): void {
    const now = this.#options.clock.now();
    const due = [...this.#keys.values()].map((owned) => ({ owned, at: this.#dueAt(owned) }));
    const first = due.filter(({ at }) => at <= now).sort((one, other) => one.at - other.at);
    for (const { owned } of first) if (this.#pulls.hasRoom) this.#pulls.start(owned);
  }

  /** @throws LOG_* */
  async #write(piece: Piece): Promise<void> {
    const { owned, pulled, written } = piece;
    let outputs: OutputBatches;
    try {
      outputs = this.#encode(piece);
    } catch (error) {
      // What can't be encoded is the pull's own fault, and its alone.
      return written.reject(error);
    }
    try {
      await this.#commit(owned.partition, outputs);
    } catch (error) {
      this.#pulls.putBack(piece);
      throw error;
    }
    for (const [name, position] of pulled.positions) owned.positions.set(name, position);
    this.#options.metrics.records.inc({ source: this.name, key: owned.key }, pulled.records.length);
    written.resolve();
  }

  #encode({ owned, pulled }: Piece): OutputBatches {
    const { clock, task } = this.#options;
    const { name: topic, partitions, serde } = task.positions;
    const outputs = new OutputBatches();
    outputs.addForwarded(pulled.records, clock.now());
    for (const [name, position] of pulled.positions) {
      const key = positionKey(owned.key, name);
      outputs.builder(topic, partitionOf(key, partitions)).encode(clock.now(), key, position, serde);
    }
    return outputs;
  }

  /** In one transaction with the proof that the key's partition is still owned. @throws LOG_* */
  async #commit(owned: number, outputs: OutputBatches): Promise<void> {
    const { topic: configs, position: offset } = this.#queues.get(owned)!;
    await this.#ownership.commit(async (member) => {
      const transaction = this.#producer!.begin();
      for (const { topic, partition, builder } of outputs) transaction.append(topic, partition, builder);
      transaction.commitOffsets(member, [{ topic: configs.name, partition: owned, offset }]);
      await transaction.commit();
    });
  }

  /** After a failed commit nothing in hand is trusted: it is pulled again from where the log says, by whoever owns it. */
  async #recover(error: unknown): Promise<void> {
    if (!mayGoOn(error)) throw error;
    const { logger, metrics, clock } = this.#options;
    const { disposition, code } = error;
    metrics.commitFailures.inc({ source: this.name, code });
    this.#problem = reasonOf(error);
    logger.warn({ err: error, source: this.name, disposition }, 'work dropped, to be taken up again');
    await this.#close();
    await sleep(clock, retryDelayMs, this.#stopping.signal);
    await this.#renewProducer();
    if (disposition !== 'fenced') return;
    this.#assigned = [];
    this.#ownership.giveUp();
  }

  /** Ends what an earlier transaction left open. A log out of reach is asked again. */
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
        logger.warn({ err: error, source: this.name }, 'no producer yet, to be asked for again');
        await sleep(clock, retryDelayMs, this.#stopping.signal);
      }
    }
  }
}

function isSame(one: readonly number[], other: readonly number[]): boolean {
  return one.length === other.length && one.every((each, index) => each === other[index]);
}
