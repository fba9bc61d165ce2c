// A listing's words as bytes: what is kept on disk, and what postings are made of. Entries are ordered by word.
//
//     entry    the word's number, less the one before (varint) | place
//     place    fields (5 bits), count of positions (3 bits) | positions (1 byte each)
//
// A position says whether it is in the description (the highest bit), and where there or in all other fields together,
// modulo 128: enough to tell whether two words stand next to each other. Of a word's positions the first seven are kept.

/** Bits of `fields`. */
export const fieldBits = { title: 1, brand: 2, category: 4, attributes: 8, description: 16 } as const;

export const fieldsMask = 31;
const positionsShift = 5;
const mostPositions = 7;
export const inDescription = 128;

export function placeLength(bytes: Uint8Array, place: number): number {
  return 1 + (bytes[place]! >>> positionsShift);
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

/** A word's fields and positions while its listing is read. */
interface Found {
  fields: number;
  readonly positions: number[];
}

/** Takes a listing's words as they come and makes entries of them. */
export class EntriesBuilder {
  readonly #found = new Map<number, Found>();
  #scratch = new Uint8Array(4096);

  /** A mark that the listing has, in no field. */
  mark(word: number): void {
    this.#found.set(word, { fields: 0, positions: [] });
  }

  add(word: number, field: number, position: number): void {
    let found = this.#found.get(word);
    if (found === undefined) {
      found = { fields: 0, positions: [] };
      this.#found.set(word, found);
    }
    found.fields |= field;
    if (found.positions.length === mostPositions) return;
    const place = position & (inDescription - 1);
    found.positions.push(field === fieldBits.description ? place | inDescription : place);
  }

  /** Of all that was added since the last time. */
  take(): Uint8Array {
    const words = [...this.#found.keys()].sort((a, b) => a - b);
    const most = words.length * (5 + 1 + mostPositions);
    if (this.#scratch.length < most) this.#scratch = new Uint8Array(2 * most);
    const bytes = this.#scratch;
    let to = 0;
    let before = 0;
    for (const word of words) {
      const { fields, positions } = this.#found.get(word)!;
      to = writeVarint(bytes, to, word - before);
      bytes[to++] = fields | (positions.length << positionsShift);
      for (const position of positions) bytes[to++] = position;
      before = word;
    }
    this.#found.clear();
    return bytes.slice(0, to);
  }
}
