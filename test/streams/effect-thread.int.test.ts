// The effect's loop on a real Kafka: transactions with outcomes and offsets, with offsets alone, and with offsets that
// stay where they are; work that moves from thread to thread.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { Registry } from 'prom-client';
import { systemClock } from '../../base/clock.ts';
import { silentLogger } from '../../base/logger.ts';
import { systemRandom } from '../../base/random.ts';
import { openKafkaLog } from '../../log/kafka/kafka-log.ts';
import type { Log } from '../../log/log.ts';
import { partitionOf } from '../../log/partitioner.ts';
import { RecordBatchBuilder } from '../../log/record-batch-builder.ts';
import type { Effect } from '../../streams/api.ts';
import { effectGroup, effectTask } from '../../streams/effect.ts';
import { EffectThread } from '../../streams/effect-thread.ts';
import { createEffectMetrics } from '../../streams/metrics.ts';
import { services } from '../services.ts';
import { valuesOf } from './effect-bench.ts';
import { toys, toyTopic } from './toys.ts';

const partitions = 4;
const calls = toyTopic<{ id: string }>('calls', { partitions });
const told = toyTopic<{ id: string }>('told', { partitions });
const topics = [calls, told, toys.deadLetters];
const allOf = (topic: string) => Array.from({ length: partitions }, (_, partition) => ({ topic, partition }));

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = performance.now() + 60_000; !(await condition()); ) {
    assert.ok(performance.now() < end, `it never came to: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Opens the log as another process does; all of it goes when the test ends. */
function openLogs(t: TestContext): () => Promise<Log> {
  const prefix = `test-${systemRandom.uuid().slice(0, 8)}-`;
  const brokers = services.brokers.split(',');
  const logs: Log[] = [];
  t.after(async () => {
    await logs[0]?.admin.deleteTopics(topics.map(({ name }) => name));
    await Promise.all(logs.map((each) => each.close()));
  });
  return async () => {
    const log = await openKafkaLog({ clock: systemClock, random: systemRandom, brokers, prefix });
    logs.push(log);
    return log;
  };
}

/** Sends so many calls with the ids that come next. */
async function sender(log: Log): Promise<(count: number) => Promise<void>> {
  const producer = await log.producer();
  let sent = 0;
  return async (count) => {
    const builders = Array.from({ length: partitions }, () => new RecordBatchBuilder());
    for (const end = sent + count; sent < end; sent++) {
      const [key, value] = [`k${sent % 50}`, Buffer.from(JSON.stringify({ id: String(sent) }))];
      builders[partitionOf(key, partitions)]!.append(systemClock.now(), key, value);
    }
    for (const [partition, builder] of builders.entries()) await producer.append(calls.name, partition, builder);
  };
}

test('every call is made and told, while threads come and go, and the offsets end where the topic does', async (t) => {
  const open = openLogs(t);
  const log = await open();
  await log.admin.createTopics(topics);
  const send = await sender(log);
  const performed = new Set<string>();
  const failures: unknown[] = [];
  let hasStuck = true;
  const effect: Effect<{ id: string }> = {
    name: 'call',
    async perform({ key, value: { id } }, signal) {
      // One that ends last, so that the offsets of its partition stay while outcomes behind it are written.
      while (id === '0' && hasStuck && !signal.aborted) await new Promise((resolve) => setTimeout(resolve, 20));
      performed.add(id);
      return Number(id) % 2 === 0 ? [{ topic: told, key, value: { id } }] : [];
    },
    giveUp: () => undefined,
    timeoutMs: 60_000,
    tries: 3,
    concurrency: 8,
  };
  const start = async (instanceId: string) => {
    const thread = new EffectThread({
      log: await open(),
      clock: systemClock,
      random: systemRandom,
      task: effectTask(calls, effect),
      appId: 'test',
      instanceId,
      deadLetters: toys.deadLetters,
      codeVersion: 'test',
      metrics: createEffectMetrics(new Registry()),
      logger: silentLogger,
      sessionTimeoutMs: 6_000,
      onFailure: (error) => failures.push(error),
    });
    thread.start();
    return thread;
  };

  await send(200);
  const first = await start('0');
  await until(() => performed.size === 200 - 4);
  hasStuck = false;
  await until(() => performed.size === 200);
  const second = await start('1');
  await until(() => first.partitions.length > 0 && second.partitions.length > 0);
  await send(200);
  await until(() => performed.size === 400);
  await first.stop();
  await send(200);
  await until(() => performed.size === 600);
  const lag = async () => {
    const ends = await log.admin.offsets(allOf(calls.name), 'latest');
    const committed = await log.admin.committedOffsets(effectGroup('test', 'call'), allOf(calls.name));
    return ends.reduce((sum, end, partition) => sum + end - (committed[partition] ?? 0), 0);
  };
  await until(async () => (await lag()) === 0);
  await second.stop();
  assert.deepEqual(failures, []);

  const ids = new Set((await valuesOf(log, told)).map(({ id }) => id));
  assert.equal(ids.size, 300);
});
