// A gateway whose Redis goes away and comes back: what needs it is refused meanwhile, the rest goes on, nothing is lost.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { eventually, TestGateway } from '../test-gateway.ts';
import { BreakableWay } from './breakable-way.ts';
import { openRedis, redis, redisUrl, runPrefix } from './redis-kit.ts';

test('while Redis is away writes with a key are refused with 503, and all is well when it is back', async (t) => {
  const way = await BreakableWay.open(redisUrl);
  t.after(() => way.close());
  const url = new URL(redisUrl);
  url.port = String(way.port);
  const shop = await TestGateway.open({ deps: { idempotency: await openRedis({ url: url.href }) } });
  t.after(() => shop.close());
  await shop.offer({ p1: 10 });
  const kept = { headers: { 'idempotency-key': 'kept' } };
  const lost = { headers: { 'idempotency-key': 'lost' } };
  const placed = await shop.order(kept);
  assert.equal(placed.status, 202);

  way.cut();
  for (const asked of [kept, lost]) {
    const refused = await shop.order(asked);
    const { code, status } = refused.body;
    assert.deepEqual([refused.status, status, code], [503, 503, 'idempotency_unavailable']);
    assert.equal(refused.headers['content-type'], 'application/problem+json');
    assert.equal(refused.headers['retry-after'], '1');
  }
  assert.equal((await shop.call('GET', '/v1/products/p1')).status, 200);
  const health = await shop.call('GET', '/health/ready');
  assert.deepEqual([health.status, health.body.status], [200, 'degraded']);
  const part = health.body.parts.find(({ name }: { name: string }) => name === 'idempotency');
  assert.match(part.detail, /^The idempotency records cannot be reached now: .*closed/);
  assert.deepEqual(part, { name: 'idempotency', healthy: false, detail: part.detail });

  way.mend();
  const again = await eventually(async () => {
    const answer = await shop.order(kept);
    return answer.status === 503 ? undefined : answer;
  });
  assert.deepEqual([again.text, again.headers['idempotent-replayed']], [placed.text, 'true']);
  assert.equal((await shop.order(lost)).status, 202);
  assert.equal((await shop.call('GET', '/health/ready')).body.status, 'ready');
});

test('a wrong password and a database that is not there are told at the start', async () => {
  const wrong = new URL(redisUrl);
  wrong.username = 'nobody';
  wrong.password = 'secret';
  await assert.rejects(openRedis({ url: wrong.href }), { code: 'IDEMPOTENCY_REFUSED', message: /WRONGPASS/ });
  const far = new URL(redisUrl);
  far.pathname = '/999999';
  await assert.rejects(openRedis({ url: far.href }), { code: 'IDEMPOTENCY_REFUSED', message: /out of range/ });
});

test('a user with the rights that decision 0010 lists is enough', async (t) => {
  const name = runPrefix.slice(0, -1);
  const rights = readFileSync(new URL('../../../docs/decisions/0010-idempotency-store.md', import.meta.url), 'utf8');
  const [, listed = ''] = /`ACL SETUSER stockstream ([^`]+)`/.exec(rights) ?? [];
  const words = listed.replace('~stockstream:', `~${runPrefix}`).split(' ');
  await redis.call('ACL', 'SETUSER', name, ...words.map((word) => word.replace(/^>.*/, '>secret')));
  t.after(() => redis.call('ACL', 'DELUSER', name));
  const url = new URL(redisUrl);
  url.username = name;
  url.password = 'secret';
  const idempotency = await openRedis({ url: url.href, prefix: `${runPrefix}idempotency:` });
  t.after(() => idempotency.close());
  const request = { scope: 'rights', key: 'k', fingerprint: 'f' };
  const claim = await idempotency.claim(request, 20_000);
  const token = claim.kind === 'claimed' ? claim.token : assert.fail();
  await idempotency.renew(request, token, 20_000);
  await idempotency.complete(request, token, { status: 200, headers: {}, body: '' });
  await idempotency.release(request, token);
  await idempotency.ping();
  const elsewhere = await openRedis({ url: url.href, prefix: `${runPrefix}other:` });
  t.after(() => elsewhere.close());
  await assert.rejects(elsewhere.claim(request, 20_000), { code: 'IDEMPOTENCY_REFUSED' });
});

test('what was kept goes by itself: a record has a time to live, the lease and the window long, then the window', async (t) => {
  const idempotency = await openRedis({ prefix: `${runPrefix}life:` });
  t.after(() => idempotency.close());
  const request = { scope: 'life', key: 'k', fingerprint: 'f' };
  const left = () => redis.pttl(`${runPrefix}life:life:k`);
  const claim = await idempotency.claim(request, 20_000);
  const token = claim.kind === 'claimed' ? claim.token : assert.fail();
  assert.ok((await left()) > 70_000 && (await left()) <= 80_000);
  await idempotency.renew(request, token, 30_000);
  assert.ok((await left()) > 80_000 && (await left()) <= 90_000);
  await idempotency.complete(request, token, { status: 200, headers: {}, body: '' });
  assert.ok((await left()) > 50_000 && (await left()) <= 60_000);
});
