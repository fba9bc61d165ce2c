// What is committed beside an offset: which offsets beyond it are done.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeAhead, encodeAhead } from '../../streams/offsets-ahead.ts';

const ahead = fc.uniqueArray(fc.integer({ min: 1, max: 5_600 }));

test('offsets beyond the committed one come back, in little room', () => {
  const property = fc.property(fc.integer({ min: 0, max: 2 ** 50 }), ahead, (committed, distances) => {
    const offsets = distances.map((distance) => committed + distance).toSorted((a, b) => a - b);
    const metadata = encodeAhead(committed, offsets);
    assert.ok(Buffer.byteLength(metadata) <= 1_000);
    assert.deepEqual([...decodeAhead(committed, metadata)], offsets);
  });
  fc.assert(property);
});

test('none is no text at all, and neither are those before or at the committed one', () => {
  assert.equal(encodeAhead(7, []), '');
  assert.equal(encodeAhead(7, [3, 6, 7]), '');
  assert.deepEqual([...decodeAhead(7, encodeAhead(7, [7, 8, 3]))], [8]);
});

test('what is too far ahead is left out', () => {
  assert.deepEqual([...decodeAhead(7, encodeAhead(7, [8, 7 + 5_600, 8 + 5_600]))], [8, 7 + 5_600]);
});

test("somebody else's text says nothing", () => {
  for (const metadata of ['', 'reset by an operator', 'ahead', 'ahead:'])
    assert.equal(decodeAhead(7, metadata).size, 0);
});
