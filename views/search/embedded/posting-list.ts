// The list of a word, read into columns that are used again for the next word.
import { grown } from './grow.ts';

/** How many numbers a posting has in `positions`: their count, then the positions. */
export const positionStride = 8;

export class PostingList {
  length = 0;
  slots = new Int32Array(1024);
  /** Bits: in which fields the listing has the word. */
  fields = new Uint8Array(1024);
  /** Empty unless positions are wanted. */
  positions = new Uint8Array(0);
  readonly hasPositions: boolean;

  constructor({ hasPositions = false } = {}) {
    this.hasPositions = hasPositions;
  }

  /** Makes room for a list of `length`. */
  begin(length: number): void {
    this.length = length;
    this.slots = grown(this.slots, length);
    this.fields = grown(this.fields, length);
    if (this.hasPositions) this.positions = grown(this.positions, length * positionStride);
  }
}
