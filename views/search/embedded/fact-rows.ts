// What a query looks at of every listing that it matches, in rows of 64 bytes by slot: one line of the processor's
// cache, where columns of their own would each wait for another line of memory.
import { grown } from './grow.ts';

/** Places in a row of `ints`. */
export const rowWidth = 16;
/** Whole numbers, in `ints`. */
export const intAt = {
  /** Number of the set; 0 is the empty one: sold out. */
  warehouses: 0,
  /** -1: none. */
  category: 1,
  /** 0 is the empty one. */
  brand: 2,
  seller: 3,
  currency: 4,
  /** Where its attributes are, and how many. */
  pairsStart: 5,
  pairsLength: 6,
  /** Index in `priceBounds`. */
  priceRange: 7,
  hazardous: 8,
  /** Grams. */
  weight: 9,
} as const;
/** See `rankingParts`; in `singles`. */
export const singleAt = { popularityPart: 10, ratingPart: 11 } as const;
/** Places in a row of `reals`. */
export const realWidth = rowWidth / 2;
export const realAt = { price: 6, rating: 7 } as const;

export class FactRows {
  ints: Int32Array;
  singles: Float32Array;
  reals: Float64Array;

  constructor(ints: Int32Array = new Int32Array(rowWidth * 1024)) {
    this.ints = ints;
    this.singles = new Float32Array(ints.buffer);
    this.reals = new Float64Array(ints.buffer);
  }

  reserve(slots: number): void {
    if (slots * rowWidth <= this.ints.length) return;
    // Of whole rows.
    this.ints = grown(this.ints, rowWidth * Math.ceil(slots * 1.5));
    this.singles = new Float32Array(this.ints.buffer);
    this.reals = new Float64Array(this.ints.buffer);
  }
}
