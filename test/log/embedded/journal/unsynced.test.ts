// The worst loss of power: of each file that is written on, what was synced is left, to the byte, and of the rest nothing, or
// all but the first. So every sync that a promise rests on is seen to be there.
import assert from 'node:assert/strict';
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  writeSync,
} from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { seededRandom } from '../../../../base/random.ts';
import { JournalStorage } from '../../../../log/embedded/journal/journal-storage.ts';
import { LevelIndex } from '../../../../log/embedded/journal/level-index.ts';
import { temporaryDirectory } from '../kit.ts';
import { assertHolds, copyIndex, copyJournal, type Model, randomWrite, segmentsIn } from './kit.ts';

/** By inode: how long a file was when it was synced last. LevelDB's own syncs aren't seen: tables and manifests stay. */
const syncedBytes = new Map<number, number>();

/** Whether the file was opened so that each write is synced by itself; never so where the system doesn't tell. */
function syncsWrites({ fd }: FileHandle): boolean {
  const info = `/proc/self/fdinfo/${fd}`;
  const flags = existsSync(info) ? /^flags:\s+(\d+)$/m.exec(readFileSync(info, 'utf8'))?.[1] : undefined;
  return (Number.parseInt(flags ?? '0', 8) & constants.O_DSYNC) !== 0;
}

/** What a file lost that wasn't synced: all, or only the first, which came to the disk last. */
type Loss = 'all' | 'the first';

function lose(loss: Loss, from: string, to: string): void {
  const file = openSync(to, 'r+');
  const synced = syncedBytes.get(statSync(from).ino) ?? 0;
  const { size } = fstatSync(file);
  if (synced < size && loss === 'all') ftruncateSync(file, synced);
  else if (synced < size) writeSync(file, Buffer.alloc(Math.min(1000, size - synced)), 0, undefined, synced);
  closeSync(file);
}

function copyAsLost(loss: Loss, from: string, to: string): void {
  copyIndex(from, to);
  for (const name of readdirSync(to)) if (/^\d+\.log$/.test(name)) lose(loss, join(from, name), join(to, name));
  copyJournal(from, to);
  const [inFrom, inTo] = [join(from, 'journal'), join(to, 'journal')];
  for (const name of segmentsIn(to).keys()) lose('all', join(inFrom, name), join(inTo, name));
}

describe('a loss of power takes what was not synced', { timeout: 60_000 }, () => {
  let handles: FileHandle;
  let datasync: FileHandle['datasync'];
  let writev: FileHandle['writev'];
  const { write } = LevelIndex.prototype;

  before(async () => {
    const file = await open(import.meta.filename);
    handles = Object.getPrototypeOf(file) as FileHandle;
    datasync = handles.datasync;
    handles.datasync = async function noted(this: FileHandle) {
      const { ino, size } = await this.stat();
      await datasync.call(this);
      syncedBytes.set(ino, size);
    };
    writev = handles.writev;
    handles.writev = async function noted(this: FileHandle, buffers, position) {
      const written = await writev.call(this, buffers, position);
      if (syncsWrites(this)) syncedBytes.set((await this.stat()).ino, (position ?? 0) + written.bytesWritten);
      return { ...written, buffers };
    };
    await file.close();
    // An index that is slower now and then: what must wait for it is seen to.
    const delays = seededRandom(20270118);
    LevelIndex.prototype.write = async function delayed(operations) {
      for (let turns = delays.int(3) === 0 ? delays.int(1500) : 0; turns > 0; turns--) await setImmediate();
      await write.call(this, operations);
    };
  });
  after(() => {
    handles.datasync = datasync;
    handles.writev = writev;
    LevelIndex.prototype.write = write;
  });

  // LevelDB loses whole blocks of 32 kB where there is a hole: what is behind one matters only if there is more, and if no
  // segment goes soon, for then everything is synced.
  const losses = [
    { loss: 'all', segmentBytes: 12_000, keys: 25, leastRemoved: 5 },
    { loss: 'the first', segmentBytes: 250_000, keys: 2000, leastRemoved: 0 },
  ] as const;
  for (const { loss, segmentBytes, keys, leastRemoved } of losses) {
    it(`${loss} of it, and what was written is there, at any moment`, async () => {
      const seed = 20270116;
      const random = seededRandom(seed);
      const directory = temporaryDirectory();
      const options = { segmentBytes, onBackgroundError: assert.ifError };
      const storage = await JournalStorage.open(directory, options);
      const model: Model = new Map();
      const removed = new Set<string>();
      for (let step = 0; step < 150; step++) {
        const write = step === 0 ? [] : randomWrite(random, model, keys);
        for (let small = 0; small < 12; small++) {
          const [key, value] = [`small ${random.int(100)}`, Buffer.alloc(step === 0 ? 1500 : 250, step)];
          write.push({ type: 'put', key: Buffer.from(key), value, replaces: model.has(key) });
          model.set(key, value);
        }
        await storage.write(write);
        if (random.int(4) === 0) await assertHolds(storage, model, `seed ${seed}, step ${step}, before any loss`);
        for (let turns = random.int(12); turns > 0; turns--) await setImmediate();
        for (const name of segmentsIn(directory).keys()) removed.add(name);
        const copy = temporaryDirectory();
        copyAsLost(loss, directory, copy);
        const again = await JournalStorage.open(copy, options);
        await assertHolds(again, model, `seed ${seed}, step ${step}`);
        await again.close();
      }
      await storage.close();
      for (const name of segmentsIn(directory).keys()) removed.delete(name);
      assert.ok(removed.size >= leastRemoved, `${removed.size} segments were given back meanwhile`);
    });
  }
});
