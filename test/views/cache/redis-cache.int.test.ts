// The cache in Redis, held to the suite of its port; what several processes have in common, and that Redis drops it.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { Redis } from 'ioredis';
import { pino } from 'pino';
import type { Clock } from '../../../base/clock.ts';
import { cacheTimes } from '../../../views/cache/cache.ts';
import { openRedisCache } from '../../../views/cache/redis/redis-cache.ts';
import { cacheSuite } from '../../conformance/cache.suite.ts';
import { services } from '../../services.ts';

const logger = pino({ level: 'silent' });

function open(clock?: Clock, prefix = `test:${randomUUID()}:products:`) {
  return openRedisCache({ url: services.redis, prefix, logger, ...(clock && { clock }) });
}

cacheSuite('cache in Redis', open);

test('of several processes one fills, by the clock of Redis, and a generation of its own is another cache', async (t) => {
  const prefix = `test:${randomUUID()}:products:`;
  const caches = await Promise.all(Array.from({ length: 4 }, () => open(undefined, prefix)));
  const other = await open(undefined, `${prefix}g2:`);
  t.after(() => Promise.all([...caches, other].map((each) => each.close())));
  const looked = await Promise.all(caches.flatMap((cache) => [cache.look(['lamp']), cache.look(['lamp'])]));
  const fillers = looked.flatMap(([each]) => (each?.kind === 'fill' ? [each] : []));
  assert.equal(fillers.length, 1);
  const entry = { version: 1, value: { title: 'Lamp' } };
  await caches[3]?.fill([{ id: 'lamp', lease: fillers[0]!.lease, entry }]);
  for (const cache of caches) assert.deepEqual(await cache.look(['lamp']), [{ kind: 'hit', entry }]);
  assert.equal((await other.look(['lamp']))[0]?.kind, 'fill');
});

test('Redis itself drops what is over, and knows the scripts again after it forgot them', async (t) => {
  const prefix = `test:${randomUUID()}:products:`;
  const cache = await open(undefined, prefix);
  const redis = new Redis(services.redis);
  t.after(async () => {
    await cache.close();
    await redis.quit();
  });
  await redis.script('FLUSH');
  const [looked] = await cache.look(['lamp']);
  assert.equal(looked?.kind, 'fill');
  const within = async (most: number) => {
    const left = await redis.pttl(`${prefix}lamp`);
    assert.ok(left > most - 2_000 && left <= most, `${left} of ${most}`);
  };
  await within(cacheTimes.lease);
  await cache.fill([{ id: 'lamp', lease: looked.lease, entry: { version: 1, value: {} } }]);
  await within(cacheTimes.kept);
  await cache.apply([{ id: 'other', version: 1, value: {}, at: Date.now() }]);
  assert.ok((await redis.pttl(`${prefix}other`)) <= cacheTimes.floor);
  await cache.apply([{ id: 'old', version: 1, value: {}, at: 0 }]);
  assert.equal(await redis.exists(`${prefix}old`), 0);
});

test('a wrong address is refused or unavailable, and its password is not told', async () => {
  for (const [url, code] of [
    ['redis://:hush@127.0.0.1:1', 'CACHE_UNAVAILABLE'],
    ['redis://:hush@127.0.0.1:6379/none', 'CACHE_REFUSED'],
    [`${services.redis}/9999`, 'CACHE_REFUSED'],
  ] as const) {
    const opening = openRedisCache({ url, prefix: 'test:', logger });
    await assert.rejects(opening, (error: { code: string; message: string }) => {
      assert.doesNotMatch(error.message, /hush/);
      return error.code === code;
    });
  }
});
