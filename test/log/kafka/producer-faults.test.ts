// The idempotent producer on a cluster that fails: what is acknowledged is stored once and in order, what can't be helped is
// told by its code, and both only for the batches that it is about.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Producer } from '../../../log/log.ts';
import { FakeKafka } from './fake/fake-kafka.ts';
import { batchOf, faultsOf, largeBatchOf, openOn, randomOf } from './fake/kit.ts';

const numbers = (count: number) => Array.from({ length: count }, (_, index) => String(index));

/** Appends without waiting in between; every offset is where the value is. */
async function storesAll(fake: FakeKafka, producer: Producer, count: number, partition = 0): Promise<void> {
  const values = numbers(count);
  const offsets = await Promise.all(values.map((value) => producer.append('t', partition, largeBatchOf(value))));
  const stored = fake.partition('t', partition).committed;
  assert.deepEqual(stored, values);
  assert.deepEqual(
    offsets.map((offset) => stored[offset]),
    values,
  );
}

describe('every append is stored once and in order', () => {
  const faults = {
    'when the leader is another one': { code: 6 },
    'when replicas are missing': { code: 19 },
    'when replicas are late': { code: 20 },
    'when the network of the brokers fails': { code: 13 },
    'when a request is not heard': 'unheard',
    'when an answer gets lost': 'unanswered',
    'when no answer comes': 'silence',
  } as const;
  for (const [name, fault] of Object.entries(faults)) {
    test(name, async (t) => {
      const fake = await FakeKafka.start(t);
      fake.fail('Produce', fault, fault);
      const log = await openOn(t, fake);
      await storesAll(fake, await log.producer(), 40);
      assert.equal(fake.pending, 0);
    });
  }

  test('when all of that happens in any order', async (t) => {
    const random = randomOf(t);
    const fake = await FakeKafka.start(t, { brokers: 2, topics: { t: 2 } });
    const log = await openOn(t, fake, { deliveryTimeoutMs: 30_000 });
    const producer = await log.producer();
    fake.fail('Produce', ...faultsOf(random, Object.values(faults), 12));
    fake.fail('Metadata', ...faultsOf(random, ['unheard', 'unanswered', 'silence'], 3));
    await Promise.all([storesAll(fake, producer, 60, 0), storesAll(fake, producer, 60, 1)]);
  });

  test('while its partition moves between brokers', async (t) => {
    const fake = await FakeKafka.start(t, { brokers: 3 });
    const log = await openOn(t, fake);
    const producer = await log.producer();
    const partition = fake.partition('t');
    const appends: Promise<number>[] = [];
    for (const value of numbers(60)) {
      appends.push(producer.append('t', 0, largeBatchOf(value)));
      if (appends.length % 10 > 0) continue;
      fake.move(partition, (partition.leader + 1) % 3);
      await appends.at(-5);
    }
    await Promise.all(appends);
    assert.deepEqual(partition.committed, numbers(60));
    const asked = fake.heard.filter(({ api }) => api === 'Produce').map(({ broker }) => broker);
    assert.equal(new Set(asked).size, 3);
  });

  test('when the leader has forgotten the producer', async (t) => {
    const fake = await FakeKafka.start(t);
    const log = await openOn(t, fake);
    const producer = await log.producer();
    await producer.append('t', 0, batchOf('before'));
    fake.partition('t').forgetProducers();
    await Promise.all(numbers(20).map((value) => producer.append('t', 0, batchOf(value))));
    assert.deepEqual(fake.partition('t').committed, ['before', ...numbers(20)]);
  });
});

describe('what lasts or cannot be helped', () => {
  const refusals = [
    [10, 'LOG_BATCH_TOO_LARGE'],
    [29, 'LOG_NOT_AUTHORIZED'],
    [87, 'LOG_REFUSED'],
  ] as const;
  for (const [code, expected] of refusals) {
    test(`is told as ${expected}, and what comes after is stored`, async (t) => {
      const fake = await FakeKafka.start(t);
      fake.fail('Produce', { code });
      const log = await openOn(t, fake);
      const producer = await log.producer();
      await assert.rejects(producer.append('t', 0, batchOf('refused')), { code: expected });
      await producer.append('t', 0, batchOf('taken'));
      assert.deepEqual(fake.partition('t').committed, ['taken']);
    });
  }

  test('is told in time, with why; a later append is stored once the leader answers', async (t) => {
    const fake = await FakeKafka.start(t, { brokers: 2 });
    // Longer than the longest pause between two questions for the leader, with room for a busy machine.
    const log = await openOn(t, fake, { deliveryTimeoutMs: 4_000 });
    const producer = await log.producer();
    await producer.append('t', 0, batchOf('first'));
    await fake.brokers[0]!.stop();
    await assert.rejects(producer.append('t', 0, batchOf('lost')), ({ code, message }: Error & { code: string }) => {
      assert.equal(code, 'LOG_UNAVAILABLE');
      assert.match(message, /t-0.*(reached|leads it|closed)/);
      return true;
    });
    assert.match(log.health.reason ?? '', /cannot be reached/);
    assert.ok(log.health.answers, 'the other broker does');
    fake.move(fake.partition('t'), 1);
    await producer.append('t', 0, batchOf('second'));
    assert.deepEqual(fake.partition('t').committed, ['first', 'second']);
  });

  test('a topic that is deleted fails what waits for it', async (t) => {
    const fake = await FakeKafka.start(t);
    const log = await openOn(t, fake);
    const producer = await log.producer();
    fake.topics.clear();
    await assert.rejects(producer.append('t', 0, batchOf('a')), { code: 'LOG_UNKNOWN_TOPIC' });
  });
});
