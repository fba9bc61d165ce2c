// The facts of all listings by slot, so that a query looks at hundreds of thousands of them in milliseconds. Lists of
// values stand in one long column; a list that gets another length moves, and its room waits for the next of that length.
import { intAt, realAt, realWidth, rowWidth, standings } from './facts.ts';
import { grown } from './grow.ts';
import { named, type Values } from './values.ts';

const rowBytes = rowWidth * Int32Array.BYTES_PER_ELEMENT;

export class Columns {
  readonly values: Values;
  ints = new Int32Array(rowWidth * 1024);
  singles = new Float32Array(this.ints.buffer);
  reals = new Float64Array(this.ints.buffer);
  /** The values of all listings. */
  lists = new Int32Array(8192);
  readonly ids: string[] = [];
  /** Listings that are there. */
  count = 0;
  /** By the number of a category: what is in stock at it and below. */
  readonly inStock: number[] = [];
  readonly popularity: number[] = [];
  #listsUsed = 0;
  readonly #freeLists = new Map<number, number[]>();

  constructor(values: Values) {
    this.values = values;
  }

  /** Above every slot. */
  get size(): number {
    return this.ids.length;
  }

  /** @param facts undefined to remove it */
  set(slot: number, id: string, facts: Uint8Array | undefined): void {
    this.#reserve(slot);
    this.ids[slot] = id;
    this.#remove(slot);
    if (facts === undefined) return;
    const row = slot * rowWidth;
    new Uint8Array(this.ints.buffer).set(facts.subarray(0, rowBytes), slot * rowBytes);
    const start = this.#placeFor(this.ints[row + intAt.valuesLength]!);
    new Uint8Array(this.lists.buffer).set(facts.subarray(rowBytes), start * Int32Array.BYTES_PER_ELEMENT);
    this.ints[row + intAt.valuesStart] = start;
    this.count++;
    this.#countInStock(slot, 1);
  }

  standing(slot: number): number {
    return slot < this.size ? this.ints[slot * rowWidth + intAt.standing]! : standings.gone;
  }

  /** The numbers that some listing's facts have, of `size` values: 1 by number. */
  used(): Uint8Array {
    const isUsed = new Uint8Array(this.values.size);
    for (let slot = 0; slot < this.size; slot++) {
      if (this.standing(slot) === standings.gone) continue;
      const row = slot * rowWidth;
      for (const at of [intAt.seller, intAt.currency, intAt.warehouses]) isUsed[this.ints[row + at]!] = 1;
      for (const value of this.#listOf(slot)) isUsed[value] = 1;
    }
    return isUsed;
  }

  #reserve(slot: number): void {
    const length = rowWidth * (slot + 1);
    if (this.ints.length < length) {
      // Of whole rows.
      this.ints = grown(this.ints, rowWidth * Math.ceil((slot + 1) * 1.5));
      this.singles = new Float32Array(this.ints.buffer);
      this.reals = new Float64Array(this.ints.buffer);
    }
    // Numbers of slots that the file lacks.
    while (this.ids.length < slot) this.ids.push('');
  }

  #remove(slot: number): void {
    if (this.standing(slot) === standings.gone) return;
    this.#countInStock(slot, -1);
    const row = slot * rowWidth;
    const length = this.ints[row + intAt.valuesLength]!;
    const free = this.#freeLists.get(length);
    if (free === undefined) this.#freeLists.set(length, [this.ints[row + intAt.valuesStart]!]);
    else free.push(this.ints[row + intAt.valuesStart]!);
    this.ints[row + intAt.standing] = standings.gone;
    this.count--;
  }

  #placeFor(length: number): number {
    const free = this.#freeLists.get(length)?.pop();
    if (free !== undefined) return free;
    const start = this.#listsUsed;
    this.#listsUsed += length;
    this.lists = grown(this.lists, this.#listsUsed);
    return start;
  }

  #listOf(slot: number): Int32Array {
    const start = this.ints[slot * rowWidth + intAt.valuesStart]!;
    return this.lists.subarray(start, start + this.ints[slot * rowWidth + intAt.valuesLength]!);
  }

  #countInStock(slot: number, change: 1 | -1): void {
    if (this.standing(slot) !== standings.inStock) return;
    const category = this.values.nameNumber(named.category);
    for (const value of this.#listOf(slot)) {
      if (this.values.nameOf[value] !== category) continue;
      const inStock = (this.inStock[value] ?? 0) + change;
      const popularity = (this.popularity[value] ?? 0) + change * this.reals[slot * realWidth + realAt.popularity]!;
      this.inStock[value] = inStock;
      // Sums of fractions don't come back to 0 by themselves.
      this.popularity[value] = inStock === 0 ? 0 : popularity;
    }
  }
}
