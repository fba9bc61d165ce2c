// Keys of one task that stand still: a record failed for a reason that isn't in its bytes, so that later records of its
// key may depend on it. It and those behind it lie in the task's state, in order, until an operator has it tried again or
// dropped; other keys go on. All of it is state of the task: it is committed, restored and replayed as any other.
//
//     @quarantine         totals             how many keys and records there are: one look at it a record
//     @quarantine-keys    <key>              where the queue of a key begins and ends
//     @quarantine-queue   <key> 0 <number>   a record that waits, or a timer that failed
import { assert } from '../base/assert.ts';
import { StockstreamError } from '../base/errors.ts';
import type { StorePartition } from '../state/store-partition.ts';
import type { StoreSpec } from '../state/store-spec.ts';
import { jsonSerde, type TaskState } from '../state/task-state.ts';
import type { Processor, QuarantineCommand, Topic } from './api.ts';
import type { DeadLetterSource } from './dead-letter.ts';

/** How a topology keeps quarantine. */
export interface QuarantineSpec {
  /** Where operators' decisions come from: co-partitioned with the sources, so that a task reads its own. */
  readonly commands: Topic<QuarantineCommand>;
  /** Of one key; what comes when so many lie there goes to the dead letters. Part of the code: a replay must know it. */
  readonly maxRecords: number;
  /** Of one key, likewise. */
  readonly maxBytes: number;
}

export const defaultQuarantine = { maxRecords: 1_000, maxBytes: 4 << 20 } as const;

/** Heads are counted, too. */
export interface QuarantineTotals {
  readonly keys: number;
  readonly records: number;
}

/** Why a key stands still, as its dead letter says: kept as long as it does, whatever becomes of the letter. */
export interface QuarantineFailure {
  /** As the dead letter's time: of the batch in which it failed. */
  readonly at: number;
  readonly code: string;
  readonly message: string;
  readonly processor: string;
}

/** The queue of a key: numbers from `head` up to but without `next`. `head` is what failed. */
export interface QuarantinedKey {
  readonly place: string;
  readonly head: number;
  readonly next: number;
  readonly bytes: number;
  /** One was turned away: all behind it are, too, or it would be overtaken. */
  readonly isFull: boolean;
  /** When the key came to stand still. Undefined in what older programs wrote, as the failure. */
  readonly since?: number;
  readonly failure?: QuarantineFailure;
}

/** What lies in a queue. Bytes are base64. */
export interface HeldRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly timestamp: number;
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: readonly (readonly [key: string, value: string])[];
  /** The name of the timer, if it is one: topic, offset and value say nothing then. */
  readonly timer?: string;
}

const totalsStore: StoreSpec<QuarantineTotals> = { name: '@quarantine', serde: jsonSerde() };
const keysStore: StoreSpec<QuarantinedKey> = { name: '@quarantine-keys', serde: jsonSerde() };
const queueStore: StoreSpec<HeldRecord> = { name: '@quarantine-queue', serde: jsonSerde() };
const totalsKey = 'totals';

export const quarantineStores = [totalsStore, keysStore, queueStore] as readonly StoreSpec<unknown>[];
/** Where keys and what waits for them can be looked up. */
export const quarantineNames = { keys: keysStore.name, queue: queueStore.name } as const;
/** Where the totals lie, so that a task can be told of them before its first batch. */
export const quarantineTotals = { store: totalsStore.name, key: totalsKey } as const;

const nothing: QuarantineTotals = { keys: 0, records: 0 };

/** A record that fails for one of these is at fault by itself: it is set aside, and its key goes on. */
const ofBytesAlone: ReadonlySet<string> = new Set(['RECORD_UNDECODABLE', 'SCHEMA_UNKNOWN', 'RECORD_MISROUTED']);

/** Whether the next record of the key may depend on one that failed with `code`. */
export function quarantines(code: string): boolean {
  return !ofBytesAlone.has(code);
}

/** What the commands' source is wired to: the task obeys them itself, processors never see them. */
export const obeyCommands: Processor<unknown, { stores: object; outputs: object; timers: never }> = {
  name: 'quarantine',
  process() {},
  prefetch: () => ({}),
};

/** Which record or timer it is: what a command names. The same when the same inputs are processed anew elsewhere. */
export function placeOf(
  { topic, partition, offset, timestamp }: HeldRecord | DeadLetterSource,
  timer?: string,
): string {
  return timer === undefined ? `${topic}-${partition}@${offset}` : `${timer}@${timestamp}`;
}

/** As it lies in a queue. */
export function heldRecord(source: DeadLetterSource, timer?: string): HeldRecord {
  const { topic, partition, offset, timestamp, key, value, headers } = source;
  return {
    topic,
    partition,
    offset,
    timestamp,
    key: key === null ? null : Buffer.from(key).toString('base64'),
    value: value?.toString('base64') ?? null,
    headers: headers.map((header) => [header.key, header.value.toString('base64')]),
    ...(timer !== undefined && { timer }),
  };
}

/** And back. */
export function sourceOf({ key, value, headers, ...rest }: HeldRecord): DeadLetterSource {
  const bytes = (text: string | null) => (text === null ? null : Buffer.from(text, 'base64'));
  return {
    ...rest,
    key: bytes(key),
    value: bytes(value),
    headers: headers.map(([name, text]) => ({ key: name, value: Buffer.from(text, 'base64') })),
  };
}

/** The quarantine of one task. Reads may suspend, as those of any store. */
export class Quarantine {
  readonly commands: string;
  readonly #spec: QuarantineSpec;
  readonly #totals: StorePartition<QuarantineTotals>;
  readonly #keys: StorePartition<QuarantinedKey>;
  readonly #queue: StorePartition<HeldRecord>;
  #known = nothing;
  /** As last seen; only for hints. */
  #mayHold = true;

  constructor(spec: QuarantineSpec, state: TaskState) {
    this.#spec = spec;
    this.commands = spec.commands.name;
    this.#totals = state.partition(totalsStore);
    this.#keys = state.partition(keysStore);
    this.#queue = state.partition(queueStore);
  }

  /** For figures: as last seen, if it isn't in memory. */
  get totals(): QuarantineTotals {
    if (this.#totals.holds(totalsKey)) this.#known = this.#totals.get(totalsKey) ?? nothing;
    return this.#known;
  }

  has(key: string): boolean {
    const totals = this.#totals.get(totalsKey);
    return totals !== undefined && totals.keys > 0 && this.#keys.get(key) !== undefined;
  }

  /** Notes the reads that `has` will make and that aren't in memory. */
  prefetch(key: string): void {
    if (!this.#mayHold) return;
    if (!this.#totals.holds(totalsKey)) this.#miss(this.#totals, totalsKey);
    else if (this.totals.keys === 0) this.#mayHold = false;
    else if (!this.#keys.holds(key)) this.#miss(this.#keys, key);
  }

  /** Whether `place` is what the key stands still for. */
  isHead(key: string, place: string): boolean {
    return this.has(key) && this.#keys.get(key)?.place === place;
  }

  /** From now on the key stands still. */
  begin(key: string, head: HeldRecord, place: string, failure: QuarantineFailure): void {
    const { keys, records } = this.#totals.get(totalsKey) ?? nothing;
    this.#mayHold = true;
    this.#queue.put(entryKey(key, 0), head);
    const since = failure.at;
    this.#keys.put(key, { place, head: 0, next: 1, bytes: bytesOf(head), isFull: false, since, failure });
    this.#tally({ keys: keys + 1, records: records + 1 });
  }

  /** Puts a record behind those of its key, which stands still. @throws QUARANTINE_FULL */
  add(key: string, record: HeldRecord): void {
    const held = this.#keys.get(key)!;
    const bytes = held.bytes + bytesOf(record);
    const count = held.next - held.head;
    if (held.isFull || count >= this.#spec.maxRecords || bytes > this.#spec.maxBytes) {
      if (!held.isFull) this.#keys.put(key, { ...held, isFull: true });
      throw new StockstreamError('QUARANTINE_FULL', { key, records: count });
    }
    this.#queue.put(entryKey(key, held.next), record);
    this.#keys.put(key, { ...held, next: held.next + 1, bytes });
    this.#count(1);
  }

  /** Notes the whole queue's reads that aren't in memory; else gives it. */
  queueOf(key: string): HeldRecord[] {
    const { head, next } = this.#keys.get(key)!;
    const names = Array.from({ length: next - head }, (_, index) => entryKey(key, head + index));
    const missing = names.filter((name) => !this.#queue.holds(name));
    for (const name of missing) this.#miss(this.#queue, name);
    return missing.length > 0 ? [] : names.map((name) => this.#at(name));
  }

  /** What is to be tried next; undefined if nothing is left. */
  headOf(key: string): HeldRecord | undefined {
    const { head, next } = this.#keys.get(key)!;
    return head === next ? undefined : this.#at(entryKey(key, head));
  }

  /** The head gets another value. */
  edit(key: string, value: Buffer): void {
    const { head } = this.#keys.get(key)!;
    const name = entryKey(key, head);
    this.#queue.put(name, { ...this.#at(name), value: value.toString('base64') });
  }

  /** The head is done or dropped. */
  shift(key: string): void {
    const held = this.#keys.get(key)!;
    const name = entryKey(key, held.head);
    const bytes = held.bytes - bytesOf(this.#at(name));
    this.#queue.delete(name);
    this.#keys.put(key, { ...held, head: held.head + 1, bytes });
    this.#count(-1);
  }

  /** The head has failed: the key stands still for it. */
  stay(key: string, place: string, failure: QuarantineFailure): void {
    this.#keys.put(key, { ...this.#keys.get(key)!, place, failure });
  }

  /** Nothing is left: the key goes on. */
  end(key: string): void {
    const { keys, records } = this.#totals.get(totalsKey) ?? nothing;
    this.#keys.delete(key);
    this.#tally(keys > 1 ? { keys: keys - 1, records } : nothing);
  }

  #at(name: string): HeldRecord {
    const record = this.#queue.get(name);
    assert(record !== undefined, 'what waits is there');
    return record;
  }

  #count(more: number): void {
    const { keys, records } = this.#totals.get(totalsKey) ?? nothing;
    this.#tally({ keys, records: records + more });
  }

  /** Also for figures: it may leave memory before anybody looks again. */
  #tally(totals: QuarantineTotals): void {
    this.#known = totals;
    if (totals.keys > 0) this.#totals.put(totalsKey, totals);
    else this.#totals.delete(totalsKey);
  }

  #miss<V>(partition: StorePartition<V>, key: string): void {
    partition.transaction.missing.push({ partition: partition as StorePartition<unknown>, key });
  }
}

const numberDigits = 9;

/** Of a record in the queue. */
export function entryKey(key: string, number: number): string {
  return `${key}\0${String(number).padStart(numberDigits, '0')}`;
}

/** About what it takes. */
function bytesOf({ value, headers }: HeldRecord): number {
  return (value?.length ?? 0) + headers.reduce((sum, [name, text]) => sum + name.length + text.length, 100);
}
