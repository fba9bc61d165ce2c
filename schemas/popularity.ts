// Scores of popularity: what each thing that shoppers do weighs, how that fades, and how a score is told: in steps, for one
// that changes a little with each look at a product would be news all the time. Every reader rounds in the same way.
import type { PopularityCounts } from './types.generated.ts';

/** What a score loses half of its weight in. */
const halfLifeMs = 7 * 86_400_000;

const weights: { readonly [Name in keyof PopularityCounts]: number } = {
  views: 1,
  searches: 1,
  wishes: 2,
  cartAdds: 3,
  orders: 10,
};

/** What has just happened, weighed. */
export function weightOf({ views, searches, cartAdds, wishes, orders }: PopularityCounts): number {
  const looks = views * weights.views + searches * weights.searches;
  return looks + wishes * weights.wishes + cartAdds * weights.cartAdds + orders * weights.orders;
}

/** What a score of `from` is worth at `to`, both in milliseconds since the Unix epoch; of an earlier time it was more. */
export function decayed(score: number, from: number, to: number): number {
  return score * 2 ** ((from - to) / halfLifeMs);
}

/** When a score of `at` will be at `floor`, which lies below it. */
export function decaysTo(floor: number, score: number, at: number): number {
  return at + halfLifeMs * Math.log2(score / floor);
}

/**
 * What a score of `at` is ranked by beside those of other times: its logarithm, as far ahead as time has gone on, for all fade
 * alike. 0 for none.
 */
export function rankOfScore(score: number, at: number): number {
  return score > 0 ? Math.log2(score) + at / halfLifeMs : 0;
}

/** The score at `now` of what is ranked so. */
export function scoreOfRank(rank: number, now: number): number {
  return 2 ** (rank - now / halfLifeMs);
}

/** Lower ends of the ranges 1 to 9: each is four times the one before. */
const rangeFrom: readonly number[] = [3, 15, 63, 255, 1_023, 4_095, 16_383, 65_535, 262_143];

/** 0 (nobody wants it) to 9: the logarithm of the score. */
export function popularityRange(score: number): number {
  const above = rangeFrom.findIndex((from) => score < from);
  return above < 0 ? rangeFrom.length : above;
}

/** The lowest score within a range. */
export function rangeFloor(range: number): number {
  return rangeFrom[range - 1] ?? 0;
}

const stepsADoubling = 4;

/** The nearest of the steps, each of which is about a fifth above the one before; below a half, nothing. */
export function popularityStep(score: number): number {
  if (!(score >= 0.5)) return 0;
  const step = 2 ** (Math.round(Math.log2(score) * stepsADoubling) / stepsADoubling);
  return Math.round(step * 100) / 100;
}
