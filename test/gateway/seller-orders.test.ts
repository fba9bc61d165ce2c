// What a seller sees of orders: those with own lines, and of these nothing that is another's business.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { forSeller } from '../../gateway/seller-order.ts';
import { topics } from '../../schemas/topics.ts';
import type { OrderEvent } from '../../schemas/types.generated.ts';
import type { OrderAnswer } from '../../views/order-document.ts';
import { orderCreated, orderEvent, orderReserved } from '../views/order-events.ts';
import { eventually, TestGateway } from './test-gateway.ts';

const [lamp, desk] = orderCreated.lines;
const both = { ...orderCreated, lines: [lamp!, { ...desk!, sellerId: 'dan' }] };
const id = (letter: string) => `${letter.repeat(22)}~lamp`;

describe('orders of sellers', () => {
  let shop: TestGateway;
  before(async () => {
    shop = await TestGateway.open();
    const events: OrderEvent[] = [
      orderEvent(id('a'), 1, both),
      orderEvent(id('a'), 2, orderReserved),
      orderEvent(id('b'), 1, orderCreated),
    ];
    for (const event of events) await shop.append(topics.orderEvents, event.orderId, event);
    const headers = shop.bearer('o1', 'operator');
    await eventually(async () => {
      const { body } = await shop.call('GET', `/v1/orders/${id('a')}`, { headers });
      const list = await shop.call('GET', '/v1/orders', { headers });
      return (body.status === 'reserved' && list.body.orders.length === 2) || undefined;
    });
  });
  after(() => shop.close());

  const list = async (headers: object, query = '') => {
    const { body } = await shop.call('GET', `/v1/orders${query}`, { headers: { ...headers } });
    return body.orders as OrderAnswer[];
  };
  const idsOf = (orders: readonly OrderAnswer[]) => orders.map(({ orderId }) => orderId).toSorted();

  test('a seller lists and reads orders with own lines, and sees those lines alone', async () => {
    assert.deepEqual(idsOf(await list(shop.bearer('sally', 'seller'))), [id('a'), id('b')]);
    const dan = shop.bearer('dan', 'seller');
    const [order, ...more] = await list(dan);
    assert.deepEqual(more, []);
    assert.equal(order?.orderId, id('a'));
    assert.deepEqual(
      order?.lines.map(({ productId }) => productId),
      ['desk'],
    );
    assert.deepEqual((await shop.call('GET', `/v1/orders/${id('a')}`, { headers: dan })).body, order);
    const others = await shop.call('GET', `/v1/orders/${id('b')}`, { headers: dan });
    assert.deepEqual([others.status, others.body.code], [404, 'order_not_found']);
    assert.deepEqual(await list(shop.bearer('eve', 'seller')), []);
    assert.deepEqual(idsOf(await list(dan, '?seller=sally')), [id('a')]);
    assert.deepEqual(idsOf(await list(dan, '?customerId=nobody')), [id('a')]);
  });

  test('operators and shoppers filter by seller', async () => {
    for (const headers of [shop.bearer('o1', 'operator'), shop.bearer('carl', 'shopper')]) {
      assert.deepEqual(idsOf(await list(headers, '?seller=dan')), [id('a')]);
      assert.deepEqual(idsOf(await list(headers, '?seller=sally')), [id('a'), id('b')]);
      assert.deepEqual(await list(headers, '?seller=eve'), []);
    }
    assert.deepEqual(await list(shop.bearer('dora', 'shopper'), '?seller=dan'), []);
  });

  test('money, address and steps are cut to what is the seller’s', async () => {
    const [order] = await list(shop.bearer('o1', 'operator'), '?seller=dan');
    const parcel = { shipmentId: 's', warehouseId: 'w', carrier: 'c', trackingCode: '', status: 'packed' } as const;
    const inLamp = { ...parcel, lines: [{ productId: 'lamp', quantity: 2 }] };
    const inBoth = { ...parcel, lines: [...inLamp.lines, { productId: 'desk', quantity: 1 }] };
    const seen = forSeller({ ...order!, parcels: [inLamp, inBoth] }, 'dan');
    assert.deepEqual(seen.parcels, [{ ...parcel, lines: [{ productId: 'desk', quantity: 1 }] }]);
    assert.deepEqual([seen.subtotal, seen.shipping, seen.tax, seen.total.amount], [9_000, 0, 0, 9_000]);
    assert.deepEqual(seen.shipTo, { name: '', street: '', city: '', postalCode: '', country: 'DE' });
    assert.deepEqual(seen.sellers, ['dan']);
    assert.deepEqual(Object.keys(seen.history[1]!), ['sequence', 'type', 'at']);
  });
});
