// What a listing is sorted by, as one number: the greater comes first. Relevance is the port's blend; what was found
// without a mistake comes before what was found with one.
import { unreachable } from '../../../base/assert.ts';
import type { SearchQuery } from '../search.ts';
import type { Columns } from './columns.ts';
import { intAt, realAt, realWidth, rowWidth, singleAt, standings } from './facts.ts';
import type { Found } from './match.ts';

/** Where a text has half of what it can have: a second field says less than the first. */
const halfWay = 0.15;

/** @param index among what was found */
export type SortKey = (slot: number, index: number) => number;

/** @param found undefined if there is no text: all of it is as good */
export function sortKeyOf({ sort, weights }: SearchQuery, columns: Columns, found: Found | undefined): SortKey {
  const { reals } = columns;
  switch (sort) {
    case 'relevance':
      return relevanceOf(weights, columns, found);
    case 'price_asc':
      return (slot) => -reals[slot * realWidth + realAt.price]!;
    case 'price_desc':
      return (slot) => reals[slot * realWidth + realAt.price]!;
    case 'rating':
      return (slot) => reals[slot * realWidth + realAt.rating]!;
    case 'newest':
      return (slot) => reals[slot * realWidth + realAt.createdAt]!;
    case 'popularity':
      return (slot) => reals[slot * realWidth + realAt.popularity]!;
    default:
      return unreachable(sort);
  }
}

function relevanceOf(weights: SearchQuery['weights'], columns: Columns, found: Found | undefined): SortKey {
  const { ints, singles } = columns;
  const most = 1 + weights.popularity + weights.rating + weights.stock;
  return (slot, index) => {
    const row = slot * rowWidth;
    const stock = ints[row + intAt.standing] === standings.inStock ? weights.stock : 0;
    const popularity = weights.popularity * singles[row + singleAt.popularityPart]!;
    const blend = 1 + popularity + weights.rating * singles[row + singleAt.ratingPart]! + stock;
    if (found === undefined) return blend;
    const text = found.scores[index]!;
    // A share of all that can be, so that 1 more is more than any.
    const score = ((text / (text + halfWay)) * blend) / most;
    return found.forgiven[index] === 0 ? score + 1 : score;
  };
}
