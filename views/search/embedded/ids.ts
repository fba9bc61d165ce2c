// The ids of listings and their slots, the numbers by which all columns are ordered. An id keeps its slot for good, also
// when its listing goes: what comes late is told by it. Bytes and a hash table rather than a Map of a million strings.
import { assert } from '../../../base/assert.ts';
import { grown } from './grow.ts';

export class Ids {
  #bytes = new Uint8Array(16 * 1024);
  /** Where each id begins; the one after it, where it ends. */
  #starts = new Uint32Array(1024);
  #size = 0;
  /** Slots plus 1, at or after the place that the id's hash says; less than half of it is used. */
  #table = new Int32Array(2048);

  get size(): number {
    return this.#size;
  }

  /** Bytes of memory. */
  get bytes(): number {
    return this.#bytes.length + 4 * (this.#starts.length + this.#table.length);
  }

  /** The slot of `id`, or -1. */
  find(id: string): number {
    const mask = this.#table.length - 1;
    for (let at = hashOf(id) & mask; this.#table[at] !== 0; at = (at + 1) & mask) {
      const slot = this.#table[at]! - 1;
      if (this.#is(slot, id)) return slot;
    }
    return -1;
  }

  /** Gives an id that has none the next slot. */
  add(id: string): number {
    const slot = this.#size++;
    const start = this.#starts[slot]!;
    const end = start + id.length;
    this.#bytes = grown(this.#bytes, end);
    this.#starts = grown(this.#starts, slot + 2);
    this.#starts[slot + 1] = end;
    for (let index = 0; index < id.length; index++) {
      const letter = id.charCodeAt(index);
      assert(letter < 128, 'an id is of ASCII letters');
      this.#bytes[start + index] = letter;
    }
    if (2 * this.#size > this.#table.length) this.#enlargeTable();
    else this.#enter(slot, hashOf(id));
    return slot;
  }

  idOf(slot: number): string {
    return Buffer.from(this.#bytes.buffer, this.#starts[slot]!, this.#lengthOf(slot)).toString('latin1');
  }

  /** Below 0 if the id of `a` comes before that of `b`. */
  compare(a: number, b: number): number {
    const [startA, startB] = [this.#starts[a]!, this.#starts[b]!];
    const [lengthA, lengthB] = [this.#lengthOf(a), this.#lengthOf(b)];
    for (let index = 0; index < lengthA && index < lengthB; index++) {
      const difference = this.#bytes[startA + index]! - this.#bytes[startB + index]!;
      if (difference !== 0) return difference;
    }
    return lengthA - lengthB;
  }

  /** Whether the id of `slot` comes after `id`. */
  isAfter(slot: number, id: string): boolean {
    return this.idOf(slot) > id;
  }

  #is(slot: number, id: string): boolean {
    if (this.#lengthOf(slot) !== id.length) return false;
    const start = this.#starts[slot]!;
    for (let index = 0; index < id.length; index++) {
      if (this.#bytes[start + index] !== id.charCodeAt(index)) return false;
    }
    return true;
  }

  #lengthOf(slot: number): number {
    return this.#starts[slot + 1]! - this.#starts[slot]!;
  }

  #enter(slot: number, hash: number): void {
    const mask = this.#table.length - 1;
    let at = hash & mask;
    while (this.#table[at] !== 0) at = (at + 1) & mask;
    this.#table[at] = slot + 1;
  }

  #enlargeTable(): void {
    this.#table = new Int32Array(2 * this.#table.length);
    for (let slot = 0; slot < this.#size; slot++) this.#enter(slot, hashOf(this.idOf(slot)));
  }
}

/** FNV-1a. */
function hashOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < id.length; index++) hash = Math.imul(hash ^ id.charCodeAt(index), 0x01000193);
  return (hash ^ (hash >>> 15)) >>> 0;
}
