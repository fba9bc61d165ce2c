// Equality of plain values agrees with Node's own, but for fields that are undefined.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { sameValue } from '../../base/same-value.ts';

const value = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(null, 0, 1, 'a', true),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', '0'), tie('value'), { noNullPrototype: true }),
  ),
})).value;

test('two values are the same if they say the same', () => {
  fc.assert(
    fc.property(value, value, (one, other) => {
      assert.equal(sameValue(one, other), isDeepStrictEqual(one, other));
      assert.ok(sameValue(one, structuredClone(one)));
    }),
    { numRuns: 2_000 },
  );
});

test('a field that is undefined is one that is not there', () => {
  assert.ok(sameValue({ a: undefined, b: 1 }, { b: 1 }));
  assert.ok(!sameValue({ a: undefined }, { a: null }));
  assert.ok(!sameValue([], {}));
});
