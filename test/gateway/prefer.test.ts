// What `Prefer` means, in all the ways that it is written.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FastifyRequest } from 'fastify';
import { preferenceApplied, waitSecondsOf } from '../../gateway/prefer.ts';

const cases: [header: string | string[] | undefined, seconds: number | undefined][] = [
  [undefined, undefined],
  ['wait=10', 10],
  ['respond-async, wait=5', 5],
  ['wait = 7', 7],
  ['WAIT="3"', 3],
  ['wait=10; foo=bar', 10],
  ['wait=31', 30],
  ['wait=999999999', 30],
  ['wait=0', undefined],
  ['wait=-1', undefined],
  ['wait=1.5', undefined],
  ['wait=ten', undefined],
  ['await=10', undefined],
  ['return=minimal', undefined],
];
for (const [prefer, seconds] of cases) {
  test(`${prefer} waits ${seconds ?? 'not'}`, () => {
    assert.equal(waitSecondsOf({ headers: { prefer } } as unknown as FastifyRequest), seconds);
  });
}

test('what was honoured is told', () => {
  assert.deepEqual(preferenceApplied(5), { 'preference-applied': 'wait=5' });
  assert.deepEqual(preferenceApplied(undefined), {});
});
