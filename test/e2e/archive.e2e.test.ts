// Orders move to the archive while the program is killed again and again: every order is listed once and found, and the
// countdown of one that lives goes on.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openSqliteArchive } from '../../views/archive/sqlite/sqlite-archive.ts';
import { collections } from '../../views/collections.ts';
import { openSqliteDocuments } from '../../views/documents/sqlite/sqlite-documents.ts';
import { addProduct, eventually, payment, Server, shipTo } from './server.ts';

const rounds = 4;
const ordersEach = 30;

test('killed while orders move: each is read once, from wherever it is', async () => {
  const data = mkdtempSync(join(tmpdir(), 'stockstream-e2e-'));
  const start = () => Server.start(data, '--payments', 'off', '--archive-after', '0');
  let server = await start();
  try {
    const token = await server.logIn('shopper@demo');
    await addProduct(server, await server.logIn('seller@demo'), 'lamp', 1);
    const place = async (key: string, quantity: number) => {
      const { status, body } = await server.call('POST', '/v1/orders', {
        token,
        headers: { 'idempotency-key': key, prefer: 'wait=30' },
        body: { lines: [{ productId: 'lamp', quantity }], shipTo, payment },
      });
      assert.equal(status, 201, JSON.stringify(body));
      return body;
    };
    await eventually(
      async () => (await server.call('GET', '/v1/products/lamp/stock')).body,
      ({ free }) => free === 1,
    );
    const living = await place('living', 1);
    const rejected: string[] = [];
    for (let round = 0; round < rounds; round++) {
      for (let count = 0; count < ordersEach; count++) rejected.push((await place(`${round}-${count}`, 2)).orderId);
      // Somewhere in a sweep, which begins every second.
      await new Promise((resolve) => setTimeout(resolve, round * 300));
      await server.kill();
      server = await start();
      await checkList(server, token, [living.orderId, ...rejected]);
    }
    const figure = async () =>
      (await (await fetch(`${server.url}/metrics`)).text()).match(/^archive_orphans (.*)$/m)?.[1];
    assert.equal(await figure(), '0');
    for (const orderId of rejected.slice(0, 5)) {
      const { body } = await server.call('GET', `/v1/orders/${orderId}`, { token });
      assert.deepEqual(
        body.history.map(({ type }: { type: string }) => type),
        ['OrderCreated', 'OrderRejected'],
      );
    }
    const { body: expiry } = await server.call('GET', `/v1/orders/${living.orderId}/expiry`, { token });
    assert.deepEqual([expiry.status, expiry.expiresAt], ['reserved', living.expiresAt]);
    assert.ok(expiry.remainingMs > 0);
    await allMoved(data, rejected, living.orderId);
  } finally {
    assert.equal(await server.stop(), 0);
    rmSync(data, { recursive: true, force: true });
  }
});

async function checkList(server: Server, token: string, expected: readonly string[]): Promise<void> {
  const seen: string[] = [];
  for (let cursor = ''; ; ) {
    const { status, body } = await server.call('GET', `/v1/orders?limit=7${cursor && `&cursor=${cursor}`}`, { token });
    assert.equal(status, 200, JSON.stringify(body));
    seen.push(...body.orders.map(({ orderId }: { orderId: string }) => orderId));
    cursor = body.cursor ?? '';
    if (cursor === '') break;
  }
  assert.deepEqual(seen.toSorted(), expected.toSorted());
}

/** In the program's own files. */
async function allMoved(data: string, rejected: readonly string[], living: string): Promise<void> {
  const archive = openSqliteArchive({ file: join(data, 'archive.sqlite') });
  const documents = openSqliteDocuments({ file: join(data, 'views.sqlite') });
  try {
    const found = await eventually(
      () => archive.find(rejected),
      (orders) => orders.every((order) => order !== undefined),
    );
    assert.equal(found.length, rounds * ordersEach);
    await eventually(
      () => documents.count(collections.orders.name),
      (count) => count === 1,
    );
    assert.ok(await documents.get(collections.orders.name, living));
  } finally {
    await Promise.all([archive.close(), documents.close()]);
  }
}
