// The first page of a sorted list without sorting it: of all that is offered the best so many are kept, in a heap
// with the worst on top. Greater keys come first, among equals the lesser id.
import type { Ids } from './ids.ts';

/** Where the page before ended. */
export interface PageEnd {
  readonly key: number;
  readonly id: string;
}

export class TopSlots {
  readonly #ids: Ids;
  readonly #most: number;
  readonly #after: PageEnd | undefined;
  readonly #keys: Float64Array;
  readonly #slots: Int32Array;
  #length = 0;

  constructor(ids: Ids, most: number, after: PageEnd | undefined) {
    this.#ids = ids;
    this.#most = most;
    this.#after = after;
    this.#keys = new Float64Array(most);
    this.#slots = new Int32Array(most);
  }

  /** What has less than this isn't kept. */
  get least(): number {
    return this.#length < this.#most ? -Infinity : this.#keys[0]!;
  }

  offer(slot: number, key: number): void {
    const after = this.#after;
    if (after !== undefined && (key > after.key || (key === after.key && !this.#ids.isAfter(slot, after.id)))) return;
    if (this.#length < this.#most) {
      this.#rise(this.#length++, slot, key);
    } else if (this.#isBefore(key, slot, 0)) {
      this.#sink(slot, key);
    }
  }

  /** Empties it: the best first. */
  take(): { readonly slot: number; readonly key: number }[] {
    const found = Array.from({ length: this.#length }, (_, at) => ({ slot: this.#slots[at]!, key: this.#keys[at]! }));
    this.#length = 0;
    return found.sort((a, b) => b.key - a.key || this.#ids.compare(a.slot, b.slot));
  }

  /** Whether a slot comes before the one at a place of the heap. */
  #isBefore(key: number, slot: number, at: number): boolean {
    const other = this.#keys[at]!;
    return key > other || (key === other && this.#ids.compare(slot, this.#slots[at]!) < 0);
  }

  #rise(from: number, slot: number, key: number): void {
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.#isBefore(key, slot, parent)) break;
      this.#move(parent, at);
      at = parent;
    }
    this.#keys[at] = key;
    this.#slots[at] = slot;
  }

  #sink(slot: number, key: number): void {
    let at = 0;
    for (let child = 1; child < this.#length; child = 2 * at + 1) {
      const right = child + 1;
      if (right < this.#length && !this.#isBefore(this.#keys[right]!, this.#slots[right]!, child)) child = right;
      if (!this.#isBefore(key, slot, child)) break;
      this.#move(child, at);
      at = child;
    }
    this.#keys[at] = key;
    this.#slots[at] = slot;
  }

  #move(from: number, to: number): void {
    this.#keys[to] = this.#keys[from]!;
    this.#slots[to] = this.#slots[from]!;
  }
}
