// A store whose values change shape twice while a shop goes on: read from state and from the changelog alone; and one that
// is given up, whose state is deleted everywhere.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SteppedClock } from '../../base/stepped-clock.ts';
import { earlier, versionedSerde } from '../../base/versioned-serde.ts';
import { openEmbeddedLog } from '../../log/embedded/embedded-log.ts';
import { MemoryStorage } from '../../log/embedded/memory-storage.ts';
import { TaskKeys } from '../../state/keys.ts';
import { MemoryDisk, memoryStore } from '../../state/memory/memory-store.ts';
import { jsonSerde } from '../../state/task-state.ts';
import type { Processor, StoreSpec, Topic } from '../../streams/api.ts';
import { TopologyDriver } from '../../streams/testing/topology-driver.ts';
import { type Topology, topology } from '../../streams/topology.ts';
import { toys } from './toys.ts';

interface V1 {
  readonly cents: number;
}
interface V2 {
  readonly amount: number;
}
interface V3 {
  readonly amount: number;
  readonly currency: string;
}

const orders: Topic<number> = { name: 'sums-in', partitions: 1, cleanup: 'delete', serde: jsonSerde() };
const told: Topic<unknown> = { name: 'sums-out', partitions: 1, cleanup: 'delete', serde: jsonSerde() };
const fromV1 = earlier(0, jsonSerde<V1>(), ({ cents }): V2 => ({ amount: cents }));
const fromV2 = earlier(1, jsonSerde<V2>(), ({ amount }): V3 => ({ amount, currency: 'EUR' }));
const v1: StoreSpec<V1> = { name: 'sums', serde: jsonSerde() };
const v2: StoreSpec<V2> = { name: 'sums', serde: versionedSerde(1, jsonSerde<V2>(), [fromV1]) };
const v3: StoreSpec<V3> = { name: 'sums', serde: versionedSerde(2, jsonSerde<V3>(), [fromV1, fromV2]) };

/** Adds to the sum and tells it; `next` makes the new value. */
function program<V>(sums: StoreSpec<V>, next: (before: V | undefined, value: number) => V): Topology {
  const add: Processor<number, { stores: { sums: V }; outputs: { told: unknown }; timers: never }> = {
    name: 'add',
    process({ key, value }, { stores, forward }) {
      const sum = next(stores.sums.get(key), value);
      stores.sums.put(key, sum);
      forward('told', key, sum);
    },
  };
  return topology('sums').source(orders, add, { stores: { sums }, outputs: { told }, timers: {} }).build();
}

const first = program(v1, (before, value) => ({ cents: (before?.cents ?? 0) + value }));
const second = program(v2, (before, value) => ({ amount: (before?.amount ?? 0) + value }));
const third = program(v3, (before, value) => ({ currency: 'EUR', ...before, amount: (before?.amount ?? 0) + value }));

async function open() {
  const clock = new SteppedClock();
  const log = await openEmbeddedLog({ storage: new MemoryStorage(), clock });
  const disk = new MemoryDisk();
  /** Runs a program until nothing is left to do. */
  const run = async (what: Topology, records: readonly (readonly [string, number])[], on = disk) => {
    const store = memoryStore(on);
    const driver = await TopologyDriver.open({ log, store, clock, topology: what, deadLetters: toys.deadLetters });
    for (const [key, value] of records) await driver.pipe(orders, key, value);
    await driver.run();
    const read = (await driver.read(told)).slice(-records.length).map(({ value }) => value);
    await driver.close();
    return { told: read, store };
  };
  return { log, run };
}

for (const from of ['state', 'the changelog'] as const) {
  test(`values of two earlier versions are read from ${from}, and written in the newest`, async () => {
    const { log, run } = await open();
    const disk = () => (from === 'state' ? undefined : new MemoryDisk());
    await run(first, [
      ['a', 1],
      ['b', 2],
      ['c', 3],
    ]);
    assert.deepEqual((await run(second, [['b', 10]], disk())).told, [{ amount: 12 }]);
    const { told: last, store } = await run(
      third,
      [
        ['a', 100],
        ['b', 100],
        ['c', 100],
        ['a', 1],
      ],
      disk(),
    );
    assert.deepEqual(last, [
      { currency: 'EUR', amount: 101 },
      { currency: 'EUR', amount: 112 },
      { currency: 'EUR', amount: 103 },
      { currency: 'EUR', amount: 102 },
    ]);
    const [bytes] = await store.getMany([new TaskKeys('sums_0').entry('sums', 'a')]);
    assert.deepEqual([...bytes!.subarray(0, 2)], [1, 2]);
    await log.close();
  });
}

test('a store that is retired is emptied, in state and changelog, while the others go on', async () => {
  const { log, run } = await open();
  await run(
    first,
    Array.from({ length: 2_500 }, (_, index) => [`k${index}`, 1] as const),
  );
  const other = program<V1>({ name: 'others', serde: jsonSerde() }, (before, value) => ({
    cents: (before?.cents ?? 0) + value,
  }));
  const retiring: Topology = { ...other, retired: { stores: ['sums'], sources: [] } };
  const { store, told: sums } = await run(retiring, [['k1', 5]]);
  assert.deepEqual(sums, [{ cents: 5 }]);
  const left = async (of: typeof store) =>
    (await of.scan(new TaskKeys('sums_0').entries('sums'), { limit: 10 })).length;
  assert.equal(await left(store), 0);
  const { store: fresh, told: more } = await run(other, [['k1', 1]], new MemoryDisk());
  assert.deepEqual(more, [{ cents: 6 }]);
  assert.equal(await left(fresh), 0, 'a machine that reads the changelog has none of it either');
  await log.close();
});
