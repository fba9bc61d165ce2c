// What is encoded is found again, and what goes into a topic and into the state is there once.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Serde } from '../../base/serde.ts';
import { Encodings } from '../../state/encodings.ts';
import { jsonSerde } from '../../state/task-state.ts';

const shared: Serde<unknown> = jsonSerde();
const other: Serde<unknown> = jsonSerde();
const value = { name: 'a' };

/** Puts a value, and gives where it lies. */
function put(encodings: Encodings, given: unknown, serde: Serde<unknown>) {
  encodings.putValue(given, serde);
  return { start: encodings.start, end: encodings.end };
}

const textAt = ({ bytes }: Encodings, { start, end }: { start: number; end: number }) =>
  bytes.toString('utf8', start, end);

test('what was put is where it was put, however much comes behind it', () => {
  const encodings = new Encodings();
  const texts = Array.from({ length: 20_000 }, (_, index) => `${index} é 漢 😀`);
  const places = texts.map((text) => {
    encodings.putText(text);
    return { start: encodings.start, end: encodings.end };
  });
  const large = put(encodings, 'x'.repeat(1_000_000), other);
  for (const [index, place] of places.entries()) assert.equal(textAt(encodings, place), texts[index]);
  assert.equal(large.end - large.start, 1_000_002);
  assert.equal(encodings.byteLength, large.end);
});

test('a value of topic and state is encoded once, known by its identity and serde', () => {
  const encodings = new Encodings(new Set([shared]));
  const first = put(encodings, value, shared);
  for (let more = 0; more < 10_000; more++) put(encodings, { more }, shared);
  assert.deepEqual(put(encodings, value, shared), first);
  assert.equal(textAt(encodings, first), '{"name":"a"}');
  assert.notDeepEqual(put(encodings, { ...value }, shared), first);
  assert.notDeepEqual(put(encodings, value, other), first);
  encodings.clear();
  assert.equal(encodings.byteLength, 0);
  put(encodings, 'before it', shared);
  assert.equal(textAt(encodings, put(encodings, value, shared)), '{"name":"a"}');
});

test('a value that cannot be encoded leaves nothing', () => {
  const encodings = new Encodings();
  const [before, unfit] = [put(encodings, value, other), { toJSON: () => assert.fail('as told') }];
  assert.throws(() => encodings.putValue(unfit, other), /as told/);
  assert.deepEqual(put(encodings, 1, other), { start: before.end, end: before.end + 1 });
});
