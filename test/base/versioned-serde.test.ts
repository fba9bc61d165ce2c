// Values in versions: each earlier one is migrated step by step, and a newer one is refused.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isStockstreamError } from '../../base/errors.ts';
import type { Serde } from '../../base/serde.ts';
import { earlier, versionedSerde } from '../../base/versioned-serde.ts';
import { jsonSerde } from '../../state/task-state.ts';

interface First {
  readonly name: string;
}
interface Second {
  readonly names: readonly string[];
}
interface Third {
  readonly names: readonly string[];
  readonly count: number;
}

const bare = jsonSerde<First>();
const toSecond = earlier(0, bare, ({ name }: First): Second => ({ names: name.split(' ') }));
const second = versionedSerde(1, jsonSerde<Second>(), [toSecond]);
const third = versionedSerde(2, jsonSerde<Third>(), [
  toSecond,
  earlier(1, jsonSerde<Second>(), ({ names }): Third => ({ names, count: names.length })),
]);

function bytesOf<V>(serde: Serde<V>, value: V): Buffer {
  const target = Buffer.alloc(200);
  return target.subarray(0, serde.encode(value, target, 0));
}

test('what any earlier version wrote is read as the current one', () => {
  const expected = { names: ['Ada', 'Lovelace'], count: 2 };
  assert.deepEqual(third.decode(bytesOf(bare, { name: 'Ada Lovelace' })), expected);
  assert.deepEqual(third.decode(bytesOf(second, { names: ['Ada', 'Lovelace'] })), expected);
  assert.deepEqual(third.decode(bytesOf(third, expected)), expected);
  assert.deepEqual(second.decode(bytesOf(bare, { name: 'Ada' })), { names: ['Ada'] });
});

test('what a newer program wrote is refused, and what nobody wrote is no value', () => {
  const newer = bytesOf(third, { names: [], count: 0 });
  assert.throws(
    () => second.decode(newer),
    (error) => isStockstreamError(error, 'STATE_NEWER') && /has version 2, and 1 is known/.test(error.message),
  );
  const unreadable = versionedSerde(2, jsonSerde<Third>());
  assert.throws(
    () => unreadable.decode(bytesOf(bare, { name: 'Ada' })),
    (error) => isStockstreamError(error, 'RECORD_UNDECODABLE'),
  );
});

test('a value that has no room is told so, wherever it ends', () => {
  const value = { names: ['Ada'], count: 1 };
  const { length } = bytesOf(third, value);
  for (let size = 0; size < length; size++) assert.equal(third.encode(value, Buffer.alloc(size), 0), -1, String(size));
  assert.equal(third.encode(value, Buffer.alloc(length + 3), 3), length + 3);
});

test('versions have no gap', () => {
  assert.throws(
    () => versionedSerde(3, bare, [earlier(1, bare, (value) => value)]),
    /the versions from 1 to 3 are there/,
  );
  assert.throws(() => versionedSerde(0, bare), /1 to 255/);
  assert.throws(() => versionedSerde(256, bare), /1 to 255/);
});
