// The decoded entries of one store: a young generation and an old one. What is used moves to the young one; when that has
// taken its share, what is left of the old one goes as a whole, and the young one is the old one from then on. So nothing
// is looked through entry by entry to find what is cold, and nothing is deleted one by one.
import type { Entry } from './transaction.ts';

export class EntryCache {
  #young = new Map<string, Entry>();
  /** Also has what has moved to the young one since; that counts there. */
  #old = new Map<string, Entry>();
  #youngBytes = 0;
  #oldBytes = 0;
  /** Of what is young. */
  #generation = 1;

  /** About how many bytes all entries take. */
  get bytes(): number {
    return this.#youngBytes + this.#oldBytes;
  }

  get youngBytes(): number {
    return this.#youngBytes;
  }

  /** The entry is used by that. */
  get(key: string): Entry | undefined {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const old = this.#old.get(key);
    if (old === undefined) return undefined;
    this.#rejuvenate(old);
    return old;
  }

  has(key: string): boolean {
    return this.#young.has(key) || this.#old.has(key);
  }

  add(entry: Entry): void {
    entry.generation = this.#generation;
    this.#young.set(entry.key, entry);
    this.#youngBytes += entry.size;
  }

  delete(entry: Entry): void {
    this.#young.delete(entry.key);
    this.#old.delete(entry.key);
    this.#count(entry, -entry.size);
  }

  resize(entry: Entry, size: number): void {
    this.#count(entry, size - entry.size);
    entry.size = size;
  }

  /** The old ones go, but those that changed after `applied`: the store doesn't hold them. The young ones are old now. */
  turn(applied: number): void {
    for (const entry of this.#old.values()) {
      if (entry.generation !== this.#generation && entry.changedIn > applied) this.#rejuvenate(entry);
    }
    this.#old = this.#young;
    this.#oldBytes = this.#youngBytes;
    this.#young = new Map();
    this.#youngBytes = 0;
    this.#generation++;
  }

  #rejuvenate(entry: Entry): void {
    this.#oldBytes -= entry.size;
    this.add(entry);
  }

  #count(entry: Entry, bytes: number): void {
    if (entry.generation === this.#generation) this.#youngBytes += bytes;
    else this.#oldBytes += bytes;
  }
}
