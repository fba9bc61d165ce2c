// Zigzag variable-length integers as Kafka's record format uses them: seven bits a byte, low bits first.

/** Bytes that `value` (a 32-bit signed integer) takes. */
export function varintSize(value: number): number {
  const zigzag = ((value << 1) ^ (value >> 31)) >>> 0;
  if (zigzag < 0x80) return 1;
  if (zigzag < 0x4000) return 2;
  if (zigzag < 0x200000) return 3;
  return zigzag < 0x10000000 ? 4 : 5;
}

/** Writes a 32-bit signed integer at `at`; returns the end. The caller has made room. */
export function writeVarint(target: Buffer, at: number, value: number): number {
  let zigzag = ((value << 1) ^ (value >> 31)) >>> 0;
  let position = at;
  while (zigzag > 0x7f) {
    target[position++] = (zigzag & 0x7f) | 0x80;
    zigzag >>>= 7;
  }
  target[position++] = zigzag;
  return position;
}

/** Bytes that `value` (from -2^52 to 2^52 - 1) takes as a 64-bit varint. */
export function varlongSize(value: number): number {
  if (value === (value | 0)) return varintSize(value);
  let zigzag = value < 0 ? -2 * value - 1 : 2 * value;
  let size = 1;
  for (; zigzag >= 0x80; zigzag = Math.floor(zigzag / 0x80)) size++;
  return size;
}

/** Writes an integer from -2^52 to 2^52 - 1 as a 64-bit varint at `at`; returns the end. */
export function writeVarlong(target: Buffer, at: number, value: number): number {
  if (value === (value | 0)) return writeVarint(target, at, value);
  // Beyond 32 bits the shifts of JavaScript no longer work; arithmetic does, up to 53 bits with the sign's.
  let zigzag = value < 0 ? -2 * value - 1 : 2 * value;
  let position = at;
  for (; zigzag >= 0x80; zigzag = Math.floor(zigzag / 0x80)) target[position++] = (zigzag % 0x80) | 0x80;
  target[position++] = zigzag;
  return position;
}

/** Reads varints from a buffer, remembering its position. Reading past the end gives `undefined` bytes: check `position`. */
export class VarintReader {
  bytes: Buffer;
  position: number;

  constructor(bytes: Buffer, position = 0) {
    this.bytes = bytes;
    this.position = position;
  }

  /** A 32-bit signed integer. @throws RangeError if it doesn't end within 5 bytes */
  varint(): number {
    const { bytes } = this;
    let byte = bytes[this.position++]!;
    if (byte < 0x80) return (byte >>> 1) ^ -(byte & 1);
    let zigzag = byte & 0x7f;
    for (let shift = 7; shift <= 28; shift += 7) {
      byte = bytes[this.position++]!;
      zigzag |= (byte & 0x7f) << shift;
      if (byte < 0x80) return (zigzag >>> 1) ^ -(zigzag & 1);
    }
    throw new RangeError('a varint is longer than 5 bytes');
  }

  /** A signed integer of a 64-bit field, from -2^52 to 2^52 - 1. @throws RangeError beyond that */
  varlong(): number {
    const { bytes } = this;
    let zigzag = 0;
    for (let factor = 1; factor < 2 ** 56; factor *= 0x80) {
      const byte = bytes[this.position++]!;
      zigzag += (byte & 0x7f) * factor;
      if (byte < 0x80 && zigzag <= Number.MAX_SAFE_INTEGER) return zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
    }
    throw new RangeError('a varint is larger than 53 bits');
  }
}
