// Whole lives of orders over HTTP, as shopper, seller and operator see them: status, history, live events, parcels, mails,
// stock and money. Nothing is embedded in the test: the program runs apart, and is killed in the middle of one life.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { eventually } from './server.ts';
import { Shop, units } from './shop.ts';

interface Step {
  readonly sequence: number;
  readonly type: string;
  readonly reason?: string;
}

/** What happened, as the history has it: each step once, in order. */
function typesOf({ history }: { readonly history: readonly Step[] }): string[] {
  const sequences = history.map(({ sequence }) => sequence);
  assert.deepEqual(
    sequences,
    sequences.map((_, index) => index + 1),
  );
  return history.map(({ type }) => type);
}

/** Without what is told of single parcels: how often depends on how fast the carrier answers. */
const stepsOf = (order: { readonly history: readonly Step[] }) =>
  typesOf(order).filter((type) => type !== 'ParcelMoved');

const reserved = ['OrderCreated', 'OrderReserved'];
const delivered = ['OrderPlaced', 'OrderInTransit', 'OrderDelivered'];
const deliveredMails = ['order_placed', 'seller_order_placed', 'order_in_transit', 'order_delivered'];

describe('the life of an order', () => {
  const shop = new Shop();
  before(() => shop.open());
  after(() => shop.close());

  test('reserved, placed, in transit, delivered; then sent back and refunded', async () => {
    const orderId = await shop.order('returned');
    const live = await shop.events(orderId);
    const order = await shop.until(orderId, 'delivered');
    assert.deepEqual(stepsOf(order), [...reserved, ...delivered]);
    assert.deepEqual(live, typesOf(order));
    assert.ok(live.includes('ParcelMoved'));
    assert.equal(order.payment.paid, order.total.amount);
    const [parcel] = order.parcels;
    assert.deepEqual([order.parcels.length, parcel.status, parcel.warehouseId], [1, 'delivered', 'w1']);
    assert.match(parcel.trackingCode, /^SIM[0-9A-F]{12}$/);
    await shop.mails(orderId, ...deliveredMails);
    const own = await shop.call('seller', 'GET', `/v1/outbox?orderId=${encodeURIComponent(orderId)}`);
    assert.deepEqual(
      own.body.mails.map(({ kind }: { kind: string }) => kind),
      ['seller_order_placed'],
    );
    await shop.stock('returned', { onHand: units - 1, held: 0 });

    const asked = await shop.call('shopper', 'POST', `/v1/orders/${orderId}/return`, { reason: 'It is too small.' });
    assert.ok(asked.status < 300, JSON.stringify(asked.body));
    const refunded = await shop.until(orderId, 'refunded');
    const after = ['ReturnRequested', 'OrderReturned', 'OrderRefunded'];
    assert.deepEqual(stepsOf(refunded), [...reserved, ...delivered, ...after]);
    assert.equal(refunded.payment.paid, 0);
    await shop.mails(orderId, ...deliveredMails, 'order_refunded');
    await shop.stock('returned', { onHand: units, held: 0 });
  });

  test('a payment that is declined cancels it', async () => {
    const orderId = await shop.order('declined', { token: 'tok_decline' });
    const order = await shop.until(orderId, 'cancelled');
    assert.deepEqual(stepsOf(order), [...reserved, 'OrderCancelled']);
    assert.equal(order.history.at(-1).reason, 'payment_failed');
    await shop.mails(orderId, 'order_cancelled');
    await shop.stock('declined', { onHand: units, held: 0 });
  });

  test('its shopper cancels it before it is paid', async () => {
    const orderId = await shop.order('cancelled', { token: 'tok_pending' });
    await shop.until(orderId, 'reserved');
    await shop.stock('cancelled', { onHand: units, held: 1 });
    const asked = await shop.call('shopper', 'POST', `/v1/orders/${orderId}/cancel`);
    assert.ok(asked.status < 300, JSON.stringify(asked.body));
    const order = await shop.until(orderId, 'cancelled');
    assert.deepEqual(stepsOf(order), [...reserved, 'OrderCancelled']);
    assert.equal(order.history.at(-1).reason, 'by_customer');
    await shop.mails(orderId, 'order_cancelled');
    await shop.stock('cancelled', { onHand: units, held: 0 });
    const tooLate = await shop.call('shopper', 'POST', `/v1/orders/${orderId}/return`, { reason: 'None.' });
    assert.deepEqual([tooLate.status, tooLate.body.code], [409, 'order_not_returnable']);
  });

  // Much money, an account of today, and who pays lives elsewhere.
  const suspicious = { quantity: 600, billingAddress: { country: 'FR', postalCode: '75001' } };

  /** Of an order that waits for review. */
  const review = async (orderId: string, decision: 'release' | 'refuse') => {
    const waiting = async () => {
      const { body } = await shop.call('operator', 'GET', '/v1/admin/reviews');
      return (body.orders as { orderId: string; review: string }[]).find((each) => each.orderId === orderId);
    };
    assert.equal((await eventually(waiting, (found) => found !== undefined))?.review, 'waiting');
    const refused = await shop.call('shopper', 'POST', `/v1/admin/orders/${orderId}/review`, { decision });
    assert.equal(refused.status, 403);
    const path = `/v1/admin/orders/${orderId}/review`;
    const { status, body } = await shop.call('operator', 'POST', path, { decision, note: 'Called them.' });
    assert.ok(status < 300, JSON.stringify(body));
    await eventually(waiting, (found) => found === undefined);
  };

  test('a suspicious one waits for an operator, who releases it', async () => {
    const orderId = await shop.order('released', suspicious);
    await review(orderId, 'release');
    const order = await shop.until(orderId, 'delivered');
    assert.deepEqual(stepsOf(order), [...reserved, 'OrderHeldForReview', 'OrderReviewed', ...delivered]);
    assert.deepEqual([order.review, order.payment.paid], ['released', order.total.amount]);
    await shop.mails(orderId, ...deliveredMails);
    await shop.stock('released', { onHand: units - 600, held: 0 });
  });

  test('or refuses it', async () => {
    const orderId = await shop.order('refused', suspicious);
    await review(orderId, 'refuse');
    const order = await shop.until(orderId, 'cancelled');
    assert.deepEqual(stepsOf(order), [...reserved, 'OrderHeldForReview', 'OrderReviewed', 'OrderCancelled']);
    assert.equal(order.review, 'refused');
    await shop.mails(orderId, 'order_cancelled');
    await shop.stock('refused', { onHand: units, held: 0 });
  });

  test('goes on where it was when the program is killed in the middle of it, twice', async () => {
    const orderId = await shop.order('killed');
    await shop.kill();
    await shop.start();
    const placed = await eventually(
      async () => (await shop.call('shopper', 'GET', `/v1/orders/${orderId}`)).body,
      ({ history = [] }) => history.some(({ type }: Step) => type === 'OrderPlaced'),
    );
    assert.equal(placed.orderId, orderId);
    await shop.kill();
    await shop.start();
    const order = await shop.until(orderId, 'delivered');
    assert.deepEqual(stepsOf(order), [...reserved, ...delivered]);
    assert.equal(order.payment.paid, order.total.amount);
    await shop.mails(orderId, ...deliveredMails);
    await shop.stock('killed', { onHand: units - 1, held: 0 });
  });
});

describe('an order whose hold runs out', () => {
  const shop = new Shop('--hold-seconds', '3');
  before(() => shop.open());
  after(() => shop.close());

  test('is cancelled if nobody has paid', async () => {
    const orderId = await shop.order('unpaid', { token: 'tok_pending' });
    const order = await shop.until(orderId, 'cancelled');
    assert.deepEqual(stepsOf(order), [...reserved, 'OrderCancelled']);
    assert.equal(order.history.at(-1).reason, 'expired');
    await shop.mails(orderId, 'order_cancelled');
    await shop.stock('unpaid', { onHand: units, held: 0 });
  });

  test('is placed after all when its payment succeeds late, and delivered', async () => {
    const orderId = await shop.order('late', { token: 'tok_late_success_4' });
    const order = await shop.until(orderId, 'delivered');
    assert.deepEqual(stepsOf(order), [...reserved, 'OrderCancelled', 'OrderReinstated', ...delivered]);
    assert.equal(order.payment.paid, order.total.amount);
    await shop.mails(orderId, 'order_cancelled', ...deliveredMails);
    await shop.stock('late', { onHand: units - 1, held: 0 });
  });
});
