// What the index holds in place of a large value: where in the journal it stands.
//
//     tag u32 | segment u32 | position u32 | length u32
//
// No entry of the key layout has 16 bytes (keys.ts): batches have 61 at least, the fixed ones 0, 8, 10 and 48. A value
// that still looks like a pointer goes to the journal itself, so that none is ever taken for one.

export interface Pointer {
  readonly segment: number;
  readonly position: number;
  readonly length: number;
}

const tag = 0xff4a504c;
const pointerBytes = 16;

/** Smaller values stay in the index: reading one there costs less than a read of its own in the journal. */
const largeBytes = 1024;

/** Whether a value goes to the journal, and only a pointer to the index. */
export function isLarge(value: Buffer): boolean {
  return value.length >= largeBytes || pointerOf(value) !== undefined;
}

export function encodePointer({ segment, position, length }: Pointer): Buffer {
  const bytes = Buffer.allocUnsafe(pointerBytes);
  bytes.writeUInt32BE(tag, 0);
  bytes.writeUInt32BE(segment, 4);
  bytes.writeUInt32BE(position, 8);
  bytes.writeUInt32BE(length, 12);
  return bytes;
}

/** Undefined for a value that is none. */
export function pointerOf(value: Buffer): Pointer | undefined {
  if (value.length !== pointerBytes || value.readUInt32BE(0) !== tag) return undefined;
  return { segment: value.readUInt32BE(4), position: value.readUInt32BE(8), length: value.readUInt32BE(12) };
}

export function isSame(a: Pointer, b: Pointer | undefined): boolean {
  return b !== undefined && a.segment === b.segment && a.position === b.position && a.length === b.length;
}
