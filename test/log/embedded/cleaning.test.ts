// Retention and compaction of the embedded log in detail, in the background, and cut off in the middle.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SteppedClock } from '../../../base/stepped-clock.ts';
import { type EmbeddedLog, openEmbeddedLog } from '../../../log/embedded/embedded-log.ts';
import { FaultyStorage } from './faulty-storage.ts';
import { pass } from './kit.ts';
import { batchOf, offsetOf, readBatches, readTexts, t0, withTopic } from './records.ts';

const hour = 3_600_000;

async function opened(
  spec: Parameters<typeof withTopic>[1],
  options: { activeTailBytes?: number; onBackgroundError?: (error: unknown) => void } = {},
): Promise<{ log: EmbeddedLog; clock: SteppedClock; storage: FaultyStorage }> {
  const [clock, storage] = [new SteppedClock(), new FaultyStorage()];
  const settings = { storage, clock, tailBytes: 0, indexIntervalBytes: 1, activeTailBytes: 1, ...options };
  return { log: await withTopic(await openEmbeddedLog(settings), spec), clock, storage };
}

const bytesOf = async (log: EmbeddedLog) =>
  (await readBatches(log, t0, await offsetOf(log, t0, 'earliest'))).reduce((sum, { bytes }) => sum + bytes.length, 0);

describe('retention', { timeout: 10_000 }, () => {
  it('by size takes the oldest batches, as long as enough is left', async () => {
    const { log } = await opened({ retentionBytes: 1000 });
    const producer = await log.producer();
    for (let index = 0; index < 30; index++) await producer.append('t', 0, batchOf(0, 'x'.repeat(20)));
    const before = await bytesOf(log);
    await log.applyRetention();
    const left = await bytesOf(log);
    assert.ok(before > 2000 && left >= 1000 && left < 1000 + before / 30, `${left} of ${before} bytes are left`);
    await log.close();
  });

  it('by time stops at the first batch that is young enough, and shrinks the time index', async () => {
    const { log, clock, storage } = await opened({ retentionMs: hour });
    const producer = await log.producer();
    for (let index = 0; index < 10; index++) {
      await producer.append('t', 0, batchOf(clock.now(), `a:${index}`, `b:${index}`));
      clock.step(hour / 5 - 1);
      await pass(clock, 1);
    }
    await producer.append('t', 0, batchOf(clock.now() - 5 * hour, 'late'));
    await log.applyRetention();
    const texts = await readTexts(log, t0);
    assert.equal(texts[0], '10=a:5');
    assert.equal(texts.at(-1), '20=late');
    assert.equal(await offsetOf(log, t0, clock.now() - hour / 3), 18);
    const index = await storage.read({ gte: Buffer.from('i'), lt: Buffer.from('j') });
    assert.equal(index.length, 6);
    await log.close();
  });

  it('runs by itself as time goes by, and hears of what fails', async () => {
    const errors: unknown[] = [];
    const { log, clock, storage } = await opened(
      { retentionMs: hour },
      { onBackgroundError: (error) => errors.push(error) },
    );
    await (await log.producer()).append('t', 0, batchOf(clock.now(), 'a'));
    await pass(clock, hour / 60);
    assert.equal(await offsetOf(log, t0, 'earliest'), 0);
    clock.step(hour);
    await pass(clock, 100);
    assert.equal(await offsetOf(log, t0, 'earliest'), 1);
    assert.deepEqual(errors, []);
    await (await log.producer()).append('t', 0, batchOf(0, 'b'));
    storage.failingFrom = storage.writes.length;
    clock.step(hour / 60);
    await pass(clock, 100);
    assert.match(String(errors[0]), /could not be written/);
    await log.close();
  });
});

describe('deleted records', { timeout: 10_000 }, () => {
  it('are gone from the disk, but for those in the batch that the start lies in', async () => {
    const { log, storage } = await opened({});
    const producer = await log.producer();
    for (let index = 0; index < 5; index++) await producer.append('t', 0, batchOf(0, `a:${index}`, `b:${index}`));
    const stored = async () => (await storage.read({ gte: Buffer.from('b'), lt: Buffer.from('c') })).length;
    await log.admin.deleteRecords(t0, 5);
    assert.equal(await stored(), 3);
    await log.admin.deleteRecords(t0, 10);
    assert.equal(await stored(), 0);
    await log.close();
  });

  it('that a close cuts short are not said to be gone', async () => {
    const { log, storage } = await opened({});
    await (await log.producer()).append('t', 0, batchOf(0, 'a', 'b'));
    storage.hold();
    const deleted = assert.rejects(log.admin.deleteRecords(t0, 1), { code: 'LOG_CLOSED' });
    await pass(new SteppedClock(), 1);
    const closed = log.close();
    storage.release();
    await Promise.all([deleted, closed]);
  });
});

describe('compaction', { timeout: 10_000 }, () => {
  it('leaves the active tail alone, and takes tombstones away when they are old', async () => {
    const { log, clock } = await opened({ cleanup: 'compact' });
    const producer = await log.producer();
    await producer.append('t', 0, batchOf(clock.now(), 'a:1', 'b:1', 'c:1'));
    await producer.append('t', 0, batchOf(clock.now(), 'a:', 'b:2'));
    await producer.append('t', 0, batchOf(clock.now(), 'b:3', 'd:1'));
    await log.compact('t');
    assert.deepEqual(await readTexts(log, t0), ['2=c:1', '3=a:', '4=b:2', '5=b:3', '6=d:1']);
    clock.step(25 * hour);
    await producer.append('t', 0, batchOf(clock.now(), 'e:1'));
    await log.compact('t');
    assert.deepEqual(await readTexts(log, t0), ['2=c:1', '5=b:3', '6=d:1', '7=e:1']);
    assert.deepEqual([await offsetOf(log, t0, 'earliest'), await offsetOf(log, t0, 'latest')], [0, 8]);
    await log.close();
  });

  it('keeps records without a key, and finds times in what is left', async () => {
    const { log } = await opened({ cleanup: 'compact' });
    const producer = await log.producer();
    const keyless = batchOf(100, 'a:1').append(200, null, Buffer.from('no key'));
    await producer.append('t', 0, keyless);
    await producer.append('t', 0, batchOf(300, 'a:2'));
    await producer.append('t', 0, batchOf(400, 'a:3'));
    await producer.append('t', 0, batchOf(500, 'b:1'));
    await log.compact();
    assert.deepEqual(await readTexts(log, t0), ['1=no key', '3=a:3', '4=b:1']);
    assert.deepEqual(
      await Promise.all([0, 101, 201, 301, 401, 501].map((time) => offsetOf(log, t0, time))),
      [1, 1, 3, 3, 4, 5],
    );
    await log.close();
  });

  it('goes on where it stopped for want of memory', async () => {
    const [clock, storage] = [new SteppedClock(), new FaultyStorage()];
    const settings = { storage, clock, tailBytes: 0, activeTailBytes: 1, maxCompactionKeys: 2 };
    const log = await withTopic(await openEmbeddedLog(settings), { cleanup: 'compact' });
    const producer = await log.producer();
    const filler = 'x'.repeat(600_000);
    for (let index = 0; index < 12; index++) {
      await producer.append('t', 0, batchOf(clock.now(), `${index % 3}:${index}${filler}`));
    }
    const left: number[] = [];
    for (let run = 0; run < 8; run++) {
      await log.compact();
      left.push((await readTexts(log, t0)).length);
    }
    assert.equal(left.at(-1), 4);
    assert.ok(left[0]! > 4);
    await log.close();
    // Where it stopped outlives a restart: with nothing new, there is nothing to do.
    const writes = storage.writes.length;
    const again = await openEmbeddedLog(settings);
    await again.compact();
    assert.equal(storage.writes.length, writes);
    await again.close();
  });

  it('waits in the background until half of a partition is new', async () => {
    const { log, clock } = await opened({ cleanup: 'compact' });
    const producer = await log.producer();
    const rounds = async (count: number) => {
      for (let index = 0; index < count; index++) await producer.append('t', 0, batchOf(clock.now(), `a:${index}`));
    };
    await rounds(8);
    await producer.append('t', 0, batchOf(clock.now(), ...Array.from({ length: 20 }, (_, index) => `${index}:`)));
    await rounds(1);
    clock.step(60_000);
    await pass(clock, 100);
    assert.equal((await readTexts(log, t0)).length, 22);
    await rounds(2);
    clock.step(60_000);
    await pass(clock, 100);
    assert.equal((await readTexts(log, t0)).length, 24);
    await log.close();
  });

  it('cut off after any of its writes leaves the last value of every key', async () => {
    for (let writes = 0; writes < 12; writes++) {
      const { log, clock, storage } = await opened({ cleanup: 'compact' });
      const producer = await log.producer();
      const filler = 'x'.repeat(300_000);
      for (let index = 0; index < 12; index++) {
        const values = index % 4 === 3 ? ['a:', `b:${index}`] : [`a:${index}${filler}`, `c:${index}${filler}`];
        await producer.append('t', 0, batchOf(clock.now() - 48 * hour, ...values));
      }
      await producer.append('t', 0, batchOf(clock.now(), 'end'));
      storage.failingFrom = storage.writes.length + writes;
      await log.compact().catch(() => {});
      await log.close().catch(() => {});
      storage.failingFrom = Number.POSITIVE_INFINITY;
      const again = await openEmbeddedLog({ storage, clock, activeTailBytes: 1, tailBytes: 0 });
      const latest = async () => {
        const values = new Map<string, string>();
        for (const text of await readTexts(again, t0)) {
          const [, key = '', value = ''] = /=(\w+):?(\d*)/.exec(text) ?? [];
          if (value === '' && key !== 'end') values.delete(key);
          else values.set(key, value);
        }
        return Object.fromEntries(values);
      };
      assert.deepEqual(await latest(), { b: '11', c: '10', end: '' }, `cut off after ${writes} writes`);
      await again.compact();
      assert.deepEqual(await latest(), { b: '11', c: '10', end: '' });
      assert.equal((await readTexts(again, t0)).length, 3);
      await again.close();
    }
  });
});
