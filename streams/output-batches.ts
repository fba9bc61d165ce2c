// The outputs of a commit, one record batch a partition, whatever number of tasks wrote to it; several where one would grow
// so large that a log might refuse it, for a record may lead to hundreds.
import { partitionOf } from '../log/partitioner.ts';
import { RecordBatchBuilder } from '../log/record-batch-builder.ts';
import type { Forwarded, Topic } from './api.ts';
import type { DeadLetter } from './dead-letter.ts';
import type { SentRecords } from './sent-records.ts';

export interface OutputBatch {
  readonly topic: string;
  readonly partition: number;
  readonly builder: RecordBatchBuilder;
}

/** A batch of so many bytes is full; the last record may go beyond. */
const fullBytes = 1 << 20;

export class OutputBatches {
  readonly #full: OutputBatch[] = [];
  /** The last one of each partition. */
  readonly #batches = new Map<string, (OutputBatch | undefined)[]>();

  /** Those of one partition in order. One whose only record couldn't be encoded isn't there. */
  *[Symbol.iterator](): Generator<OutputBatch> {
    yield* this.#full;
    for (const partitions of this.#batches.values()) {
      for (const batch of partitions) if (batch !== undefined && batch.builder.count > 0) yield batch;
    }
  }

  /** For one more record. */
  builder(topic: string, partition: number): RecordBatchBuilder {
    let partitions = this.#batches.get(topic);
    if (partitions === undefined) {
      partitions = [];
      this.#batches.set(topic, partitions);
    }
    let batch = partitions[partition];
    if (batch !== undefined && batch.builder.byteLength >= fullBytes) {
      this.#full.push(batch);
      batch = undefined;
    }
    if (batch === undefined) {
      batch = { topic, partition, builder: new RecordBatchBuilder() };
      partitions[partition] = batch;
    }
    return batch.builder;
  }

  /** What one task sends, which lies encoded in `bytes`. */
  addSent(sent: SentRecords, now: number, bytes: Buffer): void {
    for (const record of sent.encoded) {
      if (record.isReplaced) continue;
      const builder = this.builder(record.topic.name, record.partition);
      builder.eventTime = record.eventTime;
      builder.appendEncoded(now, bytes, record);
    }
  }

  /** Encodes what is sent. Of that to a compacted topic only the last of each key counts. */
  addForwarded(forwarded: readonly Forwarded[], now: number): void {
    const last = new Map<Topic<unknown>, Map<string, Forwarded>>();
    for (const each of forwarded) if (each.topic.cleanup === 'compact') lastOf(last, each.topic).set(each.key, each);
    for (const each of forwarded) {
      const { topic, key, value, eventTime } = each;
      if (topic.cleanup === 'compact' && last.get(topic)?.get(key) !== each) continue;
      const builder = this.builder(topic.name, partitionOf(key, topic.partitions));
      builder.eventTime = eventTime;
      builder.encode(now, key, value, topic.serde);
    }
  }

  addDeadLetters(letters: readonly DeadLetter[], topic: Topic<Buffer>, now: number): void {
    for (const { key, value, headers } of letters) {
      const text = key === null ? '' : typeof key === 'string' ? key : key.toString('latin1');
      this.builder(topic.name, partitionOf(text, topic.partitions)).append(now, key, value, headers);
    }
  }
}

function lastOf(last: Map<Topic<unknown>, Map<string, Forwarded>>, topic: Topic<unknown>): Map<string, Forwarded> {
  const known = last.get(topic) ?? new Map<string, Forwarded>();
  last.set(topic, known);
  return known;
}
