// Transactions on a cluster that fails: what was committed is there once and whole, what was aborted isn't, and what is told
// says which of the two it was, or that nobody knows.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isStockstreamError } from '../../../base/errors.ts';
import type { KafkaLog } from '../../../log/kafka/kafka-log.ts';
import { FakeKafka, type Fault } from './fake/fake-kafka.ts';
import { batchOf, faultsOf, largeBatchOf, openOn, randomOf } from './fake/kit.ts';

const member = { group: 'g', memberId: 'm', generation: 1 };
const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

/** Appends to both partitions and commits an offset, in one transaction. */
async function transact(log: KafkaLog, values: readonly string[], offset = 1): Promise<void> {
  const producer = await log.transactionalProducer('id');
  const transaction = producer.begin();
  for (const value of values) for (const partition of [0, 1]) transaction.append('t', partition, largeBatchOf(value));
  transaction.commitOffsets(member, [{ topic: 't', partition: 0, offset }]);
  await transaction.commit();
  await producer.close();
}

function expectAll(fake: FakeKafka, values: readonly string[], offset: number | undefined): void {
  for (const partition of [0, 1]) assert.deepEqual(fake.partition('t', partition).committed, values);
  assert.equal(fake.offsets.get('t 0'), offset);
}

describe('a transaction is committed once and whole', () => {
  const requests = ['InitProducerId', 'Produce', 'TxnOffsetCommit', 'EndTxn', 'FindCoordinator'] as const;
  const faults = {
    'when an older one still ends': { code: 51 },
    'when the coordinator is loading': { code: 14 },
    'when the coordinator has moved away': { code: 16 },
    'when a request is not heard': 'unheard',
    'when an answer gets lost': 'unanswered',
    'when no answer comes': 'silence',
  } as const;
  for (const [name, fault] of Object.entries(faults)) {
    test(name, async (t) => {
      const fake = await FakeKafka.start(t, { brokers: 2, topics: { t: 2 } });
      const log = await openOn(t, fake);
      for (const request of requests) fake.fail(request, fault, fault);
      await transact(log, ['a', 'b', 'c']);
      assert.equal(fake.pending, 0);
      expectAll(fake, ['a', 'b', 'c'], 1);
    });
  }

  test('while its coordinator and its leaders move', async (t) => {
    const fake = await FakeKafka.start(t, { brokers: 3, topics: { t: 2 } });
    const log = await openOn(t, fake);
    const producer = await log.transactionalProducer('id');
    for (const round of numbers(6)) {
      const transaction = producer.begin();
      for (const partition of [0, 1]) transaction.append('t', partition, batchOf(String(round)));
      transaction.commitOffsets(member, [{ topic: 't', partition: 0, offset: round }]);
      const committed = transaction.commit();
      fake.coordinator = (fake.coordinator + 1) % 3;
      for (const partition of [0, 1]) fake.move(fake.partition('t', partition), (round + partition) % 3);
      await committed;
    }
    expectAll(fake, numbers(6).map(String), 5);
  });
});

test('of many transactions those are there that were told to be committed, whatever fails', async (t) => {
  const random = randomOf(t);
  const fake = await FakeKafka.start(t, { brokers: 2, topics: { t: 2 } });
  const log = await openOn(t, fake, { deliveryTimeoutMs: 30_000, transactionTimeoutMs: 30_000 });
  const passing: readonly Fault[] = [{ code: 51 }, 'unheard', 'unanswered', 'unanswered', 'silence'];
  const faults = {
    Produce: [...passing, { code: 6 }, { code: 19 }],
    TxnOffsetCommit: [...passing, { code: 16 }],
    EndTxn: [...passing, { code: 14 }],
    FindCoordinator: ['unheard', { code: 15 }],
  } as const;
  const producer = await log.transactionalProducer('id');
  const committed: string[] = [];
  for (const round of numbers(12)) {
    for (const api of ['Produce', 'Produce', 'TxnOffsetCommit', 'EndTxn', 'FindCoordinator'] as const) {
      fake.fail(api, ...faultsOf(random, faults[api], Number(random.int(4) === 0)));
    }
    const transaction = producer.begin();
    for (const part of ['a', 'b', 'c']) {
      for (const partition of [0, 1]) transaction.append('t', partition, largeBatchOf(`${round}${part}`));
    }
    transaction.commitOffsets(member, [{ topic: 't', partition: 0, offset: round }]);
    if (random.int(4) === 0) await transaction.abort();
    else {
      await transaction.commit();
      committed.push(...['a', 'b', 'c'].map((part) => `${round}${part}`));
    }
  }
  expectAll(fake, committed, Number.parseInt(committed.at(-1)!, 10));
});

describe('what fails a transaction is told, nothing of it shows, and', () => {
  const aborting = [
    ['Produce', 120, 'LOG_TRANSACTION_ABORTED'],
    ['Produce', 47, 'LOG_TRANSACTION_ABORTED'],
    ['Produce', 10, 'LOG_BATCH_TOO_LARGE'],
    ['TxnOffsetCommit', 22, 'LOG_MEMBER_FENCED'],
    ['TxnOffsetCommit', 25, 'LOG_MEMBER_FENCED'],
    ['TxnOffsetCommit', 27, 'LOG_REBALANCE_IN_PROGRESS'],
    ['TxnOffsetCommit', 30, 'LOG_NOT_AUTHORIZED'],
    ['EndTxn', 120, 'LOG_TRANSACTION_ABORTED'],
  ] as const;
  for (const [request, code, expected] of aborting) {
    test(`the producer goes on after error ${code} of ${request}`, async (t) => {
      const fake = await FakeKafka.start(t, { topics: { t: 2 } });
      const log = await openOn(t, fake);
      const producer = await log.transactionalProducer('id');
      const failed = producer.begin();
      for (const partition of [0, 1]) failed.append('t', partition, batchOf('lost'));
      failed.commitOffsets(member, [{ topic: 't', partition: 0, offset: 9 }]);
      fake.fail(request, { code });
      await assert.rejects(failed.commit(), { code: expected });
      expectAll(fake, [], undefined);
      for (const value of ['x', 'y']) {
        const next = producer.begin();
        for (const partition of [0, 1]) next.append('t', partition, batchOf(value));
        await next.commit();
      }
      expectAll(fake, ['x', 'y'], undefined);
    });
  }

  for (const when of ['before the appends', 'while it appends', 'before the end'] as const) {
    test(`the producer is done with if another took its id over ${when}`, async (t) => {
      const fake = await FakeKafka.start(t, { topics: { t: 2 } });
      const log = await openOn(t, fake);
      const older = await log.transactionalProducer('id');
      const open = older.begin();
      if (when !== 'before the appends') open.append('t', 0, batchOf('zombie'));
      if (when === 'before the end') while (fake.partition('t').end === 0) await new Promise(setImmediate);
      const newer = await log.transactionalProducer('id');
      open.append('t', 1, batchOf('zombie'));
      await assert.rejects(open.commit(), { code: 'LOG_PRODUCER_FENCED' });
      assert.throws(() => older.begin(), { code: 'LOG_PRODUCER_FENCED' });
      const next = newer.begin();
      for (const partition of [0, 1]) next.append('t', partition, batchOf('heir'));
      await next.commit();
      expectAll(fake, ['heir'], undefined);
    });
  }
});

describe('whether a transaction was committed is not known', () => {
  for (const fault of ['unheard', 'unanswered'] as const) {
    test(`when the coordinator stays silent, its last request being ${fault}; the next producer settles it`, async (t) => {
      const fake = await FakeKafka.start(t, { brokers: 2, topics: { t: 2 } });
      const log = await openOn(t, fake, { deliveryTimeoutMs: 500 });
      const producer = await log.transactionalProducer('id');
      const transaction = producer.begin();
      for (const partition of [0, 1]) transaction.append('t', partition, batchOf('maybe'));
      fake.fail('EndTxn', fault, ...Array.from({ length: 50 }, () => 'unheard' as const));
      await assert.rejects(transaction.commit(), { code: 'LOG_OUTCOME_UNKNOWN' });
      assert.throws(
        () => producer.begin(),
        (error) => isStockstreamError(error, 'LOG_OUTCOME_UNKNOWN'),
      );
      await log.transactionalProducer('id');
      expectAll(fake, fault === 'unanswered' ? ['maybe'] : [], undefined);
    });
  }
});

test('a transaction that finds no leader in time is aborted, and says why', async (t) => {
  const fake = await FakeKafka.start(t, { brokers: 2, topics: { t: 2 } });
  const log = await openOn(t, fake, { transactionTimeoutMs: 500 });
  const producer = await log.transactionalProducer('id');
  await fake.brokers[1]!.stop();
  const transaction = producer.begin();
  for (const partition of [0, 1]) transaction.append('t', partition, batchOf('lost'));
  await assert.rejects(transaction.commit(), ({ code, message }: Error & { code: string }) => {
    assert.equal(code, 'LOG_UNAVAILABLE');
    assert.match(message, /t-1.*(reached|leads it)/);
    return true;
  });
  assert.match(log.health.reason ?? '', /cannot be reached/);
  await fake.brokers[1]!.restart();
  const next = producer.begin();
  for (const partition of [0, 1]) next.append('t', partition, batchOf('found'));
  await next.commit();
  expectAll(fake, ['found'], undefined);
});
