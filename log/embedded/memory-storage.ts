// A log storage in memory: for tests, the topology driver and the simulation. It outlives `close`, so that a log can be
// opened on it again; it isn't durable beyond the process.
import type { LogStorage, ReadOptions, StorageEntry, StorageOperation, StorageRange } from './storage.ts';

export class MemoryStorage implements LogStorage {
  readonly location = 'memory';
  /** Sorted by key. Most keys go to the end of a partition, so that a splice moves little. */
  readonly #entries: StorageEntry[] = [];

  async read({ gte, lt }: StorageRange, options: ReadOptions = {}): Promise<StorageEntry[]> {
    const { reverse = false, limit = Number.POSITIVE_INFINITY, maxBytes = Number.POSITIVE_INFINITY } = options;
    const [from, to] = [this.#find(gte), this.#find(lt)];
    const found: StorageEntry[] = [];
    for (let index = 0, bytes = 0; index < to - from && found.length < limit && bytes < maxBytes; index++) {
      const entry = this.#entries[reverse ? to - 1 - index : from + index]!;
      found.push(entry);
      bytes += entry.key.length + entry.value.length;
    }
    return found;
  }

  async write(operations: StorageOperation[]): Promise<void> {
    for (const operation of operations) {
      const { key } = operation;
      const at = this.#find(key);
      const exists = this.#entries[at]?.key.equals(key) ?? false;
      if (operation.type === 'put') this.#entries.splice(at, exists ? 1 : 0, { key, value: operation.value });
      else if (exists) this.#entries.splice(at, 1);
    }
  }

  async close(): Promise<void> {}

  /** The index of the first entry whose key is not below `key`. */
  #find(key: Buffer): number {
    let [low, high] = [0, this.#entries.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#entries[middle]!.key.compare(key) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
