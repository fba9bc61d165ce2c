// The whole program with its cache in Redis: the stream refreshes what is there; a Redis that goes away and comes back
// with what it had makes nothing fail, and nobody reads what is over.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Redis } from 'ioredis';
import { addProduct, eventually, Server } from '../e2e/server.ts';
import { BreakableWay } from '../gateway/idempotency/breakable-way.ts';
import { services } from '../services.ts';

test('products in Redis, through its absence', async (t) => {
  const data = mkdtempSync(join(tmpdir(), 'stockstream-cache-'));
  const appId = `test-${randomUUID()}`;
  const way = await BreakableWay.open(services.redis);
  const redis = new Redis(services.redis);
  const url = new URL(services.redis);
  url.port = String(way.port);
  const server = await Server.start(data, '--cache', 'redis', '--redis', url.href, '--app-id', appId);
  t.after(async () => {
    await server.kill();
    await way.close();
    const keys = await redis.keys(`${appId}:*`);
    if (keys.length > 0) await redis.del(keys);
    await redis.quit();
    rmSync(data, { recursive: true, force: true });
  });
  const key = `${appId}:products:lamp`;
  const versionThere = async () => Number((await redis.get(key))?.split(' ')[0]);
  const seller = await server.logIn('seller@demo');
  const rename = async (title: string) => {
    const { status, body } = await server.call('PATCH', '/v1/products/lamp', { token: seller, body: { title } });
    assert.equal(status, 200, JSON.stringify(body));
    return body.version as number;
  };
  const read = async () => {
    const { status, body } = await server.call('GET', '/v1/products/lamp');
    assert.equal(status, 200, JSON.stringify(body));
    return body as { title: string; version: number };
  };
  const health = () => server.call('GET', '/health/ready');

  await addProduct(server, seller, 'lamp', 5);
  assert.equal((await read()).version, 1);
  await eventually(versionThere, (version) => version === 1);
  await rename('seen');
  assert.equal((await read()).title, 'seen');
  await eventually(versionThere, (version) => version === 2);

  way.cut();
  assert.equal((await read()).title, 'seen');
  const last = await rename('while it was away');
  for (let count = 0; count < 20; count++) assert.equal((await read()).title, 'while it was away');
  const away = await eventually(health, ({ body }) => body.status === 'degraded');
  assert.equal(away.status, 200, 'nobody takes it out of service');
  assert.equal(await versionThere(), 2, 'Redis has the one before');

  way.mend();
  const back = await eventually(health, ({ body }) => {
    return body.parts.every(({ healthy }: { healthy: boolean }) => healthy);
  });
  assert.equal(back.body.status, 'ready');
  for (let count = 0; count < 50; count++) assert.equal((await read()).version, last, 'nothing goes back');
  // By the view of the stream, or by a reader who knew better.
  await eventually(versionThere, (version) => version === last);
});
