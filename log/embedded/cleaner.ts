// Takes away what nobody needs: retention by time and size, compaction, deleted records and topics. It goes in small
// writes through the one writer, one task at a time, and may end between any two of them without harm.
import { StockstreamError } from '../../base/errors.ts';
import { batchHeaderBytes, readInt64 } from '../record-batch.ts';
import { type CompactionOptions, compactPartition } from './compaction.ts';
import type { Flush } from './flush.ts';
import { batchRange, offsetOf, timeRange } from './keys.ts';
import type { LogData } from './log-data.ts';
import type { Partition, Topic } from './partition.ts';
import { type StorageEntry, type StorageRange, storageFailed } from './storage.ts';
import { readEntries } from './stored-batches.ts';

export interface CleanerOptions extends CompactionOptions {
  /** How often retention and compaction run by themselves. Milliseconds. */
  readonly cleanupIntervalMs: number;
  /** Hears of errors of the background work, whose next run tries again. */
  readonly onBackgroundError: (error: unknown) => void;
}

const chunkBytes = 2 ** 20;
const chunkEntries = 1000;

/** Less than that isn't worth the storage's work of giving it back. */
const reclaimBytes = 8 * 2 ** 20;
const reclaimStepBytes = 64 * 2 ** 20;

/** Background compaction waits until half of a partition is new, as Kafka does. */
const dirtyShare = 0.5;

export class Cleaner {
  readonly #log: LogData;
  readonly #options: CleanerOptions;
  /** Tasks run one after the other. */
  #last: Promise<void> = Promise.resolve();
  #closed = false;
  #cancelTimer: () => void = () => {};

  constructor(log: LogData, options: CleanerOptions) {
    this.#log = log;
    this.#options = options;
  }

  /** Goes on with what a crash interrupted, then runs at its interval. */
  start(): void {
    for (const topic of this.#log.topics.deleted) this.erase(topic);
    this.#schedule();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelTimer();
    await this.#last;
  }

  applyRetention(): Promise<void> {
    return this.#enqueue(async () => {
      for (const topic of this.#log.topics.all) await this.#retain(topic);
    });
  }

  /** Compacts a topic, or every compacted one. @throws LOG_UNKNOWN_TOPIC */
  compact(name?: string): Promise<void> {
    return this.#enqueue(async () => {
      const topics = name === undefined ? this.#log.topics.all : [this.#log.topics.get(name)];
      for (const topic of topics) {
        if (topic === undefined) throw new StockstreamError('LOG_UNKNOWN_TOPIC', { topic: name, partition: 'any' });
        await this.#compact(topic, 0);
      }
    });
  }

  /** Makes the partition start at `offset`. It looks at no batch, and so gets past damaged ones. */
  deleteRecords(partition: Partition, offset: number): Promise<void> {
    return this.#enqueue(() => this.#shrink(partition, () => this.#trim(partition, offset)));
  }

  /** Removes the data of a topic that is no longer seen. */
  erase(topic: Topic): void {
    void this.#inBackground(() => this.#erase(topic));
  }

  #schedule(): void {
    this.#cancelTimer = this.#log.clock.schedule(this.#options.cleanupIntervalMs, () => void this.#cleanUp());
  }

  async #cleanUp(): Promise<void> {
    for (const topic of this.#log.topics.all) {
      await this.#inBackground(() => this.#retain(topic));
      await this.#inBackground(() => this.#compact(topic, dirtyShare));
    }
    if (!this.#closed) this.#schedule();
  }

  /** Runs a task in its turn. @throws LOG_CLOSED if it was, or may have been, cut short */
  #enqueue(task: () => Promise<void>): Promise<void> {
    const done = this.#last.then(async () => {
      if (!this.#closed) await task();
      if (this.#closed) throw new StockstreamError('LOG_CLOSED');
    });
    this.#last = done.catch(() => {});
    return done;
  }

  async #inBackground(task: () => Promise<void>): Promise<void> {
    try {
      await this.#enqueue(task);
    } catch (error) {
      if (!this.#closed) this.#options.onBackgroundError(error);
    }
  }

  #isStopped(topic: Topic | undefined): boolean {
    return this.#closed || topic === undefined || topic.deleted;
  }

  async #retain(topic: Topic): Promise<void> {
    const { cleanup, retentionMs, retentionBytes = Number.POSITIVE_INFINITY } = topic.spec;
    if (cleanup === 'compact') return;
    const oldest = retentionMs === undefined ? Number.NEGATIVE_INFINITY : this.#log.clock.now() - retentionMs;
    for (const partition of topic.partitions) {
      let { bytes } = partition;
      const isDoomed = (batch: Buffer) => {
        const timestamp = batch.length < batchHeaderBytes ? Number.NEGATIVE_INFINITY : readInt64(batch, 35);
        if (timestamp >= oldest && bytes - batch.length < retentionBytes) return false;
        bytes -= batch.length;
        return true;
      };
      const start = await this.#firstKept(partition, isDoomed);
      await this.#shrink(partition, () => this.#trim(partition, start));
    }
  }

  /** Does `work`, and if it removed much, gives the room back, piece by piece so that a close needn't wait long. */
  async #shrink(partition: Partition, work: () => Promise<void>): Promise<void> {
    const { start, removedBytes } = partition;
    await work();
    const removed = partition.removedBytes - removedBytes;
    if (removed < reclaimBytes) return;
    const end = Math.max(partition.start, partition.cleanedTo);
    const step = Math.ceil(((end - start) * reclaimStepBytes) / removed);
    for (let from = start; from < end && !this.#closed; from += step) {
      await this.#reclaim(batchRange(partition, from, Math.min(end, from + step)));
    }
  }

  async #reclaim(range: StorageRange): Promise<void> {
    const { storage } = this.#log;
    try {
      await storage.reclaim?.(range);
    } catch (error) {
      throw storageFailed(storage.location, 'cleaned', error);
    }
  }

  /** The offset of the first batch that stays. */
  async #firstKept(partition: Partition, isDoomed: (batch: Buffer) => boolean): Promise<number> {
    let from = partition.start;
    // Mostly the very first stays, and then there is no need to read more.
    for (let maxBytes = 1; from < partition.end; maxBytes = chunkBytes) {
      const entries = await readEntries(this.#log, batchRange(partition, from, partition.end), { maxBytes });
      const kept = entries.find(({ value }) => !isDoomed(value));
      if (kept !== undefined) return offsetOf(kept.key);
      from = entries.length === 0 ? partition.end : offsetOf(entries.at(-1)!.key) + 1;
    }
    return partition.end;
  }

  /** Moves the start at once, then removes the batches before it. Cut off in between, the next trim removes them. */
  async #trim(partition: Partition, start: number): Promise<void> {
    if (start <= partition.start) return;
    await this.#log.writer.submit((flush) => {
      partition.start = start;
      flush.change(partition);
    });
    await this.#remove(batchRange(partition, 0, await this.#firstNeeded(partition)), (flush, entries) => {
      partition.remove(entries.reduce((sum, { value }) => sum + value.length, 0));
      flush.change(partition);
    });
    await this.#trimIndex(partition);
  }

  /** The base offset of the batch that holds the start. */
  async #firstNeeded(partition: Partition): Promise<number> {
    const { start, end } = partition;
    if (start === end) return end;
    const upToStart = batchRange(partition, 0, start + 1);
    const [holding] = await readEntries(this.#log, upToStart, { reverse: true, limit: 1 });
    return holding === undefined ? start : offsetOf(holding.key);
  }

  /** Removes all entries of a range, a little at a time. */
  async #remove(range: StorageRange, also?: (flush: Flush, entries: readonly StorageEntry[]) => void): Promise<void> {
    while (!this.#closed) {
      const entries = await readEntries(this.#log, range, { limit: chunkEntries, maxBytes: chunkBytes });
      if (entries.length === 0) return;
      await this.#log.writer.submit((flush) => {
        flush.deleteAll(entries);
        also?.(flush, entries);
      });
    }
  }

  /** Entries that point before the start are useless, not wrong. */
  async #trimIndex(partition: Partition): Promise<void> {
    const entries = await readEntries(this.#log, timeRange(partition), { limit: chunkEntries });
    const stale = entries.filter(({ key }) => offsetOf(key) < partition.start);
    if (stale.length > 0) await this.#log.writer.submit((flush) => flush.deleteAll(stale));
  }

  /** Compacts the partitions of which at least this share is new. */
  async #compact(topic: Topic, share: number): Promise<void> {
    if (topic.spec.cleanup !== 'compact') return;
    const isStopped = () => this.#isStopped(topic);
    for (const partition of topic.partitions) {
      if (partition.bytes - partition.cleanedBytes < partition.bytes * share) continue;
      await this.#shrink(partition, () => compactPartition(this.#log, partition, this.#options, isStopped));
    }
  }

  async #erase(topic: Topic): Promise<void> {
    for (const partition of topic.partitions) {
      await this.#remove(batchRange(partition, 0));
      await this.#remove(timeRange(partition));
    }
    if (!this.#closed) await this.#log.writer.submit((flush) => this.#log.topics.forget(flush, topic));
  }
}
