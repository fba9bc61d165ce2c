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
const outcomes: StoreSpec<string> = { name: 'outcomes', serde: jsonSerde(), hasNewKeys: true };
const open = () => new TaskState('task_0', [outcomes, orders] as StoreSpec<unknown>[], 0);

async function commit(store: Store, state: TaskState): Promise<void> {
  const [changelog, batch] = [new RecordBatchBuilder(), store.batch()];
  const spans = state.encode({ now: 1, inputs: {} }, changelog, new Encodings());
  const sealed = state.seal(changelog, spans, batch);
  await store.write(batch);
  state.applied(sealed);
}

/** A state whose store has so many outcomes, or orders. */
async function filled(store: Store, spec: StoreSpec<string>, count: number): Promise<TaskState> {
  const before = open();
  for (let index = 0; index < count; index++) before.partition(spec).put(`old-${index}`, 'kept');
  await commit(store, before);
  return open();
}

const noPause = async () => {};

/** Asks for what isn't there until a page of keys is worth its price. */
function askInVain(state: TaskState, spec: StoreSpec<string>, from: number): void {
  for (let index = from; index < from + 64; index++) state.partition(spec).load(`vain-${index}`, undefined);
}

test('a store whose keys are known answers for new ones at once; what is written meanwhile is known, too', async () => {
  const store = memoryStore();
  const state = await filled(store, orders, 4_200);
  const partition = state.partition(orders);
  assert.equal(partition.holds('new'), false, 'nothing is known yet');
  await state.learnKeys(store, noPause);
  partition.put('young', 'written');
  await commit(store, state);
  for (const from of [0, 64]) {
    assert.equal(partition.holds('new'), false, 'not all is known yet');
    askInVain(state, orders, from);
    assert.equal(state.wantsKeys, true);
    await state.learnKeys(store, noPause);
  }
  assert.equal(state.wantsKeys, false);
  state.evict(0);
  state.evict(0);
  assert.equal(partition.get('new'), undefined);
  assert.equal(partition.holds('newer'), true);
  for (const key of ['old-0', 'old-1999', 'old-2000', 'old-4199', 'young'])
    assert.equal(partition.holds(key), false, key);
});

test('beyond the first page, keys are learned only while a store is asked in vain', async () => {
  const store = memoryStore();
  const state = await filled(store, outcomes, 4_200);
  let pauses = 0;
  await state.learnKeys(store, async () => void pauses++);
  assert.equal(state.wantsKeys, false);
  assert.equal(pauses, 1);
  assert.equal(state.partition(outcomes).holds('new'), false);
  assert.equal(state.partition(orders).holds('new'), true, 'a small store keeps waiting for no large one');
  askInVain(state, orders, 0);
  assert.equal(state.wantsKeys, false, 'all is known of it');
});

test('a store with more keys than the filter takes is left alone', async () => {
  const state = open();
  const partition = state.partition(orders);
  const keys = Array.from({ length: 2_000 }, (_, index) => ({
    key: partition.storeKey(`k${index}`),
    value: Buffer.alloc(0),
  }));
  const endless = { scan: async () => keys } as unknown as Store;
  let pages = 0;
  for (; state.wantsKeys; pages++) {
    await state.learnKeys(endless, noPause);
    askInVain(state, orders, pages * 64);
    askInVain(state, outcomes, pages * 64);
  }
  // 8,192 keys and four times as many in each further layer, up to five.
  assert.equal(pages, Math.ceil((8_192 * 341) / 2_000));
  assert.equal(partition.holds('new'), false);
});

test('what was sealed before the learning and is written behind its back is known', async () => {
  const store = memoryStore();
  const state = open();
  state.partition(orders).put('sealed', 'kept');
  const [changelog, batch] = [new RecordBatchBuilder(), store.batch()];
  const spans = state.encode({ now: 1, inputs: {} }, changelog, new Encodings());
  const sealed = state.seal(changelog, spans, batch);
  await state.learnKeys(store, noPause);
  await store.write(batch);
  state.applied(sealed);
  state.evict(0);
  state.evict(0);
  assert.equal(state.partition(orders).holds('sealed'), false);
  assert.equal(state.partition(orders).holds('new'), true);
});
