// Records that were fetched for a task and wait to be processed, one queue a source topic, merged in a fixed order:
// of the queues' first records the earliest by timestamp, then by source. So the order within a partition always holds,
// and the same input ranges always give the same order.
import { isStockstreamError, reasonOf } from '../base/errors.ts';
import type { Fetched } from '../log/log.ts';
import type { RecordCursor, RecordHeader } from '../log/record-batch.ts';
import type { Record, Topic } from './api.ts';

const noHeaders: readonly RecordHeader[] = Object.freeze([]);

/** A record with the bytes that it came from. Its value is decoded once, when it is first needed. */
export class InputRecord implements Record<unknown> {
  readonly queue: InputQueue;
  readonly offset: number;
  readonly timestamp: number;
  readonly key: string;
  readonly rawKey: Buffer | null;
  readonly rawValue: Buffer | null;
  readonly headers: readonly RecordHeader[];
  /** Where its queue goes on after it: past control batches, if it is the last of a fetch. */
  nextOffset: number;
  value: unknown;
  /** Why it can't be decoded; undefined if it can. */
  problem: unknown;
  #decoded = false;

  constructor(queue: InputQueue, cursor: RecordCursor) {
    this.queue = queue;
    this.offset = cursor.offset;
    this.timestamp = cursor.timestamp;
    this.rawKey = cursor.key();
    this.key = cursor.keyText();
    this.rawValue = cursor.value();
    const headers = cursor.headers();
    this.headers = headers.length === 0 ? noHeaders : headers;
    this.nextOffset = cursor.offset + 1;
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
      if (this.rawValue === null) throw new Error('it has no value');
      this.value = this.queue.topic.serde.decode(this.rawValue);
    } catch (error) {
      this.problem = error ?? new Error(reasonOf(error));
    }
  }

  /** Whether it was written with a schema that its serde doesn't know yet and can ask for. */
  get isForeign(): boolean {
    return this.queue.topic.serde.learn !== undefined && isStockstreamError(this.problem, 'SCHEMA_UNKNOWN');
  }

  /** Asks for its schema and decodes it again; for one that is foreign. @throws REGISTRY_UNAVAILABLE */
  async learn(): Promise<void> {
    if (!(await this.queue.topic.serde.learn!(this.rawValue!))) return;
    this.problem = undefined;
    this.#decoded = false;
    this.decode();
  }
}

export class InputQueue {
  readonly topic: Topic<unknown>;
  readonly partition: number;
  #records: InputRecord[] = [];
  #head = 0;
  #bytes = 0;
  #position: number;
  #from: number;
  #end: number;
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

  /** How many records wait. */
  get length(): number {
    return this.#records.length - this.#head;
  }

  /** How many bytes the waiting records' values take. */
  get bytes(): number {
    return this.#bytes;
  }

  add(fetched: Fetched): void {
    for (const batch of fetched.batches) {
      for (const cursor = batch.cursor(); cursor.next(); ) {
        if (cursor.offset < this.#position) continue;
        this.#records.push(new InputRecord(this, cursor));
        if (cursor.valueStart >= 0) this.#bytes += cursor.valueEnd - cursor.valueStart;
      }
    }
    this.#end = Math.max(this.#end, fetched.nextOffset);
    const last = this.#records.at(-1);
    if (this.length > 0 && last) last.nextOffset = Math.max(last.nextOffset, fetched.nextOffset);
    else this.#position = Math.max(this.#position, fetched.nextOffset);
  }

  /** The waiting record at `index`. */
  at(index: number): InputRecord | undefined {
    const record = this.#records[this.#head + index];
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
    const record = this.#records[this.#head]!;
    this.#head++;
    this.#position = record.nextOffset;
    this.#bytes -= record.rawValue?.length ?? 0;
    if (this.#head === this.#records.length) {
      this.#records = [];
      this.#head = 0;
    } else if (this.#head > 10_000) {
      this.#records = this.#records.slice(this.#head);
      this.#head = 0;
    }
  }
}

/** The first `limit` waiting records of all queues in their fixed order; nothing is consumed. */
export function mergeQueues(queues: readonly InputQueue[], limit: number): InputRecord[] {
  const heads = queues.map(() => 0);
  const merged: InputRecord[] = [];
  while (merged.length < limit) {
    let best: InputRecord | undefined;
    let from = 0;
    for (let index = 0; index < queues.length; index++) {
      const record = queues[index]!.at(heads[index]!);
      if (record !== undefined && (best === undefined || record.timestamp < best.timestamp)) {
        best = record;
        from = index;
      }
    }
    if (best === undefined) break;
    merged.push(best);
    heads[from]!++;
  }
  return merged;
}
