// One write as it stands in the journal: a head with all that the index is to hold, then the large values, one after the
// other. The head has a checksum of its own, so that who looks for keys needn't read the values. Numbers are big-endian.
//
//     0 magic u32 | 4 crc32c u32 of the head from 8 on | 8 head's length u32 | 12 values' length u32
//     16 crc32c u32 of the values | 20 segment u32 | 24 position u32 | 28 count of freed u32 | 32 count of operations u32
//     36 freed: (segment u32 | bytes u32)*: what the write leaves unused of older segments
//     operations: (type u8: 0 del, 1 put, 2 put of a large value | key's length u32 | value's length u32 | key | value)*
//
// A frame names its own place: bytes of another one, or of a frame inside a value, are never taken for it.
import { crc32c } from '@node-rs/crc32';
import type { StorageOperation } from '../storage.ts';
import type { Place } from './place.ts';
import { encodePointer, isLarge } from './pointer.ts';

export const frameMagic = Buffer.from('\x8fSJ1', 'latin1');
export const fixedHeadBytes = 36;
const operationBytes = 9;

/** Bytes of a segment to which nothing points any more. */
export interface Freed {
  readonly segment: number;
  readonly bytes: number;
}

export interface FrameHead {
  readonly place: Place;
  readonly headBytes: number;
  readonly valueBytes: number;
  readonly valuesCrc: number;
  readonly freed: readonly Freed[];
  /** As the index holds them: pointers in place of large values. */
  readonly operations: readonly StorageOperation[];
}

/** A frame to be written. */
export interface Frame extends FrameHead {
  /** All of its bytes, the values uncopied. */
  readonly parts: readonly Buffer[];
  readonly bytes: number;
}

export function encodeFrame(place: Place, operations: readonly StorageOperation[], freed: readonly Freed[]): Frame {
  const headBytes = headLength(operations, freed);
  const head = Buffer.allocUnsafe(headBytes);
  const parts: Buffer[] = [head];
  const indexed: StorageOperation[] = [];
  let [at, valueBytes, valuesCrc] = [fixedHeadBytes, 0, 0];
  for (const { segment, bytes } of freed) {
    head.writeUInt32BE(segment, at);
    at = head.writeUInt32BE(bytes, at + 4);
  }
  for (const operation of operations) {
    const { type, key } = operation;
    const value = type === 'put' ? operation.value : undefined;
    const large = value !== undefined && isLarge(value);
    head[at] = value === undefined ? 0 : large ? 2 : 1;
    head.writeUInt32BE(key.length, at + 1);
    head.writeUInt32BE(value?.length ?? 0, at + 5);
    at += operationBytes;
    at += key.copy(head, at);
    if (value === undefined) indexed.push({ type: 'del', key });
    else if (!large) {
      at += value.copy(head, at);
      indexed.push({ type: 'put', key, value });
    } else {
      const position = place.position + headBytes + valueBytes;
      indexed.push({ type: 'put', key, value: encodePointer({ ...place, position, length: value.length }) });
      parts.push(value);
      valueBytes += value.length;
      valuesCrc = crc32c(value, valuesCrc);
    }
  }
  const frame = { place, headBytes, valueBytes, valuesCrc, freed, operations: indexed };
  sealHead(head, frame);
  return { ...frame, parts, bytes: headBytes + valueBytes };
}

function headLength(operations: readonly StorageOperation[], freed: readonly Freed[]): number {
  let length = fixedHeadBytes + 8 * freed.length;
  for (const operation of operations) {
    length += operationBytes + operation.key.length;
    if (operation.type === 'put' && !isLarge(operation.value)) length += operation.value.length;
  }
  return length;
}

function sealHead(head: Buffer, frame: FrameHead): void {
  frameMagic.copy(head);
  const { place, headBytes, valueBytes, valuesCrc, freed, operations } = frame;
  const fields = [headBytes, valueBytes, valuesCrc, place.segment, place.position, freed.length, operations.length];
  for (const [index, field] of fields.entries()) head.writeUInt32BE(field, 8 + 4 * index);
  head.writeUInt32BE(crc32c(head.subarray(8)), 4);
}

/** How long the head is that begins like this; undefined if these bytes begin none at this place. */
export function headLengthOf(bytes: Buffer, place: Place): number | undefined {
  if (bytes.length < fixedHeadBytes || !bytes.subarray(0, 4).equals(frameMagic)) return undefined;
  if (bytes.readUInt32BE(20) !== place.segment || bytes.readUInt32BE(24) !== place.position) return undefined;
  const length = bytes.readUInt32BE(8);
  return length >= fixedHeadBytes ? length : undefined;
}

/** A head read from exactly its bytes; undefined if their checksum differs. */
export function decodeHead(bytes: Buffer): FrameHead | undefined {
  if (crc32c(bytes.subarray(8)) !== bytes.readUInt32BE(4)) return undefined;
  const place = { segment: bytes.readUInt32BE(20), position: bytes.readUInt32BE(24) };
  const headBytes = bytes.readUInt32BE(8);
  const freed: Freed[] = [];
  const operations: StorageOperation[] = [];
  let at = fixedHeadBytes;
  for (let count = bytes.readUInt32BE(28); count > 0; count--, at += 8) {
    freed.push({ segment: bytes.readUInt32BE(at), bytes: bytes.readUInt32BE(at + 4) });
  }
  let position = place.position + headBytes;
  for (let count = bytes.readUInt32BE(32); count > 0; count--) {
    const type = bytes[at];
    const keyEnd = at + operationBytes + bytes.readUInt32BE(at + 1);
    const length = bytes.readUInt32BE(at + 5);
    const key = bytes.subarray(at + operationBytes, keyEnd);
    at = keyEnd;
    if (type === 0) operations.push({ type: 'del', key });
    else if (type === 1) {
      operations.push({ type: 'put', key, value: bytes.subarray(at, at + length) });
      at += length;
    } else {
      operations.push({ type: 'put', key, value: encodePointer({ segment: place.segment, position, length }) });
      position += length;
    }
  }
  const [valueBytes, valuesCrc] = [bytes.readUInt32BE(12), bytes.readUInt32BE(16)];
  return { place, headBytes, valueBytes, valuesCrc, freed, operations };
}
