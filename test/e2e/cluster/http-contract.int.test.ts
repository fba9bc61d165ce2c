// The HTTP contract on real servers, from everything in one process and from gateways and workers apart: an order waits
// for whichever worker decides it, and is the same at every gateway.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addProduct, eventually, payment, type Server, shipTo } from '../server.ts';
import { noOpenTransaction } from './checks.ts';
import { Installation } from './installation.ts';

test('gateway and worker in one process', async (t) => {
  const installation = await Installation.create(t);
  const server = await installation.startAll('--payments', 'off');
  await orderAndCancel(installation, [server]);
  assert.equal(await server.stop(), 0, server.output);
  await noOpenTransaction(installation);
});

test('two gateways and two workers apart', async (t) => {
  const installation = await Installation.create(t);
  const first = await installation.startWorker('w1');
  const second = await installation.startWorker('w2');
  const flags = ['--cache', 'redis', '--redis', installation.redis, '--payments', 'off'];
  const gateways = [await installation.startGateway('g1', ...flags), await installation.startGateway('g2', ...flags)];
  await orderAndCancel(installation, gateways);
  const operator = installation.token('an-operator', 'operator');
  const rebuilt = await gateways[0]!.call('POST', '/v1/admin/views/orders/rebuild', { token: operator });
  assert.deepEqual([rebuilt.status, rebuilt.body.code], [409, 'view_in_use']);
  for (const process of [...gateways, first, second]) assert.equal(await process.stop(), 0, process.output);
  await noOpenTransaction(installation);
});

async function orderAndCancel(installation: Installation, gateways: readonly Server[]): Promise<void> {
  const [here, there] = [gateways[0]!, gateways.at(-1)!];
  const [seller, token] = [installation.token('a-seller', 'seller'), installation.token('a-shopper', 'shopper')];
  const products = ['lamp', 'desk', 'chair', 'rug', 'shelf'];
  for (const product of products) await addProduct(here, seller, product, 5);
  const stock = () => Promise.all(products.map((product) => there.call('GET', `/v1/products/${product}/stock`)));
  await eventually(stock, (answers) => answers.every(({ body }) => body.free === 5), 30);

  const lines = products.map((productId) => ({ productId, quantity: 2 }));
  const headers = { 'idempotency-key': 'first', prefer: 'wait=20' };
  const placed = await here.call('POST', '/v1/orders', { token, headers, body: { lines, shipTo, payment } });
  assert.equal(placed.status, 201, JSON.stringify(placed.body));
  assert.equal(placed.body.status, 'reserved');
  const again = await there.call('POST', '/v1/orders', { token, headers, body: { lines, shipTo, payment } });
  assert.deepEqual([again.status, again.body.orderId], [201, placed.body.orderId]);
  const other = await there.call('POST', '/v1/orders', {
    token,
    headers,
    body: { lines: [lines[0]], shipTo, payment },
  });
  assert.equal(other.status, 422);

  const tooMuch = { lines: [{ productId: 'lamp', quantity: 4 }], shipTo, payment };
  const refused = await there.call('POST', '/v1/orders', {
    token,
    headers: { 'idempotency-key': 'second', prefer: 'wait=20' },
    body: tooMuch,
  });
  assert.deepEqual([refused.status, refused.body.status], [201, 'rejected']);

  const path = `/v1/orders/${placed.body.orderId}`;
  const read = () => there.call('GET', path, { token });
  await eventually(read, ({ status, body }) => status === 200 && body.status === 'reserved');
  const cancel = { 'idempotency-key': 'cancel', prefer: 'wait=20' };
  const cancelled = await here.call('POST', `${path}/cancel`, { token, headers: cancel });
  assert.ok(cancelled.status < 300, JSON.stringify(cancelled.body));
  await eventually(read, ({ body }) => body.status === 'cancelled', 30);
  await eventually(stock, (answers) => answers.every(({ body }) => body.free === 5 && body.held === 0), 30);
  for (const probe of ['/health/live', '/health/ready']) assert.equal((await there.call('GET', probe)).status, 200);
}
