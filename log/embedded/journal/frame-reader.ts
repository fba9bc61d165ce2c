// Reads a segment frame by frame and believes nothing: a frame is one only if it is whole and its checksums agree. Small
// frames come many a read.
import type { FileHandle } from 'node:fs/promises';
import { crc32c } from '@node-rs/crc32';
import { decodeHead, type FrameHead, fixedHeadBytes, frameMagic, headLengthOf } from './frame.ts';
import type { Place } from './place.ts';

const chunkBytes = 256 * 2 ** 10;

export class FrameReader {
  readonly #file: FileHandle;
  readonly #size: number;
  /** What was read last, and where it stands. */
  #chunk = Buffer.alloc(0);
  #chunkAt = 0;

  /** `size` says where the file ends. */
  constructor(file: FileHandle, size: number) {
    this.#file = file;
    this.#size = size;
  }

  /** The head of the frame at `place`; undefined if no head is there, or the file ends before its frame does. */
  async head(place: Place): Promise<FrameHead | undefined> {
    const left = this.#size - place.position;
    const length = headLengthOf(await this.#bytes(place.position, Math.min(left, fixedHeadBytes)), place);
    if (length === undefined || length > left) return undefined;
    const bytes = await this.#bytes(place.position, length);
    const head = bytes.length < length ? undefined : decodeHead(bytes);
    return head === undefined || head.headBytes + head.valueBytes > left ? undefined : head;
  }

  /** As `head`, and the values are as they were written, too. */
  async frame(place: Place): Promise<FrameHead | undefined> {
    const head = await this.head(place);
    if (head === undefined) return undefined;
    const end = place.position + head.headBytes + head.valueBytes;
    let crc = 0;
    for (let at = end - head.valueBytes; at < end; ) {
      const bytes = await this.#bytes(at, Math.min(chunkBytes, end - at));
      if (bytes.length === 0) return undefined;
      crc = crc32c(bytes, crc);
      at += bytes.length;
    }
    return crc === head.valuesCrc ? head : undefined;
  }

  /** Whether a frame begins behind `place`. */
  async hasFrameBehind({ segment, position }: Place): Promise<boolean> {
    for (let from = position + 1; from < this.#size; from += chunkBytes) {
      // The next chunk begins with what of a beginning ended this one.
      const bytes = await readUpTo(this.#file, from, Math.min(this.#size - from, chunkBytes + fixedHeadBytes));
      for (let at = bytes.indexOf(frameMagic); at >= 0; at = bytes.indexOf(frameMagic, at + 1)) {
        if ((await this.head({ segment, position: from + at })) !== undefined) return true;
      }
    }
    return false;
  }

  /** Less only where the file ends. */
  async #bytes(position: number, length: number): Promise<Buffer> {
    const chunkEnd = this.#chunkAt + this.#chunk.length;
    if (position < this.#chunkAt || position + length > chunkEnd) {
      this.#chunk = await readUpTo(this.#file, position, Math.min(Math.max(length, chunkBytes), this.#size - position));
      this.#chunkAt = position;
    }
    return this.#chunk.subarray(position - this.#chunkAt, position - this.#chunkAt + length);
  }
}

/** Less only where the file ends. */
export async function readUpTo(file: FileHandle, position: number, length: number): Promise<Buffer<ArrayBuffer>> {
  const bytes = Buffer.allocUnsafeSlow(length);
  let read = 0;
  while (read < length) {
    const { bytesRead } = await file.read(bytes, read, length - read, position + read);
    if (bytesRead === 0) break;
    read += bytesRead;
  }
  return bytes.subarray(0, read);
}
