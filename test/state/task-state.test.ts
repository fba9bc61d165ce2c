// A task's state against a plain map: reads, writes, rollbacks, commits, evictions and restores in any order.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { RecordBatchBuilder } from '../../log/record-batch-builder.ts';
import { Encodings } from '../../state/encodings.ts';
import { MemoryDisk, memoryStore } from '../../state/memory/memory-store.ts';
import type { Store } from '../../state/store.ts';
import type { StoreSpec } from '../../state/store-spec.ts';
import { jsonSerde, loadMissing, progressKey, progressStore, TaskState } from '../../state/task-state.ts';
import { suspended } from '../../state/transaction.ts';

interface Item {
  readonly text: string;
  readonly until?: number;
}

const items: StoreSpec<Item> = { name: 'items', serde: jsonSerde(), expiresAt: ({ until }) => until, hasNewKeys: true };
const open = (commit = 0) => new TaskState('task_0', [items as StoreSpec<unknown>], commit);

/** Runs `read` as a task does: loads what is missing and tries again. */
async function reading<T>(store: Store, state: TaskState, read: () => T): Promise<T> {
  for (let tries = 0; tries < 20; tries++) {
    try {
      return read();
    } catch (error) {
      assert.equal(error, suspended);
      await loadMissing(store, [state]);
    }
  }
  throw new Error('it never got its reads');
}

async function commitTo(store: Store, state: TaskState, apply = true, encodings = new Encodings()) {
  const [changelog, batch] = [new RecordBatchBuilder(), store.batch()];
  const spans = state.encode({ now: 1, inputs: {} }, changelog, encodings);
  encodings.clear();
  const sealed = state.seal(changelog, spans, batch);
  const finish = async () => {
    await store.write(batch);
    state.applied(sealed);
  };
  if (apply) await finish();
  return finish;
}

/** As a batch does on its way, and when it begins again. */
function encodeSome({ transaction }: TaskState, encodings: Encodings, again: boolean): void {
  if (again) {
    encodings.clear();
    transaction.forgetEncoded();
  } else transaction.encode(encodings);
}

const key = fc.constantFrom('a', 'b', 'c', 'ä', 'b/1', 'b/2');
const step = fc.oneof(
  fc.record({ type: fc.constant('put' as const), key, text: fc.string({ maxLength: 3 }) }),
  fc.record({ type: fc.constant('delete' as const), key }),
  fc.record({ type: fc.constant('get' as const), key }),
  fc.record({ type: fc.constant('range' as const), key, to: key }),
  fc.record({ type: fc.constant('record' as const), keep: fc.boolean(), puts: fc.array(key, { maxLength: 3 }) }),
  fc.record({ type: fc.constant('encode' as const), again: fc.boolean() }),
  fc.record({ type: fc.constant('commit' as const), slow: fc.boolean() }),
  fc.record({ type: fc.constant('evict' as const) }),
  fc.record({ type: fc.constant('learn' as const), wait: fc.boolean() }),
  fc.record({ type: fc.constant('crash' as const) }),
);

/** Of a map, in the order of the keys' bytes. */
function rangeOf(model: ReadonlyMap<string, string>, from: string, to: string): [string, string][] {
  const compare = (one: string, other: string) => Buffer.from(one).compare(Buffer.from(other));
  const found = [...model].filter(([key]) => compare(key, from) >= 0 && compare(key, to) < 0);
  return found.sort(([one], [other]) => compare(one, other));
}

test('whatever is done, reads give what a map would give', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const disk = new MemoryDisk();
      let store = memoryStore(disk);
      const encodings = new Encodings();
      let state = open();
      let committed = new Map<string, string>();
      const model = new Map<string, string>();
      let pending: (() => Promise<void>)[] = [];
      let learned = Promise.resolve();
      for (const each of steps) {
        const partition = state.partition(items);
        switch (each.type) {
          case 'put':
            partition.put(each.key, { text: each.text });
            model.set(each.key, each.text);
            break;
          case 'delete':
            partition.delete(each.key);
            model.delete(each.key);
            break;
          case 'get':
            assert.equal((await reading(store, state, () => partition.get(each.key)))?.text, model.get(each.key));
            break;
          case 'range': {
            const found = await reading(store, state, () => partition.range(each.key, each.to));
            const texts = found.map(([name, { text }]) => [name, text]);
            assert.deepEqual(texts, rangeOf(model, each.key, each.to));
            break;
          }
          case 'record': {
            const mark = state.transaction.mark();
            for (const name of each.puts) partition.put(name, { text: 'r' });
            if (each.keep) for (const name of each.puts) model.set(name, 'r');
            else state.transaction.rollback(mark);
            break;
          }
          case 'encode':
            encodeSome(state, encodings, each.again);
            break;
          case 'commit': {
            const finish = await commitTo(store, state, false, encodings);
            pending.push(finish);
            if (!each.slow) for (const write of pending.splice(0)) await write();
            if (!each.slow) committed = new Map(model);
            break;
          }
          case 'evict':
            state.evict(0);
            break;
          case 'learn': {
            await learned;
            learned = state.learnKeys(store, async () => {}).catch(() => {});
            if (each.wait) await learned;
            break;
          }
          case 'crash':
            store = memoryStore(disk);
            encodings.clear();
            state = open(1000);
            pending = [];
            model.clear();
            for (const [name, text] of committed) model.set(name, text);
        }
      }
    }),
    { numRuns: 400 },
  );
});

test('a rolled back put of a key that was never read does not hide what the store has', async () => {
  const store = memoryStore();
  const state = open();
  state.partition(items).put('a', { text: 'stored' });
  await commitTo(store, state);
  const again = open(1);
  const mark = again.transaction.mark();
  again.partition(items).put('a', { text: 'dropped' });
  again.transaction.rollback(mark);
  assert.deepEqual(await reading(store, again, () => again.partition(items).get('a')), { text: 'stored' });
});

test('the progress is committed with the changes', async () => {
  const store = memoryStore();
  const state = open(6);
  state.partition(items).put('a', { text: 'x' });
  await commitTo(store, state);
  const progress = await reading(store, state, () => state.partition(progressStore).get(progressKey));
  assert.deepEqual(progress, { commit: 7, now: 1, inputs: {} });
});

test('eviction keeps the hot, the dirty, and what is not in the store yet', async () => {
  const store = memoryStore();
  const state = open();
  const partition = state.partition(items);
  for (let each = 0; each < 100; each++) partition.put(`k${each}`, { text: 'x'.repeat(100) });
  const finish = await commitTo(store, state, false);
  state.evict(1_000);
  assert.ok(partition.holds('k0'), 'in flight');
  await finish();
  partition.put('k1', { text: 'dirty' });
  state.evict(1_000);
  assert.ok(partition.holds('k1'), 'dirty');
  assert.ok(state.bytes < 3_000, `${state.bytes} bytes are left`);
});

test('what every batch reads stays, however much else comes and goes', async () => {
  const few: StoreSpec<Item> = { name: 'few', serde: jsonSerde() };
  const store = memoryStore();
  const state = new TaskState('task_0', [items, few] as readonly StoreSpec<unknown>[], 0);
  state.partition(few).put('one', { text: '' });
  for (let batch = 0; batch < 20; batch++) {
    for (let each = 0; each < 50; each++) state.partition(items).put(`k${batch} ${each}`, { text: 'x'.repeat(100) });
    assert.ok(state.partition(few).get('one'));
    await commitTo(store, state);
    state.evict(100_000);
    assert.ok(state.bytes <= 100_000, `${state.bytes} bytes are left`);
  }
  assert.ok(state.partition(items).holds('k19 1'));
  assert.ok(!state.partition(items).holds('k0 1'));
});

test('a range finds what was written while it was being read', async () => {
  const store = memoryStore();
  const state = open();
  state.partition(items).put('a', { text: 'x' });
  const finish = await commitTo(store, state, false);
  const scanning: Store = {
    ...{ getMany: (keys) => store.getMany(keys), batch: () => store.batch(), write: (each) => store.write(each) },
    ...{ snapshot: () => store.snapshot(), close: () => store.close() },
    async scan(range, options) {
      const entries = await store.scan(range, options);
      await finish();
      return entries;
    },
  };
  assert.deepEqual(await reading(scanning, state, () => state.partition(items).range('a', 'b')), [
    ['a', { text: 'x' }],
  ]);
});
