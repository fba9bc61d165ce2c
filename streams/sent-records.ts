// What the records of one batch send, in order; encoded now and then, what was made meanwhile. What is encoded is numbers side
// by side: as objects a batch's thousands would be carried along by the collector until the commit. Of what goes to a
// compacted topic only the last of each key counts.
import { assert } from '../base/assert.ts';
import { partitionOf } from '../log/partitioner.ts';
import { RecordSpans } from '../log/record-spans.ts';
import type { Encodings } from '../state/encodings.ts';
import type { Forwarded, Topic } from './api.ts';

interface WaitingRecord extends Forwarded {
  /** A later one of its key counts in its place. */
  isReplaced: boolean;
}

/** In place of the partition of one that a later one of its key replaces. */
const replaced = -1;
const firstRecords = 64;

export class SentRecords {
  /** Behind those that are encoded. */
  #waiting: WaitingRecord[] = [];
  /** Of so many that wait it is known which ones they replace. */
  #known = 0;
  /** Where those that are encoded lie. */
  readonly spans = new RecordSpans();
  /** Of those that are encoded: places in `#topics`, and partitions. */
  #places = new Uint16Array(firstRecords);
  #partitions = new Int32Array(firstRecords);
  /** Not a number for none. */
  #eventTimes = new Float64Array(firstRecords);
  /** All that anything was ever sent to. */
  readonly #topics: Topic<unknown>[] = [];
  /** By topic and key, the number of the last one. */
  readonly #last = new Map<Topic<unknown>, Map<string, number>>();

  get length(): number {
    return this.encoded + this.#waiting.length;
  }

  /** How many are encoded: the first ones. */
  get encoded(): number {
    return this.spans.count;
  }

  /** How many wait to be encoded. */
  get waiting(): number {
    return this.#waiting.length;
  }

  topic(index: number): Topic<unknown> {
    return this.#topics[this.#places[index]!]!;
  }

  partition(index: number): number {
    return this.#partitions[index]!;
  }

  /** See `Forwarded`. */
  eventTime(index: number): number | undefined {
    const time = this.#eventTimes[index]!;
    return Number.isNaN(time) ? undefined : time;
  }

  /** Whether a later one of its key counts in its place. */
  isReplaced(index: number): boolean {
    return this.#partitions[index] === replaced;
  }

  push(topic: Topic<unknown>, key: string, value: unknown, eventTime: number | undefined): void {
    this.#waiting.push({ topic, key, value, eventTime, isReplaced: false });
  }

  /** What was sent since there were so many. None of it may be encoded. */
  since(length: number): readonly Forwarded[] {
    return this.#waiting.slice(this.#place(length));
  }

  /** Takes back what was sent since there were so many. None of it may be encoded. */
  truncate(length: number): void {
    const place = this.#place(length);
    assert(place >= this.#known, 'what is encoded stays');
    this.#waiting.length = place;
  }

  /** Forgets all. Mostly as many come again: room is given back little by little. */
  clear(): void {
    const room = this.#places.length;
    if (room > firstRecords && this.encoded < room / 8) this.#resize(room / 2);
    this.#waiting.length = this.#known = 0;
    this.spans.clear();
    this.#last.clear();
  }

  /** @throws the serde's error for what can't be encoded; it waits then, and all behind it */
  encode(encodings: Encodings): void {
    const waiting = this.#waiting;
    for (; this.#known < waiting.length; this.#known++) {
      const { topic, key } = waiting[this.#known]!;
      if (topic.cleanup === 'compact') this.#replace(topic, key, this.encoded + this.#known);
    }
    let done = 0;
    try {
      for (; done < waiting.length; done++) this.#encode(waiting[done]!, encodings);
    } finally {
      this.#waiting = waiting.slice(done);
      this.#known -= done;
    }
  }

  #encode({ topic, key, value, eventTime, isReplaced }: WaitingRecord, encodings: Encodings): void {
    if (!isReplaced) encodings.putValue(value, topic.serde);
    const { start, end } = encodings;
    const index = this.spans.add();
    if (index === this.#places.length) this.#resize(index * 2);
    this.#places[index] = this.#placeOf(topic);
    this.#eventTimes[index] = eventTime ?? Number.NaN;
    this.#partitions[index] = isReplaced ? replaced : partitionOf(key, topic.partitions);
    if (isReplaced) return;
    this.spans.setValue(index, start, end);
    encodings.putText(key);
    this.spans.setKey(index, encodings.start, encodings.end);
  }

  #replace(topic: Topic<unknown>, key: string, by: number): void {
    let last = this.#last.get(topic);
    if (last === undefined) {
      last = new Map();
      this.#last.set(topic, last);
    }
    const before = last.get(key);
    if (before !== undefined) {
      if (before < this.encoded) this.#partitions[before] = replaced;
      else this.#waiting[before - this.encoded]!.isReplaced = true;
    }
    last.set(key, by);
  }

  #placeOf(topic: Topic<unknown>): number {
    const place = this.#topics.indexOf(topic);
    return place >= 0 ? place : this.#topics.push(topic) - 1;
  }

  #resize(room: number): void {
    const [places, partitions, eventTimes] = [this.#places, this.#partitions, this.#eventTimes];
    const kept = Math.min(room, this.encoded);
    this.#places = new Uint16Array(room);
    this.#partitions = new Int32Array(room);
    this.#eventTimes = new Float64Array(room);
    this.#places.set(places.subarray(0, kept));
    this.#partitions.set(partitions.subarray(0, kept));
    this.#eventTimes.set(eventTimes.subarray(0, kept));
  }

  #place(length: number): number {
    assert(length >= this.encoded, 'what is encoded stays');
    return length - this.encoded;
  }
}
