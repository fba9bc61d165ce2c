// Records that were fetched for a task and wait to be processed, one queue a source topic, merged in a fixed order:
// of the queues' first records the earliest by event time, then by source. So the order within a partition always holds,
// and the same input ranges always give the same order. What waits stays bytes until its turn is near.
import { isStockstreamError, reasonOf } from '../base/errors.ts';
import { eventTimeIn, readEventTime } from '../log/event-time.ts';
import type { Fetched } from '../log/log.ts';
import { type RecordBatch, type RecordCursor, type RecordHeader, readHeaders } from '../log/record-batch.ts';
import type { Record, Topic } from './api.ts';

const noHeaders: readonly RecordHeader[] = Object.freeze([]);

/** So many records that were consumed may stay in memory: to move those behind them costs more. */
const mostConsumed = 256;

/** A record with the bytes that it came from. Its value is decoded once, when it is first needed. */
export class InputRecord implements Record<unknown> {
  readonly queue: InputQueue;
  readonly offset: number;
  readonly timestamp: number;
  readonly key: string;
  /** The event time that it carries, if it does. */
  readonly carriedTime: number | undefined;
  /** How many bytes of its batch it takes. */
  readonly size: number;
  readonly #bytes: Buffer;
  readonly #keyStart: number;
  readonly #keyEnd: number;
  readonly #valueStart: number;
  readonly #valueEnd: number;
  /** 0 for none. */
  readonly #headersStart: number;
  readonly #end: number;
  /** Where its queue goes on after it: past control batches, if it is the last of a fetch. */
  nextOffset: number;
  value: unknown;
  /** Why it can't be decoded; undefined if it can. */
  problem: unknown;
  #decoded = false;
  #hasAsked = false;

  constructor(queue: InputQueue, cursor: RecordCursor) {
    this.queue = queue;
    this.offset = cursor.offset;
    this.timestamp = cursor.timestamp;
    this.key = cursor.keyText();
    this.size = cursor.recordEnd - cursor.recordStart;
    this.#bytes = cursor.bytes;
    this.#keyStart = cursor.keyStart;
    this.#keyEnd = cursor.keyEnd;
    this.#valueStart = cursor.valueStart;
    this.#valueEnd = cursor.valueEnd;
    this.#headersStart = cursor.hasHeaders ? cursor.headersStart : 0;
    this.#end = cursor.recordEnd;
    this.carriedTime = this.#headersStart > 0 ? this.#readCarriedTime() : undefined;
    this.nextOffset = cursor.offset + 1;
  }

  get rawKey(): Buffer | null {
    return this.#keyStart < 0 ? null : this.#bytes.subarray(this.#keyStart, this.#keyEnd);
  }

  get rawValue(): Buffer | null {
    return this.#valueStart < 0 ? null : this.#bytes.subarray(this.#valueStart, this.#valueEnd);
  }

  /** When what it stems from came into the log; its own timestamp unless it says otherwise. */
  get eventTime(): number {
    return this.carriedTime ?? this.timestamp;
  }

  get headers(): readonly RecordHeader[] {
    return this.#headersStart === 0 ? noHeaders : readHeaders(this.#bytes, this.#headersStart, this.#end);
  }

  get topic(): string {
    return this.queue.topic.name;
  }

  get partition(): number {
    return this.queue.partition;
  }

  /** Decodes the value; afterwards either `value` or `problem` is set. */
  decode(): void {
    if (this.#decoded) return;
    this.#decoded = true;
    try {
      if (this.#valueStart < 0) throw new Error('it has no value');
      const { serde } = this.queue.topic;
      this.value = serde.decodeAt
        ? serde.decodeAt(this.#bytes, this.#valueStart, this.#valueEnd)
        : serde.decode(this.rawValue!);
    } catch (error) {
      this.problem = error ?? new Error(reasonOf(error));
    }
  }

  #readCarriedTime(): number | undefined {
    return readEventTime(this.#bytes, this.#headersStart, this.#end) ?? eventTimeIn(this.headers);
  }

  /** Lets go of the value: until it is decoded again it takes no more than its bytes. */
  release(): void {
    this.value = this.problem = undefined;
    this.#decoded = false;
  }

  /** Whether it was written with a schema that its serde doesn't know yet and wasn't asked for. */
  get isForeign(): boolean {
    if (this.problem === undefined || this.#hasAsked) return false;
    return this.queue.topic.serde.learn !== undefined && isStockstreamError(this.problem, 'SCHEMA_UNKNOWN');
  }

  /** Asks for its schema and decodes it again; for one that is foreign. @throws REGISTRY_UNAVAILABLE */
  async learn(): Promise<void> {
    const isKnown = await this.queue.topic.serde.learn!(this.rawValue!);
    this.#hasAsked = true;
    if (!isKnown) return;
    this.problem = undefined;
    this.#decoded = false;
    this.decode();
  }
}

/** A batch of which no or only the first records were made into objects. */
interface Waiting {
  /** Stands on the next record. */
  readonly cursor: RecordCursor;
  left: number;
  /** Where the queue goes on after its last record, if that isn't the next offset. */
  nextOffset: number;
}

export class InputQueue {
  readonly topic: Topic<unknown>;
  readonly partition: number;
  /** The first ones that wait, from `head` on; `waiting` come behind them. */
  #records: InputRecord[] = [];
  #head = 0;
  readonly #waiting: Waiting[] = [];
  #length = 0;
  #bytes = 0;
  #position: number;
  #from: number;
  #end: number;
  /** The partition's own end, as far as that was heard of. */
  #known = 0;
  /** Records at this offset or later aren't shown: a replay takes just what a commit took. */
  #bound = Number.POSITIVE_INFINITY;

  constructor(topic: Topic<unknown>, partition: number, position: number) {
    this.topic = topic;
    this.partition = partition;
    this.#position = position;
    this.#from = position;
    this.#end = position;
  }

  /** The offset up to which the partition was fetched. */
  get end(): number {
    return this.#end;
  }

  /** The offset after the last consumed record, and after whatever has no records behind it: aborted ones, markers. */
  get position(): number {
    return this.#position;
  }

  /** Where the last commit left the input. The position may be past it though no record was consumed. */
  get from(): number {
    return this.#from;
  }

  /** The commit being sealed takes everything up to the position. */
  seal(): void {
    this.#from = this.#position;
  }

  /** Whether the partition has more than was fetched. */
  get hasMore(): boolean {
    return this.#end < this.#known;
  }

  /** The partition goes up to `end`, at least. */
  expect(end: number): void {
    this.#known = Math.max(this.#known, end);
  }

  /** How many records wait. */
  get length(): number {
    return this.#length;
  }

  /** How many bytes the waiting records take. */
  get bytes(): number {
    return this.#bytes;
  }

  add(fetched: Fetched): void {
    for (const batch of fetched.batches) this.#addBatch(batch);
    this.#end = Math.max(this.#end, fetched.nextOffset);
    this.expect(fetched.endOffset);
    const last = this.#waiting.at(-1) ?? this.#records.at(-1);
    if (this.#length > 0 && last) last.nextOffset = Math.max(last.nextOffset, fetched.nextOffset);
    else this.#position = Math.max(this.#position, fetched.nextOffset);
  }

  #addBatch(batch: RecordBatch): void {
    const cursor = batch.cursor();
    let left = batch.count;
    while (left > 0 && cursor.next() && cursor.offset < this.#position) left--;
    if (left === 0) return;
    this.#waiting.push({ cursor, left, nextOffset: 0 });
    this.#length += left;
    this.#bytes += batch.bytes.length - cursor.recordStart;
  }

  /** Makes the next waiting record an object. False if there is none. */
  #take(): boolean {
    const waiting = this.#waiting[0];
    if (waiting === undefined) return false;
    const { cursor } = waiting;
    const record = new InputRecord(this, cursor);
    this.#records.push(record);
    if (--waiting.left > 0) cursor.next();
    else {
      record.nextOffset = Math.max(record.nextOffset, waiting.nextOffset);
      this.#waiting.shift();
    }
    return true;
  }

  /** The waiting record at `index`. */
  at(index: number): InputRecord | undefined {
    const at = this.#head + index;
    while (at >= this.#records.length && this.#take());
    const record = this.#records[at];
    return record !== undefined && record.offset < this.#bound ? record : undefined;
  }

  /** Shows only the records from `from` up to `to`, and ends at `to` when they are consumed. */
  confine(from: number, to: number): void {
    this.#from = from;
    this.#bound = to;
    this.#position = this.at(0) === undefined ? to : from;
    for (let index = 0, record = this.at(0); record !== undefined; record = this.at(++index)) {
      record.nextOffset = (this.at(index + 1)?.offset ?? to) < to ? record.offset + 1 : to;
    }
  }

  /** Decodes the waiting records, and learns the schemas of foreign ones. @throws REGISTRY_UNAVAILABLE */
  async learn(): Promise<void> {
    for (let index = 0, record = this.at(0); record !== undefined; record = this.at(++index)) {
      record.decode();
      if (record.isForeign) await record.learn();
    }
  }

  /** The first waiting record is done. */
  consume(): void {
    while (this.#head >= this.#records.length && this.#take());
    const record = this.#records[this.#head]!;
    this.#head++;
    this.#length--;
    this.#position = record.nextOffset;
    this.#bytes -= record.size;
    if (this.#head === this.#records.length) {
      this.#records = [];
      this.#head = 0;
    } else if (this.#head > mostConsumed && this.#head * 2 > this.#records.length) {
      this.#records = this.#records.slice(this.#head);
      this.#head = 0;
    }
  }
}

/**
 * The first `limit` waiting records of all queues in their fixed order; nothing is consumed. It ends where a queue does that
 * has more than was fetched, for what comes next there may come before what the others have.
 */
export function mergeQueues(queues: readonly InputQueue[], limit: number): InputRecord[] {
  const taken = queues.map(() => 0);
  const heads = queues.map((queue) => queue.at(0));
  const merged: InputRecord[] = [];
  while (merged.length < limit) {
    let from = -1;
    let earliest = Number.POSITIVE_INFINITY;
    for (let index = 0; index < heads.length; index++) {
      const head = heads[index];
      if (head === undefined || (from >= 0 && head.eventTime >= earliest)) continue;
      from = index;
      earliest = head.eventTime;
    }
    if (from < 0) break;
    merged.push(heads[from]!);
    taken[from]!++;
    heads[from] = queues[from]!.at(taken[from]!);
    if (heads[from] === undefined && queues[from]!.hasMore) break;
  }
  return merged;
}
