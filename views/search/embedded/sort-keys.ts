// What a listing is sorted by, as one number: the greater comes first. Relevance is the port's blend; what was found
// without a mistake comes before what was found with one.
import { unreachable } from '../../../base/assert.ts';
import type { SearchQuery } from '../search.ts';
import type { Columns } from './columns.ts';
import { intAt, realAt, realWidth, rowWidth, singleAt } from './fact-rows.ts';
import type { SlotScores } from './slot-scores.ts';

/** Where a text has half of what it can have: a second field says less than the first. */
const halfWay = 0.15;

export type SortKey = (slot: number) => number;

/** @param scores of the text; undefined if there is none: all of it is as good */
export function sortKeyOf({ sort, weights }: SearchQuery, columns: Columns, scores: SlotScores | undefined): SortKey {
  const { createdAt, popularity, rows } = columns;
  const { reals } = rows;
  switch (sort) {
    case 'relevance':
      return relevanceOf(weights, columns, scores);
    case 'price_asc':
      return (slot) => -reals[slot * realWidth + realAt.price]!;
    case 'price_desc':
      return (slot) => reals[slot * realWidth + realAt.price]!;
    case 'rating':
      return (slot) => reals[slot * realWidth + realAt.rating]!;
    case 'newest':
      return (slot) => createdAt[slot]!;
    case 'popularity':
      return (slot) => popularity[slot]!;
    default:
      return unreachable(sort);
  }
}

function relevanceOf(weights: SearchQuery['weights'], { rows }: Columns, scores: SlotScores | undefined): SortKey {
  const { ints, singles } = rows;
  const most = 1 + weights.popularity + weights.rating + weights.stock;
  return (slot) => {
    const row = slot * rowWidth;
    const stock = ints[row + intAt.warehouses] === 0 ? 0 : weights.stock;
    const popularity = weights.popularity * singles[row + singleAt.popularityPart]!;
    const blend = 1 + popularity + weights.rating * singles[row + singleAt.ratingPart]! + stock;
    if (scores === undefined) return blend;
    const text = scores.scores[slot]!;
    // A share of all that can be, so that 1 more is more than any.
    const score = ((text / (text + halfWay)) * blend) / most;
    return scores.forgiven[slot] === 0 ? score + 1 : score;
  };
}
