// Transactions of ours and of kafkajs' in the same partitions: read-committed consumers of both see the same, which is what
// was committed; and offsets that one commits the other finds.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type Random, seededRandom, systemRandom } from '../../../base/random.ts';
import type { Log } from '../../../log/log.ts';
import { RecordBatchBuilder } from '../../../log/record-batch-builder.ts';
import { TestMember } from '../../conformance/log/test-member.ts';
import { openLog, runSettings } from './kit.ts';
import { finish, full, oracleConsumer, oracleGroup, oracleProducer, oracleReads, weRead, withAdmin } from './oracle.ts';

const partitions = 2;

/** What a writer has handed over in one go, to be seen or not. */
interface Written {
  readonly partition: number;
  readonly values: readonly string[];
}

/** Writes batches in one go, and makes them visible or drops them. */
type Writer = (batches: readonly Written[], isKept: boolean) => Promise<unknown>;

function batchOf(values: readonly string[]): RecordBatchBuilder {
  const builder = new RecordBatchBuilder();
  for (const value of values) builder.append(Date.now(), value, Buffer.from(value.padEnd(200, '.')));
  return builder;
}

const messagesOf = (values: readonly string[]) =>
  values.map((value) => ({ key: value, value: value.padEnd(200, '.') }));

async function transactionsOfOurs(log: Log, topic: string, id: string): Promise<Writer> {
  const producer = await log.transactionalProducer(id);
  return async (batches, isKept) => {
    const transaction = producer.begin();
    for (const { partition, values } of batches) transaction.append(topic, partition, batchOf(values));
    await (isKept ? transaction.commit() : transaction.abort());
  };
}

async function transactionsOfOracle(topic: string, id: string): Promise<Writer> {
  const producer = await oracleProducer({ transactionalId: full(id) });
  return async (batches, isKept) => {
    const transaction = await producer.transaction();
    for (const { partition, values } of batches) {
      const messages = messagesOf(values).map((message) => ({ ...message, partition }));
      await transaction.send({ topic: full(topic), messages });
    }
    await (isKept ? transaction.commit() : transaction.abort());
  };
}

async function appendsOfOurs(log: Log, topic: string): Promise<Writer> {
  const producer = await log.producer();
  return (batches) => {
    return Promise.all(batches.map(({ partition, values }) => producer.append(topic, partition, batchOf(values))));
  };
}

/** Several rounds of one writer; gives what must be seen, by partition, in order. */
async function work(name: string, write: Writer, random: Random, mayDrop: boolean): Promise<string[][]> {
  const kept: string[][] = Array.from({ length: partitions }, () => []);
  for (let round = 0; round < 25; round++) {
    const batches = Array.from({ length: 1 + random.int(4) }, (_, batch) => {
      const values = Array.from({ length: 1 + random.int(8) }, (__, index) => `${name}/${round}/${batch}/${index}`);
      return { partition: random.int(partitions), values };
    });
    const isKept = !mayDrop || random.int(3) > 0;
    await write(batches, isKept);
    if (isKept) for (const { partition, values } of batches) kept[partition]!.push(...values);
  }
  return kept;
}

function seedOf(t: TestContext): Random {
  const seed = systemRandom.int(2 ** 31);
  t.diagnostic(`seed ${seed}`);
  return seededRandom(seed);
}

test('all readers see the same of many writers, live and afterwards: what was committed', async (t) => {
  const random = seedOf(t);
  const log = await openLog(runSettings);
  const [packed, small] = [
    await openLog({ ...runSettings, compression: 'lz4' }),
    await openLog({ ...runSettings, fetchPartitionBytes: 1024, fetchBufferBytes: 2048 }),
  ];
  const topic = 'mixed';
  await log.admin.createTopics([{ name: topic, partitions, cleanup: 'delete' }]);
  const live = [weRead(log, topic, partitions), weRead(small, topic, partitions)];
  const liveOracles = [oracleReads(topic, partitions), oracleReads(topic, partitions)];
  const writers = [
    ['a', await transactionsOfOurs(log, topic, 'mixed-a'), true],
    ['b', await transactionsOfOurs(packed, topic, 'mixed-b'), true],
    ['c', await transactionsOfOracle(topic, 'mixed-c'), true],
    ['d', await appendsOfOurs(log, topic), false],
  ] as const;
  const kept = await Promise.all(
    writers.map(([name, write, mayDrop]) => work(name, write, seededRandom(random.int(2 ** 31)), mayDrop)),
  );
  await finish(log, topic, partitions);
  const [first, ...others] = await Promise.all([...live, ...liveOracles, weRead(small, topic, partitions)]);
  for (const other of others) assert.deepEqual(other, first);
  for (const [index, [name]] of writers.entries()) {
    const own = first!.filter(({ key }) => String(key).startsWith(`${name}/`));
    for (let partition = 0; partition < partitions; partition++) {
      const keys = own.filter((each) => each.partition === partition).map(({ key }) => String(key));
      assert.deepEqual(keys, kept[index]![partition], `what ${name} wrote to ${partition}`);
    }
  }
});

test('aborts that are larger than a fetch, and several of one producer in one fetch, leave nothing', async () => {
  const log = await openLog(runSettings);
  const small = await openLog({ ...runSettings, fetchPartitionBytes: 2048, fetchBufferBytes: 4096 });
  const topic = 'aborts';
  await log.admin.createTopics([{ name: topic, partitions: 1, cleanup: 'delete' }]);
  const write = await transactionsOfOurs(log, topic, 'aborts');
  const writtenBy = (name: string, batches: number) => {
    return Array.from({ length: batches }, (_, batch) => ({ partition: 0, values: [`${name}/${batch}`] }));
  };
  for (const round of [1, 2, 3]) {
    await write(writtenBy(`large abort ${round}`, 40), false);
    await write(writtenBy(`kept ${round}`, 3), true);
    for (const again of [1, 2, 3]) await write(writtenBy(`abort ${round}/${again}`, 1), false);
    await write(writtenBy(`large kept ${round}`, 40), true);
  }
  await finish(log, topic, 1);
  const expected = [1, 2, 3].flatMap((round) => {
    return [...writtenBy(`kept ${round}`, 3), ...writtenBy(`large kept ${round}`, 40)].flatMap(({ values }) => values);
  });
  for (const seen of [await weRead(log, topic), await weRead(small, topic), await oracleReads(topic)]) {
    assert.deepEqual(
      seen.map(({ key }) => String(key)),
      expected,
    );
  }
});

test('offsets that one commits the other finds', async () => {
  const log = await openLog(runSettings);
  const topic = 'offsets';
  const both = [0, 1].map((partition) => ({ topic, partition }));
  await log.admin.createTopics([{ name: topic, partitions, cleanup: 'delete' }]);

  const options = { group: 'ours', sessionTimeoutMs: 10_000, rebalanceTimeoutMs: 10_000 };
  const member = await TestMember.join(log, options, 'one');
  while (member.assigned === undefined) await new Promise((resolve) => setTimeout(resolve, 10));
  const producer = await log.transactionalProducer('offsets');
  const transaction = producer.begin();
  for (const partition of [0, 1]) transaction.append(topic, partition, batchOf([...'abcdefg']));
  transaction.commitOffsets(member.metadata, [{ topic, partition: 1, offset: 7 }]);
  await transaction.commit();
  await log.admin.commitOffsets(member.metadata, [{ topic, partition: 0, offset: 2 }]);
  const seen = await withAdmin((admin) => admin.fetchOffsets({ groupId: full('ours'), topics: [full(topic)] }));
  const offsets = seen[0]!.partitions.toSorted((a, b) => a.partition - b.partition).map(({ offset }) => offset);
  assert.deepEqual(offsets, ['2', '7']);
  await Promise.all([member.leave(), producer.close()]);

  const groupId = oracleGroup();
  const group = groupId.slice(runSettings.prefix.length);
  const theirs = await oracleProducer({ transactionalId: full('offsets-of-kafkajs') });
  const work = await theirs.transaction();
  await work.send({ topic: full(topic), messages: messagesOf(['h']).map((message) => ({ ...message, partition: 0 })) });
  const sent = { topic: full(topic), partitions: [{ partition: 1, offset: '5' }] };
  await work.sendOffsets({ consumerGroupId: groupId, topics: [sent] });
  const committed = log.admin.committedOffsets(group, both);
  await work.commit();
  assert.deepEqual(await committed, [undefined, 5]);
  const consumer = await oracleConsumer(topic, groupId);
  await new Promise<void>((resolve, reject) => {
    consumer.run({ autoCommit: false, eachMessage: async () => resolve() }).catch(reject);
  });
  await consumer.commitOffsets([{ topic: full(topic), partition: 0, offset: '3' }]);
  await consumer.disconnect();
  assert.deepEqual(await log.admin.committedOffsets(group, both), [3, 5]);
});
