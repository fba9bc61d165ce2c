// A thousand buyers at once of the last five units: five get one, the others a clear no.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { addProduct, eventually, payment, Server, shipTo } from './server.ts';

test('1,000 concurrent buyers of the last 5 units: exactly 5 hold one, 995 get a clear refusal', async () => {
  const data = mkdtempSync(join(tmpdir(), 'stockstream-e2e-'));
  const server = await Server.start(data, '--payments', 'off');
  try {
    const seller = await server.logIn('seller@demo');
    const shopper = await server.logIn('shopper@demo');
    await addProduct(server, seller, 'last-five', 5);
    const answers = await Promise.all(
      Array.from({ length: 1_000 }, (_, buyer) =>
        server.call('POST', '/v1/orders', {
          token: shopper,
          headers: { 'idempotency-key': `buyer-${buyer}`, prefer: 'wait=30' },
          body: { lines: [{ productId: 'last-five', quantity: 1 }], shipTo, payment },
        }),
      ),
    );
    const outcomes = new Map<string, number>();
    for (const { status, body } of answers) {
      const outcome = `${status} ${body.status} ${body.lines?.[0]?.reason ?? ''}`.trim();
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    assert.deepEqual(Object.fromEntries(outcomes), { '201 reserved': 5, '201 rejected insufficient_stock': 995 });
    const level = await eventually(
      async () => (await server.call('GET', '/v1/products/last-five/stock')).body,
      ({ held }) => held === 5,
    );
    assert.equal(level.free, 0);
    assert.equal(level.onHand, 5);
  } finally {
    assert.equal(await server.stop(), 0);
    rmSync(data, { recursive: true, force: true });
  }
});
