// A log from before there was a journal, with its batches in LevelDB, is opened as it is and goes on; the versions that
// wrote it refuse it from then on.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { describe, it } from 'node:test';
import { ClassicLevel } from 'classic-level';
import { SteppedClock } from '../../../../base/stepped-clock.ts';
import { openEmbeddedLog } from '../../../../log/embedded/embedded-log.ts';
import { MemoryStorage } from '../../../../log/embedded/memory-storage.ts';
import { temporaryDirectory } from '../kit.ts';
import { batchOf, readTexts, t0, withTopic } from '../records.ts';
import { copyIndex, everything } from './kit.ts';

const clock = new SteppedClock();
const textOf = (index: number) => `k${index % 3}:${String(index).padEnd(index % 2 === 0 ? 2000 : 20, 'x')}`;

/** The directory of a log of format 1 with ten batches, large and small. */
async function oldLog(): Promise<string> {
  const storage = new MemoryStorage();
  const log = await withTopic(await openEmbeddedLog({ storage, clock }), { cleanup: 'compact' });
  const producer = await log.producer();
  for (let index = 0; index < 10; index++) await producer.append('t', 0, batchOf(index, textOf(index)));
  await log.close();
  const directory = temporaryDirectory();
  const level = openLevel(directory);
  for (const { key, value } of await storage.read(everything)) {
    const isMeta = key.toString() === 'm';
    await level.put(key, isMeta ? Buffer.from(value.toString().replace('"format":2', '"format":1')) : value);
  }
  assert.equal(await formatOf(level), 1);
  await level.close();
  return directory;
}

function openLevel(directory: string): ClassicLevel<Buffer, Buffer> {
  return new ClassicLevel<Buffer, Buffer>(directory, { keyEncoding: 'buffer', valueEncoding: 'buffer' });
}

async function formatOf(level: ClassicLevel<Buffer, Buffer>): Promise<number> {
  return (JSON.parse(String(await level.get(Buffer.from('m')))) as { format: number }).format;
}

describe('a log from before the journal', { timeout: 10_000 }, () => {
  it('is read, gone on with, cleaned and opened again', async () => {
    const directory = await oldLog();
    const log = await openEmbeddedLog({ directory, clock, activeTailBytes: 1 });
    const old = Array.from({ length: 10 }, (_, index) => `${index}=${textOf(index)}`);
    assert.deepEqual(await readTexts(log, t0), old);
    assert.equal(await (await log.producer()).append('t', 0, batchOf(10, textOf(10))), 10);
    assert.deepEqual(await readTexts(log, t0), [...old, `10=${textOf(10)}`]);
    await log.compact();
    await log.close();
    const again = await openEmbeddedLog({ directory, clock });
    const kept = [8, 9, 10].map((index) => `${index}=${textOf(index)}`);
    assert.deepEqual((await readTexts(again, t0)).slice(-3), kept);
    await again.close();
  });

  it('says its new format, for good, before there is anything that an older version could not read', async () => {
    const directory = await oldLog();
    const log = await openEmbeddedLog({ directory, clock });
    assert.ok(!readdirSync(directory).includes('journal'));
    // As a loss of power right now leaves it.
    const copy = temporaryDirectory();
    copyIndex(directory, copy);
    await log.close();
    const level = openLevel(copy);
    assert.equal(await formatOf(level), 2);
    await level.close();
  });
});
