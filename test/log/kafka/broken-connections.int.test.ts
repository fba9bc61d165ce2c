// Connections to a real cluster break at any point: nothing is lost, nothing is there twice, and the log's health says what
// is wrong until it has mended by itself.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { systemClock } from '../../../base/clock.ts';
import { isStockstreamError } from '../../../base/errors.ts';
import { type Random, systemRandom } from '../../../base/random.ts';
import { type KafkaLog, openKafkaLog } from '../../../log/kafka/kafka-log.ts';
import type { LogTransaction, TransactionalProducer } from '../../../log/log.ts';
import { TestMember } from '../../conformance/log/test-member.ts';
import { largeBatchOf, randomOf } from './fake/kit.ts';
import { brokers, openLog, runSettings } from './kit.ts';
import { finish, weRead } from './oracle.ts';
import { type Cut, Relay } from './relay.ts';

const requests = { produce: 0, fetch: 1, endTxn: 26, txnOffsetCommit: 28 } as const;
const partitions = 3;
const numbers = (count: number) => Array.from({ length: count }, (_, index) => String(index));

/** A log that reaches the cluster through a relay. */
async function relayed(t: TestContext): Promise<{ relay: Relay; log: KafkaLog }> {
  const relay = await Relay.start(t, brokers[0]!);
  const parts = { clock: systemClock, random: systemRandom, ...runSettings };
  const log = await openKafkaLog({ ...parts, brokers: [relay.address], requestTimeoutMs: 5_000 });
  t.after(() => log.close());
  return { relay, log };
}

/** Breaks one in so many requests of these kinds: of each such stretch any, so that enough are broken however few there are. */
function cutter(random: Random, oneIn: number, apis: readonly number[]): Relay['cutAt'] {
  const kinds: readonly Cut[] = ['unheard', 'half', 'unanswered', 'unanswered'];
  let seen = 0;
  let broken = 0;
  return (api) => {
    if (!apis.includes(api)) return undefined;
    if (seen % oneIn === 0) broken = random.int(oneIn);
    return seen++ % oneIn === broken ? kinds[random.int(kinds.length)] : undefined;
  };
}

async function valuesOf(log: KafkaLog, topic: string): Promise<string[][]> {
  await finish(log, topic, partitions);
  const seen = await weRead(log, topic, partitions);
  return Array.from({ length: partitions }, (_, partition) => {
    return seen.filter((each) => each.partition === partition).map(({ value }) => String(value));
  });
}

/** As a worker does: what fails in a way that passes is done again, by a new producer. */
async function committing(
  open: () => Promise<TransactionalProducer>,
  work: (transaction: LogTransaction, value: string) => void,
  values: readonly string[],
): Promise<number> {
  let failures = 0;
  let producer = await open();
  for (const value of values) {
    for (let isDone = false; !isDone; ) {
      try {
        const transaction = producer.begin();
        work(transaction, value);
        await transaction.commit();
        isDone = true;
      } catch (error) {
        // Whether it is committed must be known: a worker would read the log to find out.
        assert.ok(isStockstreamError(error) && error.disposition === 'retry' && error.code !== 'LOG_OUTCOME_UNKNOWN');
        failures++;
        await producer.close();
        producer = await open();
      }
    }
  }
  await producer.close();
  return failures;
}

test('transactions and their offsets, while connections break', async (t) => {
  const random = randomOf(t);
  const direct = await openLog(runSettings);
  const topic = 'broken-transactions';
  await direct.admin.createTopics([{ name: topic, partitions, cleanup: 'delete' }]);
  const options = { group: 'broken', sessionTimeoutMs: 30_000, rebalanceTimeoutMs: 30_000 };
  const member = await TestMember.join(direct, options, 'one');
  while (member.assigned === undefined) await new Promise((resolve) => setTimeout(resolve, 10));
  const { relay, log } = await relayed(t);
  relay.cutAt = cutter(random, 8, [requests.produce, requests.endTxn, requests.txnOffsetCommit]);
  const values = numbers(60);
  const work = (transaction: LogTransaction, value: string) => {
    for (let partition = 0; partition < partitions; partition++) {
      transaction.append(topic, partition, largeBatchOf(value));
    }
    transaction.commitOffsets(member.metadata, [{ topic, partition: 0, offset: Number(value) + 1 }]);
  };
  await committing(() => log.transactionalProducer('broken'), work, values);
  t.diagnostic(`${relay.cuts} connections broken`);
  assert.ok(relay.cuts >= 5);
  assert.deepEqual(await valuesOf(direct, topic), [values, values, values]);
  assert.deepEqual(await direct.admin.committedOffsets('broken', [{ topic, partition: 0 }]), [60]);
  await member.leave();
});

test('appends that do not wait for each other, while connections break', async (t) => {
  const random = randomOf(t);
  const direct = await openLog(runSettings);
  const topic = 'broken-appends';
  await direct.admin.createTopics([{ name: topic, partitions, cleanup: 'delete' }]);
  const { relay, log } = await relayed(t);
  relay.cutAt = cutter(random, 5, [requests.produce]);
  const producer = await log.producer();
  const values = numbers(100);
  const offsets = await Promise.all(
    [0, 1, 2].map((partition) =>
      Promise.all(values.map((value) => producer.append(topic, partition, largeBatchOf(value)))),
    ),
  );
  t.diagnostic(`${relay.cuts} connections broken`);
  assert.ok(relay.cuts >= 3);
  assert.deepEqual(
    offsets.map((each) => each.map(String)),
    [values, values, values],
  );
  assert.deepEqual(await valuesOf(direct, topic), [values, values, values]);

  relay.cutAt = cutter(random, 5, [requests.fetch]);
  const reader = await openKafkaLog({
    ...{ clock: systemClock, random: systemRandom, ...runSettings, brokers: [relay.address] },
    ...{ fetchPartitionBytes: 50_000, fetchBufferBytes: 100_000 },
  });
  t.after(() => reader.close());
  const seen = await weRead(reader, topic, partitions);
  assert.deepEqual(
    seen.map(({ partition, value }) => [partition, String(value)]),
    [0, 1, 2].flatMap((partition) => values.map((value) => [partition, value])),
  );
});

test('while nobody can be reached, health says so; then all goes on', async (t) => {
  const direct = await openLog(runSettings);
  const topic = 'out-of-reach';
  await direct.admin.createTopics([{ name: topic, partitions, cleanup: 'delete' }]);
  const { relay, log } = await relayed(t);
  const producer = await log.transactionalProducer('out-of-reach');
  const transact = async (value: string) => {
    const transaction = producer.begin();
    for (let partition = 0; partition < partitions; partition++) {
      transaction.append(topic, partition, largeBatchOf(value));
    }
    await transaction.commit();
  };
  await transact('before');
  assert.deepEqual(log.health, { answers: true });
  relay.isOpen = false;
  relay.cut();
  const waiting = transact('meanwhile');
  while (log.health.answers) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.match(log.health.reason ?? '', /^Kafka cannot be reached at /);
  await new Promise((resolve) => setTimeout(resolve, 500));
  assert.equal(log.health.answers, false);
  relay.isOpen = true;
  await waiting;
  await transact('after');
  assert.deepEqual(log.health, { answers: true });
  const expected = ['before', 'meanwhile', 'after'];
  assert.deepEqual(await valuesOf(direct, topic), [expected, expected, expected]);
  await producer.close();
});
