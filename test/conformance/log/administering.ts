// Topics, offsets by place and by time, group offsets, and records deleted on command.
import assert from 'node:assert/strict';
import { RecordBatchBuilder } from '../../../log/record-batch-builder.ts';
import { type LogKit, numbers } from './kit.ts';

export function administering(kit: LogKit): void {
  kit.test('creates what is missing, and refuses another partition count', async () => {
    const [one, two] = [kit.name('topic'), kit.name('topic')];
    const spec = { name: one, partitions: 2, cleanup: 'delete' } as const;
    assert.deepEqual(await kit.log.admin.createTopics([spec]), [one]);
    const more = { name: two, partitions: 1, cleanup: 'compact' } as const;
    assert.deepEqual(await kit.log.admin.createTopics([spec, more]), [two]);
    await kit.fails('LOG_TOPIC_EXISTS', () => kit.log.admin.createTopics([{ ...spec, partitions: 3 }]));
    const described = await kit.log.admin.describeTopics([two, kit.name('missing'), one]);
    assert.deepEqual(
      [...described].sort((a, b) => b.partitions - a.partitions),
      [spec, more],
    );
    assert.ok((await kit.log.admin.describeTopics()).some(({ name }) => name === one));
  });

  kit.test('deletes topics with all that was in them', async () => {
    const topic = await kit.topic();
    const group = kit.name('group');
    await kit.append(topic, 'gone');
    await kit.log.admin.commitOffsets(group, [{ topic, partition: 0, offset: 1 }]);
    await kit.log.admin.deleteTopics([topic]);
    const isGone = async () => (await kit.log.admin.describeTopics([topic])).length === 0;
    await kit.until('the topic is gone', isGone);
    await kit.fails('LOG_UNKNOWN_TOPIC', () => kit.log.admin.deleteTopics([topic]));
    await kit.fails('LOG_UNKNOWN_TOPIC', () => kit.log.admin.offsets([{ topic, partition: 0 }], 'latest'));
    await kit.log.admin.createTopics([{ name: topic, partitions: 1, cleanup: 'delete' }]);
    assert.equal(await kit.offset(topic, 'latest'), 0);
    assert.deepEqual(await kit.log.admin.committedOffsets(group, [{ topic, partition: 0 }]), [undefined]);
  });

  kit.test('knows the first and the next offset', async () => {
    const topic = await kit.topic(2);
    assert.deepEqual([await kit.offset(topic, 'earliest'), await kit.offset(topic, 'latest')], [0, 0]);
    const base = await kit.append(topic, 'a', 'b');
    assert.deepEqual([await kit.offset(topic, 'earliest'), await kit.offset(topic, 'latest')], [0, base + 2]);
    const both = numbers(2).map((partition) => ({ topic, partition }));
    assert.deepEqual(await kit.log.admin.offsets(both, 'latest', 'uncommitted'), [base + 2, 0]);
    await kit.fails('LOG_UNKNOWN_TOPIC', () => kit.log.admin.offsets([{ topic, partition: 2 }], 'latest'));
  });

  kit.test('finds the first record at or after a time, exactly', async () => {
    const topic = await kit.topic();
    const start = kit.features.clock.now() - 100_000;
    const offsets: number[] = [];
    // Ten batches of ten records, ten milliseconds apart each, large enough to spread over an index.
    for (const batch of numbers(10)) {
      const builder = new RecordBatchBuilder();
      for (const index of numbers(10)) {
        builder.append(start + 100 * batch + 10 * index, 'k', Buffer.alloc(5_000));
      }
      const base = await kit.producer.append(topic, 0, builder);
      offsets.push(...numbers(10, base));
    }
    for (const index of [0, 1, 9, 10, 11, 55, 90, 99]) {
      assert.equal(await kit.offset(topic, start + 10 * index), offsets[index]);
      assert.equal(await kit.offset(topic, start + 10 * index - 5), offsets[index]);
    }
    assert.equal(await kit.offset(topic, 0), offsets[0]);
    assert.equal(await kit.offset(topic, start + 991), await kit.offset(topic, 'latest'));
    const reader = kit.reader(topic, 1, await kit.offset(topic, start + 555));
    assert.equal((await reader.next(1))[0]?.timestamp, start + 560);
  });

  kit.test('finds a time among records that are not in the order of time', async () => {
    const topic = await kit.topic();
    const start = kit.features.clock.now() - 100_000;
    const times = [50, 20, 70, 10, 60, 90, 30];
    const offsets: number[] = [];
    for (const time of times) offsets.push(await kit.producer.append(topic, 0, kit.batchAt(start + time, 'v')));
    for (const [time, index] of [
      [0, 0],
      [50, 0],
      [51, 2],
      [71, 5],
      [90, 5],
    ] as const) {
      assert.equal(await kit.offset(topic, start + time), offsets[index]);
    }
  });

  kit.test('keeps the offsets of a group, set by an operator', async () => {
    const topic = await kit.topic(3);
    const group = kit.name('group');
    const all = numbers(3).map((partition) => ({ topic, partition }));
    assert.deepEqual(await kit.log.admin.committedOffsets(group, all), [undefined, undefined, undefined]);
    await kit.append(topic, ...numbers(9));
    await kit.log.admin.commitOffsets(group, [
      { topic, partition: 2, offset: 0 },
      { topic, partition: 0, offset: 7 },
    ]);
    assert.deepEqual(await kit.log.admin.committedOffsets(group, all), [7, undefined, 0]);
    await kit.log.admin.commitOffsets(group, [{ topic, partition: 0, offset: 3 }]);
    assert.deepEqual(await kit.log.admin.committedOffsets(group, all), [3, undefined, 0]);
  });

  kit.test('deletes records before an offset, inside a batch too', async () => {
    const topic = await kit.topic();
    const partition = { topic, partition: 0 };
    await kit.append(topic, ...numbers(5));
    const base = await kit.append(topic, ...numbers(5, 5));
    await kit.append(topic, 10);
    await kit.log.admin.deleteRecords(partition, base + 2);
    assert.equal(await kit.offset(topic, 'earliest'), base + 2);
    assert.equal(await kit.offset(topic, 0), base + 2);
    const reader = kit.reader(topic, 1, base + 2);
    assert.deepEqual(
      (await reader.next(4)).map(({ value }) => String(value)),
      ['7', '8', '9', '10'],
    );
    reader.assign(partition, base + 1);
    await kit.fails('LOG_OFFSET_OUT_OF_RANGE', () => reader.poll());
    const end = await kit.offset(topic, 'latest');
    await kit.log.admin.deleteRecords(partition, end);
    assert.deepEqual([await kit.offset(topic, 'earliest'), await kit.offset(topic, 'latest')], [end, end]);
    await kit.fails('LOG_OFFSET_OUT_OF_RANGE', () => kit.log.admin.deleteRecords(partition, end + 1));
    assert.ok((await kit.append(topic, 'next')) >= end);
  });
}
