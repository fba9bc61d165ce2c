// One store of one task: decoded entries in memory over the thread's Store. Reads are synchronous; what isn't in memory
// suspends the reader. Values are shared, so whoever reads one must not change it.
import { isStockstreamError, reasonOf, StockstreamError } from '../base/errors.ts';
import { EntryCache } from './entry-cache.ts';
import { KeyFilter, type KeyFilterOptions } from './key-filter.ts';
import type { TaskKeys } from './keys.ts';
import type { KeyRange, Store, StoreEntry, WriteBatch } from './store.ts';
import type { StoreSpec } from './store-spec.ts';
import type { TimeIndex } from './time-index.ts';
import { type Entry, suspended, type Transaction } from './transaction.ts';

/** About what an entry costs in memory beside its encoded bytes. */
const entryOverhead = 200;
/** How many keys are learned at a time: about 9 ms. */
const keysPage = 2_000;
/** After so many reads that found nothing the next page of keys is worth its price. */
const vainReadsPerPage = 64;

interface ScannedRange {
  readonly stored: readonly StoreEntry[];
  readonly inFlight: readonly string[];
}

interface PartitionParts {
  readonly keys: TaskKeys;
  readonly times: TimeIndex;
  readonly transaction: Transaction;
  readonly filters?: KeyFilterOptions | undefined;
}

export class StorePartition<V> {
  readonly spec: StoreSpec<V>;
  readonly #keys: TaskKeys;
  readonly #times: TimeIndex;
  readonly #entries = new EntryCache();
  /** Ranges that were scanned for the present batch: `from 0 to` -> keys in the store. */
  readonly #ranges = new Map<string, readonly string[]>();
  readonly #filter: KeyFilter | undefined;
  /** From where on the filter doesn't know the store's keys. */
  #unlearned: KeyRange | undefined;
  /** Since the last page of keys. */
  #vainReads = 0;
  /** The last one that was looked up by `get`: mostly the next to change. */
  #recent: Entry | undefined;
  /** The running transaction; the task sets it at every commit. */
  transaction: Transaction;
  /** Sealed transactions that the store doesn't hold yet, oldest first. */
  inFlight: readonly Transaction[] = [];

  constructor(spec: StoreSpec<V>, { keys, times, transaction, filters }: PartitionParts) {
    this.spec = spec;
    this.#keys = keys;
    this.#times = times;
    this.transaction = transaction;
    this.#filter = spec.hasNewKeys ? new KeyFilter(filters) : undefined;
  }

  /** About how many bytes the cached entries take, and what is known of the others. */
  get bytes(): number {
    return this.#entries.bytes + (this.#filter?.bytes ?? 0);
  }

  get entryBytes(): number {
    return this.#entries.bytes;
  }

  /** Of the entries that were used since the last `turn`. */
  get youngBytes(): number {
    return this.#entries.youngBytes;
  }

  /** Whether `learnKeys` would save looks into the store: the first page is cheap to try, others must have been missed. */
  get wantsKeys(): boolean {
    if (this.#filter === undefined) return false;
    return this.#filter.wantsKeys || (this.#unlearned !== undefined && this.#vainReads >= vainReadsPerPage);
  }

  get(key: string): V | undefined {
    const entry = this.#entries.get(key);
    if (entry !== undefined) {
      this.#recent = entry;
      return entry.value as V | undefined;
    }
    if (this.#filter?.lacks(key)) {
      this.#recent = this.#add(key);
      return undefined;
    }
    this.transaction.missing.push({ partition: this as StorePartition<unknown>, key });
    throw suspended;
  }

  put(key: string, value: V): void {
    this.#change(key, value);
  }

  delete(key: string): void {
    this.#change(key, undefined);
  }

  range(from: string, to: string): readonly (readonly [string, V])[] {
    const stored = this.#ranges.get(`${from}\0${to}`);
    if (stored === undefined) {
      this.transaction.missing.push({ partition: this as StorePartition<unknown>, key: from, to });
      throw suspended;
    }
    const keys = new Set(stored);
    for (const key of [...this.inFlightIn(from, to), ...this.#changedIn(this.transaction, from, to)]) keys.add(key);
    const found: (readonly [string, V])[] = [];
    for (const key of [...keys].sort((a, b) => (inByteOrder(a, b) ? -1 : 1))) {
      const value = this.get(key);
      if (value !== undefined) found.push([key, value]);
    }
    return found;
  }

  /** Drops an entry whose stored value isn't known, so that the next read asks the store. */
  forget(entry: Entry): void {
    this.#recent = undefined;
    this.#entries.delete(entry);
  }

  /** Whether `get` would answer at once. */
  holds(key: string): boolean {
    return this.#entries.has(key) || (this.#filter?.lacks(key) ?? false);
  }

  /**
   * Reads the next page of the keys that the store has. After the last one it needn't be asked for those that it doesn't
   * have. Returns whether there are more. Never twice at a time.
   */
  async learnKeys(store: Store): Promise<boolean> {
    const filter = this.#filter;
    if (filter === undefined || !this.wantsKeys) return false;
    if (filter.wantsKeys) this.#beginLearning(filter);
    this.#vainReads = 0;
    const { gte, lt } = this.#unlearned!;
    const found = await store.scan({ gte, lt }, { limit: keysPage });
    for (const { key } of found) filter.add(this.#keys.keyOf(this.spec.name, key));
    const isLast = found.length < keysPage;
    this.#unlearned = isLast || filter.isOff ? undefined : { gte: Buffer.concat([found.at(-1)!.key, zero]), lt };
    if (isLast) filter.end();
    return this.#unlearned !== undefined;
  }

  #beginLearning(filter: KeyFilter): void {
    filter.begin();
    this.#unlearned = this.storeRange('', undefined);
    // What was sealed before may come into the store behind the scan.
    for (const { dirty } of this.inFlight)
      for (const { partition, key } of dirty) if (partition === this) filter.add(key);
  }

  storeKey(key: string): Buffer {
    return this.#keys.entry(this.spec.name, key);
  }

  storeRange(from: string, to: string | undefined): KeyRange {
    return this.#keys.entries(this.spec.name, from, to);
  }

  /** Takes what the store has under `key`, unless a newer value is in memory. @throws STATE_CORRUPT, STATE_NEWER, SCHEMA_UNKNOWN */
  load(key: string, bytes: Buffer | undefined): void {
    if (this.#entries.has(key)) return;
    const entry = this.#add(key);
    if (bytes === undefined) {
      this.#vainReads++;
      return;
    }
    try {
      entry.value = this.spec.serde.decode(bytes);
    } catch (error) {
      this.forget(entry);
      // That is no damage: a newer program wrote it, and this one learns of it when it starts again.
      if (isStockstreamError(error, 'SCHEMA_UNKNOWN') || isStockstreamError(error, 'STATE_NEWER')) throw error;
      const reason = `${this.spec.name} ${key}: ${reasonOf(error)}`;
      throw new StockstreamError('STATE_CORRUPT', { task: this.spec.name, reason }, error);
    }
    entry.indexedAt = this.spec.expiresAt?.(entry.value as V);
    this.#resize(entry, bytes.length);
  }

  /** Keys of a range that a scan which starts now may not find. */
  inFlightIn(from: string, to: string): string[] {
    return this.inFlight.flatMap((transaction) => this.#changedIn(transaction, from, to));
  }

  #changedIn({ dirty }: Transaction, from: string, to: string): string[] {
    const own = dirty.filter(({ partition }) => partition === this).map(({ key }) => key);
    return own.filter((key) => inByteOrder(from, key) && !inByteOrder(to, key));
  }

  /** `inFlight` is what was so before the scan: what the store got meanwhile is in both, not in neither. */
  loadRange(from: string, to: string, { stored, inFlight }: ScannedRange): void {
    const keys = stored.map(({ key }) => this.#keys.keyOf(this.spec.name, key));
    for (let index = 0; index < keys.length; index++) this.load(keys[index]!, stored[index]!.value);
    this.#ranges.set(`${from}\0${to}`, [...keys, ...inFlight]);
  }

  /** An entry's last value, of so many encoded bytes, is on its way into the store; its row in the time index goes into `batch`. */
  settle(entry: Entry, valueBytes: number, batch: WriteBatch): void {
    const { key, value } = entry;
    if (value !== undefined) this.#filter?.add(key);
    this.#resize(entry, valueBytes);
    if (this.spec.expiresAt === undefined) return;
    const at = value === undefined ? undefined : this.spec.expiresAt(value as V);
    if (at === entry.indexedAt) return;
    if (entry.indexedAt !== undefined) {
      batch.delete(this.#keys.time(entry.indexedAt, this.spec.name, key));
      this.#times.delete(entry.changedIn, { at: entry.indexedAt, store: this.spec.name, key });
    }
    if (at !== undefined) {
      batch.put(this.#keys.time(at, this.spec.name, key), empty);
      this.#times.add(entry.changedIn, { at, store: this.spec.name, key });
    }
    entry.indexedAt = at;
  }

  /** Forgets the ranges read for the batch that just ended. */
  endBatch(): void {
    if (this.#ranges.size > 0) this.#ranges.clear();
  }

  /** Drops the entries that weren't used since the last turn but one, if the store holds them (changed in `applied` or before). */
  turn(applied: number): void {
    this.#recent = undefined;
    this.#entries.turn(applied);
  }

  #change(key: string, value: V | undefined): void {
    const held = this.#recent?.key === key ? this.#recent : this.#entries.get(key);
    this.transaction.change(held ?? this.#add(key), value, held === undefined);
  }

  #add(key: string): Entry {
    const partition = this as StorePartition<unknown>;
    const size = entryOverhead + key.length * 2;
    const entry = { partition, key, value: undefined, changedIn: 0, indexedAt: undefined, size, generation: 0 };
    this.#entries.add(entry);
    return entry;
  }

  #resize(entry: Entry, valueBytes: number): void {
    // A decoded value takes about six times its encoded bytes, as orders and products were measured.
    this.#entries.resize(entry, entryOverhead + entry.key.length * 2 + valueBytes * 6);
  }
}

const empty = Buffer.alloc(0);
const zero = Buffer.alloc(1);

/** Whether a <= b as UTF-8 bytes. */
function inByteOrder(a: string, b: string): boolean {
  return Buffer.compare(Buffer.from(a), Buffer.from(b)) <= 0;
}
