// The ids of listings and their slots, the numbers by which all columns are ordered. An id keeps its slot for good,
// also when its listing goes: what comes late is told by it. Bytes and a hash table rather than a Map of a million
// strings.
import { grown } from './grow.ts';

export interface IdsState {
  bytes: Uint8Array;
  /** Where each id begins; the one after it, where it ends. */
  starts: Uint32Array;
  size: number;
  /** Slots plus 1, at or after the place that the id's hash says; at most half of it is used. */
  table: Int32Array;
}

export class Ids {
  readonly state: IdsState;

  constructor(state = noIds()) {
    this.state = state;
  }

  get size(): number {
    return this.state.size;
  }

  /** The slot of `id`, or -1. */
  find(id: string): number {
    const mask = this.state.table.length - 1;
    for (let at = hashOf(id) & mask; this.state.table[at] !== 0; at = (at + 1) & mask) {
      const slot = this.state.table[at]! - 1;
      if (this.#is(slot, id)) return slot;
    }
    return -1;
  }

  /** Gives an id that has none, of ASCII letters, the next slot. */
  add(id: string): number {
    const slot = this.state.size++;
    const start = this.state.starts[slot]!;
    const end = start + id.length;
    this.state.bytes = grown(this.state.bytes, end);
    this.state.starts = grown(this.state.starts, slot + 2);
    this.state.starts[slot + 1] = end;
    for (let index = 0; index < id.length; index++) {
      this.state.bytes[start + index] = id.charCodeAt(index);
    }
    if (2 * this.state.size > this.state.table.length) this.#enlargeTable();
    else this.#enter(slot, hashOf(id));
    return slot;
  }

  idOf(slot: number): string {
    const { bytes, starts } = this.state;
    return Buffer.from(bytes.buffer, bytes.byteOffset + starts[slot]!, this.#lengthOf(slot)).toString('latin1');
  }

  /** Below 0 if the id of `a` comes before that of `b`. */
  compare(a: number, b: number): number {
    const [startA, startB] = [this.state.starts[a]!, this.state.starts[b]!];
    const [lengthA, lengthB] = [this.#lengthOf(a), this.#lengthOf(b)];
    for (let index = 0; index < lengthA && index < lengthB; index++) {
      const difference = this.state.bytes[startA + index]! - this.state.bytes[startB + index]!;
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
    const start = this.state.starts[slot]!;
    for (let index = 0; index < id.length; index++) {
      if (this.state.bytes[start + index] !== id.charCodeAt(index)) return false;
    }
    return true;
  }

  #lengthOf(slot: number): number {
    return this.state.starts[slot + 1]! - this.state.starts[slot]!;
  }

  #enter(slot: number, hash: number): void {
    const mask = this.state.table.length - 1;
    let at = hash & mask;
    while (this.state.table[at] !== 0) at = (at + 1) & mask;
    this.state.table[at] = slot + 1;
  }

  #enlargeTable(): void {
    this.state.table = new Int32Array(2 * this.state.table.length);
    for (let slot = 0; slot < this.state.size; slot++) this.#enter(slot, hashOf(this.idOf(slot)));
  }
}

/** FNV-1a. */
function hashOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < id.length; index++) hash = Math.imul(hash ^ id.charCodeAt(index), 0x01000193);
  return (hash ^ (hash >>> 15)) >>> 0;
}

function noIds(): IdsState {
  return { bytes: new Uint8Array(16 * 1024), starts: new Uint32Array(1024), size: 0, table: new Int32Array(2048) };
}
