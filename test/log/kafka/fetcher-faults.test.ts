// Reading from a cluster that fails: records come once, in order and undamaged, or an error says where they don't; a broker
// that is away only makes polls wait, while the log's health says why.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Fetcher } from '../../../log/log.ts';
import { FakeKafka, type Fault } from './fake/fake-kafka.ts';
import { batchOf, faultsOf, openOn, randomOf } from './fake/kit.ts';

const numbers = (count: number) => Array.from({ length: count }, (_, index) => String(index));
const limits = { maxWaitMs: 5_000, maxBytes: 2 ** 20 };

/** A cluster whose partition has so many batches of one value each. */
async function filled(t: Parameters<typeof openOn>[0], count: number, brokers = 1) {
  const fake = await FakeKafka.start(t, { brokers });
  const log = await openOn(t, fake, { fetchPartitionBytes: 300, fetchBufferBytes: 600 });
  const producer = await log.producer();
  for (const value of numbers(count)) await producer.append('t', 0, batchOf(value));
  const fetcher = log.fetcher();
  fetcher.assign({ topic: 't', partition: 0 }, 0);
  return { fake, log, fetcher };
}

/** The values of the next polls, until there are so many. */
async function read(fetcher: Fetcher, count: number): Promise<string[]> {
  const values: string[] = [];
  while (values.length < count) {
    for (const { batches } of await fetcher.poll(limits)) {
      for (const batch of batches) for (const { value } of batch.records()) values.push(String(value));
    }
  }
  return values;
}

describe('all records come, once and in order', () => {
  const faults: Readonly<Record<string, Fault>> = {
    'when the broker has lost the session': { code: 70 },
    'when the session is out of step': { code: 71 },
    'when a topic id is out of date': { code: 106 },
    'when a request is not heard': 'unheard',
    'when an answer gets lost': 'unanswered',
    'when no answer comes': 'silence',
    'when an answer ends too early': (body) => body.subarray(0, body.length - 7),
  };
  for (const [name, fault] of Object.entries(faults)) {
    test(name, async (t) => {
      const { fake, fetcher } = await filled(t, 20);
      fake.fail('Fetch', fault);
      assert.deepEqual(await read(fetcher, 20), numbers(20));
      assert.equal(fake.pending, 0);
    });
  }

  test('when all of that happens in any order, and the partition moves', async (t) => {
    const random = randomOf(t);
    const { fake, fetcher } = await filled(t, 30, 2);
    const values: string[] = [];
    while (values.length < 30) {
      const broken = random.int(4) === 0;
      if (broken) fake.fail('Fetch', ...faultsOf(random, Object.values(faults), 1));
      else if (random.int(3) === 0) fake.move(fake.partition('t'), random.int(2));
      values.push(...(await read(fetcher, 1)));
    }
    assert.deepEqual(values, numbers(30));
  });
});

describe('a damaged batch is not passed on', () => {
  const damages: Readonly<Record<string, { change: (batch: Buffer) => void; reason: RegExp }>> = {
    'whose records have changed': { change: (batch) => batch.writeUInt8(batch[65]! ^ 1, 65), reason: /CRC/ },
    'whose header has changed': { change: (batch) => batch.writeInt16BE(77, 51), reason: /CRC/ },
    'that claims to be longer than it is': { change: (batch) => batch.writeInt32BE(2 ** 30, 8), reason: /length/ },
    'that claims to be shorter than a header': { change: (batch) => batch.writeInt32BE(3, 8), reason: /length/ },
  };
  for (const [name, { change, reason }] of Object.entries(damages)) {
    test(name, async (t) => {
      const { fake, fetcher } = await filled(t, 6);
      const { bytes } = fake.partition('t').batches[3]!;
      const sound = Buffer.from(bytes);
      change(bytes);
      assert.deepEqual(await read(fetcher, 3), numbers(3));
      // It stays so: nothing behind the damage is passed on, until the owner says where to go on.
      for (const _ of numbers(3)) {
        await assert.rejects(fetcher.poll(limits), (error: Error & { code: string }) => {
          assert.equal(error.code, 'LOG_CORRUPT_BATCH');
          assert.match(error.message, /t-0 offset 3/);
          assert.match(error.message, reason);
          return true;
        });
      }
      sound.copy(bytes);
      fetcher.assign({ topic: 't', partition: 0 }, 3);
      assert.deepEqual(await read(fetcher, 3), ['3', '4', '5']);
    });
  }
});

test('a broker that is away makes polls wait; health says why, and that it has come back', async (t) => {
  const { fake, log, fetcher } = await filled(t, 5);
  assert.deepEqual(await read(fetcher, 5), numbers(5));
  assert.deepEqual(log.health, { answers: true });
  await fake.brokers[0]!.stop();
  assert.deepEqual(await fetcher.poll({ ...limits, maxWaitMs: 200 }), []);
  assert.equal(log.health.answers, false);
  assert.match(log.health.reason ?? '', new RegExp(`cannot be reached at ${fake.addresses[0]}`));
  await fake.brokers[0]!.restart();
  const producer = await log.producer();
  await producer.append('t', 0, batchOf('again'));
  assert.deepEqual(await read(fetcher, 1), ['again']);
  assert.deepEqual(log.health, { answers: true });
});

test('a topic that is deleted while it is read is told', async (t) => {
  const { fake, fetcher } = await filled(t, 1);
  assert.deepEqual(await read(fetcher, 1), ['0']);
  fake.topics.clear();
  await assert.rejects(fetcher.poll(limits), { code: 'LOG_UNKNOWN_TOPIC' });
});
