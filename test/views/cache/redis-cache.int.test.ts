// The cache in Redis, held to the suite of its port; what several processes have in common, and that Redis drops it.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { Redis } from 'ioredis';
import { pino } from 'pino';
import type { Clock } from '../../../base/clock.ts';
import { cacheTimes } from '../../../views/cache/cache.ts';
import { openRedisCache } from '../../../views/cache/redis/redis-cache.ts';
import { cacheSuite } from '../../conformance/cache.suite.ts';
import { eventually } from '../../gateway/test-gateway.ts';
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

test('a server that hangs has failed soon, and is used again when it answers', async (t) => {
  const sockets: Socket[] = [];
  const { hostname: host, port } = new URL(services.redis);
  const way = createServer((socket) => {
    const far = connect({ host, port: Number(port) });
    socket.pipe(far).pipe(socket);
    sockets.push(socket, far);
    for (const each of [socket, far]) each.on('error', () => {});
  });
  way.listen(0, '127.0.0.1');
  await once(way, 'listening');
  const url = `redis://127.0.0.1:${(way.address() as AddressInfo).port}`;
  const cache = await openRedisCache({ url, prefix: `test:${randomUUID()}:`, logger });
  t.after(async () => {
    await cache.close();
    for (const each of sockets) each.destroy();
    way.close();
  });
  await cache.look(['lamp']);
  for (const each of sockets) each.unpipe();
  const began = performance.now();
  await assert.rejects(cache.look(['lamp']), { code: 'CACHE_UNAVAILABLE' });
  assert.ok(performance.now() - began < 1_500, 'long before the connection is given up');
  for (const each of sockets) each.destroy();
  await eventually(() =>
    cache.ping().then(
      () => true,
      () => undefined,
    ),
  );
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
