// Popularity and reviews on the whole program: what a shopper does is counted and shown, who has received a product reviews
// it, and all of it is still so after the program was killed.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { eventually } from './server.ts';
import { Shop } from './shop.ts';

describe('what shoppers do and say', () => {
  const shop = new Shop();
  before(() => shop.open());
  after(() => shop.close());

  const popular = async () => (await shop.call('shopper', 'GET', '/v1/popular?category=test')).body.products;
  const reviews = async () => (await shop.call('shopper', 'GET', '/v1/products/lamp/reviews')).body;

  test('makes products popular, and the bought ones more so; through a kill', async () => {
    const orderId = await shop.order('lamp');
    await shop.until(orderId, 'delivered');
    await shop.order('chair', { token: 'tok_decline' });
    const events = [
      { eventId: 'e1', type: 'viewed', productId: 'chair', query: 'chairs' },
      { eventId: 'e2', type: 'carted', productId: 'chair' },
      { eventId: 'e3', type: 'wished', productId: 'nothing' },
    ];
    for (let tries = 0; tries < 3; tries++) {
      const { status, body } = await shop.call('shopper', 'POST', '/v1/events', { events });
      assert.deepEqual([status, body], [202, { accepted: 2, late: 0, unknown: 1 }]);
    }
    const scores = (products: { productId: string; score: number }[]) => {
      return products.map(({ productId, score }) => `${productId} ${Math.round(score)}`).join(', ');
    };
    await eventually(popular, (products) => scores(products) === 'lamp 10, chair 5');
    await shop.kill();
    await shop.start();
    await eventually(popular, (products) => scores(products) === 'lamp 10, chair 5');
  });

  test('is read below a product, with its rating; through a kill', async () => {
    const body = { rating: 4, title: 'Bright', text: 'It shines as it should.' };
    const refused = await shop.call('shopper', 'POST', '/v1/products/chair/reviews', body);
    assert.deepEqual([refused.status, refused.body.code], [403, 'review_not_allowed']);
    const written = await shop.call('shopper', 'POST', '/v1/products/lamp/reviews', body);
    assert.deepEqual([written.status, written.body.status], [201, 'published']);
    const before = await reviews();
    assert.deepEqual([before.summary.average, before.reviews.length], [4, 1]);
    await shop.kill();
    await shop.start();
    assert.deepEqual(await reviews(), before);
    const page = async () => (await shop.call('shopper', 'GET', '/v1/products/lamp')).body.rating;
    await eventually(page, (rating) => rating?.average === 4);
    const again = await shop.call('shopper', 'POST', '/v1/products/lamp/reviews', body);
    assert.equal(again.body.code, 'review_exists');
  });
});
