// The store port in memory, for tests and simulation: deterministic, nothing on a real disk. What a process would find
// after a crash lives in a MemoryDisk, which outlives the store object.
import sortedBtree from 'sorted-btree';
import { StockstreamError } from '../../base/errors.ts';
import { CollectedBatch, collectedOf, isEmptyRange } from '../collected-batch.ts';
import type { KeyRange, ScanOptions, Store, StoreEntry, StoreSnapshot, WriteBatch } from '../store.ts';

const { default: BTree, simpleComparator } = sortedBtree;

/** What is stored. Keys are held as latin1 strings, whose order is the order of the bytes. */
export class MemoryDisk {
  readonly entries: sortedBtree.default<string, Buffer>;
  /** The store that opened it last; an older one, as of a killed process, can do nothing any more. */
  owner: Store | undefined;

  constructor(entries = new BTree<string, Buffer>([], simpleComparator)) {
    this.entries = entries;
  }

  /** A copy that lives on apart. Cheap: the two share what neither changes. */
  clone(): MemoryDisk {
    return new MemoryDisk(this.entries.clone());
  }
}

/** Opens a store over `disk`, taking it over from the store that had it. */
export function memoryStore(disk: MemoryDisk = new MemoryDisk()): Store {
  const store = new MemoryStore(disk);
  disk.owner = store;
  return store;
}

class MemoryStore implements Store {
  readonly #disk: MemoryDisk;

  constructor(disk: MemoryDisk) {
    this.#disk = disk;
  }

  async getMany(keys: readonly Buffer[]): Promise<(Buffer | undefined)[]> {
    const entries = this.#entries();
    return keys.map((key) => entries.get(toText(key)));
  }

  async scan(range: KeyRange, { limit, reverse = false }: ScanOptions): Promise<StoreEntry[]> {
    const entries = this.#entries();
    const found: StoreEntry[] = [];
    if (isEmptyRange(range)) return found;
    const [from, to] = [toText(range.gte), toText(range.lt)];
    const walk = reverse ? entries.entriesReversed(to, undefined, true) : entries.entries(from);
    for (const [key, value] of walk) {
      if (found.length >= limit || (reverse ? key < from : key >= to)) break;
      found.push({ key: Buffer.from(key, 'latin1'), value });
    }
    return found;
  }

  batch(): WriteBatch {
    return new CollectedBatch();
  }

  async write(batch: WriteBatch): Promise<void> {
    const entries = this.#entries();
    // Values are copied, as a disk would: the caller may use its buffers again.
    collectedOf(batch).replay({
      put: (key, value) => void entries.set(toText(key), Buffer.from(value)),
      delete: (key) => void entries.delete(toText(key)),
      deleteRange: ({ gte, lt }) => void entries.deleteRange(toText(gte), toText(lt), false),
    });
  }

  snapshot(): StoreSnapshot {
    this.#entries();
    return memoryStore(this.#disk.clone());
  }

  async close(): Promise<void> {
    if (this.#disk.owner === this) this.#disk.owner = undefined;
  }

  #entries(): MemoryDisk['entries'] {
    if (this.#disk.owner !== this) throw new StockstreamError('STATE_CLOSED');
    return this.#disk.entries;
  }
}

function toText(key: Buffer): string {
  return key.toString('latin1');
}
