// A process that is killed while it writes, again and again: each batch is whole or absent, none that had resolved is
// missing, and the batches that are there are a prefix of those written.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openRocksdbStore } from '../../state/rocksdb/rocksdb-store.ts';

const rounds = 12;
const writer = fileURLToPath(new URL('./rocksdb-writer.ts', import.meta.url));

test('a killed writer leaves whole batches, a prefix of what it wrote', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'stockstream-kill-'));
  t.after(() => rm(directory, { recursive: true }));
  let before = 0;
  for (let round = 0; round < rounds; round++) {
    const resolved = await writeUntilKilled(directory, before + 1 + round * 23);
    const stored = await stampOf(directory);
    assert.ok(stored >= resolved, `round ${round}: batch ${resolved} had resolved, the store has ${stored}`);
    assert.ok(stored > before, `round ${round}: nothing was written`);
    before = stored;
  }
});

/** Kills the writer as soon as it has told of `target`, while it works on one of the next. The last batch it told of. */
async function writeUntilKilled(directory: string, target: number): Promise<number> {
  const child = spawn(process.execPath, [writer, directory], { stdio: ['ignore', 'pipe', 'inherit'] });
  let told = '';
  child.stdout.setEncoding('latin1').on('data', (text: string) => {
    told += text;
    if (lastOf(told) >= target) child.kill('SIGKILL');
  });
  const [, signal] = await once(child, 'close');
  assert.equal(signal, 'SIGKILL', 'the writer ended by itself');
  return lastOf(told);
}

/** The number of the last whole line. */
function lastOf(told: string): number {
  return Number(told.split('\n').at(-2) ?? 0);
}

/** The one stamp that all keys carry, checked with the keys of the batches themselves. */
async function stampOf(directory: string): Promise<number> {
  const store = await openRocksdbStore({ directory });
  const entries = await store.scan({ gte: Buffer.from('a'), lt: Buffer.from('z') }, { limit: 1_000 });
  await store.close();
  const stamps = new Map(entries.map(({ key, value }) => [key.toString(), value.readUInt32BE()]));
  const stamp = stamps.get('stamp-00')!;
  const own = [...stamps].filter(([key]) => key.startsWith('batch-')).sort(([, a], [, b]) => a - b);
  const expected = [stamp - 1, stamp].filter((each) => each > 0).map((each) => [`batch-${each}`, each]);
  assert.deepEqual(own, expected, 'a batch is missing, or an older one came back');
  for (let index = 0; index < 50; index++) {
    assert.equal(stamps.get(`stamp-${String(index).padStart(2, '0')}`), stamp, 'a batch is torn');
  }
  return stamp;
}
