// The source's loop on a real Kafka: words get into the log once, while threads come and go and one is replaced in the
// middle of a commit.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Registry } from 'prom-client';
import { systemClock } from '../../base/clock.ts';
import { silentLogger } from '../../base/logger.ts';
import { systemRandom } from '../../base/random.ts';
import { openKafkaLog } from '../../log/kafka/kafka-log.ts';
import type { Log } from '../../log/log.ts';
import { partitionOf } from '../../log/partitioner.ts';
import { RecordBatchBuilder } from '../../log/record-batch-builder.ts';
import type { Pulled, Source, SourceState } from '../../streams/api.ts';
import { createSourceMetrics } from '../../streams/metrics.ts';
import { sourceTask } from '../../streams/source.ts';
import { SourceThread } from '../../streams/source-thread.ts';
import { services } from '../services.ts';
import { valuesOf } from './effect-bench.ts';
import { toyTopic } from './toys.ts';

const partitions = 4;
const told = toyTopic<{ words: number }>('told', { partitions, cleanup: 'compact' });
const places = toyTopic<{ taken: number }>('places', { partitions: 2, cleanup: 'compact' });
const words = toyTopic<{ word: string }>('words', { partitions });
const topics = [told, places, words];
const keys = ['a', 'b', 'c', 'd', 'e', 'f'];
const wordsEach = 300;

async function* pull({ key, config, positions }: SourceState<{ words: number }, { taken: number }>) {
  for (let at = positions.get('')?.taken ?? 0; at < config.words; at += 7) {
    const next = Array.from({ length: Math.min(7, config.words - at) }, (_, index) => `${key}${at + index}`);
    const records = next.map((word) => ({ topic: words, key: word, value: { word } }));
    const piece: Pulled<{ taken: number }> = { records, positions: [['', { taken: at + next.length }]] };
    yield piece;
  }
}

const source: Source<{ words: number }, { taken: number }> = {
  name: 'words',
  dueAt: (_, pulledAt) => (pulledAt ?? 0) + 200,
  pull,
  failed: () => ({ records: [], positions: [] }),
  concurrency: 3,
};

test('each word is in the log once, while threads come and go', async (t) => {
  const prefix = `test-${systemRandom.uuid().slice(0, 8)}-`;
  const brokers = services.brokers.split(',');
  const logs: Log[] = [];
  const threads: SourceThread[] = [];
  const failures: unknown[] = [];
  const open = async () => {
    const log = await openKafkaLog({ clock: systemClock, random: systemRandom, brokers, prefix });
    logs.push(log);
    return log;
  };
  t.after(async () => {
    await Promise.allSettled(threads.map((thread) => thread.stop()));
    await logs[0]?.admin.deleteTopics(topics.map(({ name }) => name));
    await Promise.all(logs.map((each) => each.close()));
  });
  const metrics = createSourceMetrics(new Registry());
  const start = async (instanceId: string) => {
    const thread = new SourceThread({
      log: await open(),
      clock: systemClock,
      task: sourceTask({ configs: told, positions: places, source }),
      appId: 'test',
      instanceId,
      metrics,
      logger: silentLogger,
      sessionTimeoutMs: 6_000,
      onFailure: (error) => failures.push(error),
    });
    thread.start();
    threads.push(thread);
    return thread;
  };
  const log = await open();
  await log.admin.createTopics(topics);
  const producer = await log.producer();
  for (const key of keys) {
    const batch = new RecordBatchBuilder().encode(systemClock.now(), key, { words: wordsEach }, told.serde);
    await producer.append(told.name, partitionOf(key, partitions), batch);
  }
  await producer.close();
  const count = async () => (await valuesOf(log, words)).length;
  const until = async (least: number) => {
    for (const end = performance.now() + 90_000; (await count()) < least; ) {
      assert.ok(performance.now() < end, `it never came to ${least} words`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const first = await start('0');
  await until(50);
  await start('1');
  await until(400);
  // Another process in its place: the first one is fenced wherever it is.
  await start('0');
  await until(700);
  await first.stop();
  await threads[1]!.stop();
  await until(keys.length * wordsEach);
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const found = (await valuesOf(log, words)).map(({ word }) => word);
  const expected = keys.flatMap((key) => Array.from({ length: wordsEach }, (_, index) => `${key}${index}`));
  assert.deepEqual(found.toSorted(), expected.toSorted());
  assert.ok(failures.length <= 1, 'only the one that was replaced may fail');
});
