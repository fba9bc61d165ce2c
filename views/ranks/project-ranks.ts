// popularity -> ranks: in each category of the product's path and over all. Scores of all time are ranked as they will be at
// one moment, for then they fade alike and no rank changes by itself.
import { rankOfScore, weightOf } from '../../schemas/popularity.ts';
import type { Popularity } from '../../schemas/types.generated.ts';
import type { Projection } from '../../streams/api.ts';
import { positionOf } from '../document-write.ts';
import type { RankWrite } from './ranks.ts';

/** Levels of a path; what is below them is in the ranks above. */
const deepest = 8;

export const projectRanks: Projection<Popularity, RankWrite> = {
  name: 'ranks',

  project(record) {
    const { productId, category, lastHour, lastDay, score, at } = record.value;
    const scores = { hour: weightOf(lastHour), day: weightOf(lastDay), all: rankOfScore(score, at) };
    return [{ productId, categories: ['', ...levelsOf(category)], scores, position: positionOf(record) }];
  },
};

/** `a/b/c` is in `a`, `a/b` and `a/b/c`. */
function levelsOf(category: string): string[] {
  if (category === '') return [];
  const parts = category.split('/').slice(0, deepest);
  return parts.map((_, level) => parts.slice(0, level + 1).join('/'));
}
