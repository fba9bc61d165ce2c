// How a gateway comes up and goes down: topics must be there; on closing, what waits is answered, and nothing hangs.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../base/clock.ts';
import { buildGateway } from '../../gateway/gateway.ts';
import { openEmbeddedLog } from '../../log/embedded/embedded-log.ts';
import { MemoryStorage } from '../../log/embedded/memory-storage.ts';
import { topics } from '../../schemas/topics.ts';
import { eventually, orderBody, TestGateway } from './test-gateway.ts';

test('without its topics it does not start', async () => {
  const shop = await TestGateway.open();
  const log = await openEmbeddedLog({ storage: new MemoryStorage(), clock: systemClock });
  await assert.rejects(buildGateway({ ...shop.deps, log }), { code: 'LOG_UNKNOWN_TOPIC' });
  await log.close();
  await shop.close();
});

test('on closing, a request that waits is answered with what is known, and its order stays', async () => {
  const shop = await TestGateway.open();
  await shop.offer({ p1: 5 });
  const url = await shop.app.listen({ host: '127.0.0.1', port: 0 });
  shop.decider.pause();
  const before = await shop.count(topics.orders);
  const placing = fetch(`${url}/v1/orders`, {
    method: 'POST',
    headers: {
      ...shop.bearer('s1', 'shopper'),
      'content-type': 'application/json',
      'idempotency-key': 'closing',
      prefer: 'wait=30',
    },
    body: JSON.stringify(orderBody),
  });
  await eventually(async () => (await shop.count(topics.orders)) > before || undefined);
  const start = performance.now();
  await shop.app.close();
  assert.ok(performance.now() - start < 10_000, 'nobody waits for the 30 seconds');
  const answer = await placing;
  assert.deepEqual([answer.status, answer.headers.get('connection')], [202, 'close']);
  await assert.rejects(fetch(`${url}/health/live`));
  const { orderId } = (await answer.json()) as { orderId: string };
  const app = await shop.another();
  const read = await shop.call('GET', `/v1/orders/${orderId}`, { app, headers: shop.bearer('s1', 'shopper') });
  assert.equal(read.status, 200);
  await shop.close();
});

test('HEAD is answered like GET, without a body, also where GET is a stream', async () => {
  const shop = await TestGateway.open();
  await shop.offer({ p1: 5 });
  const placed = await shop.order({ headers: { prefer: 'wait=5' } });
  const headers = shop.bearer('s1', 'shopper');
  for (const path of ['', '/events']) {
    const answer = await shop.call('HEAD', `/v1/orders/${placed.body.orderId}${path}`, { headers });
    assert.deepEqual([answer.status, answer.text], [200, '']);
  }
  assert.equal((await shop.call('HEAD', `/v1/orders/${placed.body.orderId}`)).status, 401);
  await shop.close();
});
