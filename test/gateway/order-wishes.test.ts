// What can be asked of an order that was placed, and what is said when it can't be: sending it back, a review.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { topics } from '../../schemas/topics.ts';
import type { OrderEvent } from '../../schemas/types.generated.ts';
import { eventually, TestGateway } from './test-gateway.ts';

const parcels = [
  { shipmentId: 's', warehouseId: 'w1', carrier: 'c', trackingCode: 'T', status: 'delivered', lines: [] },
] as const;
const held = { type: 'OrderHeldForReview', score: 80, findings: ['large_amount'], expiresAt: 9e12 } as const;
const placed = { type: 'OrderPlaced', paymentReference: 'p', amount: 1, parcels } as const;
const delivered = { type: 'OrderDelivered', parcels } as const;

describe('wishes about an order', () => {
  let shop: TestGateway;
  before(async () => {
    shop = await TestGateway.open();
    await shop.offer({ p1: 100 });
  });
  after(() => shop.close());

  /** An order that is held, and to which this happened then, as the view shows it. */
  async function order(...events: OrderEvent['event'][]): Promise<string> {
    const { body } = await shop.order({ headers: { prefer: 'wait=5' } });
    const { orderId } = body;
    for (const [at, event] of events.entries()) {
      const record = { orderId, sequence: 3 + at, customerId: 's1', at: 5_000 + at, event };
      await shop.append(topics.orderEvents, orderId, record);
    }
    const steps = 2 + events.length;
    await eventually(async () => {
      const document = await shop.documents.get('orders', orderId);
      return (document?.fields.history as unknown[] | undefined)?.length === steps ? document : undefined;
    });
    return orderId;
  }

  const shopper = () => shop.bearer('s1', 'shopper');
  const operator = () => shop.bearer('o1', 'operator');
  const sendBack = (orderId: string, headers = shopper()) =>
    shop.call('POST', `/v1/orders/${orderId}/return`, { headers, body: { reason: 'too small' } });
  const review = (orderId: string, decision: string, headers = operator()) =>
    shop.call('POST', `/v1/admin/orders/${orderId}/review`, { headers, body: { decision } });

  test('a delivered order shows its parcels and what was paid, and can be sent back', async () => {
    const orderId = await order(placed, delivered);
    const { body } = await shop.call('GET', `/v1/orders/${orderId}`, { headers: shopper() });
    assert.deepEqual([body.status, body.payment.paid, body.parcels[0].trackingCode], ['delivered', 1, 'T']);
    assert.equal(body.lines[0].status, 'paid');
    const asked = await sendBack(orderId);
    assert.equal(asked.status, 202);
  });

  test('an order that is not delivered, or not theirs, cannot be sent back', async () => {
    const early = await sendBack(await order());
    assert.deepEqual([early.status, early.body.code], [409, 'order_not_returnable']);
    const delivery = await order(placed, delivered);
    const stranger = await sendBack(delivery, shop.bearer('s2', 'shopper'));
    assert.deepEqual([stranger.status, stranger.body.code], [404, 'order_not_found']);
    const headers = shopper();
    const silent = await shop.call('POST', `/v1/orders/${delivery}/return`, { headers, body: {} });
    assert.equal(silent.status, 400);
  });

  test('a paid order cannot be cancelled', async () => {
    const orderId = await order(placed);
    const { status, body } = await shop.call('POST', `/v1/orders/${orderId}/cancel`, { headers: shopper() });
    assert.deepEqual([status, body.code], [409, 'order_ended']);
  });

  test('an operator finds what waits for review and may release it; nobody else may', async () => {
    const orderId = await order(held);
    const listed = await shop.call('GET', '/v1/admin/reviews', { headers: operator() });
    assert.ok(listed.body.orders.some((each: { orderId: string }) => each.orderId === orderId));
    assert.equal((await review(orderId, 'release')).status, 202);
    assert.equal((await review(orderId, 'release', shopper())).status, 403);
    assert.equal((await review(orderId, 'perhaps')).status, 400);
  });

  test('what does not wait for review is not reviewed', async () => {
    const { status, body } = await review(await order(), 'refuse');
    assert.deepEqual([status, body.code], [409, 'order_not_in_review']);
  });
});
