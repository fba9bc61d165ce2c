// One partition as the embedded log holds it in memory: where it starts and ends, and its newest batches. What must
// outlive the process stands in its `p` entry, written in the same atomic write as the batches that change it:
//
//     start i64 | next i64 | bytes i64 | maxTimestamp i64 | cleanedTo i64 | cleanedBytes i64
import type { TopicSpec } from '../log.ts';
import { type RecordBatch, readInt64, writeInt64 } from '../record-batch.ts';
import { Deque } from './deque.ts';
import type { PartitionId } from './keys.ts';

export interface Topic {
  readonly id: number;
  readonly spec: TopicSpec;
  readonly partitions: readonly Partition[];
  /** Nothing of it is seen any more; its data goes in the background. */
  deleted: boolean;
}

export class Partition implements PartitionId {
  readonly topicId: number;
  readonly index: number;
  /** The first offset that is kept. */
  start = 0;
  /** The offset to give next. It runs ahead of `end` while a write is in flight. */
  next = 0;
  /** What lies before is durable and visible. */
  end = 0;
  /** Of all batches that are stored. */
  bytes = 0;
  /** What cleaning took away since the log was opened. */
  removedBytes = 0;
  /** The largest of all records there ever were. */
  maxTimestamp = -1;
  /** Compaction has seen everything before this offset, and left so many bytes of it. */
  cleanedTo = 0;
  cleanedBytes = 0;
  /** Bytes since the last entry of the time index. */
  unindexedBytes = 0;
  /** The newest batches: all that there are from `tailFrom` on. Older ones in it are not to be read any more. */
  readonly tail = new Deque<RecordBatch>();
  tailFrom = 0;
  /** Called when `end` moves or the partition is gone. */
  readonly watchers = new Set<() => void>();

  constructor(topicId: number, index: number) {
    this.topicId = topicId;
    this.index = index;
  }

  encode(): Buffer {
    const bytes = Buffer.allocUnsafe(48);
    const fields = [this.start, this.next, this.bytes, this.maxTimestamp, this.cleanedTo, this.cleanedBytes];
    for (let at = 0; at < fields.length; at++) writeInt64(bytes, 8 * at, fields[at]!);
    return bytes;
  }

  restore(bytes: Buffer): void {
    this.start = readInt64(bytes, 0);
    this.next = this.end = this.tailFrom = readInt64(bytes, 8);
    this.bytes = readInt64(bytes, 16);
    this.maxTimestamp = readInt64(bytes, 24);
    this.cleanedTo = readInt64(bytes, 32);
    this.cleanedBytes = readInt64(bytes, 40);
  }

  /** The index in `tail` of the first batch that ends behind `offset`; its length if there is none. */
  tailIndex(offset: number): number {
    let [low, high] = [0, this.tail.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.tail.at(middle).lastOffset < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Cleaning takes bytes away. */
  remove(bytes: number): void {
    this.bytes -= bytes;
    this.removedBytes += bytes;
  }

  notify(): void {
    for (const watcher of [...this.watchers]) watcher();
  }
}
