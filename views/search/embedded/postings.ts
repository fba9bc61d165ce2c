// Which listings have a word, in which fields and where: a list for each word, in the order of slots, as a chain of
// cells. It may be changed anywhere; the usual change is a new slot at its end. A list is one cell of any size, or
// several of the largest.
//
//     posting  slot, less the one before in its cell (varint) | place, see entries.ts
import { assert } from '../../../base/assert.ts';
import { Cells, type CellsState, dataStart, largestCell } from './cells.ts';
import {
  eachPlace,
  fieldsMask,
  placeLength,
  placesOf,
  positionsStart,
  readVarint,
  type Varint,
  varintLength,
  writeVarint,
} from './entries.ts';
import { grown } from './grow.ts';
import { type PostingList, positionStride } from './posting-list.ts';

/** A varint and a place. */
const longestPosting = 5 + 9;

/** Columns by word: the first and the last cell of its list, its last slot, its length. */
export interface PostingsState {
  readonly cells: CellsState;
  readonly lists: { heads: Uint32Array; tails: Uint32Array; lasts: Int32Array; counts: Int32Array };
}

export class Postings {
  readonly #cells: Cells;
  readonly #lists: PostingsState['lists'];
  /** A cell's data while it is made anew; it may have become too long for the cell. */
  readonly #scratch = new Uint8Array(largestCell + 2 * longestPosting);
  readonly #read: Varint = { value: 0, end: 0 };
  /** Where `#seek` stopped: a cell, the one before it, the first posting there that isn't before the slot. */
  readonly #place = { cell: 0, previous: 0, at: 0, before: 0, slot: 0 };

  constructor(state?: PostingsState) {
    this.#cells = new Cells(state?.cells);
    this.#lists = state?.lists ?? {
      heads: new Uint32Array(1024),
      tails: new Uint32Array(1024),
      lasts: new Int32Array(1024),
      counts: new Int32Array(1024),
    };
  }

  get state(): PostingsState {
    return { cells: this.#cells.state, lists: this.#lists };
  }

  /** How many listings have the word. */
  count(word: number): number {
    return this.#lists.counts[word] ?? 0;
  }

  /** Adds a listing that has no postings yet. */
  add(slot: number, entries: Uint8Array): void {
    eachPlace(entries, (word, place) => this.#insert(word, slot, entries, place));
  }

  /** Makes a listing's postings `entries`; `before` is what they were. */
  replace(slot: number, before: Uint8Array, entries: Uint8Array): void {
    const old = placesOf(before);
    for (const [word, place] of placesOf(entries)) {
      const was = old.get(word);
      old.delete(word);
      if (was !== undefined) {
        if (isSamePlace(before, was, entries, place)) continue;
        this.#remove(word, slot);
      }
      this.#insert(word, slot, entries, place);
    }
    for (const word of old.keys()) this.#remove(word, slot);
  }

  /** Reads the list of `word`, or the first `most` of it. */
  read(word: number, into: PostingList, most = Infinity): void {
    into.begin(Math.min(most, this.count(word)));
    const { slots, fields, positions, hasPositions, length: wanted } = into;
    let index = 0;
    for (let cell = this.#lists.heads[word] ?? 0; index < wanted; cell = this.#cells.next(cell)) {
      const bytes = this.#cells.page(cell);
      const start = dataStart(cell);
      const end = start + this.#cells.used(cell);
      let slot = 0;
      for (let at = start; at < end && index < wanted; ) {
        // As readVarint, which would cost half as much again here.
        let byte = bytes[at++]!;
        let delta = byte & 127;
        for (let shift = 7; byte > 127; shift += 7) {
          byte = bytes[at++]!;
          delta |= (byte & 127) << shift;
        }
        slot += delta;
        slots[index] = slot;
        fields[index] = bytes[at]! & fieldsMask;
        const next = at + placeLength(bytes, at);
        if (hasPositions) {
          const first = positionsStart(bytes, at);
          let to = index * positionStride;
          positions[to++] = next - first;
          for (let from = first; from < next; from++) positions[to++] = bytes[from]!;
        }
        index++;
        at = next;
      }
    }
  }

  #insert(word: number, slot: number, entries: Uint8Array, place: number): void {
    this.#makeRoom(word);
    const isLast = this.#lists.counts[word] === 0 || slot > this.#lists.lasts[word]!;
    this.#lists.counts[word]!++;
    if (isLast) this.#append(word, slot, entries, place);
    else this.#insertBefore(word, slot, entries, place);
  }

  #append(word: number, slot: number, entries: Uint8Array, place: number): void {
    const length = placeLength(entries, place);
    const tail = this.#lists.tails[word]!;
    let delta = slot - this.#lists.lasts[word]!;
    this.#lists.lasts[word] = slot;
    let cell = tail === 0 ? 0 : this.#roomAfter(word, tail, varintLength(delta) + length);
    if (cell === 0) {
      // The first slot of a cell is whole.
      delta = slot;
      cell = this.#cells.allocate(tail === 0 ? varintLength(slot) + length : largestCell);
      if (tail === 0) this.#lists.heads[word] = cell;
      else this.#cells.setNext(tail, cell);
      this.#lists.tails[word] = cell;
    }
    const bytes = this.#cells.page(cell);
    const start = dataStart(cell);
    let to = writeVarint(bytes, start + this.#cells.used(cell), delta);
    for (let from = place; from < place + length; from++) bytes[to++] = entries[from]!;
    this.#cells.setUsed(cell, to - start);
  }

  /** The cell at the end if it has room, or a larger one in its place; 0 if it can't be larger. */
  #roomAfter(word: number, tail: number, length: number): number {
    const used = this.#cells.used(tail);
    const capacity = this.#cells.capacity(tail);
    if (used + length <= capacity) return tail;
    if (used + length > largestCell) return 0;
    return this.#enlarge(word, tail, used + length);
  }

  /** For a list of one cell. */
  #enlarge(word: number, cell: number, length: number): number {
    const larger = this.#cells.allocate(length);
    const start = dataStart(cell);
    const used = this.#cells.used(cell);
    const from = this.#cells.page(cell);
    this.#cells.page(larger).set(from.subarray(start, start + used), dataStart(larger));
    this.#cells.setUsed(larger, used);
    this.#cells.free(cell);
    this.#lists.heads[word] = larger;
    this.#lists.tails[word] = larger;
    return larger;
  }

  #insertBefore(word: number, slot: number, entries: Uint8Array, place: number): void {
    this.#seek(word, slot);
    const { cell, at, before } = this.#place;
    let to = this.#copyUntil(cell, at);
    to = writeVarint(this.#scratch, to, slot - before);
    const end = place + placeLength(entries, place);
    for (let from = place; from < end; from++) this.#scratch[to++] = entries[from]!;
    this.#store(word, cell, this.#copyRest(to, at, slot));
  }

  #remove(word: number, slot: number): void {
    this.#seek(word, slot);
    const { cell, previous, at, before, slot: found } = this.#place;
    assert(found === slot, 'a posting that goes is there');
    const bytes = this.#cells.page(cell);
    readVarint(bytes, at, this.#read);
    const after = this.#read.end + placeLength(bytes, this.#read.end);
    // What follows is as far from what is before as both steps were.
    const length = this.#copyRest(this.#copyUntil(cell, at), after, before);
    this.#lists.counts[word]!--;
    if (length === 0) this.#unlink(word, cell, previous);
    else this.#store(word, cell, length);
    if (slot === this.#lists.lasts[word]) this.#lists.lasts[word] = this.#lastOf(this.#lists.tails[word]!);
  }

  /** Finds where `slot` is or would be. */
  #seek(word: number, slot: number): void {
    const place = this.#place;
    const read = this.#read;
    place.previous = 0;
    place.cell = this.#lists.heads[word]!;
    for (let next = this.#cells.next(place.cell); next !== 0; next = this.#cells.next(next)) {
      readVarint(this.#cells.page(next), dataStart(next), read);
      if (read.value > slot) break;
      place.previous = place.cell;
      place.cell = next;
    }
    const bytes = this.#cells.page(place.cell);
    const end = dataStart(place.cell) + this.#cells.used(place.cell);
    place.at = dataStart(place.cell);
    place.before = 0;
    for (place.slot = -1; place.at < end; place.at = read.end + placeLength(bytes, read.end)) {
      readVarint(bytes, place.at, read);
      place.slot = place.before + read.value;
      if (place.slot >= slot) return;
      place.before = place.slot;
    }
    place.slot = -1;
  }

  /** Copies a cell's data before `at` to the scratch. @returns where it ends there */
  #copyUntil(cell: number, at: number): number {
    const start = dataStart(cell);
    const bytes = this.#cells.page(cell);
    for (let from = start; from < at; from++) this.#scratch[from - start] = bytes[from]!;
    return at - start;
  }

  /** Copies the postings from `from` on; the one before them is of slot `before` now. @returns where they end */
  #copyRest(start: number, from: number, before: number): number {
    const { cell, at, before: wasBefore } = this.#place;
    const bytes = this.#cells.page(cell);
    const end = dataStart(cell) + this.#cells.used(cell);
    if (from === end) return start;
    let slot = wasBefore;
    let rest = at;
    // Postings that go count for the distance: those from `at` to `from`, none or one.
    for (const read = this.#read; ; rest = read.end + placeLength(bytes, read.end)) {
      readVarint(bytes, rest, read);
      slot += read.value;
      if (rest === from) break;
    }
    let to = writeVarint(this.#scratch, start, slot - before);
    for (rest = this.#read.end; rest < end; rest++) this.#scratch[to++] = bytes[rest]!;
    return to;
  }

  /** Puts the first `length` bytes of the scratch into a cell, or into a larger one, or into two. */
  #store(word: number, cell: number, length: number): void {
    if (length <= this.#cells.capacity(cell)) this.#fill(cell, 0, length);
    else if (length <= largestCell) this.#fill(this.#enlarge(word, cell, length), 0, length);
    else this.#split(word, cell, length);
  }

  #split(word: number, cell: number, length: number): void {
    const read = this.#read;
    let slot = 0;
    let half = 0;
    for (; half < length / 2; half = read.end + placeLength(this.#scratch, read.end)) {
      readVarint(this.#scratch, half, read);
      slot += read.value;
    }
    const second = this.#cells.allocate(largestCell);
    this.#cells.setNext(second, this.#cells.next(cell));
    this.#cells.setNext(cell, second);
    if (this.#lists.tails[word] === cell) this.#lists.tails[word] = second;
    this.#fill(cell, 0, half);
    readVarint(this.#scratch, half, read);
    const start = dataStart(second);
    const to = writeVarint(this.#cells.page(second), start, slot + read.value);
    const rest = this.#scratch.subarray(read.end, length);
    this.#cells.page(second).set(rest, to);
    this.#cells.setUsed(second, to - start + rest.length);
  }

  #fill(cell: number, from: number, to: number): void {
    this.#cells.page(cell).set(this.#scratch.subarray(from, to), dataStart(cell));
    this.#cells.setUsed(cell, to - from);
  }

  #unlink(word: number, cell: number, previous: number): void {
    const next = this.#cells.next(cell);
    if (previous === 0) this.#lists.heads[word] = next;
    else this.#cells.setNext(previous, next);
    if (next === 0) this.#lists.tails[word] = previous;
    this.#cells.free(cell);
  }

  #lastOf(cell: number): number {
    if (cell === 0) return 0;
    const bytes = this.#cells.page(cell);
    const end = dataStart(cell) + this.#cells.used(cell);
    let slot = 0;
    for (let at = dataStart(cell); at < end; at = this.#read.end + placeLength(bytes, this.#read.end)) {
      readVarint(bytes, at, this.#read);
      slot += this.#read.value;
    }
    return slot;
  }

  #makeRoom(word: number): void {
    if (word < this.#lists.heads.length) return;
    this.#lists.heads = grown(this.#lists.heads, word + 1);
    this.#lists.tails = grown(this.#lists.tails, word + 1);
    this.#lists.lasts = grown(this.#lists.lasts, word + 1);
    this.#lists.counts = grown(this.#lists.counts, word + 1);
  }
}

function isSamePlace(a: Uint8Array, atA: number, b: Uint8Array, atB: number): boolean {
  const length = placeLength(a, atA);
  for (let index = 0; index < length; index++) if (a[atA + index] !== b[atB + index]) return false;
  return true;
}
