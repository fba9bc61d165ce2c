// The judged cases: enough of them, each about listings that are there; and what a ranking of them is worth.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type JudgedCase, judgedCases } from '../../bench/search/judged/cases.ts';
import { evaluate } from '../../bench/search/judged/evaluate.ts';
import { judgedListings } from '../../bench/search/judged/shelf.ts';
import type { Search } from '../../views/search/search.ts';
import { defaultSearchSettings } from '../../views/search/search-settings.ts';
import { listing } from '../conformance/search-listings.ts';

test('there are many judged cases, each of them once, all about listings of the shelf', () => {
  const ids = judgedListings().map(({ id }) => id);
  const cases = judgedCases();
  assert.equal(new Set(ids).size, ids.length);
  assert.ok(ids.length >= 200 && cases.length >= 100);
  assert.equal(new Set(cases.map(({ kind, name }) => `${kind}: ${name}`)).size, cases.length);
  for (const { name, first, good, fair, never, isNothing, didYouMean } of cases) {
    const judged = [first ?? [], good, fair, never].flat();
    assert.ok(judged.length > 0 || isNothing || didYouMean !== undefined, name);
    for (const id of judged) assert.ok(ids.includes(id), `${name}: ${id}`);
  }
});

describe('a ranking', () => {
  const lamp: JudgedCase = {
    name: 'lamp',
    kind: 'test',
    text: 'lamp',
    language: 'en',
    filters: {},
    sort: 'relevance',
    first: 'best',
    good: ['good-1', 'good-2'],
    fair: ['fair'],
    never: ['wrong'],
    isNothing: false,
    didYouMean: undefined,
  };
  const judged = async (found: readonly string[], change: Partial<JudgedCase> = {}, didYouMean?: string) => {
    const page = {
      hits: found.map((id) => ({ listing: listing(id), highlights: {} })),
      total: found.length,
      didYouMean,
    };
    const search = { search: async () => page } as unknown as Search;
    const { results, ndcg } = await evaluate(search, [{ ...lamp, ...change }], defaultSearchSettings);
    return { ndcg, faults: results.flatMap(({ faults }) => faults) };
  };

  test('that puts the best first is perfect', async () => {
    assert.deepEqual(await judged(['best', 'good-2', 'good-1', 'fair', 'other']), { ndcg: 1, faults: [] });
  });

  test('is worth less the later the good ones come', async () => {
    const orders = [
      ['best', 'good-1', 'fair', 'good-2'],
      ['best', 'good-1', 'fair', 'x', 'y', 'z', 'good-2'],
      ['x', 'y', 'z', 'fair', 'good-1', 'good-2', 'best'],
      ['x', 'y'],
    ];
    const values = await Promise.all(orders.map(async (order) => (await judged(order)).ndcg));
    assert.deepEqual(
      values,
      values.toSorted((a, b) => b - a),
    );
    assert.ok(values[0]! < 1 && values.at(-1) === 0);
  });

  test('has its faults named', async () => {
    const { faults } = await judged(['wrong', 'good-1', 'a', 'b', 'c', 'good-2']);
    assert.deepEqual(
      faults.map((fault) => fault.replace(/; found.*/, '')),
      [
        'lamp: best is not first',
        'lamp: good-2 is not among the first 5',
        'lamp: fair is not found',
        'lamp: wrong is found',
      ],
    );
    const nothing = { first: undefined, good: [], fair: [], never: [], isNothing: true };
    assert.deepEqual((await judged([], nothing)).faults, []);
    assert.equal((await judged(['x'], nothing)).faults.length, 1);
    const spelling = { ...nothing, isNothing: false, didYouMean: 'lamp' };
    assert.deepEqual((await judged([], spelling, 'lamp')).faults, []);
    assert.equal((await judged([], spelling, 'lamb')).faults.length, 1);
  });
});
