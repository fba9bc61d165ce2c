// Bytes of the journal that the disk changed or lost: whoever opens or reads it is told, and never gets less in silence.
import assert from 'node:assert/strict';
import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { seededRandom } from '../../../../base/random.ts';
import { SteppedClock } from '../../../../base/stepped-clock.ts';
import { openEmbeddedLog } from '../../../../log/embedded/embedded-log.ts';
import { JournalStorage } from '../../../../log/embedded/journal/journal-storage.ts';
import { temporaryDirectory } from '../kit.ts';
import { batchOf, readTexts, t0, withTopic } from '../records.ts';
import { copyAsCrashed, copyIndex, copyJournal, everything, journalBytes, segmentsIn } from './kit.ts';

const segmentBytes = 10_000;
const put = (key: string) => ({ type: 'put', key: Buffer.from(key), value: Buffer.alloc(1500, key) }) as const;
const fails = (reason: RegExp) => ({ code: 'LOG_STORAGE_FAILED', message: reason });

/** A journal of 20 writes in three segments, as a crash leaves it, or closed. */
async function written({ closed = false, bytes = segmentBytes } = {}): Promise<string> {
  const directory = temporaryDirectory();
  const storage = await JournalStorage.open(directory, { segmentBytes: bytes });
  for (let index = 0; index < 20; index++) await storage.write([put(`key ${index}`)]);
  // A read waits for the index, which then has heard of all.
  await storage.read(everything, { limit: 1 });
  const copy = temporaryDirectory();
  if (!closed) copyAsCrashed(directory, copy);
  await storage.close();
  return closed ? directory : copy;
}

const segment = (directory: string, number: number) => join(directory, 'journal', `segment-0000000${number}.log`);

function flip(file: string, at: number): void {
  const bytes = readFileSync(file);
  bytes[at]! ^= 16;
  writeFileSync(file, bytes);
}

describe('a damaged journal', { timeout: 30_000 }, () => {
  it('is refused if a bit changed anywhere in what must be read again', async () => {
    const random = seededRandom(20270114);
    const directory = await written({ bytes: 2 ** 20 });
    const size = journalBytes(directory);
    for (let time = 0; time < 40; time++) {
      const copy = temporaryDirectory();
      copyAsCrashed(directory, copy);
      const at = random.int(size);
      flip(segment(copy, 1), at);
      const reason = /segment-00000001.log is damaged at \d+/;
      await assert.rejects(JournalStorage.open(copy), fails(reason), `bit in byte ${at} of ${size}`);
      assert.equal(journalBytes(copy), size, 'nothing was cut off');
    }
  });

  it('is refused if a frame before the last is damaged, also if the index never heard of any', async () => {
    const directory = await written({ bytes: 2 ** 20 });
    const frame = journalBytes(directory) / 20;
    for (const at of [3, 30, 45, 700, Math.floor(frame) * 17 + 10]) {
      const copy = temporaryDirectory();
      copyJournal(directory, copy);
      flip(segment(copy, 1), at);
      await assert.rejects(JournalStorage.open(copy), fails(/is damaged at/), `byte ${at}`);
    }
  });

  it('is refused if a segment is missing or too short', async () => {
    for (const closed of [false, true]) {
      for (const number of [1, 2, 3]) {
        const directory = await written({ closed });
        assert.equal(segmentsIn(directory).size, 3);
        const file = segment(directory, number);
        truncateSync(file, readFileSync(file).length - 1);
        await assert.rejects(JournalStorage.open(directory), fails(/has \d+ bytes, not|is damaged at/), `${number}`);
        rmSync(file);
        await assert.rejects(JournalStorage.open(directory), fails(new RegExp(`0${number}.log is missing`)));
      }
    }
  });

  it('is refused if a sound one takes its place', async () => {
    const directory = await written();
    writeFileSync(segment(directory, 3), readFileSync(segment(directory, 2)));
    await assert.rejects(JournalStorage.open(directory), fails(/segment-00000003.log is damaged at/));
  });

  it('leaves the directory free for another try', async () => {
    const directory = await written({ closed: true });
    const bytes = readFileSync(segment(directory, 2));
    rmSync(segment(directory, 2));
    await assert.rejects(JournalStorage.open(directory), fails(/missing/));
    writeFileSync(segment(directory, 2), bytes);
    const storage = await JournalStorage.open(directory);
    assert.equal((await storage.read(everything)).length, 20);
    await storage.close();
  });

  it('says what it lacks when it is lost while it is open', async () => {
    const directory = await written({ closed: true });
    const storage = await JournalStorage.open(directory);
    rmSync(segment(directory, 2));
    await assert.rejects(storage.read(everything), /segment-00000002.log is missing/);
    truncateSync(segment(directory, 1), 5000);
    await assert.rejects(storage.read({ gte: Buffer.from('key 3'), lt: Buffer.from('key 31') }), /01.log ends before/);
    const first = await storage.read(everything, { limit: 1 });
    assert.ok(first[0]?.value.equals(put('key 0').value));
    await storage.close();
  });

  it('never hands out a changed batch: it is named, and so are its topic and its offset', async () => {
    const directory = temporaryDirectory();
    const clock = new SteppedClock();
    const log = await withTopic(await openEmbeddedLog({ directory, clock }));
    const producer = await log.producer();
    for (const filler of ['a', 'b', 'c']) await producer.append('t', 0, batchOf(1, `k:${filler.repeat(2000)}`));
    await log.close();
    const at = readFileSync(segment(directory, 1)).indexOf('bbbb');
    flip(segment(directory, 1), at + 1000);
    const again = await openEmbeddedLog({ directory, clock });
    await assert.rejects(readTexts(again, t0), { code: 'LOG_CORRUPT_BATCH', message: /t-0 offset 1 is damaged.*CRC/ });
    assert.equal((await readTexts(again, t0, 2)).length, 1);
    await again.close();
  });

  it('is not looked at beyond what is there: a torn end that the index never heard of is cut off', async () => {
    const directory = temporaryDirectory();
    const storage = await JournalStorage.open(directory);
    await storage.write([put('a')]);
    const copy = temporaryDirectory();
    copyIndex(directory, copy);
    const size = journalBytes(directory);
    // A value that holds what looks like frames of other places.
    const frames = readFileSync(segment(directory, 1));
    await storage.write([{ type: 'put', key: Buffer.from('b'), value: Buffer.concat([frames, frames, frames]) }]);
    copyJournal(directory, copy);
    await storage.close();
    truncateSync(segment(copy, 1), size + 60 + 2 * frames.length);
    const again = await JournalStorage.open(copy);
    assert.deepEqual(
      (await again.read(everything)).map(({ key }) => key.toString()),
      ['a'],
    );
    assert.equal(journalBytes(copy), size);
    await again.close();
  });
});
