// Reviews in their topology: who has received a product, or a variant of it, may review it, and the listing shows the rating.
import assert from 'node:assert/strict';
import { reviewIdOf } from '../../schemas/ids.ts';
import type { ReviewCommand } from '../../schemas/types.generated.ts';
import { few, parcel, type Shop, second, shopTest, stores } from './discovery-shop.ts';

/** `who`: the author, or somebody else and the author. */
async function ask(shop: Shop, productId: string, who: string, command: ReviewCommand['command']) {
  const [actor = '', author = actor] = who.split(' on ');
  const reviewId = reviewIdOf(productId, author);
  const commandId = `${actor} ${command.type} ${author} ${shop.clock.now()}`;
  await shop.driver.pipe(few.reviews, productId, {
    commandId,
    productId,
    reviewId,
    actor,
    at: shop.clock.now(),
    command,
  });
  await shop.settle(second);
  const [event] = (await shop.driver.read(few.reviewEvents)).map(({ value }) => value);
  assert.equal(event?.commandId, commandId);
  return event.outcome;
}

const submit = (rating: number) => {
  const content = { author: 'Ada L.', rating, title: '', text: 'It shines as it should.', language: 'en', flags: [] };
  return { type: 'SubmitReview', content } as const;
};

shopTest(
  'an order that has arrived lets its customer review each of its products; of a variant, the product',
  async (shop) => {
    await shop.offer('shirt', {
      variants: [{ productId: 'shirt-m', options: {}, price: null, weightGrams: null, image: '' }],
    });
    await shop.offer('shirt-m', { variantOf: 'shirt' });
    await shop.offer('lamp');
    const parcels = [parcel([{ productId: 'shirt-m', quantity: 1 }]), parcel([{ productId: 'lamp', quantity: 2 }])];
    await shop.order('o1', { type: 'OrderPlaced', paymentReference: 'r', amount: 1, parcels });
    await shop.settle();
    assert.equal((await ask(shop, 'shirt', 'carl', submit(4))).type, 'ReviewRefused', 'it is on its way');
    await shop.order('o1', { type: 'OrderDelivered', parcels });
    await shop.settle();
    await shop.driver.crash();
    assert.equal((await ask(shop, 'shirt', 'carl', submit(4))).type, 'ReviewChanged');
    assert.equal((await ask(shop, 'lamp', 'carl', submit(2))).type, 'ReviewChanged');
    assert.equal((await ask(shop, 'shirt', 'bob', submit(1))).type, 'ReviewRefused');

    const listings = await shop.driver.read(few.listings);
    const last = new Map(listings.map(({ value }) => [value.listingId, value.rating]));
    assert.deepEqual(last.get('shirt'), { sum: 4, reviews: 1 });
    assert.deepEqual(last.get('lamp'), { sum: 2, reviews: 1 });
  },
);

shopTest(
  'a rating follows what becomes of reviews, and a purchase is remembered with its first order',
  async (shop) => {
    await shop.offer('lamp');
    const parcels = [parcel([{ productId: 'lamp', quantity: 1 }])];
    for (const customer of ['ann', 'bob'])
      await shop.order(`of-${customer}`, { type: 'OrderDelivered', parcels }, customer);
    await shop.order('again', { type: 'OrderDelivered', parcels }, 'ann');
    await shop.settle();
    const purchase = await shop.driver.stored(stores.verifiedPurchases, 'lamp/ann', 'lamp');
    assert.equal(purchase?.orderId, 'of-ann');

    await ask(shop, 'lamp', 'ann', submit(5));
    await ask(shop, 'lamp', 'bob', submit(2));
    await ask(shop, 'lamp', 'mod on bob', { type: 'ModerateReview', approve: false, reason: 'rude' });
    await ask(shop, 'lamp', 'bob', { type: 'DeleteReview' });
    const told = (await shop.driver.read(few.ratings)).map(({ value }) => [value.stars.join(''), value.average]);
    assert.deepEqual(told, [
      ['00001', 500],
      ['01001', 350],
      ['00001', 500],
    ]);
  },
);
