// A worker's disk, which outlives its processes: what its state store holds, what it held after some of its last writes,
// and what is wrong with it. A damaged value is never given out: the store's checksums tell, as RocksDB's do.
import type { Random } from '../../base/random.ts';
import { MemoryDisk } from '../../state/memory/memory-store.ts';
import type { KeyRange } from '../../state/store.ts';
import { pick } from './dice.ts';

/** So many older states a disk may go back to. */
const depth = 8;

export class Disk {
  current = new MemoryDisk();
  /** No write gets through. */
  isFull = false;
  readonly #older: MemoryDisk[] = [];
  /** Keys whose values have a wrong bit, as latin1. */
  readonly #damaged = new Set<string>();

  /** Remembers how it is now. */
  keep(): void {
    this.#older.push(this.current.clone());
    if (this.#older.length > depth) this.#older.shift();
  }

  /** Back to one of its last states: the power took what wasn't synced. Returns whether anything was lost. */
  revert(random: Random): boolean {
    const older = this.#older.splice(0);
    const kept = older.at(random.int(older.length + 1));
    if (kept !== undefined) this.current = kept;
    return kept !== undefined;
  }

  /** From now on some of its values have a wrong bit. False if there are none. */
  damage(random: Random): boolean {
    const keys = [...this.current.entries.keys()];
    if (keys.length === 0) return false;
    for (let count = 1 + random.int(10); count > 0; count--) this.#damaged.add(pick(random, keys));
    return true;
  }

  get isDamaged(): boolean {
    return this.#damaged.size > 0;
  }

  isDamagedAt(key: Buffer): boolean {
    return this.#damaged.size > 0 && this.#damaged.has(key.toString('latin1'));
  }

  isDamagedIn({ gte, lt }: KeyRange): boolean {
    if (this.#damaged.size === 0) return false;
    const [from, to] = [gte.toString('latin1'), lt.toString('latin1')];
    return [...this.#damaged].some((key) => from <= key && key < to);
  }
}
