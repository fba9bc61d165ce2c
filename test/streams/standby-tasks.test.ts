// Standbys: a copy follows its changelog and is run at once where its owner goes; a newcomer warms up before it takes a
// task over, while that runs on; what was run here stays as a copy.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Registry } from 'prom-client';
import { partitionOf } from '../../log/partitioner.ts';
import { RecordBatchBuilder } from '../../log/record-batch-builder.ts';
import { memoryStore } from '../../state/memory/memory-store.ts';
import type { Store } from '../../state/store.ts';
import { createStreamsMetrics } from '../../streams/metrics.ts';
import type { StreamThread } from '../../streams/stream-thread.ts';
import type { StreamThreadOptions } from '../../streams/stream-thread-options.ts';
import { GroupBench } from './group-bench.ts';
import { toys } from './toys.ts';

interface Member {
  readonly thread: StreamThread;
  readonly metrics: Registry;
  /** Dies at once, without a word. */
  kill(): void;
}

class Bench extends GroupBench {
  start(instanceId: string, more: Partial<StreamThreadOptions> = {}): Member {
    const log = this.log.session();
    const metrics = new Registry();
    const options = { process: instanceId, metrics: createStreamsMetrics(metrics), ...more };
    return { thread: this.startThread(instanceId, log, options), metrics, kill: () => log.kill() };
  }

  async add(count: number): Promise<void> {
    const producer = await this.log.producer();
    for (let each = 0; each < count; each++) {
      const key = `key-${each}`;
      const value = Buffer.from(JSON.stringify({ type: 'add', amount: 1 }));
      const batch = new RecordBatchBuilder().append(this.clock.now(), key, value);
      await producer.append(toys.commands.name, partitionOf(key, 2), batch);
    }
    await producer.close();
  }

  async taken(): Promise<number> {
    const partitions = [0, 1].map((partition) => ({ topic: toys.events.name, partition }));
    const [one = 0, two = 0] = await this.log.admin.offsets(partitions, 'latest');
    return one + two;
  }
}

const of = (tasks: readonly { partition: number }[]) => tasks.map(({ partition }) => partition).sort();
const isCopied = ({ thread }: Member) => thread.standbys.every(({ lag }) => lag === 0);

async function restored({ metrics }: Member): Promise<number> {
  const figure = await metrics.getSingleMetric('stream_thread_restore_records_total')?.get();
  return figure?.values[0]?.value ?? 0;
}

/** A store on a slow disk: each write comes after what `wait` waits for. */
function writingAfter(wait: () => Promise<void>): Store {
  const store = memoryStore();
  return {
    getMany: (keys) => store.getMany(keys),
    scan: (range, options) => store.scan(range, options),
    batch: () => store.batch(),
    snapshot: () => store.snapshot(),
    close: () => store.close(),
    async write(batch) {
      await wait();
      await store.write(batch);
    },
  };
}

test('copies follow, elsewhere than the task; when a worker dies its tasks go on from them, without a restore', async () => {
  const bench = await Bench.open();
  const rules = { standbys: 1, acceptableLag: 0 };
  const [one, two] = [bench.start('one', { rules }), bench.start('two', { rules })];
  await bench.until('both run one', () => one.thread.tasks.length === 1 && two.thread.tasks.length === 1);
  await bench.until('and have a copy', () => one.thread.standbys.length === 1 && two.thread.standbys.length === 1);
  assert.deepEqual([of(one.thread.standbys), of(two.thread.standbys)], [of(two.thread.tasks), of(one.thread.tasks)]);
  await bench.add(200);
  await bench.until('all is decided', async () => (await bench.taken()) === 200);
  await bench.until('and copied', () => isCopied(one) && isCopied(two));
  const lag = await two.metrics.getSingleMetric('stream_standby_records_lag')?.get();
  assert.deepEqual(
    lag?.values.map(({ value }) => value),
    [0],
  );
  const before = await restored(two);
  one.kill();
  await bench.until('two runs both', () => two.thread.tasks.filter(({ state }) => state === 'running').length === 2);
  assert.equal((await restored(two)) - before, 0, 'nothing was left to be read');
  await bench.add(10);
  await bench.until('all is decided', async () => (await bench.taken()) === 210);
  await bench.close(two.thread);
});

test('no copy is on the process of its task, though it has several threads', async () => {
  const bench = await Bench.open();
  const options = { rules: { standbys: 1 }, process: 'the same' };
  const [one, two] = [bench.start('one', options), bench.start('two', options)];
  await bench.until('both run one', () => one.thread.tasks.length === 1 && two.thread.tasks.length === 1);
  await bench.pass(500);
  assert.deepEqual([one.thread.standbys, two.thread.standbys], [[], []]);
  await bench.close(one.thread, two.thread);
});

test('a newcomer warms up first, while the task runs on; then it takes over, and the copy stays where it ran', async () => {
  const bench = await Bench.open();
  const rules = { standbys: 1, acceptableLag: 5 };
  const one = bench.start('one', { rules });
  await bench.until('one runs both', () => one.thread.tasks.length === 2);
  await bench.add(300);
  await bench.until('all is decided', async () => (await bench.taken()) === 300);
  const [...ran] = one.thread.tasks;
  const store = writingAfter(() => new Promise((resolve) => bench.clock.schedule(500, resolve)));
  const two = bench.start('two', { rules, store });
  await bench.until('two warms up', () => two.thread.standbys.length > 0);
  assert.deepEqual([...one.thread.tasks], ran, 'all runs where it ran');
  await bench.add(10);
  await bench.until('and goes on', async () => (await bench.taken()) === 310);
  assert.equal(two.thread.tasks.length, 0);
  await bench.until('two takes one over', () => two.thread.tasks.some(({ state }) => state === 'running'));
  await bench.until('one keeps a copy', () => of(one.thread.standbys).join() === of(two.thread.tasks).join());
  assert.equal(one.thread.standbys[0]?.lag, 0);
  assert.ok(ran.includes(one.thread.tasks[0]!), 'what stayed was never restored');
  await bench.add(10);
  await bench.until('all is decided', async () => (await bench.taken()) === 320);
  await bench.close(one.thread, two.thread);
});

test('what a copy was writing when it got the task is not read again', async () => {
  const bench = await Bench.open();
  const rules = { standbys: 1, acceptableLag: 0 };
  const one = bench.start('one', { rules });
  await bench.until('one runs both', () => one.thread.tasks.length === 2);
  await bench.add(300);
  await bench.until('all is decided', async () => (await bench.taken()) === 300);
  const held = Promise.withResolvers<void>();
  let isWriting = false;
  const store = writingAfter(() => {
    isWriting = true;
    return held.promise;
  });
  const two = bench.start('two', { rules, store });
  await bench.until('two writes what it has read', () => isWriting);
  one.kill();
  await bench.until('two is given both', () => two.thread.tasks.length === 2);
  await bench.pass(500);
  held.resolve();
  await bench.until('and runs them', () => two.thread.tasks.every(({ state }) => state === 'running'));
  const changelogs = [0, 1].map((partition) => ({ topic: two.thread.names.changelog, partition }));
  const ends = await bench.log.admin.offsets(changelogs, 'latest');
  assert.ok((await restored(two)) < Math.max(...ends), 'one of them was copied before');
  await bench.close(two.thread);
});

test('every member learns where the state of each task can be asked', async () => {
  const bench = await Bench.open();
  const rules = { standbys: 1 };
  const one = bench.start('one', { rules, endpoint: 'one:1' });
  const two = bench.start('two', { rules, endpoint: 'two:2' });
  const isKnown = ({ thread }: Member) => [...thread.addresses.values()].filter(({ owner }) => owner).length === 2;
  await bench.until('both know', () => isKnown(one) && isKnown(two) && two.thread.tasks.length === 1);
  for (const { thread } of [one, two]) {
    for (const [runner, endpoint, other] of [
      [one, 'one:1', 'two:2'],
      [two, 'two:2', 'one:1'],
    ] as const) {
      const [task] = of(runner.thread.tasks);
      assert.deepEqual(thread.addresses.get(task!), { owner: endpoint, standbys: [other] });
    }
  }
  await bench.close(one.thread, two.thread);
});
