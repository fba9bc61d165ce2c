// What a product is ranked by, and where.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decayed, scoreOfRank } from '../../../schemas/popularity.ts';
import type { Popularity } from '../../../schemas/types.generated.ts';
import { projectRanks } from '../../../views/ranks/project-ranks.ts';

const none = { views: 0, searches: 0, cartAdds: 0, wishes: 0, orders: 0 };

function rank(popularity: Partial<Popularity>) {
  const value = {
    productId: 'lamp',
    category: '',
    lastHour: none,
    lastDay: none,
    score: 0,
    range: 0,
    at: 0,
    ...popularity,
  };
  const place = { topic: 'popularity', partition: 3, offset: 7, key: 'lamp', timestamp: 0, headers: [] };
  const [write, ...more] = projectRanks.project({ ...place, value });
  assert.ok(write && more.length === 0);
  return write;
}

test('a product is ranked in each level of its category and over all', () => {
  assert.deepEqual(rank({ category: 'home/light/desk' }).categories, ['', 'home', 'home/light', 'home/light/desk']);
  assert.deepEqual(rank({}).categories, ['']);
  assert.equal(rank({ category: 'a/'.repeat(100) }).categories.length, 9);
  assert.deepEqual(rank({}).position, { topic: 'popularity', partition: 3, offset: 7 });
});

test('by what shoppers did in each window, weighed', () => {
  const { scores } = rank({ lastHour: { ...none, views: 2, orders: 1 }, lastDay: { ...none, wishes: 3 } });
  assert.deepEqual(scores, { hour: 12, day: 6, all: 0 });
});

test('scores of all time that were told at different times rank as they would at one, and are told as they are now', () => {
  const anyScore = fc.record({
    score: fc.double({ min: 0.1, max: 1e9, noNaN: true }),
    at: fc.nat(1e9).map((t) => 1.7e12 + t),
  });
  fc.assert(
    fc.property(anyScore, anyScore, (one, other) => {
      const now = 1.7e12 + 2e9;
      const [first, second] = [one, other].map((each) => rank(each).scores.all) as [number, number];
      const [left, right] = [one, other].map(({ score, at }) => decayed(score, at, now)) as [number, number];
      if (Math.abs(left / right - 1) > 1e-6) assert.equal(first < second, left < right);
      assert.ok(Math.abs(scoreOfRank(first, now) / left - 1) < 1e-6);
      assert.ok(first > 0);
    }),
  );
});
