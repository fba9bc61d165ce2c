// The night before a promotion: another generation of all views is filled under load, compared, switched to and back, and
// the old one dropped, while readers look all the time. No read fails, and none is put together from two generations.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { addProduct, eventually, payment, Server, shipTo } from './server.ts';

const path = '/v1/admin/views/generations';
const readers = 4;

test('another generation of the views is switched to under load, and back, and a kill changes nothing', async () => {
  const data = mkdtempSync(join(tmpdir(), 'stockstream-e2e-'));
  const start = () => Server.start(data, '--simulated-payment-ms', '1');
  let server = await start();
  let isOver = false;
  try {
    const shopper = await server.logIn('shopper@demo');
    const operator = await server.logIn('operator@demo');
    await addProduct(server, await server.logIn('seller@demo'), 'lamp', 100_000);
    const load = underLoad(server, shopper, () => isOver);
    // Awaited below; what fails before that is told first.
    load.catch(() => {});

    const begun = await server.call('POST', path, { token: operator, body: {} });
    assert.deepEqual([begun.status, begun.body], [201, { generation: 'g2' }]);
    const early = await server.call('POST', `${path}/g2/activate`, { token: operator, body: {} });
    assert.deepEqual([early.status, early.body.code], [409, 'generation_not_ready']);
    await compare(server, operator, 'g2');
    for (const generation of ['g2', 'g1', 'g2']) {
      await new Promise((resolve) => setTimeout(resolve, 300));
      const { status, body } = await server.call('POST', `${path}/${generation}/activate`, {
        token: operator,
        body: {},
      });
      assert.deepEqual([status, body.active], [200, generation], JSON.stringify(body));
    }
    await new Promise((resolve) => setTimeout(resolve, 300));
    isOver = true;
    const seen = await load;
    assert.deepEqual([...seen.generations].sort(), ['g1', 'g2']);
    assert.ok(seen.reads > 100, `${seen.reads} reads`);

    await server.kill();
    server = await start();
    assert.equal((await server.call('GET', path, { token: operator })).body.active, 'g2');
    // What was ordered while the other one answered is there.
    await compare(server, operator, 'g1');
    const dropped = await server.call('DELETE', `${path}/g1`, { token: operator });
    assert.deepEqual([dropped.status, dropped.body.generations.length], [200, 1], JSON.stringify(dropped.body));
    assert.equal(existsSync(join(data, 'views.sqlite')), false);
    const { body } = await server.call('GET', '/v1/orders?limit=1', { token: shopper });
    assert.equal(body.orders.length, 1);
  } finally {
    isOver = true;
    await server.kill();
    rmSync(data, { recursive: true, force: true });
  }
});

async function compare(server: Server, token: string, generation: string): Promise<void> {
  const { status } = await server.call('POST', `${path}/${generation}/check`, { token, body: {} });
  assert.equal(status, 202);
  const { body } = await eventually(
    () => server.call('GET', path, { token }),
    ({ body: { check } }) => check.state !== 'running',
  );
  assert.deepEqual([body.check.state, body.check.differences], ['done', 0], JSON.stringify(body.check));
  assert.ok(body.check.compared > 100);
}

interface Seen {
  readonly reads: number;
  readonly generations: ReadonlySet<string>;
}

/** Orders and reads until it is over. */
async function underLoad(server: Server, token: string, isOver: () => boolean): Promise<Seen> {
  const generations = new Set<string>();
  let reads = 0;
  const read = async () => {
    const paths = ['/v1/products?limit=50', '/v1/products/demo-0001', '/v1/orders?limit=5', '/v1/products/lamp/stock'];
    while (!isOver()) {
      const response = await fetch(`${server.url}${paths[reads % paths.length]}`, {
        headers: { authorization: `Bearer ${token}` },
      });
      assert.equal(response.status, 200, await response.clone().text());
      generations.add(response.headers.get('views-generation') ?? 'none');
      await response.json();
      reads++;
    }
  };
  const order = async () => {
    for (let count = 0; !isOver(); count++) {
      const { status, body } = await server.call('POST', '/v1/orders', {
        token,
        headers: { 'idempotency-key': `order-${count}`, prefer: 'wait=30' },
        body: { lines: [{ productId: 'lamp', quantity: 1 }], shipTo, payment },
      });
      assert.equal(status, 201, JSON.stringify(body));
      const again = await server.call('GET', `/v1/orders/${body.orderId}`, { token });
      assert.equal(again.status, 200, 'an order that was answered is never missing');
    }
  };
  await Promise.all([order(), ...Array.from({ length: readers }, read)]);
  return { reads, generations };
}
