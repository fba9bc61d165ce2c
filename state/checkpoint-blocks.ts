// Entries as the files of a checkpoint hold them, in the order of their keys, packed with zstd a block: length of the key,
// length of the value (4 bytes each), key, value. A block is decoded without a copy of what is in it.
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { constants, zstdCompress, zstdCompressSync, zstdDecompress, zstdDecompressSync } from 'node:zlib';
import type { StoreEntry } from './store.ts';

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);

const lengths = 8;
/** The fastest that still halves what it gets: packing is the work of a checkpoint. */
const level = 1;
/** Up to so many bytes are done sooner than another thread takes them up. */
const smallBytes = 64 << 10;

/** Collects entries until a block is full. */
export class BlockBuilder {
  #bytes: Buffer;
  #end = 0;
  entries = 0;

  constructor(capacity: number) {
    this.#bytes = Buffer.allocUnsafe(capacity);
  }

  hasRoom({ key, value }: StoreEntry): boolean {
    return this.#end + lengths + key.length + value.length <= this.#bytes.length;
  }

  /** Grows for an entry that is larger than a block. */
  add({ key, value }: StoreEntry): void {
    const end = this.#end + lengths + key.length + value.length;
    if (end > this.#bytes.length) this.#bytes = Buffer.concat([this.#bytes], end);
    this.#bytes.writeUInt32BE(key.length, this.#end);
    this.#bytes.writeUInt32BE(value.length, this.#end + 4);
    key.copy(this.#bytes, this.#end + lengths);
    value.copy(this.#bytes, this.#end + lengths + key.length);
    this.#end = end;
    this.entries++;
  }

  /** What was collected; the builder is not used again. */
  get raw(): Buffer {
    return this.#bytes.subarray(0, this.#end);
  }
}

export async function pack(raw: Buffer): Promise<Buffer> {
  const options = { chunkSize: chunkOf(raw.length), params: { [constants.ZSTD_c_compressionLevel]: level } };
  return raw.length <= smallBytes ? zstdCompressSync(raw, options) : await compress(raw, options);
}

/** Room for all at once: Node asks for a turn of the event loop a piece. */
function chunkOf(bytes: number): number {
  return Math.max(1024, bytes + 1);
}

/** @throws Error if it is not what was packed */
export async function unpack(packed: Buffer, rawBytes: number): Promise<Buffer> {
  // No more than was said, whatever the bytes claim.
  const options = { chunkSize: chunkOf(rawBytes), maxOutputLength: Math.max(1, rawBytes) };
  const raw = rawBytes <= smallBytes ? zstdDecompressSync(packed, options) : await decompress(packed, options);
  if (raw.length !== rawBytes) throw new Error(`it unpacks to ${raw.length} bytes, not ${rawBytes}`);
  return raw;
}

/** Keys and values are slices of `raw`. @throws Error where it isn't whole entries */
export function* entriesIn(raw: Buffer): Generator<StoreEntry> {
  for (let at = 0; at < raw.length; ) {
    const start = at + lengths;
    if (start > raw.length) throw new Error('it ends within an entry');
    const middle = start + raw.readUInt32BE(at);
    const end = middle + raw.readUInt32BE(at + 4);
    if (end > raw.length) throw new Error('it ends within an entry');
    yield { key: raw.subarray(start, middle), value: raw.subarray(middle, end) };
    at = end;
  }
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
