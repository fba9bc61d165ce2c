// How much of each segment is pointed to is known exactly, over closing, opening and crashes, where replacements are said;
// and where the figures are wrong, they cost no value.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { ClassicLevel } from 'classic-level';
import { seededRandom } from '../../../../base/random.ts';
import { JournalStorage } from '../../../../log/embedded/journal/journal-storage.ts';
import { pointerOf } from '../../../../log/embedded/journal/pointer.ts';
import { temporaryDirectory } from '../kit.ts';
import { assertHolds, copyAsCrashed, type Model, randomWrite, segmentsIn } from './kit.ts';

const options = { segmentBytes: 20_000, onBackgroundError: assert.ifError };
const checkpointKey = Buffer.from('\0checkpoint');

type Segments = [segment: number, size: number, live: number][];
interface Stored {
  readonly segments: Segments;
}

async function inIndex<T>(directory: string, work: (level: ClassicLevel<Buffer, Buffer>) => Promise<T>): Promise<T> {
  const level = new ClassicLevel<Buffer, Buffer>(directory, { keyEncoding: 'buffer', valueEncoding: 'buffer' });
  try {
    return await work(level);
  } finally {
    await level.close();
  }
}

const storedIn = async (level: ClassicLevel<Buffer, Buffer>) =>
  JSON.parse(String(await level.get(checkpointKey))) as Stored;

describe('the figures of the segments', { timeout: 30_000 }, () => {
  it('are exact', async () => {
    const random = seededRandom(20270117);
    const model: Model = new Map();
    let directory = temporaryDirectory();
    for (let life = 0; life < 12; life++) {
      const storage = await JournalStorage.open(directory, options);
      for (let step = 0; step < 25; step++) {
        const write = randomWrite(random, model);
        await storage.write(write.map((each) => (each.type === 'put' ? { ...each, replaces: true } : each)));
      }
      if (random.int(2) === 0) {
        const copy = temporaryDirectory();
        copyAsCrashed(directory, copy);
        await storage.close();
        directory = copy;
        await (await JournalStorage.open(directory, options)).close();
      } else await storage.close();
      await inIndex(directory, async (level) => {
        const { segments } = await storedIn(level);
        const live = new Map(segments.map(([segment]) => [segment, 0]));
        for await (const value of level.values()) {
          const pointer = pointerOf(value);
          if (pointer) live.set(pointer.segment, (live.get(pointer.segment) ?? 0) + pointer.length);
        }
        assert.deepEqual(
          segments.map(([segment, , bytes]) => [segment, bytes]),
          [...live],
        );
      });
    }
  });

  it('are not believed: a segment that goes is looked through', async () => {
    const directory = temporaryDirectory();
    const storage = await JournalStorage.open(directory, options);
    const model: Model = new Map();
    for (let index = 0; index < 100; index++) {
      const value = Buffer.alloc(1500, `${index};`);
      await storage.write([{ type: 'put', key: Buffer.from(`${index}`), value }]);
      model.set(`${index}`, value);
    }
    await storage.close();
    const before = [...segmentsIn(directory).keys()].slice(0, -1);
    await inIndex(directory, async (level) => {
      const stored = await storedIn(level);
      const segments = stored.segments.map(([segment, size]) => [segment, size, 0]);
      await level.put(checkpointKey, Buffer.from(JSON.stringify({ ...stored, segments })));
    });
    const again = await JournalStorage.open(directory, options);
    while (before.some((name) => segmentsIn(directory).has(name))) await setImmediate();
    await assertHolds(again, model);
    await again.close();
  });
});
