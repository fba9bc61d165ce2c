// The journal storage holds what was written to it, however its values are spread, whatever is given back behind it, and
// through closing and opening.
import assert from 'node:assert/strict';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { seededRandom } from '../../../../base/random.ts';
import { JournalStorage } from '../../../../log/embedded/journal/journal-storage.ts';
import { LevelIndex } from '../../../../log/embedded/journal/level-index.ts';
import type { StorageOperation } from '../../../../log/embedded/storage.ts';
import { temporaryDirectory } from '../kit.ts';
import { assertHolds, copyAsCrashed, everything, type Model, randomWrite, segmentsIn } from './kit.ts';

const options = { segmentBytes: 20_000, onBackgroundError: assert.ifError };
const put = (key: string, value: Buffer) => ({ type: 'put', key: Buffer.from(key), value }) as const;

describe('the journal storage', { timeout: 30_000 }, () => {
  it('holds what a map would, closed and opened again or killed', async () => {
    const seed = 20270111;
    const random = seededRandom(seed);
    const model: Model = new Map();
    let directory = temporaryDirectory();
    let storage = await JournalStorage.open(directory, options);
    const removed = new Set<string>();
    for (let step = 0; step < 400; step++) {
      for (const name of segmentsIn(directory).keys()) removed.add(name);
      await storage.write(randomWrite(random, model));
      if (random.int(20) === 0) await assertHolds(storage, model, `seed ${seed}, step ${step}`);
      const end = random.int(25);
      const left = storage;
      if (end === 0) await storage.close();
      else if (end === 1) {
        const copy = temporaryDirectory();
        copyAsCrashed(directory, copy);
        await storage.close();
        directory = copy;
      } else continue;
      storage = await JournalStorage.open(directory, options);
      assert.notEqual(storage, left);
      await assertHolds(storage, model, `seed ${seed}, opened after step ${step}`);
    }
    await storage.close();
    for (const name of segmentsIn(directory).keys()) removed.delete(name);
    assert.ok(removed.size > 5, `${removed.size} segments were given back meanwhile`);
  });

  it('reads ranges both ways with limits of count and bytes, counting what values have, not what pointers have', async () => {
    const directory = temporaryDirectory();
    const storage = await JournalStorage.open(directory, options);
    const keys = Array.from({ length: 30 }, (_, index) => `key ${100 + index}`);
    for (const key of keys) await storage.write([put(key, Buffer.alloc(2000, key)), put(`x${key}`, Buffer.alloc(3))]);
    const range = { gte: Buffer.from('key'), lt: Buffer.from('l') };
    for (const reverse of [false, true]) {
      const ordered = reverse ? keys.toReversed() : keys;
      for (const [limits, count] of [
        [{ maxBytes: 1 }, 1],
        [{ maxBytes: 2007 }, 1],
        [{ maxBytes: 2008 }, 2],
        [{ maxBytes: 20_000 }, 10],
        [{ maxBytes: 20_000, limit: 4 }, 4],
        [{ limit: 7 }, 7],
        [{}, 30],
      ] as const) {
        const found = await storage.read(range, { ...limits, reverse });
        assert.deepEqual(
          found.map(({ key, value }) => [key.toString(), value.equals(Buffer.alloc(2000, key))]),
          ordered.slice(0, count).map((key) => [key, true]),
        );
        for (const { value } of found) assert.ok(value.buffer.byteLength === 2000, 'a value keeps no other in memory');
      }
    }
    await storage.close();
  });

  it('needs no journal for small values alone, and shows nobody keys of its own', async () => {
    const directory = temporaryDirectory();
    const storage = await JournalStorage.open(directory, options);
    await storage.write([put('a', Buffer.alloc(1023))]);
    assert.deepEqual(segmentsIn(directory).size, 0);
    await storage.write([put('b', Buffer.alloc(1024))]);
    assert.deepEqual(segmentsIn(directory).size, 1);
    assert.deepEqual(
      (await storage.read(everything)).map(({ key }) => key.toString()),
      ['a', 'b'],
    );
    await storage.close();
  });

  it('writes in the order of the calls, also if none is waited for', async (test) => {
    const directory = temporaryDirectory();
    // The index takes its time, and less each time.
    const { write } = LevelIndex.prototype;
    let turns = 20_000;
    test.mock.method(LevelIndex.prototype, 'write', async function later(this: LevelIndex, all: StorageOperation[]) {
      turns -= 1000;
      for (let turn = turns; turn > 0; turn--) await setImmediate();
      await write.call(this, all);
    });
    const storage = await JournalStorage.open(directory, options);
    const values = Array.from({ length: 20 }, (_, index) => Buffer.alloc(1500, index));
    await Promise.all(values.map((value, index) => storage.write([put('same', value), put(`own ${index}`, value)])));
    const model: Model = new Map(values.map((value, index) => [`own ${index}`, value]));
    await assertHolds(storage, model.set('same', Buffer.alloc(1500, 19)));
    await storage.close();
  });

  it('takes nothing more after a failed write, still reads, and has all that was written when it is opened again', async () => {
    const directory = temporaryDirectory();
    const model: Model = new Map();
    const storage = await JournalStorage.open(directory, options);
    await storage.write([put('a', Buffer.alloc(30_000))]);
    model.set('a', Buffer.alloc(30_000));
    const obstacle = join(directory, 'journal', 'segment-00000002.log');
    writeFileSync(obstacle, '');
    const large = [put('b', Buffer.alloc(2000))];
    await assert.rejects(storage.write(large), /EEXIST/);
    rmSync(obstacle);
    await assert.rejects(storage.write(large), /EEXIST/);
    await assertHolds(storage, model);
    await storage.close();
    const again = await JournalStorage.open(directory, options);
    await assertHolds(again, model);
    await again.write(large);
    await assertHolds(again, model.set('b', Buffer.alloc(2000)));
    await again.close();
  });

  it('that finds no room for a journal says so', async () => {
    const directory = temporaryDirectory();
    const storage = await JournalStorage.open(directory, options);
    writeFileSync(join(directory, 'journal'), '');
    await assert.rejects(storage.write([put('b', Buffer.alloc(2000))]), /EEXIST|ENOTDIR/);
    await storage.close();
    await assert.rejects(JournalStorage.open(directory, options), { code: 'LOG_STORAGE_FAILED', message: /ENOTDIR/ });
    rmSync(join(directory, 'journal'));
    await (await JournalStorage.open(directory, options)).close();
    assert.ok(!readdirSync(directory).includes('journal'));
  });
});
