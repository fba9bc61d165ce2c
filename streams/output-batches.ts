// The outputs of a commit, one record batch a partition, whatever number of tasks wrote to it; several where one would grow
// so large that a log might refuse it, for a record may lead to hundreds.
import { assert } from '../base/assert.ts';
import { partitionOf } from '../log/partitioner.ts';
import { mostBytesOf, RecordBatchBuilder } from '../log/record-batch-builder.ts';
import { Encodings } from '../state/encodings.ts';
import type { Forwarded, Topic } from './api.ts';
import type { DeadLetter } from './dead-letter.ts';
import { SentRecords } from './sent-records.ts';

export interface OutputBatch {
  readonly topic: string;
  readonly partition: number;
  readonly builder: RecordBatchBuilder;
}

/** A batch of so many bytes is full; the last record may go beyond. */
const fullBytes = 1 << 20;
/** More than most records have. */
const largeRecordBytes = 4096;

export class OutputBatches {
  readonly #full: OutputBatch[] = [];
  /** The last one of each partition. */
  readonly #batches = new Map<string, (OutputBatch | undefined)[]>();

  /** Those of one partition in order. */
  *[Symbol.iterator](): Generator<OutputBatch> {
    yield* this.#full;
    for (const partitions of this.#batches.values()) {
      for (const batch of partitions) if (batch !== undefined) yield batch;
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

  /** What one task sends, all encoded, which lies in `bytes`. */
  addSent(sent: SentRecords, now: number, bytes: Buffer): void {
    assert(sent.waiting === 0, 'what is sent was encoded before');
    this.#expect(sent);
    for (let index = 0; index < sent.encoded; index++) {
      if (sent.isReplaced(index)) continue;
      const builder = this.builder(sent.topic(index).name, sent.partition(index));
      builder.eventTime = sent.eventTime(index);
      builder.appendEncoded(now, bytes, sent.spans, index);
    }
  }

  /** Makes room for it: batches that grow step by step take several times the memory. */
  #expect(sent: SentRecords): void {
    const expected = new Map<RecordBatchBuilder, number>();
    for (let index = 0; index < sent.encoded; index++) {
      if (sent.isReplaced(index)) continue;
      const builder = this.builder(sent.topic(index).name, sent.partition(index));
      const bytes = mostBytesOf(sent.spans.bytesOf(index));
      expected.set(builder, (expected.get(builder) ?? 0) + bytes);
    }
    for (const [builder, bytes] of expected) builder.expect(Math.min(bytes, fullBytes + largeRecordBytes));
  }

  /** Encodes what is sent, all of it or nothing. @throws the serde's error */
  addForwarded(forwarded: readonly Forwarded[], now: number): void {
    const [sent, encodings] = [new SentRecords(), new Encodings()];
    for (const { topic, key, value, eventTime } of forwarded) sent.push(topic, key, value, eventTime);
    sent.encode(encodings);
    this.addSent(sent, now, encodings.bytes);
  }

  addDeadLetters(letters: readonly DeadLetter[], topic: Topic<Buffer>, now: number): void {
    for (const { key, value, headers } of letters) {
      const text = key === null ? '' : typeof key === 'string' ? key : key.toString('latin1');
      this.builder(topic.name, partitionOf(text, topic.partitions)).append(now, key, value, headers);
    }
  }
}
