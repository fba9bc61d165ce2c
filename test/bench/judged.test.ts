// The judged cases themselves: enough of them, each about listings that are there.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgedCases } from '../../bench/search/judged/cases.ts';
import { judgedListings } from '../../bench/search/judged/shelf.ts';

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
