// Bytes that the disk changed: they are named, never handed out, and never skipped in silence.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { SteppedClock } from '../../../base/stepped-clock.ts';
import { type EmbeddedLog, openEmbeddedLog } from '../../../log/embedded/embedded-log.ts';
import { MemoryStorage } from '../../../log/embedded/memory-storage.ts';
import type { StorageEntry } from '../../../log/embedded/storage.ts';
import { temporaryDirectory } from './kit.ts';
import { batchOf, readTexts, t0, withTopic } from './records.ts';

const clock = new SteppedClock();
const everyBatch = { gte: Buffer.from('b'), lt: Buffer.from('c') };

/** A log of ten batches of two records, one of which `change` may replace or remove; then opened anew. */
async function damaged(
  change: (entry: StorageEntry) => Buffer | undefined,
  { cleanup = 'delete', batch = 2 }: { cleanup?: 'delete' | 'compact'; batch?: number } = {},
): Promise<EmbeddedLog> {
  const storage = new MemoryStorage();
  const log = await withTopic(await openEmbeddedLog({ storage, clock }), { cleanup });
  const producer = await log.producer();
  for (let index = 0; index < 10; index++)
    await producer.append('t', 0, batchOf(clock.now(), `a:${index}`, `b:${index}`));
  await log.close();
  const entry = (await storage.read(everyBatch))[batch];
  assert.ok(entry);
  const { key } = entry;
  const value = change({ key, value: Buffer.from(entry.value) });
  await storage.write([value === undefined ? { type: 'del', key } : { type: 'put', key, value }]);
  return openEmbeddedLog({ storage, clock, activeTailBytes: 1, tailBytes: 0 });
}

const flipped = ({ value }: StorageEntry) => {
  value[70]! ^= 4;
  return value;
};

const corrupt = (offset: number, reason: RegExp) => ({
  code: 'LOG_CORRUPT_BATCH',
  message: new RegExp(`batch at t-0 offset ${offset} is damaged: .*${reason.source}`),
});

describe('a damaged log', { timeout: 10_000 }, () => {
  it('names a batch whose bytes changed, and still reads what lies before and behind', async () => {
    const log = await damaged(flipped);
    await assert.rejects(readTexts(log, t0), corrupt(4, /its CRC is/));
    await assert.rejects(
      log.admin.offsets([t0], { timestamp: clock.now() - 1 }).then(() => readTexts(log, t0, 5)),
      corrupt(4, /CRC/),
    );
    assert.equal((await readTexts(log, t0, 6)).length, 14);
    await log.close();
  });

  it('names a batch that is cut short, or stands in the wrong place', async () => {
    for (const [change, reason] of [
      [(value: Buffer) => value.subarray(0, 30), /30 bytes are less than a header/],
      [(value: Buffer) => value.subarray(0, value.length - 1), /the length field differs/],
      [(value: Buffer) => Buffer.concat([Buffer.alloc(7), Buffer.of(9), value.subarray(8)]), /it says offset 9/],
    ] as const) {
      const log = await damaged(({ value }) => change(value));
      await assert.rejects(readTexts(log, t0), corrupt(4, reason));
      await log.close();
    }
  });

  it('says which offsets are missing, unless compaction may have taken them', async () => {
    const log = await damaged(() => undefined);
    await assert.rejects(readTexts(log, t0), corrupt(4, /offsets up to 6 are missing/));
    await assert.rejects(readTexts(log, t0, 4), corrupt(4, /offsets up to 6 are missing/));
    await log.close();
    const shorter = await damaged(() => undefined, { batch: 9 });
    await assert.rejects(readTexts(shorter, t0), corrupt(18, /offsets up to 20 are missing/));
    await shorter.close();
    const compacted = await damaged(() => undefined, { cleanup: 'compact' });
    assert.equal((await readTexts(compacted, t0)).length, 18);
    await compacted.close();
  });

  it('is not compacted over damage, but its records can be deleted up to behind it', async () => {
    const log = await damaged(flipped, { cleanup: 'compact' });
    await assert.rejects(log.compact(), corrupt(4, /CRC/));
    assert.equal((await readTexts(log, t0, 6)).length, 14);
    await log.admin.deleteRecords(t0, 6);
    assert.equal((await readTexts(log, t0)).length, 14);
    await log.compact();
    assert.deepEqual(await readTexts(log, t0), ['16=a:8', '17=b:8', '18=a:9', '19=b:9']);
    await log.close();
  });

  it('is refused when the directory itself is damaged', async () => {
    const directory = temporaryDirectory();
    const log = await withTopic(await openEmbeddedLog({ directory, clock }));
    await log.close();
    const manifest = readdirSync(directory).find((name) => name.startsWith('MANIFEST'));
    assert.ok(manifest);
    const bytes = readFileSync(join(directory, manifest));
    writeFileSync(join(directory, manifest), bytes.fill(7, 0, bytes.length / 2));
    await assert.rejects(openEmbeddedLog({ directory, clock }), { code: 'LOG_STORAGE_FAILED', message: /Corruption/ });
  });
});
