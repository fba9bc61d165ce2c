// A listing's words as bytes: what is kept on disk, and what postings are made of. Entries are ordered by word.
//
//     entry    the word's number, less the one before (varint) | place
//     place    fields (6 bits), count of positions (2 bits) | positions (1 byte each)
//              where there are more than two: fields, 3 | count (1 byte) | positions
//
// A position says whether it is in the description (the highest bit), and where there or in all other fields
// together, modulo 128: enough to tell whether two words stand next to each other. Of a word's positions the first
// seven are kept.
import { grown } from './grow.ts';

/** Bits of `fields`. The category's own name is told from those above it. */
export const fieldBits = {
  title: 1,
  brand: 2,
  category: 4,
  upperCategories: 8,
  attributes: 16,
  description: 32,
} as const;

export const fieldsMask = 63;
const countShift = 6;
const counted = 3;
const mostPositions = 7;
export const inDescription = 128;
/** The most of a listing. */
const occurrences = 2 ** 20;
/** Of a word that occurs once a varint, the fields, a position; of one that does more often less for each. */
const longestEntry = 7;

export function placeLength(bytes: Uint8Array, place: number): number {
  const count = bytes[place]! >>> countShift;
  return count < counted ? 1 + count : 2 + bytes[place + 1]!;
}

/** Where a place's positions begin; they go on to its end. */
export function positionsStart(bytes: Uint8Array, place: number): number {
  return bytes[place]! >>> countShift < counted ? place + 1 : place + 2;
}

/** The position `distance` words after. */
export function positionAt(position: number, distance: number): number {
  return (position & inDescription) | ((position + distance) & (inDescription - 1));
}

/** A number that was read, and where it ends. */
export interface Varint {
  value: number;
  end: number;
}

export function readVarint(bytes: Uint8Array, at: number, into: Varint): void {
  let from = at;
  let byte = bytes[from++]!;
  let value = byte & 127;
  for (let shift = 7; byte > 127; shift += 7) {
    byte = bytes[from++]!;
    value |= (byte & 127) << shift;
  }
  into.value = value;
  into.end = from;
}

/** Writes a number below 2^31. @returns where it ends */
export function writeVarint(bytes: Uint8Array, at: number, value: number): number {
  let rest = value;
  let to = at;
  while (rest > 127) {
    bytes[to++] = (rest & 127) | 128;
    rest >>>= 7;
  }
  bytes[to++] = rest;
  return to;
}

export function varintLength(value: number): number {
  if (value < 128) return 1;
  if (value < 16_384) return 2;
  if (value < 2_097_152) return 3;
  return value < 268_435_456 ? 4 : 5;
}

/** Tells each word, and where its place begins. */
export function eachPlace(entries: Uint8Array, tell: (word: number, place: number) => void): void {
  const read: Varint = { value: 0, end: 0 };
  let word = 0;
  for (let at = 0; at < entries.length; ) {
    readVarint(entries, at, read);
    word += read.value;
    const place = read.end;
    at = place + placeLength(entries, place);
    tell(word, place);
  }
}

/** Where the place of each word begins. */
export function placesOf(entries: Uint8Array): Map<number, number> {
  const places = new Map<number, number>();
  eachPlace(entries, (word, place) => places.set(word, place));
  return places;
}

/** Takes a listing's words as they come and makes entries of them. */
export class EntriesBuilder {
  /** Of each occurrence the word, times `occurrences`, and its number: so they are sorted by word and stay in order. */
  #keys = new Float64Array(256);
  #fields = new Uint8Array(256);
  #positions = new Uint8Array(256);
  #length = 0;
  #bytes = new Uint8Array(2048);

  /** A mark that the listing has, in no field. */
  mark(word: number): void {
    this.add(word, 0, 0);
  }

  add(word: number, field: number, position: number): void {
    // What is beyond isn't found: nobody reads that far.
    if (this.#length === occurrences) return;
    const occurrence = this.#length++;
    this.#keys = grown(this.#keys, this.#length);
    this.#fields = grown(this.#fields, this.#length);
    this.#positions = grown(this.#positions, this.#length);
    const place = position & (inDescription - 1);
    this.#keys[occurrence] = word * occurrences + occurrence;
    this.#fields[occurrence] = field;
    this.#positions[occurrence] = field === fieldBits.description ? place | inDescription : place;
  }

  /** Of all that was added since the last time. */
  take(): Uint8Array {
    const keys = this.#keys.subarray(0, this.#length).sort();
    this.#bytes = grown(this.#bytes, this.#length * longestEntry);
    let to = 0;
    let before = 0;
    for (let at = 0; at < keys.length; ) {
      const word = Math.floor(keys[at]! / occurrences);
      let end = at;
      while (end < keys.length && keys[end]! < (word + 1) * occurrences) end++;
      to = writeVarint(this.#bytes, to, word - before);
      to = this.#writePlace(to, keys.subarray(at, end));
      before = word;
      at = end;
    }
    this.#length = 0;
    return this.#bytes.slice(0, to);
  }

  /** Of the occurrences of one word. @returns where it ends */
  #writePlace(start: number, keys: Float64Array): number {
    let fields = 0;
    for (const key of keys) fields |= this.#fields[key % occurrences]!;
    const count = fields === 0 ? 0 : Math.min(mostPositions, keys.length);
    let to = start;
    this.#bytes[to++] = fields | (Math.min(counted, count) << countShift);
    if (count >= counted) this.#bytes[to++] = count;
    for (let index = 0; index < count; index++) this.#bytes[to++] = this.#positions[keys[index]! % occurrences]!;
    return to;
  }
}
