// Our records and kafkajs': what one client writes the other reads, in every codec, committed or aborted, small or large.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import kafkajs from 'kafkajs';
import { systemRandom } from '../../../base/random.ts';
import { partitionOf } from '../../../log/partitioner.ts';
import type { RecordHeader } from '../../../log/record-batch.ts';
import { RecordBatchBuilder } from '../../../log/record-batch-builder.ts';
import { openLog, runSettings } from './kit.ts';
import { finish, full, oracleProducer, oracleReads, type Seen, weRead } from './oracle.ts';

interface Sample {
  readonly timestamp: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly RecordHeader[];
}

const header = (key: string, value: string | Buffer): RecordHeader => ({ key, value: Buffer.from(value) });
const now = Date.now();
const plain = { timestamp: now, key: Buffer.from('key'), value: Buffer.from('value'), headers: [] };

/** Nulls, empty and binary fields, headers, times that go back, and enough of the same that it pays to pack it. */
const samples: readonly Sample[] = [
  plain,
  { ...plain, key: null },
  { ...plain, value: null },
  { ...plain, key: null, value: null, timestamp: now - 3_600_000 },
  { ...plain, key: Buffer.alloc(0), value: Buffer.alloc(0), timestamp: now + 10 },
  { ...plain, key: Buffer.from([0, 255, 10, 13]), value: Buffer.from('значение €') },
  { ...plain, headers: [header('trace', '1-2'), header('пусто', ''), header('bytes', Buffer.from([0, 254]))] },
  { ...plain, headers: [header('again', 'first'), header('again', 'second')] },
  ...Array.from({ length: 300 }, (_, index) => {
    return { ...plain, timestamp: now + index, value: Buffer.from(`value ${index}`.repeat(5)) };
  }),
];

function batchOf(records: readonly Sample[]): RecordBatchBuilder {
  const builder = new RecordBatchBuilder();
  for (const { timestamp, key, value, headers } of records) builder.append(timestamp, key, value, headers);
  return builder;
}

function messagesOf(records: readonly Sample[]) {
  return records.map(({ timestamp, key, value, headers }) => {
    const names = Map.groupBy(headers, (each) => each.key);
    const values = [...names].map(([name, all]) => [name, all.map((each) => each.value)] as const);
    return { partition: 0, timestamp: String(timestamp), key, value, headers: Object.fromEntries(values) };
  });
}

/** Whether these are the records that were written, from this offset on. */
function expectSamples(seen: readonly Seen[], written: readonly Sample[], from = 0): void {
  const expected = written.map(({ timestamp, key, value, headers }, index) => {
    const names = Map.groupBy(headers, (each) => each.key);
    const sorted = [...names].sort(([a], [b]) => (a < b ? -1 : 1));
    const values = new Map(sorted.map(([name, all]) => [name, all.map((each) => each.value)]));
    return { partition: 0, offset: from + index, timestamp, key, value, headers: values };
  });
  const trimmed = seen.map(({ partition, offset, timestamp, key, value, headers }) => {
    return { partition, offset, timestamp, key, value, headers };
  });
  assert.deepEqual(trimmed, expected);
}

describe('kafkajs reads what we write:', () => {
  for (const compression of ['none', 'gzip', 'lz4', 'zstd'] as const) {
    test(compression, async () => {
      const log = await openLog({ ...runSettings, compression });
      const topic = `from-us-${compression}`;
      await log.admin.createTopics([{ name: topic, partitions: 1, cleanup: 'delete' }]);
      const producer = await log.producer();
      await Promise.all(
        [samples.slice(0, 100), samples.slice(100)].map((part) => producer.append(topic, 0, batchOf(part))),
      );
      await finish(log, topic, 1);
      expectSamples(await oracleReads(topic), samples);
      expectSamples(await weRead(log, topic), samples);
    });
  }
});

describe('we read what kafkajs writes:', () => {
  const codecs = ['None', 'GZIP', 'Snappy', 'LZ4', 'ZSTD'] as const;
  for (const codec of codecs) {
    test(codec, async () => {
      const log = await openLog(runSettings);
      const topic = `from-kafkajs-${codec}`;
      await log.admin.createTopics([{ name: topic, partitions: 1, cleanup: 'delete' }]);
      const producer = await oracleProducer();
      const compression = kafkajs.CompressionTypes[codec];
      for (const part of [samples.slice(0, 100), samples.slice(100)]) {
        await producer.send({ topic: full(topic), messages: messagesOf(part), compression });
      }
      await finish(log, topic, 1);
      expectSamples(await weRead(log, topic), samples);
    });
  }
});

test('both send a key to the same partition', async () => {
  const log = await openLog(runSettings);
  const [topic, partitions] = ['keys', 7];
  await log.admin.createTopics([{ name: topic, partitions, cleanup: 'delete' }]);
  const keys = Array.from({ length: 200 }, () => systemRandom.uuid().slice(0, 1 + systemRandom.int(36)));
  const producer = await oracleProducer();
  await producer.send({ topic: full(topic), messages: keys.map((key) => ({ key, value: key })) });
  await finish(log, topic, partitions);
  const seen = await weRead(log, topic, partitions);
  assert.equal(seen.length, keys.length);
  for (const { key, partition } of seen) assert.equal(partition, partitionOf(String(key), partitions));
});

describe('batches beyond what one fetch asks for:', () => {
  const large = { ...runSettings, maxBatchBytes: 8 * 2 ** 20 };
  const megabytes = (count: number, fill: string): Sample => {
    return { ...plain, value: Buffer.alloc(count * 2 ** 20, fill) };
  };

  test('of ours', async () => {
    const log = await openLog(large);
    const topic = 'large-from-us';
    await log.admin.createTopics([{ name: topic, partitions: 1, cleanup: 'delete' }]);
    const producer = await log.producer();
    const many = Array.from({ length: 40_000 }, (_, index) => ({ ...plain, key: Buffer.from(String(index)) }));
    const batches = [[megabytes(6, 'a')], [plain], many, [megabytes(7, 'b')]];
    await Promise.all(batches.map((batch) => producer.append(topic, 0, batchOf(batch))));
    await finish(log, topic, 1);
    expectSamples(await oracleReads(topic), batches.flat());
  });

  test("of kafkajs', while few bytes are asked for", async () => {
    const log = await openLog({ ...large, fetchPartitionBytes: 4096, fetchBufferBytes: 8192 });
    const topic = 'large-from-kafkajs';
    await log.admin.createTopics([{ name: topic, partitions: 1, cleanup: 'delete' }]);
    const producer = await oracleProducer();
    const batches = [[megabytes(6, 'a')], [plain, plain], samples, [megabytes(7, 'b')]];
    for (const batch of batches) await producer.send({ topic: full(topic), messages: messagesOf(batch) });
    await finish(log, topic, 1);
    expectSamples(await weRead(log, topic), batches.flat());
  });
});
