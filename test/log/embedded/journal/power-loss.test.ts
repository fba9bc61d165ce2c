// A loss of power: the journal has what was synced, and of the last frame any part; the index is as it was at any moment
// since it was last synced, even with holes. All that a write resolved for is there, and nothing by half.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { seededRandom } from '../../../../base/random.ts';
import { JournalStorage } from '../../../../log/embedded/journal/journal-storage.ts';
import { temporaryDirectory } from '../kit.ts';
import {
  assertHolds,
  copyAsCrashed,
  copyIndex,
  copyJournal,
  everything,
  type Model,
  randomWrite,
  segmentsIn,
} from './kit.ts';

const options = { segmentBytes: 12_000, onBackgroundError: assert.ifError };

interface Moment {
  readonly directory: string;
  readonly model: Model;
  readonly segments: Map<string, number>;
}

/** Writes at random; gives the directory and the model after each write. */
async function moments(seed: number, count: number): Promise<Moment[]> {
  const random = seededRandom(seed);
  const directory = temporaryDirectory();
  const storage = await JournalStorage.open(directory, options);
  const model: Model = new Map();
  const taken: Moment[] = [];
  for (let step = 0; step < count; step++) {
    await storage.write(randomWrite(random, model, 25));
    const copy = temporaryDirectory();
    copyAsCrashed(directory, copy);
    taken.push({ directory: copy, model: new Map(model), segments: segmentsIn(copy) });
  }
  await storage.close();
  return taken;
}

/** A segment goes only when the index has been synced, so that an index from before can't be met with without it. */
const mayMeet = (index: Moment, journal: Moment) =>
  [...index.segments.keys()].every((name) => journal.segments.has(name));

/** LevelDB's own logs lose a part in the middle of what was written since `synced`. */
function tearIndex(directory: string, synced: Moment, at: number): void {
  for (const name of readdirSync(directory).filter((each) => /^\d+\.log$/.test(each))) {
    const bytes = readFileSync(join(directory, name));
    const kept = readdirSync(synced.directory).includes(name) ? readFileSync(join(synced.directory, name)).length : 0;
    const from = kept + Math.floor((bytes.length - kept) * at);
    writeFileSync(join(directory, name), bytes.fill(0, from, Math.min(from + 500, bytes.length)));
  }
}

/** It holds what one of the models says, and goes on from there. */
async function assertOpens(directory: string, models: readonly Model[], message: string): Promise<void> {
  const storage = await JournalStorage.open(directory, options);
  const next = { type: 'put', key: Buffer.from('next'), value: Buffer.alloc(1100, 1) } as const;
  const found = new Map((await storage.read(everything)).map(({ key, value }) => [key.toString(), value]));
  const model = models.find((each) => isSameModel(each, found));
  await storage.write([next]);
  await storage.close();
  assert.ok(model, message);
  const again = await JournalStorage.open(directory, options);
  await assertHolds(again, new Map(model).set('next', next.value), `${message}, again`);
  await again.close();
}

function isSameModel(a: Model, b: Model): boolean {
  return a.size === b.size && [...a].every(([key, value]) => b.get(key)?.equals(value));
}

describe('after a loss of power', { timeout: 60_000 }, () => {
  it('everything written is there, whatever the index lost since it was synced', async () => {
    const seed = 20270112;
    const random = seededRandom(seed);
    const taken = await moments(seed, 60);
    let older = 0;
    for (const [at, journal] of taken.entries()) {
      if (random.int(2) === 0) continue;
      const possible = taken.slice(0, at + 1).filter((moment) => mayMeet(moment, journal));
      const index = possible[random.int(possible.length)]!;
      const message = `seed ${seed}, journal of ${at}, index of ${taken.indexOf(index)}`;
      const directory = temporaryDirectory();
      copyJournal(journal.directory, directory);
      copyIndex(index.directory, directory);
      if (index !== journal) older++;
      await assertOpens(directory, [journal.model], message);

      const torn = temporaryDirectory();
      copyAsCrashed(journal.directory, torn);
      tearIndex(torn, index, random.next());
      await assertOpens(torn, [journal.model], `${message}, torn`);
    }
    assert.ok(older > 10, `${older} times the index was older than the journal`);
  });

  it('a write that was cut off is there as a whole or not at all', async () => {
    const seed = 20270113;
    const random = seededRandom(seed);
    const taken = await moments(seed, 50);
    let cuts = 0;
    for (const [at, after] of taken.entries()) {
      const before = taken[at - 1];
      const name = [...after.segments.keys()].at(-1);
      if (before === undefined || name === undefined || !mayMeet(before, after)) continue;
      const from = before.segments.get(name) ?? 0;
      const size = after.segments.get(name) ?? 0;
      if (size - from < 2) continue;
      const cut = from + 1 + random.int(size - from - 1);
      const directory = temporaryDirectory();
      copyIndex(before.directory, directory);
      copyJournal(after.directory, directory);
      truncateSync(join(directory, 'journal', name), cut);
      cuts++;
      // Moved values may follow the write, whole in themselves.
      const message = `seed ${seed}, write ${at} cut at ${cut}`;
      await assertOpens(directory, [before.model, after.model], message);
    }
    assert.ok(cuts > 20, `${cuts} writes were cut`);
  });

  it('every cut of the last frame leaves what was before it', async () => {
    const directory = temporaryDirectory();
    const storage = await JournalStorage.open(directory);
    const write = (key: string) =>
      storage.write([
        { type: 'put', key: Buffer.from(key), value: Buffer.alloc(1024, key) },
        { type: 'put', key: Buffer.from(`small ${key}`), value: Buffer.from(key) },
      ]);
    await write('a');
    await write('b');
    const copy = temporaryDirectory();
    copyIndex(directory, copy);
    const kept = [...segmentsIn(directory).values()][0]!;
    await write('c');
    copyJournal(directory, copy);
    await storage.close();
    const model: Model = new Map();
    for (const key of ['a', 'b']) model.set(key, Buffer.alloc(1024, key)).set(`small ${key}`, Buffer.from(key));

    const segment = join(copy, 'journal', 'segment-00000001.log');
    const whole = readFileSync(segment);
    const head = whole.length - kept - 1024;
    const cuts = Array.from({ length: whole.length - kept }, (_, index) => index);
    for (const cut of cuts.filter((each) => each < head + 3 || each % 41 === 0 || each > cuts.length - 4)) {
      writeFileSync(segment, whole.subarray(0, kept + cut));
      const again = await JournalStorage.open(copy);
      assert.equal(readFileSync(segment).length, kept);
      await assertHolds(again, model, `cut at ${cut}`);
      await again.close();
    }
    // Zeros in place of the rest: the file's length came to the disk before its bytes did.
    writeFileSync(segment, Buffer.from(whole).fill(0, kept + head + 100));
    const zeros = await JournalStorage.open(copy);
    await assertHolds(zeros, model);
    await zeros.close();

    writeFileSync(segment, whole);
    const again = await JournalStorage.open(copy);
    await assertHolds(again, model.set('c', Buffer.alloc(1024, 'c')).set('small c', Buffer.from('c')));
    await again.close();
  });

  it('the index may be gone as long as the journal is whole', async () => {
    const directory = temporaryDirectory();
    const storage = await JournalStorage.open(directory);
    const model: Model = new Map();
    const random = seededRandom(7);
    for (let step = 0; step < 20; step++) {
      // The first is of a large value: what comes before a journal is in the index alone, synced.
      if (step === 0) await storage.write([{ type: 'put', key: Buffer.from('key'), value: Buffer.alloc(2000) }]);
      else await storage.write(randomWrite(random, model));
    }
    const copy = temporaryDirectory();
    copyJournal(directory, copy);
    await storage.close();
    await assertOpens(copy, [model.set('key', Buffer.alloc(2000))], 'without an index');
  });
});
