// Product pages through the cache: what browsers keep, that whoever writes reads it, other gateways, and a CDN's addresses.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { eventually, TestGateway } from './test-gateway.ts';

const price = { amount: 1_000, currency: 'EUR' };
const cdn = 'https://cdn.shop.example/shop';
const imageId = 'ab'.repeat(32);

describe('product pages', () => {
  let shop: TestGateway;
  before(async () => {
    shop = await TestGateway.open();
  });
  after(() => shop.close());

  const headers = () => shop.bearer('seller', 'seller');
  const create = (payload: object) => shop.call('POST', '/v1/products', { payload, headers: headers() });
  const patch = (id: string, payload: object, app = shop.app) =>
    shop.call('PATCH', `/v1/products/${id}`, { payload, headers: headers(), app });
  const read = (id: string, more: object = {}, app = shop.app) =>
    shop.call('GET', `/v1/products/${id}`, { headers: { ...more }, app });

  test('are kept by browsers, which ask whether they are still so', async () => {
    await create({ productId: 'lamp', title: 'Lamp', price });
    const { headers: found } = await read('lamp');
    assert.deepEqual([found.etag, found['cache-control']], ['"1"', 'no-cache']);
    for (const tag of ['"1"', 'W/"1"', '"7", "1"', '*']) {
      const known = await read('lamp', { 'if-none-match': tag });
      assert.deepEqual([known.status, known.text, known.headers.etag], [304, '', '"1"'], tag);
    }
    await patch('lamp', { title: 'Other' });
    const changed = await read('lamp', { 'if-none-match': '"1"' });
    assert.deepEqual([changed.status, changed.headers.etag, changed.body.title], [200, '"2"', 'Other']);
    assert.equal((await read('nothing', { 'if-none-match': '*' })).status, 404);
  });

  test('with variants are another page when a variant stands otherwise, and its tag is good for a change', async () => {
    const variants = [{ productId: 'shirt-m', options: { size: 'M' } }];
    await create({ productId: 'shirt', title: 'Shirt', price, variants });
    const first = await read('shirt');
    assert.match(first.headers.etag ?? '', /^"1-[0-9a-f]{12}"$/);
    assert.equal((await read('shirt', { 'if-none-match': first.headers.etag })).status, 304);
    const changes = [{ changeId: 'c1', productId: 'shirt-m', warehouseId: 'w1', count: 5 }];
    await shop.call('POST', '/v1/stock-changes', { payload: { changes }, headers: headers() });
    const second = await eventually(async () => {
      const answer = await read('shirt', { 'if-none-match': first.headers.etag });
      return answer.status === 200 ? answer : undefined;
    });
    assert.equal(second.body.variantStates[0].free, 5);
    const { etag = '' } = second.headers;
    const match = { ...headers(), 'if-match': etag };
    const changed = await shop.call('PATCH', '/v1/products/shirt', { payload: { title: 'New' }, headers: match });
    assert.equal(changed.status, 200);
    const again = await shop.call('PATCH', '/v1/products/shirt', { payload: { title: 'Newer' }, headers: match });
    assert.deepEqual([again.status, again.body.code], [412, 'product_version_differs']);
  });

  test('show what was written at once, through any number of changes', async () => {
    await create({ productId: 'busy', title: '0', price });
    for (let count = 1; count <= 10; count++) {
      assert.equal((await read('busy')).body.title, String(count - 1));
      await patch('busy', { title: String(count) });
      assert.equal((await read('busy')).body.title, String(count));
    }
  });

  test('of a variant show what was written of its product', async () => {
    const variants = (amount: number) => [{ productId: 'sock-m', options: { size: 'M' }, price: { ...price, amount } }];
    await create({ productId: 'sock', title: 'Sock', price, variants: variants(1) });
    assert.equal((await read('sock-m')).body.price.amount, 1);
    await patch('sock', { variants: variants(2) });
    assert.equal((await read('sock-m')).body.price.amount, 2);
  });

  test('of another gateway come after in a moment, and an order is quoted by them', async () => {
    await shop.offer({ bulb: 5 });
    const other = await shop.another();
    assert.equal((await read('bulb', {}, other)).body.price.amount, 1_000);
    await patch('bulb', { price: { ...price, amount: 2_000 } });
    await eventually(async () => ((await read('bulb', {}, other)).body.price.amount === 2_000 ? true : undefined));
    const order = await shop.order({ lines: [{ productId: 'bulb', quantity: 1 }], app: other });
    assert.equal(order.body.lines[0].unitPrice, 2_000, order.text);
  });

  test('are counted by where they came from', async () => {
    await create({ productId: 'counted', title: 'Counted', price });
    for (let count = 0; count < 3; count++) await read('counted');
    const { text } = await shop.call('GET', '/metrics');
    const hits = /gateway_product_reads_total\{result="hit"\} (\d+)/.exec(text)?.[1];
    assert.ok(Number(hits) >= 2, text);
  });

  test('have their images where the CDN is, and are kept without it', async (t) => {
    const delivered = await TestGateway.open({ settings: { imageBaseUrl: `${cdn}/` } });
    t.after(() => delivered.close());
    const seller = delivered.bearer('seller', 'seller');
    const images = [
      `${cdn}/images/${imageId}/640.webp`,
      `/images/${imageId}/320.webp`,
      'https://elsewhere.example/a.jpg',
    ];
    const shown = [images[0], `${cdn}/images/${imageId}/320.webp`, images[2]];
    const variants = [{ productId: 'v1', options: { size: 'M' }, image: images[0] }];
    const payload = { productId: 'p1', title: 'P', price, images, variants };
    const made = await delivered.call('POST', '/v1/products', { payload, headers: seller });
    assert.deepEqual([made.status, made.body.images, made.body.variants[0].image], [201, shown, shown[0]], made.text);
    const page = await delivered.call('GET', '/v1/products/p1');
    assert.deepEqual(page.body.images, shown);
    assert.match(page.headers['content-security-policy'] ?? '', /img-src 'self' data: https:\/\/cdn\.shop\.example;/);
    const list = await delivered.call('GET', '/v1/products');
    assert.deepEqual(list.body.products[0].images, shown);
    const stored = (await delivered.documents.get('products', 'p1'))?.fields;
    assert.deepEqual(stored?.images, [`/images/${imageId}/640.webp`, `/images/${imageId}/320.webp`, images[2]]);
    const change = { payload: { images: [shown[1]] }, headers: seller };
    const changed = await delivered.call('PATCH', '/v1/products/p1', change);
    assert.deepEqual(changed.body.images, [shown[1]]);
  });
});
