// Scores of popularity as they are told: in steps, for a score that changes a little with each look at a product would be
// news all the time. Every reader of a score rounds in the same way.

/** Lower ends of the ranges 1 to 9: each is four times the one before. */
const rangeFrom: readonly number[] = [3, 15, 63, 255, 1_023, 4_095, 16_383, 65_535, 262_143];

/** 0 (nobody wants it) to 9: the logarithm of the score. */
export function popularityRange(score: number): number {
  const above = rangeFrom.findIndex((from) => score < from);
  return above < 0 ? rangeFrom.length : above;
}

const stepsADoubling = 4;

/** The nearest of the steps, each of which is about a fifth above the one before; below a half, nothing. */
export function popularityStep(score: number): number {
  if (!(score >= 0.5)) return 0;
  const step = 2 ** (Math.round(Math.log2(score) * stepsADoubling) / stepsADoubling);
  return Math.round(step * 100) / 100;
}
