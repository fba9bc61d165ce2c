// All stores of one task: its running transaction, the sealed ones in flight, and the built-in store of its progress.
// After a failed commit the whole object is thrown away and the task restores itself: nothing here is ever repaired.
import type { Serde } from '../base/serde.ts';
import type { RecordBatchBuilder } from '../log/record-batch-builder.ts';
import { RecordSpans } from '../log/record-spans.ts';
import type { Encodings } from './encodings.ts';
import type { KeyFilterOptions } from './key-filter.ts';
import { TaskKeys, type TimeRow } from './keys.ts';
import type { Store, WriteBatch } from './store.ts';
import { StorePartition } from './store-partition.ts';
import type { StoreSpec } from './store-spec.ts';
import { TimeIndex } from './time-index.ts';
import { type MissingRead, Transaction } from './transaction.ts';

/** How far a task is: kept in its changelog, so that state and inputs can be compared after a restore. */
export interface Progress {
  /** Number of the last commit, from 1. */
  readonly commit: number;
  /** The time that the last commit's processors saw, in milliseconds since the Unix epoch. */
  readonly now: number;
  /** Topic to the offset that is read next. */
  readonly inputs: { readonly [topic: string]: number };
}

/** Serde of values that only the engine reads. */
export function jsonSerde<V>(): Serde<V> {
  return {
    format: 'json',
    encode: (value, target, at) => {
      const text = JSON.stringify(value);
      return at + Buffer.byteLength(text) > target.length ? -1 : at + target.write(text, at);
    },
    decode: (bytes) => JSON.parse(bytes.toString()) as V,
  };
}

export const progressStore: StoreSpec<Progress> = { name: '@task', serde: jsonSerde() };
export const progressKey = 'progress';

export class TaskState {
  readonly keys: TaskKeys;
  readonly times: TimeIndex;
  readonly #partitions = new Map<string, StorePartition<unknown>>();
  /** Of the running transaction. */
  readonly #spans = new RecordSpans();
  #transaction: Transaction;
  #inFlight: Transaction[] = [];
  #applied: number;

  /** `lastCommit` is the number of the commit that the store stands at, 0 at the beginning. */
  constructor(task: string, specs: readonly StoreSpec<unknown>[], lastCommit: number, filters?: KeyFilterOptions) {
    this.keys = new TaskKeys(task);
    this.times = new TimeIndex(this.keys);
    this.#applied = lastCommit;
    this.#transaction = new Transaction(lastCommit + 1, this.#spans);
    for (const spec of [...specs, progressStore as StoreSpec<unknown>]) {
      const { keys, times } = this;
      this.#partitions.set(
        spec.name,
        new StorePartition(spec, { keys, times, transaction: this.#transaction, filters }),
      );
    }
  }

  get transaction(): Transaction {
    return this.#transaction;
  }

  /** About how many bytes are cached. */
  get bytes(): number {
    let sum = 0;
    for (const partition of this.#partitions.values()) sum += partition.bytes;
    return sum;
  }

  get wantsKeys(): boolean {
    for (const partition of this.#partitions.values()) if (partition.wantsKeys) return true;
    return false;
  }

  /** The next page of each store that wants one, and of a small one all. Between two pages it waits for `turn`. */
  async learnKeys(store: Store, turn: () => Promise<void>): Promise<void> {
    for (const partition of this.#partitions.values()) if (await partition.learnKeys(store)) await turn();
  }

  partition<V>(spec: StoreSpec<V>): StorePartition<V> {
    return this.partitionOf(spec.name) as StorePartition<V>;
  }

  partitionOf(store: string): StorePartition<unknown> | undefined {
    return this.#partitions.get(store);
  }

  /**
   * Records the progress and encodes all changes of the running transaction into the changelog. May be tried again.
   * @returns what `seal` needs. @throws the serde's error if a value doesn't fit its contract
   */
  encode(progress: Omit<Progress, 'commit'>, changelog: RecordBatchBuilder, encodings: Encodings): RecordSpans {
    this.partition(progressStore).put(progressKey, { commit: this.#transaction.number, ...progress });
    return this.#transaction.encodeTo(changelog, progress.now, encodings);
  }

  /** Deletes stale rows of the time index. Before `seal`: the same transaction may have set one of them again. */
  deleteTimes(rows: readonly TimeRow[], batch: WriteBatch): void {
    for (const row of rows) {
      batch.delete(this.keys.time(row.at, row.store, row.key));
      this.times.delete(this.#transaction.number, row);
    }
  }

  /** Ends the running transaction: its encoded changes go to the store's batch, and the next one is open. */
  seal(changelog: RecordBatchBuilder, spans: RecordSpans, batch: WriteBatch): Transaction {
    const sealed = this.#transaction;
    batch.putRun({ bytes: changelog.slice(0, changelog.byteLength), prefix: this.keys.entryPrefix, spans });
    sealed.settle(batch, spans);
    this.#inFlight.push(sealed);
    this.#open(new Transaction(sealed.number + 1, this.#spans));
    return sealed;
  }

  /** The store holds `transaction` now. */
  applied(transaction: Transaction): void {
    this.#applied = transaction.number;
    this.#inFlight = this.#inFlight.filter((sealed) => sealed.number > transaction.number);
    this.times.applied(transaction.number);
    this.#open(this.#transaction);
  }

  /** Drops cold entries, so that about `budget` bytes are cached at most. Not while a batch is being processed. */
  evict(budget: number): void {
    let [filters, entries, young] = [0, 0, 0];
    for (const { bytes, entryBytes, youngBytes } of this.#partitions.values()) {
      filters += bytes - entryBytes;
      entries += entryBytes;
      young += youngBytes;
    }
    const room = Math.max(budget - filters, budget / 4);
    // Each generation has one half.
    if (young * 2 <= room && entries <= room) return;
    this.#turn();
    // If that wasn't enough, the budget shrank, or one batch alone used more.
    if (young > room) this.#turn();
  }

  #turn(): void {
    for (const partition of this.#partitions.values()) partition.turn(this.#applied);
  }

  #open(transaction: Transaction): void {
    this.#transaction = transaction;
    for (const partition of this.#partitions.values()) {
      partition.transaction = transaction;
      partition.inFlight = this.#inFlight;
      partition.endBatch();
    }
  }
}

/** Brings what the tasks' transactions miss into memory: one multi-get for all keys, one scan a range. */
export async function loadMissing(store: Store, states: readonly TaskState[]): Promise<void> {
  const keys: MissingRead[] = [];
  const ranges: MissingRead[] = [];
  for (const { transaction } of states) {
    for (const read of transaction.missing) (read.to === undefined ? keys : ranges).push(read);
    transaction.missing.length = 0;
  }
  const values = await store.getMany(keys.map(({ partition, key }) => partition.storeKey(key)));
  for (let index = 0; index < keys.length; index++) keys[index]!.partition.load(keys[index]!.key, values[index]);
  for (const { partition, key, to } of ranges) {
    const inFlight = partition.inFlightIn(key, to!);
    const stored = await store.scan(partition.storeRange(key, to!), { limit: rangeLimit });
    partition.loadRange(key, to!, { stored, inFlight });
  }
}

/** A range read returns at most this many entries that are in the store. */
const rangeLimit = 10_000;
