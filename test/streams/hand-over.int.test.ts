// Hand-over on a real Kafka: what stays goes on while the group re-forms, a static member comes back to its tasks without a
// rebalance, a copy is run at once where its owner died, and nothing is decided twice.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { Registry } from 'prom-client';
import { systemClock } from '../../base/clock.ts';
import { isStockstreamError } from '../../base/errors.ts';
import { type Logger, silentLogger } from '../../base/logger.ts';
import { systemRandom } from '../../base/random.ts';
import { openKafkaLog } from '../../log/kafka/kafka-log.ts';
import type { Log } from '../../log/log.ts';
import { partitionOf } from '../../log/partitioner.ts';
import { RecordBatchBuilder } from '../../log/record-batch-builder.ts';
import { memoryStore } from '../../state/memory/memory-store.ts';
import type { Store } from '../../state/store.ts';
import { createStreamsMetrics } from '../../streams/metrics.ts';
import { internalTopics } from '../../streams/names.ts';
import { StreamThread } from '../../streams/stream-thread.ts';
import type { StreamTask } from '../../streams/task.ts';
import { services } from '../services.ts';
import { toys, toyTopology } from './toys.ts';

/** The least that brokers take unless they are told otherwise. */
const sessionTimeoutMs = 6_000;
const keys = [0, 1].map((partition) => ['a', 'b', 'c', 'd'].find((key) => partitionOf(key, 2) === partition)!);
const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

interface Member {
  readonly thread: StreamThread;
  readonly log: Log;
  /** When it was last given tasks, and how often. */
  readonly assigned: number[];
  readonly metrics: Registry;
}

class Bench {
  readonly topology = toyTopology();
  readonly #prefix = `test-${systemRandom.uuid().slice(0, 8)}-`;
  readonly #logs: Log[] = [];
  readonly #failures: unknown[] = [];
  #sent = [0, 0];

  static async open(t: TestContext): Promise<Bench> {
    const bench = new Bench();
    const log = await bench.openLog();
    const { commands, first, events, counts, deadLetters } = toys;
    const topics = [commands, first, events, counts, deadLetters, ...internalTopics('app', bench.topology)];
    await log.admin.createTopics(topics);
    t.after(async () => {
      const admin = await bench.openLog();
      await admin.admin.deleteTopics((await admin.admin.describeTopics()).map(({ name }) => name));
      await Promise.allSettled(bench.#logs.map((each) => each.close()));
      assert.deepEqual(bench.#failures, []);
    });
    return bench;
  }

  async openLog(): Promise<Log> {
    const brokers = services.brokers.split(',');
    const log = await openKafkaLog({ clock: systemClock, random: systemRandom, brokers, prefix: this.#prefix });
    this.#logs.push(log);
    return log;
  }

  async start(instanceId: string, standbys = 0, store: Store = memoryStore()): Promise<Member> {
    const log = await this.openLog();
    const metrics = new Registry();
    const assigned: number[] = [];
    const info: Logger['info'] = (_: unknown, text?: unknown) => {
      if (text === 'tasks assigned') assigned.push(performance.now());
    };
    const thread = new StreamThread({
      ...{ log, store, clock: systemClock, topology: this.topology, appId: 'app', instanceId, sessionTimeoutMs },
      ...{ deadLetters: toys.deadLetters, codeVersion: 'test', metrics: createStreamsMetrics(metrics) },
      logger: { ...silentLogger, info } as Logger,
      rules: { standbys, acceptableLag: 100 },
      process: instanceId,
      onFailure: (error) => {
        // That is how these members die.
        if (!isStockstreamError(error, 'LOG_CLOSED')) this.#failures.push(error);
      },
    });
    thread.start();
    return { thread, log, assigned, metrics };
  }

  async add(partition: number, count = 1): Promise<void> {
    const [log] = this.#logs;
    const builder = new RecordBatchBuilder();
    const value = Buffer.from(JSON.stringify({ type: 'add', amount: 1 }));
    for (let each = 0; each < count; each++) builder.append(systemClock.now(), keys[partition]!, value);
    const producer = await log!.producer();
    await producer.append(toys.commands.name, partition, builder);
    await producer.close();
    this.#sent[partition]! += count;
  }

  /** Decisions in the log, by partition, without the marks of transactions. */
  async decided(): Promise<number[]> {
    const counts = [0, 0];
    const fetcher = this.#logs[0]!.fetcher();
    const all = [0, 1].map((partition) => ({ topic: toys.events.name, partition }));
    const ends = await this.#logs[0]!.admin.offsets(all, 'latest');
    const open = new Set([0, 1].filter((partition) => ends[partition]! > 0));
    for (const partition of open) fetcher.assign(all[partition]!, 0);
    while (open.size > 0) {
      for (const { partition, batches, nextOffset } of await fetcher.poll({ maxWaitMs: 100, maxBytes: 1 << 20 })) {
        for (const batch of batches) for (const cursor = batch.cursor(); cursor.next(); ) counts[partition]!++;
        if (nextOffset >= ends[partition]!) open.delete(partition);
      }
    }
    await fetcher.close();
    return counts;
  }

  async isAllDecidedOnce(): Promise<void> {
    await until(async () => (await this.decided()).every((count, partition) => count >= this.#sent[partition]!));
    assert.deepEqual(await this.decided(), this.#sent);
  }
}

async function until(condition: () => boolean | Promise<boolean>, everyMs = 10): Promise<void> {
  for (const end = performance.now() + 60_000; !(await condition()); ) {
    assert.ok(performance.now() < end, `it never came to: ${condition}`);
    await wait(everyMs);
  }
}

const runs = ({ thread }: Member) => thread.tasks.filter(({ state }) => state === 'running');

test('tasks that stay decide on while others join and leave', async (t) => {
  const bench = await Bench.open(t);
  const one = await bench.start('one');
  await until(() => runs(one).length === 2);
  const before = [...one.thread.tasks];
  let isOver = false;
  const gaps: number[] = [0, 0];
  const last = [performance.now(), performance.now()];
  const positionOf = ({ queues }: StreamTask) => queues.reduce((sum, { position }) => sum + position, 0);
  const positions = before.map(positionOf);
  // What each task has taken is looked at all the time, as long as it is there.
  const watching = (async () => {
    while (!isOver) {
      for (const [index, task] of before.entries()) {
        const position = positionOf(task);
        if (position === positions[index] || task.state === 'closed') continue;
        positions[index] = position;
        const now = performance.now();
        gaps[index] = Math.max(gaps[index]!, now - last[index]!);
        last[index] = now;
      }
      await wait(2);
    }
  })();
  const feeding = (async () => {
    while (!isOver) for (const partition of [0, 1]) await bench.add(partition);
  })();
  await wait(1_000);
  gaps.fill(0);
  const two = await bench.start('two');
  await until(() => runs(two).length === 1);
  await wait(1_000);
  await two.thread.stop();
  await until(() => runs(one).length === 2);
  await wait(500);
  isOver = true;
  await Promise.all([watching, feeding]);
  const kept = before.findIndex(({ state }) => state === 'running');
  assert.ok(one.thread.tasks.includes(before[kept]!), 'one task has stayed, and was never restored');
  console.log(`longest time without a decision in the task that stayed: ${gaps[kept]!.toFixed(0)} ms`);
  await bench.isAllDecidedOnce();
  await one.thread.stop();
});

test('a static member that comes back within its session has its tasks again without a rebalance', async (t) => {
  const bench = await Bench.open(t);
  const store = memoryStore();
  const [one, two] = [await bench.start('one', 0, store), await bench.start('two')];
  await until(() => runs(one).length === 1 && runs(two).length === 1);
  const mine = runs(one).map(({ partition }) => partition);
  await bench.add(mine[0]!, 50);
  await bench.isAllDecidedOnce();
  await wait(1_000);
  const rebalances = two.assigned.length;
  // It dies: nobody is told.
  await one.log.close();
  const began = performance.now();
  const back = await bench.start('one', 0, store);
  await until(() => runs(back).length === 1);
  console.log(`back after ${(performance.now() - began).toFixed(0)} ms`);
  assert.ok(performance.now() - began < sessionTimeoutMs);
  assert.deepEqual(
    runs(back).map(({ partition }) => partition),
    mine,
  );
  await bench.add(mine[0]!, 10);
  await bench.isAllDecidedOnce();
  await wait(1_500);
  assert.equal(two.assigned.length, rebalances, 'the other one never heard of it');
  await Promise.all([back.thread.stop(), two.thread.stop()]);
});

test('when a member dies its tasks go on from their copies as soon as the group notices', async (t) => {
  const bench = await Bench.open(t);
  const [one, two] = [await bench.start('one', 1), await bench.start('two', 1)];
  await until(() => runs(one).length === 1 && runs(two).length === 1);
  const [taken] = runs(one).map(({ partition }) => partition);
  for (const partition of [0, 1]) await bench.add(partition, 5_000);
  await bench.isAllDecidedOnce();
  await until(() => two.thread.standbys.length === 1 && two.thread.standbys[0]!.lag === 0);
  const figure = async () => (await two.metrics.getSingleMetric('stream_thread_restore_records_total')?.get())?.values;
  const restored = (await figure())?.[0]?.value ?? 0;
  const rebalances = two.assigned.length;
  await one.log.close();
  await until(() => two.assigned.length > rebalances, 1);
  const noticed = two.assigned[rebalances]!;
  await until(() => runs(two).some(({ partition }) => partition === taken), 1);
  const promotedMs = performance.now() - noticed;
  console.log(`promoted ${promotedMs.toFixed(0)} ms after the group noticed`);
  assert.ok(promotedMs < 1_000);
  assert.equal(((await figure())?.[0]?.value ?? 0) - restored, 0, 'nothing was left to restore');
  await bench.add(taken!, 10);
  await bench.isAllDecidedOnce();
  await two.thread.stop();
});
