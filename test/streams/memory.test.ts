// The memory of state is bounded: batches of large values are committed early, decoded entries give way, threads of a
// worker share one budget, and its parts are all of it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Registry } from 'prom-client';
import { silentLogger } from '../../base/logger.ts';
import { SteppedClock } from '../../base/stepped-clock.ts';
import { openEmbeddedLog } from '../../log/embedded/embedded-log.ts';
import { MemoryStorage } from '../../log/embedded/memory-storage.ts';
import { RecordBatchBuilder } from '../../log/record-batch-builder.ts';
import { memoryStore } from '../../state/memory/memory-store.ts';
import { leastMemory, splitMemory } from '../../state/memory-split.ts';
import type { Processor } from '../../streams/api.ts';
import { CacheBudget } from '../../streams/cache-budget.ts';
import { createStreamsMetrics } from '../../streams/metrics.ts';
import { internalTopics } from '../../streams/names.ts';
import { StreamThread } from '../../streams/stream-thread.ts';
import type { StreamLimits } from '../../streams/stream-thread-options.ts';
import { topology } from '../../streams/topology.ts';
import { toys, toyTopic } from './toys.ts';

const asked = toyTopic<{ bytes: number }>('asked', { partitions: 1 });
const told = toyTopic<{ text: string }>('told', { partitions: 1 });
const store = { name: 'texts', serde: told.serde };
const wires = { stores: { texts: store }, outputs: { told }, timers: {} };

interface Wires {
  stores: { texts: { text: string } };
  outputs: { told: { text: string } };
  timers: never;
}

/** Keeps as many bytes as it is asked for, and tells them. */
const keep: Processor<{ bytes: number }, Wires> = {
  name: 'keep',
  process({ key, value: { bytes } }, { stores, forward }) {
    stores.texts.get(key);
    stores.texts.put(key, { text: 'x'.repeat(bytes) });
    forward('told', key, { text: 'y'.repeat(bytes) });
  },
};
const large = topology('large').source(asked, keep, wires).build();

/** What a thread with these limits does with so many records of so many bytes each: bytes of its commits and its cache. */
async function run(limits: Partial<StreamLimits>, { records, bytes }: { records: number; bytes: number }) {
  const clock = new SteppedClock();
  const log = await openEmbeddedLog({ storage: new MemoryStorage(), clock });
  const specs = [asked, told, toys.deadLetters].map(({ name, partitions, cleanup }) => ({ name, partitions, cleanup }));
  await log.admin.createTopics([...specs, ...internalTopics('app', large)]);
  const producer = await log.producer();
  for (let at = 0; at < records; ) {
    const builder = new RecordBatchBuilder();
    for (let count = 0; count < 500 && at < records; count++, at++) {
      builder.encode(clock.now(), `key-${at}`, { bytes }, asked.serde);
    }
    await producer.append(asked.name, 0, builder);
  }
  const registry = new Registry();
  const metrics = createStreamsMetrics(registry);
  const commits: number[] = [];
  const cached: number[] = [];
  metrics.uncommittedBytes.set = (_labels: unknown, value?: number) => void (value && commits.push(value));
  metrics.cacheBytes.set = (_labels: unknown, value?: number) => void cached.push(value ?? 0);
  const failures: unknown[] = [];
  const thread = new StreamThread({
    ...{ log, store: memoryStore(), clock, topology: large, appId: 'app', instanceId: 'one' },
    ...{ deadLetters: toys.deadLetters, codeVersion: 'test', metrics, logger: silentLogger },
    limits: { batchMs: Number.POSITIVE_INFINITY, ...limits },
    onFailure: (error) => failures.push(error),
  });
  thread.start();
  const end = async () => (await log.admin.offsets([{ topic: told.name, partition: 0 }], 'latest'))[0]!;
  while ((await end()) < records) {
    assert.deepEqual(failures, []);
    clock.step(10);
    for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
  }
  const stopped = thread.stop();
  clock.step(1_000);
  await stopped;
  await log.close();
  const early = (await registry.getSingleMetric('stream_thread_early_commits_total')?.get())?.values[0]?.value ?? 0;
  return { commits, cached, early };
}

test('a batch that would write more than it may is committed early, whatever its records weigh', async () => {
  for (const bytes of [10_000, 100_000]) {
    const load = { records: 6_000_000 / bytes, bytes };
    const bounded = await run({ uncommittedBytes: 4 << 20, cacheBytes: 4 << 20 }, load);
    assert.ok(Math.max(...bounded.commits) <= (2 << 20) + 4 * bytes, `at most ${Math.max(...bounded.commits)} bytes`);
    assert.ok(bounded.early > 0);
    const free = await run({ uncommittedBytes: Number.POSITIVE_INFINITY }, load);
    assert.ok(Math.max(...free.commits) > 10 << 20, 'without a bound it is all in one');
    assert.equal(free.early, 0);
  }
});

test('small records are committed together all the same', async () => {
  const small = await run({ uncommittedBytes: 1 << 20 }, { records: 3_000, bytes: 10 });
  assert.equal(small.early, 0, 'small ones are committed together');
});

test('decoded entries give way between batches', async () => {
  const limit = 4 << 20;
  const { cached } = await run({ uncommittedBytes: 1 << 20, cacheBytes: limit }, { records: 1_000, bytes: 20_000 });
  // What is in flight can't give way, and a decoded value counts three times.
  assert.ok(Math.max(...cached) <= limit + 6 * (1 << 20), `at most ${Math.max(...cached)} bytes`);
});

test('who shares a budget gets what the others leave, and never less than a share', () => {
  const uses = fc.array(fc.tuple(fc.nat(3), fc.nat(1_000)), { minLength: 1, maxLength: 50 });
  fc.assert(
    fc.property(uses, (all) => {
      const budget = new CacheBudget(1_000);
      const users = [{}, {}, {}, {}];
      const held = new Map<object, number>();
      const wish = (user: object, bytes: number) => {
        const kept = Math.min(bytes, budget.allow(user, bytes));
        budget.note(user, kept);
        held.set(user, kept);
      };
      for (const [index, bytes] of all) wish(users[index]!, bytes);
      // Each comes by once more, as threads do all the time.
      for (let round = 0; round < 2; round++) for (const [user, bytes] of [...held]) wish(user, bytes);
      const sum = [...held.values()].reduce((total, bytes) => total + bytes, 0);
      assert.ok(sum <= 1_000 + 1e-6, `${sum} of 1000`);
      assert.equal(Math.round(budget.used), Math.round(sum));
    }),
  );
});

test('the parts of a budget are all of it', () => {
  fc.assert(
    fc.property(fc.integer({ min: leastMemory, max: 2 ** 36 }), (bytes) => {
      const { blockCache, memtables, uncommitted, cache } = splitMemory(bytes);
      assert.equal(blockCache + memtables + uncommitted + cache, bytes);
      assert.ok(Math.min(blockCache, memtables, uncommitted, cache) > 0);
    }),
  );
});
