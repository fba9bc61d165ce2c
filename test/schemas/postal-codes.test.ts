// Postal codes: ranges are exactly the beginnings that they stand for.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { beginningsIn, isPostalCodes, normalPostalCode } from '../../schemas/postal-codes.ts';

test('spaces, dashes and case make no difference', () => {
  assert.deepEqual(['sw1a 1aa', '00-950', ' 3511 LN '].map(normalPostalCode), ['SW1A1AA', '00950', '3511LN']);
});

test('a range is as few beginnings as possible', () => {
  assert.deepEqual(beginningsIn('10..29'), ['1', '2']);
  assert.deepEqual(beginningsIn('10115..10117'), ['10115', '10116', '10117']);
  assert.deepEqual(beginningsIn('00000..99999'), ['']);
  assert.deepEqual(beginningsIn('K1A..K1C'), ['K1A', 'K1B', 'K1C']);
  assert.deepEqual(beginningsIn('10'), ['10']);
});

test('what is neither a beginning nor a range is told', () => {
  for (const text of ['20..10', '1..10', '1A..11', '10-20', '..', '10..', 'ä']) assert.ok(!isPostalCodes(text), text);
  for (const text of ['', '1', 'SW1A', '10..10']) assert.ok(isPostalCodes(text), text);
});

test('of all codes those in the range begin so, each with one of the beginnings', () => {
  const code = fc.integer({ min: 0, max: 9_999 }).map((number) => String(number).padStart(4, '0'));
  fc.assert(
    fc.property(code, code, code, (one, other, any) => {
      const [from, to] = one <= other ? [one, other] : [other, one];
      const found = beginningsIn(`${from}..${to}`).filter((beginning) => any.startsWith(beginning));
      assert.equal(found.length, from <= any && any <= to ? 1 : 0);
    }),
    { numRuns: 2_000 },
  );
});
