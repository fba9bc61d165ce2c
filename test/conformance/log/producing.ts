// Idempotent producers: order, offsets, and records that come back as they went in.
import assert from 'node:assert/strict';
import { RecordBatchBuilder } from '../../../log/record-batch-builder.ts';
import { type LogKit, numbers } from './kit.ts';

export function producing(kit: LogKit): void {
  kit.test('gives back offsets, keys, values, headers and timestamps', async () => {
    const topic = await kit.topic();
    const now = kit.features.clock.now();
    const headers = [
      { key: 'trace', value: Buffer.from('1-2') },
      { key: 'trace', value: Buffer.from('é') },
      { key: 'empty', value: Buffer.alloc(0) },
    ];
    const batch = new RecordBatchBuilder()
      .append(now - 5000, 'first', Buffer.from('value'), headers)
      .append(now, null, Buffer.alloc(0))
      .append(now - 9000, Buffer.from([0, 255]), null)
      .append(now + 1, 'ключ', Buffer.from('v'));
    const base = await kit.producer.append(topic, 0, batch);
    const read = await kit.reader(topic).next(4);
    assert.deepEqual(
      read.map(({ offset, timestamp, key, value, headers: own }) => [offset, timestamp, key, value, own]),
      [
        [base, now - 5000, Buffer.from('first'), Buffer.from('value'), headers],
        [base + 1, now, null, Buffer.alloc(0), []],
        [base + 2, now - 9000, Buffer.from([0, 255]), null, []],
        [base + 3, now + 1, Buffer.from('ключ'), Buffer.from('v'), []],
      ],
    );
  });

  kit.test('keeps the order of calls that do not wait for each other', async () => {
    const topic = await kit.topic();
    const offsets = await Promise.all(numbers(200).map((value) => kit.append(topic, value)));
    assert.deepEqual(
      offsets,
      [...offsets].sort((a, b) => a - b),
    );
    assert.equal(new Set(offsets).size, 200);
    assert.deepEqual(await kit.values(topic, 200), numbers(200).map(String));
  });

  kit.test('stores what many producers append at once, each in its order', async () => {
    const topic = await kit.topic(3);
    const producers = await Promise.all(numbers(8).map(() => kit.log.producer()));
    const expected = new Map<string, string[]>();
    const appends = producers.flatMap((producer, who) =>
      numbers(30).map((index) => {
        const values = numbers(1 + (index % 4)).map((part) => `${who}/${index}/${part}`);
        const lane = `${who}/${index % 3}`;
        expected.set(lane, [...(expected.get(lane) ?? []), ...values]);
        return producer.append(topic, index % 3, kit.batch(...values));
      }),
    );
    await Promise.all(appends);
    const found = new Map<string, string[]>();
    for (const { partition, value } of await kit.reader(topic, 3).next([...expected.values()].flat().length)) {
      const lane = `${String(value).split('/')[0]}/${partition}`;
      found.set(lane, [...(found.get(lane) ?? []), String(value)]);
    }
    assert.deepEqual(new Map([...found].sort()), new Map([...expected].sort()));
    await Promise.all(producers.map((producer) => producer.close()));
  });

  kit.test('takes a batch just below its limit, and refuses one above', async () => {
    const topic = await kit.topic();
    const { maxBatchBytes, clock } = kit.features;
    const large = Buffer.alloc(Math.floor(maxBatchBytes * 0.95), 'x');
    const batch = (value: Buffer) => new RecordBatchBuilder().append(clock.now(), 'large', value);
    await kit.producer.append(topic, 0, batch(large));
    await kit.fails('LOG_BATCH_TOO_LARGE', () => kit.producer.append(topic, 0, batch(Buffer.alloc(maxBatchBytes))));
    await kit.append(topic, 'after');
    const [first, second] = await kit.reader(topic).next(2);
    assert.ok(first?.value?.equals(large));
    assert.equal(String(second?.value), 'after');
  });

  kit.test('takes a batch of many records', async () => {
    const topic = await kit.topic();
    await kit.append(topic, ...numbers(20_000));
    const values = await kit.values(topic, 20_000);
    assert.equal(values.length, 20_000);
    assert.ok(values.every((value, index) => value === String(index)));
  });

  kit.test('knows no topic and no partition that was not created', async () => {
    const topic = await kit.topic(2);
    await kit.fails('LOG_UNKNOWN_TOPIC', () => kit.producer.append(kit.name('missing'), 0, kit.batch('a')));
    await kit.fails('LOG_UNKNOWN_TOPIC', () => kit.producer.append(topic, 2, kit.batch('a')));
    await kit.append(topic, 'goes on');
    assert.deepEqual(await kit.values(topic, 1), ['goes on']);
  });

  kit.test('takes nothing once it is closed', async () => {
    const topic = await kit.topic();
    const producer = await kit.log.producer();
    const last = producer.append(topic, 0, kit.batch('last'));
    await producer.close();
    await last;
    await kit.fails('LOG_CLOSED', () => producer.append(topic, 0, kit.batch('late')));
    assert.deepEqual(await kit.values(topic, 1), ['last']);
  });
}
