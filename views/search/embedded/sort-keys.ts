// What a listing is sorted by, as one number: the greater comes first. Relevance is the port's blend; what was found without a
// mistake comes before what was found with one.
import { unreachable } from '../../../base/assert.ts';
import type { SearchQuery } from '../search.ts';
import type { Columns } from './columns.ts';
import type { SlotScores } from './slot-scores.ts';

export type SortKey = (slot: number) => number;

/** @param scores of the text; undefined if there is none: all of it is as good */
export function sortKeyOf({ sort, weights }: SearchQuery, columns: Columns, scores: SlotScores | undefined): SortKey {
  const { price, rating, createdAt, popularity } = columns;
  switch (sort) {
    case 'relevance':
      return relevanceOf(weights, columns, scores);
    case 'price_asc':
      return (slot) => -price[slot]!;
    case 'price_desc':
      return (slot) => price[slot]!;
    case 'rating':
      return (slot) => rating[slot]!;
    case 'newest':
      return (slot) => createdAt[slot]!;
    case 'popularity':
      return (slot) => popularity[slot]!;
    default:
      return unreachable(sort);
  }
}

function relevanceOf(
  weights: SearchQuery['weights'],
  { popularityPart, ratingPart, warehouses }: Columns,
  scores: SlotScores | undefined,
): SortKey {
  const most = 1 + weights.popularity + weights.rating + weights.stock;
  return (slot) => {
    const stock = warehouses[slot] === 0 ? 0 : weights.stock;
    const blend = 1 + weights.popularity * popularityPart[slot]! + weights.rating * ratingPart[slot]! + stock;
    if (scores === undefined) return blend;
    // A share of all that can be, so that 1 more is more than any.
    const score = (scores.scores[slot]! * blend) / most;
    return scores.forgiven[slot] === 0 ? score + 1 : score;
  };
}
