// The filter against a set of keys: it never denies one that it was told of, and seldom fails to deny another.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { RecordBatchBuilder } from '../../log/record-batch-builder.ts';
import { Encodings } from '../../state/encodings.ts';
import { KeyFilter } from '../../state/key-filter.ts';
import { memoryStore } from '../../state/memory/memory-store.ts';
import type { Store } from '../../state/store.ts';
import type { StoreSpec } from '../../state/store-spec.ts';
import { jsonSerde, TaskState } from '../../state/task-state.ts';

function filterOf(keys: readonly string[], maxLayers = 4): KeyFilter {
  const filter = new KeyFilter({ maxLayers });
  filter.begin();
  for (const key of keys) filter.add(key);
  filter.end();
  return filter;
}

test('a key that it was told of is never denied, whatever text it is', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string({ unit: 'binary', maxLength: 80 })), (keys) => {
      const filter = filterOf(keys);
      for (const key of keys) assert.equal(filter.lacks(key), false);
    }),
  );
});

test('of 100,000 keys that it was not told of it denies 99 in a hundred, and takes about two bytes for one that it was', () => {
  const filter = filterOf(Array.from({ length: 100_000 }, (_, index) => `p${index % 97}/${index}`));
  let denied = 0;
  for (let index = 0; index < 100_000; index++) if (filter.lacks(`p${index % 97}/${index + 100_000}`)) denied++;
  assert.ok(denied > 99_000, `${denied} of 100000`);
  assert.ok(filter.bytes < 100_000 * 4, `${filter.bytes} bytes`);
});

test('it denies nothing before it was told of all', () => {
  const filter = new KeyFilter();
  assert.equal(filter.lacks('a'), false);
  filter.begin();
  assert.equal(filter.lacks('a'), false);
  filter.breakOff();
  assert.equal(filter.wantsKeys, true);
  filter.begin();
  filter.end();
  assert.equal(filter.lacks('a'), true);
});

test('when it is full it forgets all and wants to be told anew; what never fits leaves it without an answer', () => {
  const keys = Array.from({ length: 9_000 }, (_, index) => `k${index}`);
  const grown = filterOf(keys.slice(0, 8_000), 1);
  assert.equal(grown.lacks('x'), true);
  for (const key of keys) grown.add(key);
  assert.equal(grown.lacks('x'), false);
  assert.equal(grown.wantsKeys, true);
  assert.equal(grown.bytes, 0);
  const never = filterOf(keys, 1);
  assert.equal(never.lacks('x'), false);
  assert.equal(never.wantsKeys, false);
});

const orders: StoreSpec<string> = { name: 'orders', serde: jsonSerde(), hasNewKeys: true };
const open = () => new TaskState('task_0', [orders as StoreSpec<unknown>], 0);

async function commit(store: Store, state: TaskState): Promise<void> {
  const [changelog, batch] = [new RecordBatchBuilder(), store.batch()];
  const spans = state.encode({ now: 1, inputs: {} }, changelog, new Encodings());
  const sealed = state.seal(changelog, spans, batch);
  await store.write(batch);
  state.applied(sealed);
}

test('a store whose keys are known answers for new ones at once; what is written meanwhile is known, too', async () => {
  const store = memoryStore();
  const before = open();
  for (let index = 0; index < 4_200; index++) before.partition(orders).put(`old-${index}`, 'kept');
  await commit(store, before);

  const state = open();
  const partition = state.partition(orders);
  assert.equal(partition.holds('new'), false, 'nothing is known yet');
  const learned = state.learnKeys(store, async () => true);
  partition.put('young', 'written');
  await commit(store, state);
  await learned;
  state.evict(0);
  state.evict(0);
  assert.equal(partition.get('new'), undefined);
  assert.equal(partition.holds('newer'), true);
  for (const key of ['old-0', 'old-1999', 'old-2000', 'old-4199', 'young'])
    assert.equal(partition.holds(key), false, key);
});

test('keys are not learned to the end for a task that has gone', async () => {
  const store = memoryStore();
  const before = open();
  for (let index = 0; index < 4_200; index++) before.partition(orders).put(`old-${index}`, 'kept');
  await commit(store, before);
  const state = open();
  await state.learnKeys(store, async () => false);
  assert.equal(state.wantsKeys, true);
  assert.equal(state.partition(orders).holds('new'), false);
});

test('what was sealed before the learning and is written behind its back is known', async () => {
  const store = memoryStore();
  const state = open();
  state.partition(orders).put('sealed', 'kept');
  const [changelog, batch] = [new RecordBatchBuilder(), store.batch()];
  const spans = state.encode({ now: 1, inputs: {} }, changelog, new Encodings());
  const sealed = state.seal(changelog, spans, batch);
  await state.learnKeys(store, async () => true);
  await store.write(batch);
  state.applied(sealed);
  state.evict(0);
  state.evict(0);
  assert.equal(state.partition(orders).holds('sealed'), false);
  assert.equal(state.partition(orders).holds('new'), true);
});
