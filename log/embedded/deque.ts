// A first-in, first-out list whose ends are cheap and whose middle can be looked at. Array.shift moves everything.

export class Deque<T> {
  #items: (T | undefined)[] = [];
  #head = 0;

  get length(): number {
    return this.#items.length - this.#head;
  }

  /** The item at `index`, which must be below `length`. */
  at(index: number): T {
    return this.#items[this.#head + index]!;
  }

  push(item: T): void {
    this.#items.push(item);
  }

  /** Removes the first item, of which there must be one. */
  shift(): T {
    const item = this.at(0);
    this.#items[this.#head++] = undefined;
    // The holes go in one move when they are half of the list: constant time an item on average.
    if (this.#head > 32 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }
}
