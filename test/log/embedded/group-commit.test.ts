// Group commit: what waits goes together, in order, whole, and is seen only when it is durable.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { isStockstreamError } from '../../../base/errors.ts';
import { SteppedClock } from '../../../base/stepped-clock.ts';
import { type EmbeddedLog, openEmbeddedLog } from '../../../log/embedded/embedded-log.ts';
import { RecordBatchBuilder } from '../../../log/record-batch-builder.ts';
import { FaultyStorage } from './faulty-storage.ts';

const batch = (value = 'v', count = 1) => {
  const builder = new RecordBatchBuilder();
  for (let index = 0; index < count; index++) builder.append(1, value, Buffer.from(value));
  return builder;
};

async function opened(options: { maxFlushBytes?: number } = {}): Promise<{ log: EmbeddedLog; storage: FaultyStorage }> {
  const storage = new FaultyStorage();
  const log = await openEmbeddedLog({ storage, clock: new SteppedClock(), ...options });
  await log.admin.createTopics([{ name: 't', partitions: 2, cleanup: 'delete' }]);
  return { log, storage };
}

const batchesIn = (storage: FaultyStorage, from: number) =>
  storage.writes.slice(from).map((write) => write.filter(({ key }) => key.toString('latin1', 0, 1) === 'b').length);

describe('group commit', { timeout: 10_000 }, () => {
  it('writes the first append at once, and all that came meanwhile together', async () => {
    const { log, storage } = await opened();
    const producer = await log.producer();
    const transactional = await log.transactionalProducer('id');
    const before = storage.writes.length;
    storage.hold();
    const first = producer.append('t', 0, batch());
    await setImmediate();
    const more = Array.from({ length: 10 }, () => producer.append('t', 0, batch()));
    const transaction = transactional.begin();
    for (const partition of [0, 1]) transaction.append('t', partition, batch());
    const committed = transaction.commit();
    await setImmediate();
    assert.deepEqual(batchesIn(storage, before), [1]);
    storage.release();
    assert.deepEqual(
      await Promise.all([first, ...more]),
      Array.from({ length: 11 }, (_, offset) => offset),
    );
    assert.deepEqual(
      (await committed).map(({ baseOffset }) => baseOffset),
      [11, 0],
    );
    assert.deepEqual(batchesIn(storage, before), [1, 12]);
    await log.close();
  });

  it('bounds a write, and never splits a transaction', async () => {
    const { log, storage } = await opened({ maxFlushBytes: 1000 });
    const producer = await log.producer();
    const transactional = await log.transactionalProducer('id');
    const before = storage.writes.length;
    const transaction = transactional.begin();
    for (let index = 0; index < 20; index++) transaction.append('t', index % 2, batch('x'.repeat(100)));
    const appends = Array.from({ length: 10 }, () => producer.append('t', 0, batch('x'.repeat(100))));
    await Promise.all([...appends, transaction.commit()]);
    assert.deepEqual(batchesIn(storage, before), [3, 3, 3, 1, 20]);
    await log.close();
  });

  it('shows readers only what is durable', async () => {
    const { log, storage } = await opened();
    const producer = await log.producer();
    const fetcher = log.fetcher();
    fetcher.assign({ topic: 't', partition: 0 }, 0);
    storage.hold();
    const appended = producer.append('t', 0, batch());
    await setImmediate();
    assert.deepEqual(await fetcher.poll({ maxWaitMs: 0, maxBytes: 1000 }), []);
    assert.deepEqual(await log.admin.offsets([{ topic: 't', partition: 0 }], 'latest'), [0]);
    const polled = fetcher.poll({ maxWaitMs: 1000, maxBytes: 1000 });
    storage.release();
    await appended;
    assert.equal((await polled)[0]?.batches.length, 1);
    await log.close();
  });

  it('takes nothing more after a failed write: nobody knows what is on the disk', async () => {
    const { log, storage } = await opened();
    const producer = await log.producer();
    await producer.append('t', 0, batch());
    storage.failingFrom = storage.writes.length;
    storage.hold();
    const failing = [producer.append('t', 0, batch())];
    await setImmediate();
    failing.push(producer.append('t', 0, batch()));
    storage.release();
    storage.failingFrom = Number.POSITIVE_INFINITY;
    failing.push(producer.append('t', 0, batch()));
    for (const result of await Promise.allSettled(failing)) {
      assert.ok(result.status === 'rejected' && isStockstreamError(result.reason, 'LOG_STORAGE_FAILED'));
      assert.match(result.reason.message, /memory could not be written: no space left/);
    }
    await assert.rejects(producer.append('t', 0, batch()), { code: 'LOG_STORAGE_FAILED' });
    assert.deepEqual(await log.admin.offsets([{ topic: 't', partition: 0 }], 'latest'), [1]);
    await log.close();
    const again = await openEmbeddedLog({ storage, clock: new SteppedClock() });
    assert.equal(await (await again.producer()).append('t', 0, batch()), 1);
    await again.close();
  });

  it('fences a transaction by a takeover that came just before its commit', async () => {
    const { log } = await opened();
    const older = await log.transactionalProducer('id');
    const transaction = older.begin();
    transaction.append('t', 0, batch());
    const newer = log.transactionalProducer('id');
    await assert.rejects(transaction.commit(), { code: 'LOG_PRODUCER_FENCED' });
    assert.deepEqual(await (await newer).begin().commit(), []);
    assert.deepEqual(await log.admin.offsets([{ topic: 't', partition: 0 }], 'latest'), [0]);
    await log.close();
  });

  it('writes on close what it has taken', async () => {
    const { log, storage } = await opened();
    const producer = await log.producer();
    storage.hold();
    const first = producer.append('t', 0, batch());
    await setImmediate();
    const second = producer.append('t', 0, batch());
    const closed = log.close();
    await assert.rejects(producer.append('t', 0, batch()), { code: 'LOG_CLOSED' });
    storage.release();
    assert.deepEqual(await Promise.all([first, second]), [0, 1]);
    await closed;
  });

  it('numbers batches as an idempotent producer of Kafka does', async () => {
    const { log } = await opened();
    const producer = await log.producer();
    await producer.append('t', 0, batch('a', 3));
    await producer.append('t', 1, batch('b', 1));
    await producer.append('t', 0, batch('c', 2));
    await log.transactionalProducer('id');
    const transactional = await log.transactionalProducer('id');
    const transaction = transactional.begin();
    transaction.append('t', 0, batch('d', 2));
    transaction.append('t', 0, batch('e', 1));
    await transaction.commit();
    const fetcher = log.fetcher();
    fetcher.assign({ topic: 't', partition: 0 }, 0);
    const [fetched] = await fetcher.poll({ maxWaitMs: 0, maxBytes: 1e6 });
    const [first] = fetched?.batches ?? [];
    const transactionalId = fetched?.batches[2]?.producerId;
    assert.deepEqual(
      fetched?.batches.map((each) => [each.producerId, each.producerEpoch, each.baseSequence, each.isTransactional]),
      [
        [first?.producerId, 0, 0, false],
        [first?.producerId, 0, 3, false],
        [transactionalId, 1, 0, true],
        [transactionalId, 1, 2, true],
      ],
    );
    assert.notEqual(first?.producerId, transactionalId);
    await log.close();
  });
});
