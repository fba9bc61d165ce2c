// The first page of a sorted list without sorting all of it: what is offered is cut to the best so many now and then.
// Greater keys come first, among equals the lesser id.

/** Where the page before ended. */
export interface PageEnd {
  readonly key: number;
  readonly id: string;
}

interface Offer {
  readonly slot: number;
  readonly key: number;
}

export class TopSlots {
  readonly #ids: readonly string[];
  readonly #most: number;
  readonly #after: PageEnd | undefined;
  #offers: Offer[] = [];
  /** What comes after it isn't kept. */
  #last: PageEnd = { key: -Infinity, id: '' };

  constructor(ids: readonly string[], most: number, after: PageEnd | undefined) {
    this.#ids = ids;
    this.#most = most;
    this.#after = after;
  }

  offer(slot: number, key: number): void {
    const last = this.#last;
    if (key < last.key || (key === last.key && this.#ids[slot]! > last.id)) return;
    const after = this.#after;
    if (after !== undefined && (key > after.key || (key === after.key && this.#ids[slot]! <= after.id))) return;
    this.#offers.push({ slot, key });
    if (this.#offers.length === 8 * this.#most) this.#cut();
  }

  /** The best first. */
  take(): readonly Offer[] {
    this.#cut();
    return this.#offers;
  }

  #cut(): void {
    const ids = this.#ids;
    this.#offers.sort((a, b) => b.key - a.key || (ids[a.slot]! < ids[b.slot]! ? -1 : 1));
    this.#offers.length = Math.min(this.#offers.length, this.#most);
    const last = this.#offers[this.#most - 1];
    if (last !== undefined) this.#last = { key: last.key, id: ids[last.slot]! };
  }
}
