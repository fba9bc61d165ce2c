// Scores in steps: the ranges that the search's shards rest on, and what is too little to be news.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { popularityRange, popularityStep } from '../../schemas/popularity.ts';

test('ranges go from 0 to 9, each four times as far as the one before', () => {
  const scores = [0, 2.9, 3, 14, 15, 62, 63, 254, 255, 1_023, 262_142, 262_143, 1e12];
  assert.deepEqual(scores.map(popularityRange), [0, 0, 1, 1, 2, 2, 3, 3, 4, 5, 8, 9, 9]);
});

test('a step is near the score, stays what it is, and never falls while the score rises', () => {
  const score = fc.double({ min: 0, max: 1e9, noNaN: true });
  fc.assert(
    fc.property(score, score, (one, other) => {
      const step = popularityStep(one);
      assert.ok(one < 0.5 ? step === 0 : Math.abs(step - one) <= one * 0.1 + 0.005, `${step} for ${one}`);
      assert.equal(popularityStep(step), step);
      assert.ok(one <= other ? step <= popularityStep(other) : step >= popularityStep(other));
    }),
  );
});
