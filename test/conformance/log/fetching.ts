// Reading: positions, waiting, waking, pausing, fairness and limits.
import assert from 'node:assert/strict';
import { RecordBatchBuilder } from '../../../log/record-batch-builder.ts';
import { type LogKit, numbers } from './kit.ts';

const none = { maxWaitMs: 0, maxBytes: 1 };

export function fetching(kit: LogKit): void {
  const kilobytes = (count: number) =>
    new RecordBatchBuilder().append(kit.features.clock.now(), 'k', Buffer.alloc(count * 1024));

  kit.test('starts inside a batch', async () => {
    const topic = await kit.topic();
    const base = await kit.append(topic, ...numbers(10));
    await kit.append(topic, 10, 11);
    const values = (await kit.reader(topic, 1, base + 7).next(5)).map(({ value }) => String(value));
    assert.deepEqual(values, ['7', '8', '9', '10', '11']);
  });

  kit.test('waits for the first record of any of its partitions', async () => {
    const topic = await kit.topic(3);
    const reader = kit.reader(topic, 3);
    const next = reader.next(1);
    await kit.features.pass(5);
    await kit.producer.append(topic, 2, kit.batch('there'));
    const [record] = await next;
    assert.deepEqual([record?.partition, String(record?.value)], [2, 'there']);
  });

  kit.test('waits for a commit', async () => {
    const topic = await kit.topic();
    const producer = await kit.log.transactionalProducer(kit.name('id'));
    const next = kit.reader(topic).next(1);
    const transaction = producer.begin();
    transaction.append(topic, 0, kit.batch('committed'));
    await kit.features.pass(5);
    await transaction.commit();
    assert.equal(String((await next)[0]?.value), 'committed');
    await producer.close();
  });

  kit.test('gives nothing when its wait is over, and takes the same position up again', async () => {
    const topic = await kit.topic();
    await kit.append(topic, 'a');
    const reader = kit.reader(topic);
    await reader.next(1);
    assert.deepEqual(await reader.rest(), []);
    await kit.append(topic, 'b');
    assert.deepEqual(
      (await reader.next(1)).map(({ value }) => String(value)),
      ['b'],
    );
  });

  kit.test('ends a waiting poll on wake', async () => {
    const reader = kit.reader(await kit.topic());
    const polled = reader.poll();
    await kit.features.pass(5);
    reader.fetcher.wake();
    assert.deepEqual(await polled, []);
    // A wake that comes between two polls is not lost: the run loop may be about to wait.
    reader.fetcher.wake();
    assert.deepEqual(await reader.poll(), []);
  });

  kit.test('leaves out a paused partition, and keeps its position', async () => {
    const topic = await kit.topic(2);
    const [first, second] = [
      { topic, partition: 0 },
      { topic, partition: 1 },
    ] as const;
    const reader = kit.reader(topic, 2);
    await kit.append(topic, 'before');
    await reader.next(1);
    reader.fetcher.pause(first);
    await kit.append(topic, 'paused');
    await kit.producer.append(topic, 1, kit.batch('other'));
    assert.deepEqual(
      (await reader.rest()).map(({ value }) => String(value)),
      ['other'],
    );
    reader.fetcher.pause(second);
    const next = reader.next(1);
    await kit.features.pass(5);
    reader.fetcher.resume(first);
    assert.deepEqual(
      (await next).map(({ value }) => String(value)),
      ['paused'],
    );
  });

  kit.test('moves by assign, and forgets by unassign', async () => {
    const topic = await kit.topic();
    const partition = { topic, partition: 0 };
    const base = await kit.append(topic, ...numbers(3));
    const reader = kit.reader(topic);
    await reader.next(3);
    reader.assign(partition, base + 1);
    assert.deepEqual(
      (await reader.next(2)).map(({ value }) => String(value)),
      ['1', '2'],
    );
    reader.fetcher.unassign(partition);
    await kit.append(topic, 3);
    assert.deepEqual(await reader.rest(), []);
  });

  kit.test('looks at a partition that is assigned while it waits', async () => {
    const topic = await kit.topic(2);
    await kit.producer.append(topic, 1, kit.batch('found'));
    const reader = kit.reader(topic, 1);
    const next = reader.next(1);
    await kit.features.pass(5);
    reader.assign({ topic, partition: 1 }, 0);
    assert.equal(String((await next)[0]?.value), 'found');
  });

  kit.test('serves every partition, however much the others have', async () => {
    const topic = await kit.topic(3);
    const reader = kit.reader(topic, 3);
    // Whoever is asked for a partition is known by now, and the little that they have comes before the much.
    for (const partition of numbers(3)) await kit.producer.append(topic, partition, kilobytes(1));
    await reader.next(3);
    for (const index of numbers(24)) await kit.producer.append(topic, index < 4 ? 1 + (index % 2) : 0, kilobytes(8));
    const seen = new Set<number>();
    for (let polls = 0; polls < 6; polls++) {
      for (const { partition } of await reader.poll(kit.features.timeoutMs, 16 * 1024)) seen.add(partition);
    }
    assert.deepEqual([...seen].sort(), [0, 1, 2]);
  });

  kit.test('returns about as many bytes as asked, and a larger batch whole', async () => {
    const topic = await kit.topic();
    await kit.producer.append(topic, 0, kilobytes(100));
    for (const _ of numbers(20)) await kit.producer.append(topic, 0, kilobytes(10));
    const reader = kit.reader(topic);
    const poll = async () =>
      (await reader.poll(kit.features.timeoutMs, 40 * 1024)).map(({ value }) => value?.length ?? 0);
    assert.equal((await poll())[0], 100 * 1024);
    let count = 0;
    while (count < 20) {
      const sizes = await poll();
      assert.ok(sizes.length <= 6, `${sizes.length} batches of 10 KiB came where 40 KiB were asked for`);
      count += sizes.length;
    }
  });

  kit.test('says how far behind it is, and that it is not when all is read', async () => {
    const topic = await kit.topic();
    for (const value of numbers(20)) await kit.producer.append(topic, 0, kilobytes(1 + value));
    const { fetcher } = kit.reader(topic);
    let [nextOffset, endOffset] = [0, 1];
    while (nextOffset < endOffset) {
      for (const each of await fetcher.poll({ maxWaitMs: kit.features.timeoutMs, maxBytes: 20 * 1024 })) {
        assert.ok(each.nextOffset > nextOffset && each.endOffset >= each.nextOffset);
        ({ nextOffset, endOffset } = each);
      }
    }
    assert.equal(endOffset, await kit.offset(topic, 'latest'));
  });

  kit.test('refuses positions outside, and topics that are not there', async () => {
    const topic = await kit.topic();
    await kit.append(topic, 'a');
    const { fetcher } = kit.reader(topic, 1, 1000);
    await kit.fails('LOG_OFFSET_OUT_OF_RANGE', () => fetcher.poll({ ...none, maxWaitMs: kit.features.timeoutMs }));
    fetcher.assign({ topic, partition: 0 }, 0);
    assert.equal((await fetcher.poll({ ...none, maxWaitMs: kit.features.timeoutMs })).length, 1);
    fetcher.assign({ topic: kit.name('missing'), partition: 0 }, 0);
    await kit.fails('LOG_UNKNOWN_TOPIC', () => fetcher.poll({ ...none, maxWaitMs: kit.features.timeoutMs }));
  });

  kit.test('lets many fetchers read the same, each at its own place', async () => {
    const topic = await kit.topic();
    const readers = numbers(3).map(() => kit.reader(topic));
    const reading = readers.map((reader) => reader.next(50));
    for (const index of numbers(10)) await kit.append(topic, ...numbers(5, index * 5));
    for (const records of await Promise.all(reading)) {
      assert.deepEqual(
        records.map(({ value }) => String(value)),
        numbers(50).map(String),
      );
    }
  });

  kit.test('ends on close, as do the polls of a log that is closed', async () => {
    const topic = await kit.topic();
    const reader = kit.reader(topic);
    const polled = reader.poll();
    await kit.features.pass(5);
    await reader.close();
    assert.deepEqual(await polled, []);
    await kit.fails('LOG_CLOSED', () => reader.poll());

    const { log } = await kit.worker();
    const [fetcher, producer] = [log.fetcher(), await log.producer()];
    fetcher.assign({ topic, partition: 0 }, 0);
    const waiting = fetcher.poll({ maxWaitMs: kit.features.timeoutMs, maxBytes: 1 });
    await kit.features.pass(5);
    await log.close();
    await log.close();
    assert.deepEqual(await waiting, []);
    await kit.fails('LOG_CLOSED', () => fetcher.poll(none));
    await kit.fails('LOG_CLOSED', () => producer.append(topic, 0, kit.batch('late')));
    await kit.fails('LOG_CLOSED', () => log.admin.describeTopics());
    await kit.fails('LOG_CLOSED', () => log.producer());
    await kit.fails('LOG_CLOSED', () => log.fetcher());
  });
}
