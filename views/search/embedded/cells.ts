// Memory for many short byte strings that grow: cells of 16 bytes to 1 KB in pages of 1 MB, linked to chains. A cell
// that is let go is used again for the next of its size; pages are never given back.
//
//     next cell (4 bytes, 0: none) | bytes used (2) | size class (1) | - (1) | data
import { assert } from '../../../base/assert.ts';

const pageBytes = 2 ** 20;
const unit = 16;
const unitsPerPage = pageBytes / unit;
const header = 8;
const largestClass = 6;

/** The most data that a cell takes. */
export const largestCell = unit * 2 ** largestClass - header;

interface Page {
  readonly bytes: Uint8Array;
  readonly halves: Uint16Array;
  readonly words: Uint32Array;
}

export interface CellsState {
  readonly pages: readonly Uint8Array[];
  readonly unitsUsed: number;
  /** The first cell of each size that is free; the next one is in it. */
  readonly free: Uint32Array;
}

/** A cell is a number above 0: its place in units of 16 bytes. */
export class Cells {
  readonly #pages: Page[];
  /** 0 is no cell. */
  #unitsUsed: number;
  readonly #free: Uint32Array;

  constructor(state?: CellsState) {
    this.#free = state?.free ?? new Uint32Array(largestClass + 1);
    this.#unitsUsed = state?.unitsUsed ?? 1;
    this.#pages = (state?.pages ?? []).map(pageOf);
  }

  get state(): CellsState {
    return { pages: this.#pages.map(({ bytes }) => bytes), unitsUsed: this.#unitsUsed, free: this.#free };
  }

  /** An empty cell for `length` bytes of data, with nothing after it. */
  allocate(length: number): number {
    const size = classFor(length);
    let cell = this.#free[size]!;
    if (cell === 0) cell = this.#cut(size);
    else this.#free[size] = this.next(cell);
    const { bytes, halves, words } = this.#page(cell);
    const start = startOf(cell);
    words[start >> 2] = 0;
    halves[(start >> 1) + 2] = 0;
    bytes[start + 6] = size;
    return cell;
  }

  free(cell: number): void {
    const size = this.#page(cell).bytes[startOf(cell) + 6]!;
    this.setNext(cell, this.#free[size]!);
    this.#free[size] = cell;
  }

  next(cell: number): number {
    return this.#page(cell).words[startOf(cell) >> 2]!;
  }

  setNext(cell: number, next: number): void {
    this.#page(cell).words[startOf(cell) >> 2] = next;
  }

  /** Bytes of data that are in it. */
  used(cell: number): number {
    return this.#page(cell).halves[(startOf(cell) >> 1) + 2]!;
  }

  setUsed(cell: number, length: number): void {
    this.#page(cell).halves[(startOf(cell) >> 1) + 2] = length;
  }

  capacity(cell: number): number {
    return capacityOf(this.#page(cell).bytes[startOf(cell) + 6]!);
  }

  /** The bytes among which a cell's data is, from `dataStart` on. */
  page(cell: number): Uint8Array {
    return this.#page(cell).bytes;
  }

  #page(cell: number): Page {
    return this.#pages[(cell / unitsPerPage) | 0]!;
  }

  #cut(size: number): number {
    const units = 2 ** size;
    const left = unitsPerPage - (this.#unitsUsed % unitsPerPage);
    // What is left of a page that is too short for this cell stays empty: less than 1 KB.
    if (units > left) this.#unitsUsed += left;
    const cell = this.#unitsUsed;
    this.#unitsUsed += units;
    if (this.#pages.length <= cell / unitsPerPage) this.#pages.push(pageOf(new Uint8Array(pageBytes)));
    return cell;
  }
}

function pageOf(bytes: Uint8Array): Page {
  const { buffer, byteOffset, length } = bytes;
  const halves = new Uint16Array(buffer, byteOffset, length / 2);
  return { bytes, halves, words: new Uint32Array(buffer, byteOffset, length / 4) };
}

/** Where a cell's data begins in its page. */
export function dataStart(cell: number): number {
  return startOf(cell) + header;
}

function startOf(cell: number): number {
  return (cell % unitsPerPage) * unit;
}

function capacityOf(size: number): number {
  return unit * 2 ** size - header;
}

function classFor(length: number): number {
  assert(length <= largestCell, 'a cell takes 1 KB');
  let size = 0;
  while (capacityOf(size) < length) size++;
  return size;
}
