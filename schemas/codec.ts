// What the generated codecs (codecs.generated.ts) are made of: Avro's encodings of single values, written at a position and
// read from one. They check that a value is of its type, no more: what doesn't fit throws, and avsc, whose bytes these are,
// has the last word on it. Writing past the end of the bytes writes nothing; whoever calls looks where it ended.
import { asciiText, longestAscii } from './short-text.ts';

/** How the records of one schema become bytes and come back. */
export interface Codec<V> {
  /** Returns the end, which is beyond `target` if it has no room. @throws Error for a value that doesn't fit, or may not */
  readonly write: (target: Buffer, at: number, value: V) => number;
  /** @throws Error for bytes that are none, or may be none; so may be any that it doesn't end behind */
  readonly read: (reader: AvroReader) => V;
}

/** avsc doubles a long before it writes it, which is exact up to here. */
const largestLong = 2 ** 52 - 1;
const largestZigzag = 2 ** 53 - 1;
/** Longer text is left to the engine's own code, which then is faster. */
const longestLoop = 40;

export function unfit(): never {
  throw new Error('it does not fit');
}

export function writeInt(target: Buffer, at: number, value: number): number {
  if (value !== (value | 0)) unfit();
  const zigzag = ((value << 1) ^ (value >> 31)) >>> 0;
  if (zigzag < 0x80) {
    target[at] = zigzag;
    return at + 1;
  }
  return writeVarint(target, at, zigzag);
}

export function writeLong(target: Buffer, at: number, value: number): number {
  if (value === (value | 0)) return writeInt(target, at, value);
  if (!Number.isInteger(value) || value > largestLong || value < -largestLong) unfit();
  return writeVarint(target, at, value < 0 ? -2 * value - 1 : 2 * value);
}

function writeVarint(target: Buffer, from: number, zigzag: number): number {
  let at = from;
  let left = zigzag;
  // Beyond 32 bits the shifts of JavaScript no longer work: the lowest 28 are taken off by one division.
  if (left >= 0x1_0000_0000) {
    target[at++] = (left & 0x7f) | 0x80;
    target[at++] = ((left >>> 7) & 0x7f) | 0x80;
    target[at++] = ((left >>> 14) & 0x7f) | 0x80;
    target[at++] = ((left >>> 21) & 0x7f) | 0x80;
    left = Math.floor(left / 0x1000_0000);
  }
  for (left >>>= 0; left > 0x7f; left >>>= 7) target[at++] = (left & 0x7f) | 0x80;
  target[at++] = left;
  return at;
}

export function writeBoolean(target: Buffer, at: number, value: boolean): number {
  if (typeof value !== 'boolean') unfit();
  target[at] = value ? 1 : 0;
  return at + 1;
}

export function writeDouble(target: Buffer, at: number, value: number): number {
  if (typeof value !== 'number') unfit();
  if (at + 8 <= target.length) target.writeDoubleLE(value, at);
  return at + 8;
}

/** Most text is short and ASCII: then it is measured and written in one go. */
export function writeText(target: Buffer, at: number, value: string): number {
  if (typeof value !== 'string') unfit();
  const { length } = value;
  if (length > longestLoop) return writeLongText(target, at, value);
  for (let index = 0; index < length; index++) {
    const code = value.charCodeAt(index);
    if (code >= 0x80) return writeOtherText(target, at, value);
    target[at + 1 + index] = code;
  }
  target[at] = length << 1;
  return at + 1 + length;
}

function writeLongText(target: Buffer, at: number, value: string): number {
  const { length } = value;
  // If every character takes one byte, the length stands before it in as many bytes as this.
  const start = at + (length < 64 ? 1 : 2);
  if (length >= 8_192 || start + length > target.length) return writeOtherText(target, at, value);
  // One that takes more bytes may be cut off; one that takes as many bytes as characters is ASCII, and whole.
  if (target.write(value, start) !== length) return writeOtherText(target, at, value);
  writeInt(target, at, length);
  return start + length;
}

function writeOtherText(target: Buffer, at: number, value: string): number {
  // Half a character alone takes other bytes in avsc, depending on the length: that is left to it.
  if (!value.isWellFormed()) unfit();
  const length = Buffer.byteLength(value);
  const start = writeInt(target, at, length);
  if (start + length <= target.length) target.write(value, start, length);
  return start + length;
}

/** The length of a list that isn't empty stands before it, and 0 behind every one. */
export function writeLength(target: Buffer, at: number, list: readonly unknown[]): number {
  if (!Array.isArray(list)) unfit();
  return list.length === 0 ? at : writeInt(target, at, list.length);
}

export function writeSymbol(target: Buffer, at: number, symbol: string, numbers: ReadonlyMap<string, number>): number {
  return writeInt(target, at, numbers.get(symbol) ?? unfit());
}

export function numbersOf(symbols: readonly string[]): ReadonlyMap<string, number> {
  return new Map(symbols.map((symbol, number) => [symbol, number]));
}

/** Reads the values that stand one after the other. Reading past the end is noticed by where it ends. */
export class AvroReader {
  bytes: Buffer = Buffer.alloc(0);
  at = 0;
  #end = 0;

  open(bytes: Buffer, start: number, end: number): void {
    this.bytes = bytes;
    this.at = start;
    this.#end = end;
  }

  /** An int or a long. */
  int(): number {
    const { bytes } = this;
    let byte = bytes[this.at++]!;
    if (byte < 0x80) return (byte >>> 1) ^ -(byte & 1);
    let zigzag = byte & 0x7f;
    let shift = 7;
    do {
      byte = bytes[this.at++]!;
      zigzag |= (byte & 0x7f) << shift;
      shift += 7;
    } while (byte >= 0x80 && shift < 28);
    if (!(byte >= 0x80)) return (zigzag >>> 1) ^ -(zigzag & 1);
    return this.#long(zigzag);
  }

  /** The rest of one with more than 28 bits. */
  #long(low: number): number {
    let zigzag = low;
    let byte: number;
    let factor = 2 ** 28;
    do {
      byte = this.bytes[this.at++]!;
      zigzag += (byte & 0x7f) * factor;
      factor *= 0x80;
    } while (byte >= 0x80);
    // Larger ones aren't exact; avsc refuses most of them.
    if (zigzag > largestZigzag) unfit();
    return zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
  }

  boolean(): boolean {
    return this.bytes[this.at++] !== 0;
  }

  double(): number {
    const start = this.at;
    this.at += 8;
    return this.at <= this.#end ? this.bytes.readDoubleLE(start) : unfit();
  }

  text(): string {
    const length = this.int();
    const start = this.at;
    const end = start + length;
    if (length < 0 || end > this.#end) unfit();
    this.at = end;
    if (length <= longestAscii) {
      const text = asciiText(this.bytes, start, length);
      if (text !== undefined) return text;
    }
    return this.bytes.toString('utf8', start, end);
  }

  symbol<S extends string>(symbols: readonly S[]): S {
    return symbols[this.int()] ?? unfit();
  }

  /** Of the next block of an array or map: how many items follow, 0 at the end. Each takes a byte or more. */
  block(): number {
    let length = this.int();
    if (length < 0) {
      length = -length;
      this.int();
    }
    return length <= this.#end - this.at ? length : unfit();
  }
}
