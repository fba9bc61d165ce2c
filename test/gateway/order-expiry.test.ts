// The countdown of the checkout page: from its record where there is one, else from the order.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { StockstreamError } from '../../base/errors.ts';
import { TestGateway } from './test-gateway.ts';

describe('the expiry of an order', () => {
  let shop: TestGateway;
  before(async () => {
    shop = await TestGateway.open();
    await shop.offer({ p1: 100 });
  });
  after(() => shop.close());

  const read = (orderId: string, headers: object, app = shop.app) => {
    return shop.call('GET', `/v1/orders/${orderId}/expiry`, { headers: { ...headers }, app });
  };
  const mine = () => shop.bearer('s1', 'shopper');

  test('comes from the order where there is no record', async () => {
    const { body: order } = await shop.order({ headers: { prefer: 'wait=5' } });
    const { status, body } = await read(order.orderId, mine());
    const { remainingMs, ...rest } = body;
    assert.equal(status, 200);
    assert.deepEqual(rest, { orderId: order.orderId, status: 'reserved', expiresAt: order.expiresAt });
    assert.ok(remainingMs > 0 && remainingMs <= order.expiresAt - order.placedAt);
    await shop.call('POST', `/v1/orders/${order.orderId}/cancel`, { headers: { ...mine(), prefer: 'wait=5' } });
    const ended = await read(order.orderId, mine());
    assert.deepEqual([ended.body.status, ended.body.remainingMs], ['cancelled', 0]);
  });

  test('comes from the record while there is one', async () => {
    const { body: order } = await shop.order({ headers: { prefer: 'wait=5' } });
    const expiresAt = shop.deps.clock.now() + 50_000;
    const position = { topic: 'order-events', partition: 0, offset: 1 };
    const record = { customerId: 's1', status: 'reserved', expiresAt };
    await shop.deps.expiry.apply([{ orderId: order.orderId, position, kind: 'hold', record }]);
    const { body } = await read(order.orderId, mine());
    assert.equal(body.expiresAt, expiresAt);
    assert.ok(body.remainingMs > 0 && body.remainingMs <= 50_000);
    assert.equal((await read(order.orderId, shop.bearer('o1', 'operator'))).body.expiresAt, expiresAt);
    const others = await read(order.orderId, shop.bearer('s2', 'shopper'));
    assert.deepEqual([others.status, others.body.code], [404, 'order_not_found']);
  });

  test('comes from the order while the store of records is away', async () => {
    const { body: order } = await shop.order({ headers: { prefer: 'wait=5' } });
    const get = async () => {
      throw new StockstreamError('EXPIRY_UNAVAILABLE', { reason: 'no answer' });
    };
    const app = await shop.another({ expiry: { ...shop.deps.expiry, get } as typeof shop.deps.expiry });
    assert.equal((await read(order.orderId, mine(), app)).body.expiresAt, order.expiresAt);
  });

  test("another's order and one that never was are 404", async () => {
    const { body: order } = await shop.order({ headers: { prefer: 'wait=5' } });
    for (const [orderId, headers] of [
      [order.orderId, shop.bearer('s2', 'shopper')],
      [`${'x'.repeat(22)}~p1`, mine()],
      ['nonsense', mine()],
    ] as const) {
      const { status, body } = await read(orderId, headers);
      assert.deepEqual([status, body.code], [404, 'order_not_found']);
    }
  });
});
