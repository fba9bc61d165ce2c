// One atomic write in the making: what the jobs of a group commit put into it, and what becomes visible once it is durable.

import { RecordBatch } from '../record-batch.ts';
import type { BatchProducer, RecordBatchBuilder } from '../record-batch-builder.ts';
import { batchKey, partitionKey, timeKey } from './keys.ts';
import type { Partition } from './partition.ts';
import type { StorageEntry, StorageOperation } from './storage.ts';
import type { TailCache } from './tail-cache.ts';

const nothing = Buffer.alloc(0);

export class Flush {
  readonly #operations: StorageOperation[] = [];
  readonly #changed = new Set<Partition>();
  readonly #appended: { partition: Partition; batch: RecordBatch }[] = [];
  readonly #indexIntervalBytes: number;

  constructor(indexIntervalBytes: number) {
    this.#indexIntervalBytes = indexIntervalBytes;
  }

  put(key: Buffer, value: Buffer): void {
    this.#operations.push({ type: 'put', key, value });
  }

  /** As `put`, for a key that has a batch. */
  replace(key: Buffer, value: Buffer): void {
    this.#operations.push({ type: 'put', key, value, replaces: true });
  }

  delete(key: Buffer): void {
    this.#operations.push({ type: 'del', key });
  }

  deleteAll(entries: readonly StorageEntry[]): void {
    for (const { key } of entries) this.delete(key);
  }

  /** Says that the partition's own fields changed. */
  change(partition: Partition): void {
    this.#changed.add(partition);
  }

  /** Gives the batch its offset and producer, and adds it. */
  append(partition: Partition, builder: RecordBatchBuilder, producer: BatchProducer): RecordBatch {
    const batch = new RecordBatch(fitted(builder.finish(partition.next, producer)));
    this.#index(partition, batch);
    partition.next = batch.nextOffset;
    partition.bytes += batch.bytes.length;
    partition.maxTimestamp = Math.max(partition.maxTimestamp, batch.maxTimestamp);
    this.put(batchKey(partition, batch.baseOffset), batch.bytes);
    this.#appended.push({ partition, batch });
    this.#changed.add(partition);
    return batch;
  }

  /** All that there is to write. Called once, when every job has had its turn. */
  operations(): StorageOperation[] {
    for (const partition of this.#changed) this.put(partitionKey(partition), partition.encode());
    return this.#operations;
  }

  /** The write is durable: shows it to readers. */
  publish(tail: TailCache): void {
    for (const { partition, batch } of this.#appended) tail.add(partition, batch);
    for (const partition of this.#changed) {
      if (partition.end === partition.next) continue;
      partition.end = partition.next;
      partition.notify();
    }
  }

  /** Every so many bytes, an entry of the time index: no record before this batch is later than `maxTimestamp`. */
  #index(partition: Partition, batch: RecordBatch): void {
    if (partition.unindexedBytes >= this.#indexIntervalBytes) {
      this.put(timeKey(partition, partition.maxTimestamp, batch.baseOffset), nothing);
      partition.unindexedBytes = 0;
    }
    partition.unindexedBytes += batch.bytes.length;
  }
}

/** A builder's buffer may be far larger than what stands in it; a small batch shouldn't keep it alive. */
function fitted(bytes: Buffer): Buffer {
  if (bytes.length * 2 >= bytes.buffer.byteLength) return bytes;
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(copy);
  return copy;
}
