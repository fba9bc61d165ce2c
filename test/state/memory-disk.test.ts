// What the in-memory store does beyond the suite: cloning a disk, and outliving the process that used it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isStockstreamError } from '../../base/errors.ts';
import { MemoryDisk, memoryStore } from '../../state/memory/memory-store.ts';

test('a cloned disk lives on apart', async () => {
  const disk = new MemoryDisk();
  await put(disk, 'a', '1');
  const copy = disk.clone();
  await put(disk, 'a', '2');
  await put(copy, 'b', '3');
  assert.deepEqual(await content(disk), ['a=2']);
  assert.deepEqual(await content(copy), ['a=1', 'b=3']);
});

test('a store that lost its disk to a newer one can do nothing', async () => {
  const disk = new MemoryDisk();
  const killed = memoryStore(disk);
  await put(disk, 'a', '1');
  await assert.rejects(killed.getMany([Buffer.from('a')]), (error) => isStockstreamError(error, 'STATE_CLOSED'));
  await killed.close();
  assert.deepEqual(await content(disk), ['a=1']);
});

async function put(disk: MemoryDisk, key: string, value: string): Promise<void> {
  const store = memoryStore(disk);
  const batch = store.batch();
  batch.put(Buffer.from(key), Buffer.from(value));
  await store.write(batch);
}

async function content(disk: MemoryDisk): Promise<string[]> {
  const range = { gte: Buffer.alloc(0), lt: Buffer.from([0xff]) };
  const entries = await memoryStore(disk).scan(range, { limit: 9 });
  return entries.map(({ key, value }) => `${key}=${value}`);
}
