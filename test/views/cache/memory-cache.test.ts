// The cache in memory, held to the suite of its port; and its bound.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../../base/clock.ts';
import type { Cache } from '../../../views/cache/cache.ts';
import { openMemoryCache } from '../../../views/cache/memory/memory-cache.ts';
import { cacheSuite } from '../../conformance/cache.suite.ts';

cacheSuite('cache in memory', async (clock) => openMemoryCache({ clock, mostBytes: 100_000_000 }));

async function put(cache: Cache, id: string, text: string): Promise<void> {
  const [looked] = await cache.look([id]);
  assert.equal(looked?.kind, 'fill');
  await cache.fill([{ id, lease: looked.lease, entry: { version: 1, value: { text } } }]);
}

test('what was looked for longest ago goes when the bytes are used up', async () => {
  const cache = openMemoryCache({ clock: systemClock, mostBytes: 100_000 });
  for (let count = 0; count < 1_000; count++) {
    await put(cache, `p${count}`, 'x'.repeat(1_000));
    const [first] = await cache.look(['p0']);
    assert.equal(first?.kind, 'hit', 'it is looked for all the time');
  }
  // 2,300 bytes each, so about 43 are left.
  const kinds = (await cache.look(['p999', 'p970', 'p0', 'p930', 'p500'])).map(({ kind }) => kind);
  assert.deepEqual(kinds, ['hit', 'hit', 'hit', 'fill', 'fill']);
});

test('one that is larger than the bound is not kept', async () => {
  const cache = openMemoryCache({ clock: systemClock, mostBytes: 10_000 });
  await put(cache, 'small', 'x');
  await put(cache, 'large', 'x'.repeat(10_000));
  assert.equal((await cache.look(['large']))[0]?.kind, 'fill');
});
