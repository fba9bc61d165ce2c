// The end of the journal, where frames are appended: one at a time, each synced before the next. Segments are files of
// about one size; where a frame ends beyond it, the next one begins a new segment.
import type { FileHandle } from 'node:fs/promises';
import { assert } from '../../../base/assert.ts';
import type { StorageOperation } from '../storage.ts';
import { encodeFrame, type Frame, type Freed } from './frame.ts';
import { beginning, type Place } from './place.ts';
import { type SegmentFiles, writesAreSynced } from './segment-files.ts';

/** Positions and lengths have 32 bits. */
const mostFrameBytes = 2 ** 31;

export class Journal {
  readonly #files: SegmentFiles;
  readonly #segmentBytes: number;
  #file: FileHandle | undefined;
  #end: Place | undefined;

  constructor(files: SegmentFiles, segmentBytes: number) {
    this.#files = files;
    this.#segmentBytes = segmentBytes;
  }

  /** Behind the last frame; undefined before the first. */
  get end(): Place | undefined {
    return this.#end;
  }

  /** Where the next frame goes. */
  get next(): Place {
    if (this.#end === undefined) return beginning;
    return this.#end.position < this.#segmentBytes ? this.#end : { segment: this.#end.segment + 1, position: 0 };
  }

  /** Goes on at `end`, the end of the last segment. */
  async resume(end: Place): Promise<void> {
    await this.#files.sync();
    this.#file = await this.#files.reopen(end.segment);
    this.#end = end;
  }

  /** Safe from a power cut once resolved. After an error nobody knows what is there: it mustn't be called again. */
  async append(operations: readonly StorageOperation[], freed: readonly Freed[]): Promise<Frame> {
    const { segment, position } = this.next;
    const frame = encodeFrame({ segment, position }, operations, freed);
    assert(frame.bytes < mostFrameBytes, 'a write has less than 2 GiB');
    // The last segment may have been found empty, its first write cut off.
    const file = segment === this.#end?.segment && this.#file !== undefined ? this.#file : await this.#begin(segment);
    await writeAll(file, frame.parts, position);
    if (!writesAreSynced) await file.datasync();
    this.#end = { segment, position: position + frame.bytes };
    return frame;
  }

  async close(): Promise<void> {
    await this.#file?.close();
  }

  async #begin(segment: number): Promise<FileHandle> {
    const file = await this.#files.create(segment);
    await this.#file?.close();
    this.#file = file;
    return file;
  }
}

async function writeAll(file: FileHandle, parts: readonly Buffer[], position: number): Promise<void> {
  let [left, at] = [[...parts], position];
  while (left.length > 0) {
    let { bytesWritten } = await file.writev(left, at);
    at += bytesWritten;
    let index = 0;
    for (; index < left.length && bytesWritten >= left[index]!.length; index++) bytesWritten -= left[index]!.length;
    left = left.slice(index);
    if (left[0] !== undefined) left[0] = left[0].subarray(bytesWritten);
  }
}
