// What an embedded log knows again after it was closed and opened: everything but who its group members were.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SteppedClock } from '../../../base/stepped-clock.ts';
import { openEmbeddedLog } from '../../../log/embedded/embedded-log.ts';
import { JournalStorage } from '../../../log/embedded/journal/journal-storage.ts';
import { MemoryStorage } from '../../../log/embedded/memory-storage.ts';
import { temporaryDirectory } from './kit.ts';
import { batchOf, offsetOf, readBatches, readTexts, t0, withTopic } from './records.ts';

const clock = new SteppedClock();
const t1 = { topic: 't', partition: 1 };

describe('a reopened log', { timeout: 10_000 }, () => {
  it('has its topics, records, starts, ends and group offsets, and goes on behind them', async () => {
    const directory = temporaryDirectory();
    const log = await withTopic(await openEmbeddedLog({ directory, clock }), { partitions: 2 });
    const producer = await log.producer();
    for (let index = 0; index < 5; index++)
      await producer.append('t', 0, batchOf(1000 + index, `a:${index}`, `b:${index}`));
    await log.admin.deleteRecords(t0, 3);
    await log.admin.commitOffsets('g', [{ ...t0, offset: 7, metadata: 'and 9' }]);
    await log.admin.commitOffsets('group with a longer name', [{ ...t1, offset: 0 }]);
    await log.close();

    const again = await openEmbeddedLog({ directory, clock });
    assert.deepEqual(await again.admin.describeTopics(), [{ name: 't', partitions: 2, cleanup: 'delete' }]);
    assert.deepEqual([await offsetOf(again, t0, 'earliest'), await offsetOf(again, t0, 'latest')], [3, 10]);
    assert.deepEqual(await readTexts(again, t0, 6), ['6=a:3', '7=b:3', '8=a:4', '9=b:4']);
    assert.equal(await offsetOf(again, t0, 1004), 8);
    assert.deepEqual(await again.admin.committed('g', [t0, t1]), [{ offset: 7, metadata: 'and 9' }, undefined]);
    assert.deepEqual(await again.admin.committedOffsets('group with a longer name', [t0, t1]), [undefined, 0]);
    assert.equal(await (await again.producer()).append('t', 0, batchOf(0, 'next')), 10);
    assert.deepEqual(await again.admin.createTopics([{ name: 'u', partitions: 1, cleanup: 'compact' }]), ['u']);
    assert.equal(await offsetOf(again, { topic: 'u', partition: 0 }, 'latest'), 0);
    await again.close();
  });

  it('keeps the gap behind its last transaction, so that no offset that was seen lies beyond the end', async () => {
    const storage = new MemoryStorage();
    const log = await withTopic(await openEmbeddedLog({ storage, clock, offsetGaps: true }));
    const transaction = (await log.transactionalProducer('id')).begin();
    transaction.append('t', 0, batchOf(0, 'a', 'b'));
    const [appended] = await transaction.commit();
    assert.deepEqual([appended?.baseOffset, appended?.nextOffset, await offsetOf(log, t0, 'latest')], [0, 2, 3]);
    await log.close();
    const again = await openEmbeddedLog({ storage, clock });
    assert.equal(await offsetOf(again, t0, 'latest'), 3);
    assert.equal(await (await again.producer()).append('t', 0, batchOf(0, 'c')), 3);
    assert.deepEqual(await readTexts(again, t0), ['0=a', '1=b', '3=c']);
    await again.close();
  });

  it('never gives a producer id or an epoch twice', async () => {
    const storage = new MemoryStorage();
    const seen: string[] = [];
    for (let life = 0; life < 3; life++) {
      const log = await openEmbeddedLog({ storage, clock });
      if (life === 0) await withTopic(log);
      await (await log.producer()).append('t', 0, batchOf(0, 'plain'));
      const transaction = (await log.transactionalProducer('id')).begin();
      transaction.append('t', 0, batchOf(0, 'transaction'));
      await transaction.commit();
      if (life === 2) {
        for (const { producerId, producerEpoch } of await readBatches(log, t0))
          seen.push(`${producerId}/${producerEpoch}`);
      }
      await log.close();
    }
    assert.equal(new Set(seen).size, 6);
    assert.deepEqual(
      seen.filter((_, index) => index % 2 === 1).map((each) => each.split('/')[1]),
      ['0', '1', '2'],
    );
  });

  it('takes a new producer id when an epoch has run out', async () => {
    const storage = new MemoryStorage();
    const log = await withTopic(await openEmbeddedLog({ storage, clock }));
    let producer = await log.transactionalProducer('id');
    for (let epoch = 0; epoch < 0x7ffe; epoch++) producer = await log.transactionalProducer('id');
    const ids: string[] = [];
    for (const each of [producer, await log.transactionalProducer('id')]) {
      const transaction = each === producer ? undefined : each.begin();
      transaction?.append('t', 0, batchOf(0, 'a'));
      await transaction?.commit();
    }
    for (const { producerId, producerEpoch } of await readBatches(log, t0)) ids.push(`${producerId}/${producerEpoch}`);
    assert.deepEqual(ids, ['2/0']);
    assert.throws(() => producer.begin(), { code: 'LOG_PRODUCER_FENCED' });
    await log.close();
  });

  it('goes on removing a topic that was being deleted', async () => {
    const storage = new MemoryStorage();
    const log = await withTopic(await openEmbeddedLog({ storage, clock, indexIntervalBytes: 1 }), { partitions: 2 });
    const producer = await log.producer();
    for (let index = 0; index < 20; index++) await producer.append('t', index % 2, batchOf(index, 'x'));
    const deleted = log.admin.deleteTopics(['t']);
    await log.close();
    await deleted.catch(() => {});
    const again = await openEmbeddedLog({ storage, clock });
    assert.deepEqual(await again.admin.describeTopics(), []);
    await again.applyRetention();
    await again.close();
    const left = await storage.read({ gte: Buffer.from('b'), lt: Buffer.from('z') });
    assert.deepEqual(
      left.map(({ key }) => key.toString('latin1', 0, 1)),
      ['m'],
    );
  });
});

describe('a directory', { timeout: 10_000 }, () => {
  const failsWith = (reason: RegExp) => ({ code: 'LOG_STORAGE_FAILED', message: reason });

  it('that another log uses is refused', async () => {
    const directory = temporaryDirectory();
    const log = await openEmbeddedLog({ directory, clock });
    await assert.rejects(openEmbeddedLog({ directory, clock }), failsWith(/could not be opened: .*lock/i));
    await log.close();
    await (await openEmbeddedLog({ directory, clock })).close();
  });

  it('that cannot be made is refused', async () => {
    await assert.rejects(
      openEmbeddedLog({ directory: '/dev/null/log', clock }),
      failsWith(/\/dev\/null\/log could not be/),
    );
  });

  it('of a newer format is refused', async () => {
    const directory = temporaryDirectory();
    const storage = await JournalStorage.open(directory);
    await storage.write([{ type: 'put', key: Buffer.from('m'), value: Buffer.from('{"format":3}') }]);
    await storage.close();
    await assert.rejects(
      openEmbeddedLog({ directory, clock }),
      failsWith(/it has format 3, and this version reads 1 to 2/),
    );
    await (await JournalStorage.open(directory)).close();
  });
});
