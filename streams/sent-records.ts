// What the records of one batch send, in order; encoded now and then, what was made meanwhile. Of what goes to a compacted topic
// only the last of each key counts.
import { assert } from '../base/assert.ts';
import { partitionOf } from '../log/partitioner.ts';
import type { EncodedRecord } from '../log/record-batch-builder.ts';
import type { Encodings } from '../state/encodings.ts';
import type { Topic } from './api.ts';

/** Where it lies encoded is said once it is; its value is let go then. */
export interface SentRecord extends EncodedRecord {
  readonly topic: Topic<unknown>;
  readonly key: string;
  /** See `Forwarded`. */
  readonly eventTime: number | undefined;
  value: unknown;
  partition: number;
  keyStart: number;
  keyEnd: number;
  valueStart: number;
  valueEnd: number;
  /** A later one of its key counts in its place. */
  isReplaced: boolean;
}

export class SentRecords {
  readonly #records: SentRecord[] = [];
  #encoded = 0;
  /** Of so many it is known which ones they replace. */
  #known = 0;
  readonly #last = new Map<Topic<unknown>, Map<string, SentRecord>>();

  get length(): number {
    return this.#records.length;
  }

  /** How many wait to be encoded. */
  get waiting(): number {
    return this.#records.length - this.#encoded;
  }

  /** All of it, encoded. */
  get encoded(): readonly SentRecord[] {
    assert(this.waiting === 0, 'what is sent was encoded before');
    return this.#records;
  }

  push(topic: Topic<unknown>, key: string, value: unknown, eventTime: number | undefined): void {
    this.#records.push({
      topic,
      key,
      eventTime,
      value,
      partition: 0,
      keyStart: 0,
      keyEnd: 0,
      valueStart: 0,
      valueEnd: 0,
      isReplaced: false,
    });
  }

  /** What was sent since there were so many. */
  since(length: number): readonly SentRecord[] {
    return this.#records.slice(length);
  }

  /** Takes back what was sent since there were so many. None of it may be encoded. */
  truncate(length: number): void {
    assert(length >= this.#known, 'what is encoded stays');
    this.#records.length = length;
  }

  clear(): void {
    this.#records.length = this.#encoded = this.#known = 0;
    this.#last.clear();
  }

  /** @throws the serde's error for what can't be encoded; it waits then, and all behind it */
  encode(encodings: Encodings): void {
    const records = this.#records;
    for (; this.#known < records.length; this.#known++) {
      const record = records[this.#known]!;
      if (record.topic.cleanup === 'compact') this.#replace(record);
    }
    for (; this.#encoded < records.length; this.#encoded++) {
      const record = records[this.#encoded]!;
      if (record.isReplaced) {
        record.value = undefined;
        continue;
      }
      const { topic, key } = record;
      encodings.putValue(record.value, topic.serde);
      record.valueStart = encodings.start;
      record.valueEnd = encodings.end;
      record.value = undefined;
      encodings.putText(key);
      record.keyStart = encodings.start;
      record.keyEnd = encodings.end;
      record.partition = partitionOf(key, topic.partitions);
    }
  }

  #replace(record: SentRecord): void {
    let last = this.#last.get(record.topic);
    if (last === undefined) {
      last = new Map();
      this.#last.set(record.topic, last);
    }
    const before = last.get(record.key);
    if (before !== undefined) before.isReplaced = true;
    last.set(record.key, record);
  }
}
