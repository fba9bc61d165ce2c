// What all handles of an embedded log share: its topics, groups and identities in memory, one writer, one cleaner.
import type { Clock } from '../../base/clock.ts';
import { StockstreamError } from '../../base/errors.ts';
import { Cleaner, type CleanerOptions } from './cleaner.ts';
import { GroupCoordinator } from './group-coordinator.ts';
import { GroupOffsets } from './group-offsets.ts';
import { Identities } from './identities.ts';
import type { LogData } from './log-data.ts';
import { type LogStorage, storageFailed } from './storage.ts';
import { TailCache } from './tail-cache.ts';
import { Topics } from './topics.ts';
import { Writer, type WriterOptions } from './writer.ts';

export interface CoreOptions extends WriterOptions, CleanerOptions {
  /** Leaves one offset unused after each transaction in each partition that it touched, as Kafka's commit markers do. */
  readonly offsetGaps: boolean;
  /** A larger batch is refused. */
  readonly maxBatchBytes: number;
  /** Memory for the newest batches. */
  readonly tailBytes: number;
}

export class LogCore implements LogData {
  readonly storage: LogStorage;
  readonly clock: Clock;
  readonly options: CoreOptions;
  readonly topics = new Topics();
  readonly identities = new Identities();
  readonly offsets = new GroupOffsets();
  readonly writer: Writer;
  readonly groups: GroupCoordinator;
  readonly cleaner: Cleaner;
  #closed: Promise<void> | undefined;

  constructor(storage: LogStorage, clock: Clock, options: CoreOptions) {
    this.storage = storage;
    this.clock = clock;
    this.options = options;
    this.writer = new Writer(storage, new TailCache(options.tailBytes), options);
    this.groups = new GroupCoordinator(clock, () => this.offsets.recheck());
    this.cleaner = new Cleaner(this, options);
  }

  /** Reads what the storage holds, but for the batches: opening doesn't depend on how much there is. */
  async load(): Promise<void> {
    try {
      await this.identities.load(this.storage);
      await this.topics.load(this.storage);
      await this.offsets.load(this.storage, this.topics);
    } catch (error) {
      throw storageFailed(this.storage.location, 'opened', error);
    }
    this.cleaner.start();
  }

  /** @throws LOG_CLOSED */
  checkOpen(): void {
    if (this.#closed !== undefined) throw new StockstreamError('LOG_CLOSED');
  }

  /** Ends everything; what was taken for writing is written first. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  /** Ends everything at once and writes nothing more; a write in flight goes on. */
  kill(): void {
    this.#closed ??= Promise.resolve();
    this.groups.close();
    this.writer.drop();
    void this.cleaner.close();
  }

  async #close(): Promise<void> {
    this.groups.close();
    this.offsets.recheck();
    await this.cleaner.close();
    await this.writer.close();
    try {
      await this.storage.close();
    } catch (error) {
      throw storageFailed(this.storage.location, 'closed', error);
    }
  }
}
