// Readers at the tail never touch storage; readers behind it come from storage, exactly; times are found by the index.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { SteppedClock } from '../../../base/stepped-clock.ts';
import { openEmbeddedLog } from '../../../log/embedded/embedded-log.ts';
import { RecordBatchBuilder } from '../../../log/record-batch-builder.ts';
import { FaultyStorage } from './faulty-storage.ts';
import { batchOf, offsetOf, readBatches, readTexts, t0, withTopic } from './records.ts';

const clock = new SteppedClock();
const t1 = { topic: 't', partition: 1 };

describe('the tail cache', { timeout: 10_000 }, () => {
  it('serves readers at the tail without storage, and is bounded in bytes over all partitions', async () => {
    const storage = new FaultyStorage();
    const log = await withTopic(await openEmbeddedLog({ storage, clock, tailBytes: 20_000 }), { partitions: 2 });
    const producer = await log.producer();
    const fetcher = log.fetcher();
    for (const partition of [0, 1]) fetcher.assign({ topic: 't', partition }, 0);
    const before = storage.reads;
    let read = 0;
    for (let index = 0; index < 100; index++) {
      await producer.append('t', index % 2, batchOf(0, `${index}:${'x'.repeat(500)}`));
      for (const { batches } of await fetcher.poll({ maxWaitMs: 0, maxBytes: 1e6 })) read += batches.length;
    }
    assert.deepEqual([read, storage.reads], [100, before]);
    // The whole partition is there for a reader from the start, most of it from storage.
    assert.equal((await readTexts(log, t0)).length, 50);
    assert.ok(storage.reads > before + 10);
    const [end, all] = [await offsetOf(log, t0, 'latest'), storage.reads];
    assert.equal((await readBatches(log, t0, end - 5)).length, 5);
    assert.equal(storage.reads, all);
    await log.close();
  });

  it('does not keep the large buffer of a small batch', async () => {
    const log = await withTopic(await openEmbeddedLog({ storage: new FaultyStorage(), clock }));
    const builder = new RecordBatchBuilder(1_000_000).append(0, 'k', Buffer.from('small'));
    await (await log.producer()).append('t', 0, builder);
    const [batch] = await readBatches(log, t0);
    assert.ok(batch && batch.bytes.buffer.byteLength < 200);
    await log.close();
  });
});

describe('a poll that storage keeps waiting', { timeout: 10_000 }, () => {
  async function reading() {
    const storage = new FaultyStorage();
    const log = await withTopic(await openEmbeddedLog({ storage, clock, tailBytes: 0 }), { partitions: 2 });
    const producer = await log.producer();
    for (let index = 0; index < 6; index++) await producer.append('t', index % 2, batchOf(0, `${index}`));
    const fetcher = log.fetcher();
    for (const partition of [t0, t1]) fetcher.assign(partition, 0);
    storage.hold('reads');
    const polled = fetcher.poll({ maxWaitMs: 1000, maxBytes: 1e6 });
    const ended = async () => {
      storage.release();
      const found = (await polled).map(({ partition, batches }) => [
        partition,
        batches.map(({ baseOffset }) => baseOffset),
      ]);
      await log.close();
      return found;
    };
    return { log, fetcher, ended };
  }

  it('leaves out what its owner moved, paused or gave up meanwhile', async () => {
    for (const change of ['assign', 'pause', 'unassign'] as const) {
      const { fetcher, ended } = await reading();
      if (change === 'assign') fetcher.assign(t0, 2);
      else fetcher[change](t0);
      assert.deepEqual(await ended(), [[1, [0, 1, 2]]], change);
    }
  });

  it('refuses what was deleted meanwhile, and does not lose what it read of others', async () => {
    const { log, fetcher, ended } = await reading();
    const deleted = log.admin.deleteRecords(t0, 2);
    await setImmediate();
    await assert.rejects(ended(), { code: 'LOG_OFFSET_OUT_OF_RANGE' });
    await deleted;
    fetcher.unassign(t0);
    const [other] = await fetcher.poll({ maxWaitMs: 0, maxBytes: 1e6 });
    assert.deepEqual([other?.partition, other?.batches.length], [1, 3]);
    await log.close();
  });
});

/** Batches of records, with times that mostly grow. */
const written = fc.array(fc.array(fc.nat(400), { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 25 });

describe('any position and any time', { timeout: 20_000 }, () => {
  it('is found as a plain list would find it, whatever the cache, the index and the gaps', async () => {
    const options = fc.record({
      tailBytes: fc.constantFrom(0, 2000, 10 ** 6),
      indexIntervalBytes: fc.constantFrom(1, 300, 10 ** 6),
      offsetGaps: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(written, options, fc.array(fc.nat(600), { maxLength: 5 }), async (batches, settings, times) => {
        const log = await withTopic(await openEmbeddedLog({ storage: new FaultyStorage(), clock, ...settings }));
        const producer = await log.transactionalProducer('id');
        const model: { offset: number; timestamp: number }[] = [];
        for (const [index, jitters] of batches.entries()) {
          const builder = new RecordBatchBuilder();
          for (const jitter of jitters) builder.append(index * 20 + jitter, 'k', Buffer.alloc(60));
          const transaction = producer.begin();
          transaction.append('t', 0, builder);
          const [appended] = await transaction.commit();
          for (const [at, jitter] of jitters.entries()) {
            model.push({ offset: (appended?.baseOffset ?? 0) + at, timestamp: index * 20 + jitter });
          }
        }
        const end = await offsetOf(log, t0, 'latest');
        for (const time of times) {
          const expected = model.find(({ timestamp }) => timestamp >= time)?.offset ?? end;
          assert.equal(await offsetOf(log, t0, time), expected);
        }
        for (const from of [0, 1, end >> 1, end - 1, end]) {
          const texts = await readBatches(log, t0, from, 250);
          const offsets = texts.flatMap((batch) => [...batch.records()].map(({ offset }) => offset));
          assert.deepEqual(
            offsets.filter((offset) => offset >= from),
            model.map(({ offset }) => offset).filter((offset) => offset >= from),
          );
        }
        await log.close();
      }),
      { numRuns: 60 },
    );
  });
});
