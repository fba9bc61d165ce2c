// Reviews through the gateway, decided by the real topology on the gateway's log: writing, reading, voting, reporting,
// moderating, answering; and that nothing of an author is shown but a first name and an initial.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { systemClock } from '../../base/clock.ts';
import { topics } from '../../schemas/topics.ts';
import { memoryStore } from '../../state/memory/memory-store.ts';
import { TopologyDriver } from '../../streams/testing/topology-driver.ts';
import { discoveryTopology } from '../../topologies/discovery.ts';
import { eventually, TestGateway } from './test-gateway.ts';

let shop: TestGateway;
let stopDeciding: () => Promise<void>;

/** The real topology, at work until it is stopped. */
async function decide(): Promise<() => Promise<void>> {
  const clock = Object.assign(Object.create(systemClock) as typeof systemClock, { step() {} });
  const parts = { log: shop.log, clock, store: memoryStore(), topology: discoveryTopology() };
  const driver = await TopologyDriver.open({ ...parts, deadLetters: topics.deadLetters });
  let isOver = false;
  const running = (async () => {
    while (!isOver) {
      await driver.run();
      await setImmediate();
    }
  })();
  return async () => {
    isOver = true;
    await running;
    await driver.close();
  };
}

before(async () => {
  shop = await TestGateway.open({ settings: { registrationsPerMinute: 1_000, decisionWaitMs: 3_000 } });
  stopDeciding = await decide();
  await shop.offer({ lamp: 5, chair: 5 });
});
after(async () => {
  await stopDeciding();
  await shop.close();
});

type Headers = { readonly [name: string]: string };
const operator = () => shop.bearer('op', 'operator');
const seller = () => shop.bearer('seller', 'seller');
let orders = 0;

/** A customer, registered, who has received these products. */
async function customer(name: string, ...received: readonly string[]): Promise<Headers> {
  const email = `${name.toLowerCase().replaceAll(' ', '.')}-${++orders}@shop.example`;
  const payload = { email, password: 'correct horse battery', name };
  const { body } = await shop.call('POST', '/v1/users', { payload });
  const headers = shop.bearer(body.userId, 'shopper');
  for (const productId of received) {
    const orderId = `order-${++orders}`;
    const parcels = [
      {
        shipmentId: `${orderId}/w1`,
        warehouseId: 'w1',
        carrier: 'c',
        trackingCode: '',
        status: 'delivered' as const,
        lines: [{ productId, quantity: 1 }],
      },
    ];
    const event = { type: 'OrderDelivered', parcels } as const;
    await shop.append(topics.orderEvents, orderId, { orderId, sequence: 9, customerId: body.userId, at: 1, event });
  }
  return headers;
}

const good = { rating: 4, title: 'Bright', text: 'It shines as it should.' };

/** Delivery takes a moment to be known. */
async function write(headers: Headers, said: object = good, productId = 'lamp') {
  return await eventually(async () => {
    const answer = await shop.call('POST', `/v1/products/${productId}/reviews`, { headers, payload: said });
    return answer.body.code === 'review_not_allowed' ? undefined : answer;
  });
}

async function read(query = '', productId = 'lamp') {
  return (await shop.call('GET', `/v1/products/${productId}/reviews?${query}`)).body;
}

describe('a review', () => {
  test('is written by who has received the product, and read by all at once', async () => {
    const ada = await customer('Ada Lovelace', 'lamp');
    const { status, body, headers } = await write(ada);
    assert.deepEqual([status, body.status, headers.location], [201, 'published', '/v1/products/lamp/reviews/mine']);
    const { summary, reviews } = await read();
    assert.deepEqual(summary, { average: 4, reviews: 1, stars: [0, 0, 0, 1, 0] });
    const { reviewId, createdAt, updatedAt, ...rest } = reviews[0];
    const said = { ...good, productId: 'lamp', author: 'Ada L.', language: 'en', verified: true, helpful: 0 };
    assert.deepEqual(rest, said);
    assert.equal(createdAt, updatedAt);
    const product = (await shop.call('GET', '/v1/products/lamp')).body;
    assert.deepEqual(product.rating, { average: 4, reviews: 1 });
    assert.doesNotMatch(JSON.stringify(await read()), /Lovelace|@|customerId/);
  });

  test('is refused to those who have not received it, twice, and of what is not there', async () => {
    const bob = await customer('Bob', 'chair');
    const notYet = await shop.call('POST', '/v1/products/lamp/reviews', { headers: bob, payload: good });
    assert.deepEqual([notYet.status, notYet.body.code], [403, 'review_not_allowed']);
    assert.equal((await write(bob, good, 'chair')).status, 201);
    const twice = await write(bob, good, 'chair');
    assert.deepEqual([twice.status, twice.body.code], [409, 'review_exists']);
    const nowhere = await shop.call('POST', '/v1/products/nothing/reviews', { headers: bob, payload: good });
    assert.deepEqual([nowhere.status, nowhere.body.code], [404, 'product_not_found']);
  });

  test('that is sent again with its key gives the first answer', async () => {
    const eve = { ...(await customer('Eve', 'chair')), 'idempotency-key': 'review-1' };
    const first = await write(eve, good, 'chair');
    const again = await write(eve, good, 'chair');
    assert.deepEqual([again.status, again.body], [201, first.body]);
    assert.equal(again.headers['idempotent-replayed'], 'true');
    const other = await shop.call('POST', '/v1/products/chair/reviews', {
      headers: eve,
      payload: { ...good, rating: 1 },
    });
    assert.equal(other.status, 422);
  });

  test('is changed and taken back by its author', async () => {
    const cid = await customer('Cid', 'chair');
    const mine = '/v1/products/chair/reviews/mine';
    assert.equal((await shop.call('GET', mine, { headers: cid })).body.code, 'review_not_found');
    assert.equal((await shop.call('PUT', mine, { headers: cid, payload: good })).body.code, 'review_not_found');
    await write(cid, { ...good, rating: 1 }, 'chair');
    const before = (await read('', 'chair')).summary;
    const changed = await shop.call('PUT', mine, { headers: cid, payload: { ...good, rating: 5 } });
    assert.deepEqual([changed.status, changed.body.rating], [200, 5]);
    const after = (await read('', 'chair')).summary;
    assert.deepEqual([after.reviews, after.stars[0], after.stars[4]], [before.reviews, before.stars[0] - 1, 1]);
    assert.equal((await shop.call('GET', mine, { headers: cid })).body.rating, 5);
    assert.equal((await shop.call('DELETE', mine, { headers: cid })).status, 204);
    assert.equal((await shop.call('DELETE', mine, { headers: cid })).body.code, 'review_not_found');
    assert.equal((await read('', 'chair')).summary.reviews, before.reviews - 1);
  });

  test('of a variant is one of its product', async () => {
    const [headers, payload] = [
      seller(),
      { productId: 'shirt', title: 'Shirt', price: { amount: 1, currency: 'EUR' } },
    ];
    await shop.call('POST', '/v1/products', { headers, payload });
    const change = { title: 'Shirt M', createdAt: 1, variantOf: 'shirt' };
    const [shirt] = await shop.documents.getMany('products', ['shirt']);
    const variant = { ...(shirt?.fields as object), ...change, productId: 'shirt-m' };
    await shop.append(topics.products, 'shirt-m', variant as never);
    await eventually(async () => await shop.documents.get('products', 'shirt-m'));
    const dan = await customer('Dan', 'shirt-m');
    const { status, body } = await write(dan, good, 'shirt-m');
    assert.deepEqual([status, body.productId], [201, 'shirt']);
    assert.equal((await read('', 'shirt')).reviews.length, 1);
    assert.equal((await read('', 'shirt-m')).reviews.length, 1);
  });

  for (const [name, said, path] of [
    ['no stars', { ...good, rating: 0 }, '/rating'],
    ['too many stars', { ...good, rating: 6 }, '/rating'],
    ['half stars', { ...good, rating: 2.5 }, '/rating'],
    ['no text', { rating: 4 }, ''],
    ['a book', { ...good, text: 'x'.repeat(5_001) }, '/text'],
    ['other fields', { ...good, author: 'The King' }, ''],
  ] as const) {
    test(`with ${name} is refused`, async () => {
      const headers = shop.bearer('s1', 'shopper');
      const { status, body } = await shop.call('POST', '/v1/products/lamp/reviews', { headers, payload: said });
      assert.deepEqual([status, body.code, body.errors[0]?.path], [400, 'request_invalid', path]);
    });
  }

  test('with a card number is refused, before anything is stored', async () => {
    const before = await shop.count(topics.reviews);
    const payload = { ...good, text: 'my card 4242-4242-4242-4242 was charged twice' };
    const refused = await shop.call('POST', '/v1/products/lamp/reviews', {
      headers: shop.bearer('s1', 'shopper'),
      payload,
    });
    assert.deepEqual([refused.status, refused.body.code], [422, 'card_number_refused']);
    assert.equal(await shop.count(topics.reviews), before);
  });
});

describe('reviews', () => {
  before(async () => {
    await shop.offer({ desk: 1 });
    for (const [name, rating] of [
      ['Gil', 2],
      ['Hal', 5],
      ['Ida', 3],
      ['Jan', 5],
    ] as const) {
      await write(await customer(name, 'desk'), { rating, text: `${name} says that it stands.` }, 'desk');
    }
    const { reviews } = await read('sort=newest', 'desk');
    const ida = reviews.find(({ author }: { author: string }) => author === 'Ida');
    const url = `/v1/products/desk/reviews/${ida.reviewId}/helpful`;
    await shop.call('PUT', url, { headers: shop.bearer('fan', 'shopper') });
  });

  const authors = async (query: string) => {
    const { reviews } = await read(query, 'desk');
    return reviews.map(({ author }: { author: string }) => author);
  };

  test('are sorted as asked for, and filtered by stars', async () => {
    assert.deepEqual(await authors('sort=newest'), ['Jan', 'Ida', 'Hal', 'Gil']);
    assert.equal((await authors('sort=helpful'))[0], 'Ida');
    assert.equal((await authors(''))[0], 'Ida');
    assert.equal((await authors('sort=lowest'))[0], 'Gil');
    assert.deepEqual((await authors('sort=highest')).slice(2), ['Ida', 'Gil']);
    assert.deepEqual(await authors('sort=newest&rating=5'), ['Jan', 'Hal']);
    const { summary } = await read('rating=5', 'desk');
    assert.deepEqual(summary, { average: 3.75, reviews: 4, stars: [0, 1, 1, 0, 2] });
  });

  test('come page by page', async () => {
    const first = await read('sort=newest&limit=3', 'desk');
    const second = await read(`sort=newest&limit=3&cursor=${first.cursor}`, 'desk');
    assert.deepEqual(
      second.reviews.map(({ author }: { author: string }) => author),
      ['Gil'],
    );
    assert.equal(second.cursor, undefined);
    const other = await shop.call('GET', `/v1/products/desk/reviews?sort=highest&cursor=${first.cursor}`);
    assert.equal(other.body.code, 'documents_cursor_invalid');
  });
});

describe('others', () => {
  let url: string;
  let author: Headers;
  before(async () => {
    author = await customer('Kim Jong', 'lamp');
    const { body } = await write(author, { ...good, text: 'Kim says that it shines.' });
    url = `/v1/products/lamp/reviews/${body.reviewId}`;
  });

  test('find a review helpful once, and take that back; its author does not', async () => {
    const vote = async (method: string, headers: Headers) => await shop.call(method, `${url}/helpful`, { headers });
    const fan = shop.bearer('fan-1', 'shopper');
    assert.deepEqual((await vote('PUT', fan)).body.helpful, 1);
    assert.deepEqual((await vote('PUT', fan)).body.helpful, 1);
    assert.deepEqual((await vote('PUT', shop.bearer('fan-2', 'shopper'))).body.helpful, 2);
    assert.deepEqual((await vote('DELETE', fan)).body.helpful, 1);
    const own = await vote('PUT', author);
    assert.deepEqual([own.status, own.body.code], [403, 'review_is_own']);
    const nothing = await shop.call('PUT', '/v1/products/lamp/reviews/none/helpful', { headers: fan });
    assert.equal(nothing.body.code, 'review_not_found');
  });

  test('report it, until a moderator looks at it', async () => {
    for (const who of ['r1', 'r2', 'r3']) {
      const reported = await shop.call('POST', `${url}/report`, {
        headers: shop.bearer(who, 'shopper'),
        payload: { reason: 'it is rude' },
      });
      assert.equal(reported.status, 202);
    }
    const { reviews } = await read('limit=100');
    assert.ok(!JSON.stringify(reviews).includes('Kim says'));
    const mine = await shop.call('GET', '/v1/products/lamp/reviews/mine', { headers: author });
    assert.equal(mine.body.status, 'held');
    const queue = await shop.call('GET', '/v1/admin/product-reviews', { headers: operator() });
    const waiting = queue.body.reviews.find(({ text }: { text: string }) => text === 'Kim says that it shines.');
    assert.deepEqual([waiting.findings, waiting.reports, waiting.author], [['reported'], 3, 'Kim J.']);
    const moderate = `/v1/admin/product-reviews/${waiting.reviewId}`;
    const approved = await shop.call('POST', moderate, { headers: operator(), payload: { decision: 'approve' } });
    assert.deepEqual([approved.status, approved.body.status, approved.body.reports], [200, 'published', 0]);
  });

  test('who sell the product answer, nobody else', async () => {
    const payload = { text: 'Thank you, Kim.' };
    const other = await shop.call('PUT', `${url}/answer`, { headers: shop.bearer('sam', 'seller'), payload });
    assert.deepEqual([other.status, other.body.code], [403, 'not_owner']);
    const answered = await shop.call('PUT', `${url}/answer`, { headers: seller(), payload });
    assert.deepEqual([answered.status, answered.body.answer.text], [200, 'Thank you, Kim.']);
    assert.equal((await shop.call('PUT', `${url}/answer`, { headers: seller(), payload: {} })).status, 400);
    const gone = await shop.call('DELETE', `${url}/answer`, { headers: seller() });
    assert.deepEqual([gone.status, gone.body.answer], [200, undefined]);
  });
});

describe('what looks suspicious', () => {
  test('waits for a moderator, who needs a reason to reject it; its author reads that', async () => {
    const lee = await customer('Lee', 'lamp');
    const { status, body } = await write(lee, { ...good, text: 'Cheaper at better-lamps.com' });
    assert.deepEqual([status, body.status], [201, 'held']);
    const url = `/v1/admin/product-reviews/${body.reviewId}`;
    const asked = { headers: operator(), payload: { decision: 'reject' } };
    assert.equal((await shop.call('POST', url, asked)).body.errors[0].path, '/reason');
    const reason = 'It advertises another shop.';
    const rejected = await shop.call('POST', url, { ...asked, payload: { decision: 'reject', reason } });
    assert.deepEqual([rejected.body.status, rejected.body.rejection], ['rejected', reason]);
    const mine = await shop.call('GET', '/v1/products/lamp/reviews/mine', { headers: lee });
    assert.deepEqual([mine.body.status, mine.body.rejection], ['rejected', reason]);
    const nothing = await shop.call('POST', '/v1/admin/product-reviews/none', {
      headers: operator(),
      payload: { decision: 'approve' },
    });
    assert.deepEqual([nothing.status, nothing.body.code], [404, 'review_not_found']);
  });

  test('has words of the shop’s list, however they are spelled', async () => {
    const mia = await customer('Mia', 'lamp');
    const { body } = await write(mia, { ...good, text: 'What a sh1iiit of a lamp this is.' });
    assert.equal(body.status, 'held');
    const { reviews } = (await shop.call('GET', '/v1/admin/product-reviews', { headers: operator() })).body;
    const waiting = reviews.find(({ reviewId }: { reviewId: string }) => reviewId === body.reviewId);
    assert.deepEqual(waiting.findings, ['words']);
  });
});

test('a wish that is not decided in time is safe all the same', async () => {
  const ned = await customer('Ned', 'chair');
  await write(ned, good, 'chair');
  await shop.call('DELETE', '/v1/products/chair/reviews/mine', { headers: ned });
  await stopDeciding();
  const headers = { ...ned, 'idempotency-key': 'late' };
  const { status, body } = await shop.call('POST', '/v1/products/chair/reviews', { headers, payload: good });
  assert.deepEqual([status, body.productId], [202, 'chair']);
  stopDeciding = await decide();
  const mine = await eventually(async () => {
    const answer = await shop.call('GET', '/v1/products/chair/reviews/mine', { headers: ned });
    return answer.status === 200 ? answer : undefined;
  });
  assert.equal(mine.body.rating, 4);
});
