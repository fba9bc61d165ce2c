// Room of what is deleted is given back: by retention, compaction and deleted topics, while readers read, and whenever the
// power goes meanwhile.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { seededRandom } from '../../../../base/random.ts';
import { SteppedClock } from '../../../../base/stepped-clock.ts';
import { type EmbeddedLog, openEmbeddedLog } from '../../../../log/embedded/embedded-log.ts';
import { JournalStorage } from '../../../../log/embedded/journal/journal-storage.ts';
import { temporaryDirectory } from '../kit.ts';
import { batchOf, readTexts, t0 } from '../records.ts';
import { assertHolds, copyAsCrashed, everything, journalBytes, type Model, segmentsIn } from './kit.ts';

const options = { segmentBytes: 30_000, onBackgroundError: assert.ifError };
const put = (key: string, value: Buffer, replaces = false) =>
  ({ type: 'put', key: Buffer.from(key), value, replaces }) as const;
const del = (key: string) => ({ type: 'del', key: Buffer.from(key) }) as const;
const valueFor = (key: number | string, size = 2000) => Buffer.alloc(size, `${key};`);

/** Lets the work in the background go on until it has come so far. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await setImmediate();
}

async function openLog(directory: string): Promise<EmbeddedLog> {
  const storage = await JournalStorage.open(directory, options);
  return openEmbeddedLog({ storage, clock: new SteppedClock(), tailBytes: 0, activeTailBytes: 1 });
}

/** Appends 200 batches of 2 kB under ten keys. */
async function fill(log: EmbeddedLog, topic = 't'): Promise<void> {
  const producer = await log.producer();
  for (let index = 0; index < 200; index++) {
    await producer.append(topic, 0, batchOf(index, `${index % 10}:${String(index).padEnd(2000, 'x')}`));
  }
}

describe('room in the journal', { timeout: 60_000 }, () => {
  it('is given back by retention', async () => {
    const directory = temporaryDirectory();
    const log = await openLog(directory);
    await log.admin.createTopics([{ name: 't', partitions: 1, cleanup: 'delete', retentionBytes: 50_000 }]);
    await fill(log);
    assert.ok(journalBytes(directory) > 400_000);
    await log.applyRetention();
    await until(() => journalBytes(directory) < 150_000);
    assert.equal((await readTexts(log, t0)).length, 25);
    await log.close();
    const again = await openLog(directory);
    assert.equal((await readTexts(again, t0)).length, 25);
    await again.close();
  });

  it('is given back by compaction, whose last values move and stay', async () => {
    const directory = temporaryDirectory();
    const log = await openLog(directory);
    await log.admin.createTopics([{ name: 't', partitions: 1, cleanup: 'compact' }]);
    await fill(log);
    await log.compact();
    await until(() => journalBytes(directory) < 100_000);
    const offsets = async (of: EmbeddedLog) => (await readTexts(of, t0)).map((text) => Number(text.split('=')[0]));
    // The newest batch is left alone, and so is the value that it replaces.
    const kept = Array.from({ length: 11 }, (_, index) => 189 + index);
    assert.deepEqual(await offsets(log), kept);
    await log.close();
    const again = await openLog(directory);
    assert.deepEqual(await offsets(again), kept);
    await again.close();
  });

  it('is given back by compaction of batches of which a part stays', async () => {
    const directory = temporaryDirectory();
    const log = await openLog(directory);
    await log.admin.createTopics([{ name: 't', partitions: 1, cleanup: 'compact' }]);
    const producer = await log.producer();
    for (let index = 0; index < 100; index++) {
      await producer.append(
        't',
        0,
        batchOf(index, `same:${'x'.repeat(3000)}`, `own ${index}:`.concat('y'.repeat(1500))),
      );
    }
    assert.ok(journalBytes(directory) > 450_000);
    await log.compact();
    await until(() => journalBytes(directory) < 330_000);
    assert.equal((await readTexts(log, t0)).length, 102);
    await log.close();
  });

  it('is given back by deleted topics, and what lies between stays', async () => {
    const directory = temporaryDirectory();
    const log = await openLog(directory);
    await log.admin.createTopics(['t', 'u'].map((name) => ({ name, partitions: 1, cleanup: 'delete' })));
    await fill(log, 'u');
    await (await log.producer()).append('t', 0, batchOf(1, `k:${'y'.repeat(3000)}`));
    await fill(log, 'u');
    await log.admin.deleteTopics(['u']);
    await until(() => journalBytes(directory) < 70_000);
    assert.deepEqual(await readTexts(log, t0), [`0=k:${'y'.repeat(3000)}`]);
    await log.close();
  });

  it('that only small values took goes with the segment', async () => {
    const directory = temporaryDirectory();
    const storage = await JournalStorage.open(directory, options);
    const model: Model = new Map();
    await storage.write([put('large', valueFor('large'))]);
    model.set('large', valueFor('large'));
    for (let index = 0; index < 400; index++) {
      const value = valueFor(index, 500);
      await storage.write([put(`small ${index}`, value)]);
      model.set(`small ${index}`, value);
    }
    await until(() => segmentsIn(directory).size <= 2);
    await assertHolds(storage, model);
    await storage.close();
    const again = await JournalStorage.open(directory, options);
    await assertHolds(again, model);
    await again.close();
  });

  it('is given back under readers, who always find what they look for', async () => {
    const directory = temporaryDirectory();
    const storage = await JournalStorage.open(directory, options);
    const kept = (key: number) => key % 10 === 3;
    const model: Model = new Map();
    for (let key = 0; key < 250; key++) {
      await storage.write([put(`${1000 + key}`, valueFor(key))]);
      if (kept(key)) model.set(`${1000 + key}`, valueFor(key));
    }
    let isOver = false;
    let reads = 0;
    const read = async () => {
      for (; !isOver; reads++) {
        const found = new Map((await storage.read(everything)).map(({ key, value }) => [key.toString(), value]));
        for (const [key, value] of model) assert.ok(found.get(key)?.equals(value), key);
      }
    };
    const readers = Promise.all([read(), read(), read()]);
    for (let key = 0; key < 250; key++) if (!kept(key)) await storage.write([del(`${1000 + key}`)]);
    await until(() => journalBytes(directory) < 150_000);
    isOver = true;
    await readers;
    assert.ok(reads > 3);
    await assertHolds(storage, model);
    await storage.close();
  });

  it('goes when the reads are done that began before', async () => {
    const directory = temporaryDirectory();
    const storage = await JournalStorage.open(directory, options);
    const keys = Array.from({ length: 120 }, (_, index) => `${1000 + index}`);
    for (const key of keys) await storage.write([put(key, valueFor(key, 30_000))]);
    const [found] = await Promise.all([storage.read(everything), storage.write(keys.map(del))]);
    for (const { key, value } of found) assert.ok(value.equals(valueFor(key.toString(), 30_000)));
    assert.equal(found.length, keys.length);
    await until(() => segmentsIn(directory).size <= 2);
    await storage.close();
  });

  it('is given back without harm if the power goes at any moment, and further when it is back', async () => {
    const seed = 20270115;
    const random = seededRandom(seed);
    const directory = temporaryDirectory();
    const storage = await JournalStorage.open(directory, options);
    const model: Model = new Map();
    for (let key = 0; key < 150; key++) {
      await storage.write([put(`${1000 + key}`, valueFor(key))]);
      model.set(`${1000 + key}`, valueFor(key));
    }
    const doomed = [...model.keys()].filter(() => random.int(5) > 0);
    await storage.write(doomed.map(del));
    for (const key of doomed) model.delete(key);
    const size = journalBytes(directory);
    const copies: string[] = [];
    while (journalBytes(directory) > 130_000) {
      for (let turns = random.int(4); turns >= 0; turns--) await setImmediate();
      const copy = temporaryDirectory();
      copyAsCrashed(directory, copy);
      copies.push(copy);
    }
    await storage.close();
    const sizes = new Set(copies.map(journalBytes));
    assert.ok(sizes.size > 10, `${sizes.size} moments of it were seen`);
    const step = Math.ceil(copies.length / 20);
    for (const copy of copies.filter((_, at) => at % step === 0)) {
      const again = await JournalStorage.open(copy, options);
      await assertHolds(again, model, `seed ${seed}, ${journalBytes(copy)} of ${size}`);
      await until(() => journalBytes(copy) <= 130_000);
      await assertHolds(again, model, `seed ${seed}, given back`);
      await again.close();
    }
  });

  it('of a damaged segment isn’t given back: it is reported, and others are', async () => {
    const directory = temporaryDirectory();
    const errors: unknown[] = [];
    const open = () => JournalStorage.open(directory, { ...options, onBackgroundError: (error) => errors.push(error) });
    const first = await open();
    const model: Model = new Map();
    for (let key = 0; key < 100; key++) {
      await first.write([put(`${1000 + key}`, valueFor(key))]);
      if (key % 10 === 0) model.set(`${1000 + key}`, valueFor(key));
    }
    await first.close();
    const file = join(directory, 'journal', 'segment-00000003.log');
    const bytes = readFileSync(file);
    bytes[12]! ^= 1;
    writeFileSync(file, bytes);
    const storage = await open();
    for (let key = 0; key < 100; key++) if (key % 10 > 0) await storage.write([del(`${1000 + key}`)]);
    await until(() => segmentsIn(directory).size <= 3 && errors.length > 0);
    assert.match(String(errors[0]), /could not be cleaned: segment-00000003.log is damaged at 0/);
    assert.ok(segmentsIn(directory).has('segment-00000003.log'));
    await assertHolds(storage, model);
    await storage.close();
  });

  it('isn’t given back by a miscount: each value is looked up', async () => {
    const directory = temporaryDirectory();
    const storage = await JournalStorage.open(directory, options);
    const model: Model = new Map();
    // The same key twice in one write, and a large value deleted by the write that puts it.
    for (let key = 0; key < 60; key++) {
      const name = `${1000 + (key % 7)}`;
      const value = valueFor(key);
      await storage.write([
        put(name, valueFor(1), true),
        put(name, value, true),
        put(`kept ${key}`, value),
        put('x', value),
        del('x'),
        del('x'),
        del('never there'),
      ]);
      model.set(name, value).set(`kept ${key}`, value);
    }
    await until(() => journalBytes(directory) < 400_000);
    await assertHolds(storage, model);
    await storage.close();
  });
});
