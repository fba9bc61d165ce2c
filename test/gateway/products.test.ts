// The catalogue and stock through the gateway.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { topics } from '../../schemas/topics.ts';
import { TestGateway } from './test-gateway.ts';

const price = { amount: 1_000, currency: 'EUR' };

describe('products', () => {
  let shop: TestGateway;
  before(async () => {
    shop = await TestGateway.open({ settings: { decisionWaitMs: 300 } });
  });
  after(() => shop.close());

  const seller = (more: object = {}) => ({ ...shop.bearer('seller', 'seller'), ...more });
  const create = (payload: object, headers: object = seller()) =>
    shop.call('POST', '/v1/products', { payload, headers: { ...headers } });
  const patch = (id: string, payload: object, headers: object = seller()) =>
    shop.call('PATCH', `/v1/products/${id}`, { payload, headers: { ...headers } });
  const remove = (id: string, headers: object = seller()) =>
    shop.call('DELETE', `/v1/products/${id}`, { headers: { ...headers } });
  const read = (id: string) => shop.call('GET', `/v1/products/${id}`);

  test('are created and read back at once', async () => {
    const attributes = { color: 'black' };
    const images = ['https://shop.example/tv.jpg'];
    const given = {
      productId: 'tv',
      title: 'TV',
      description: 'A TV',
      category: 'tv',
      brand: 'B',
      price,
      images,
      attributes,
    };
    const made = await create({ ...given, weightGrams: 900, customerLimit: 2 });
    assert.equal(made.status, 201);
    assert.deepEqual([made.headers.location, made.headers.etag], ['/v1/products/tv', '"1"']);
    const { createdAt, updatedAt, ...rest } = made.body;
    assert.ok(createdAt > 0 && updatedAt >= createdAt);
    const more = { sellerId: 'seller', weightGrams: 900, customerLimit: 2, status: 'active', version: 1 };
    const defaults = { productType: '', language: 'en', hazardous: false, variants: [], variantOf: null, options: {} };
    assert.deepEqual(rest, { ...given, ...more, ...defaults });
    const found = await read('tv');
    assert.deepEqual([found.status, found.headers.etag], [200, '"1"']);
    assert.deepEqual(found.body, made.body);
  });

  test('need little; the rest has defaults', async () => {
    const { body } = await create({ productId: 'plain', title: 'Plain', price });
    assert.deepEqual(
      [body.description, body.category, body.brand, body.images, body.attributes, body.weightGrams, body.customerLimit],
      ['', '', '', [], {}, 0, null],
    );
  });

  test('exist once', async () => {
    await create({ productId: 'once', title: 'Once', price });
    const again = await create({ productId: 'once', title: 'Again', price });
    assert.deepEqual([again.status, again.body.code], [409, 'product_exists']);
  });

  test('are changed by their seller; what is not given stays', async () => {
    await create({ productId: 'change', title: 'Before', brand: 'B', price });
    const changed = await patch('change', { title: 'After', price: { ...price, amount: 5 } });
    assert.equal(changed.status, 200);
    assert.deepEqual(
      [changed.headers.etag, changed.body.version, changed.body.title, changed.body.brand, changed.body.price.amount],
      ['"2"', 2, 'After', 'B', 5],
    );
    assert.deepEqual((await read('change')).body, changed.body);
  });

  test('are changed only from the version that If-Match names', async () => {
    await create({ productId: 'match', title: 'One', price });
    const stale = await patch('match', { title: 'Two' }, seller({ 'if-match': '"7"' }));
    assert.deepEqual([stale.status, stale.body.code], [412, 'product_version_differs']);
    for (const tag of ['"1"', '2', '"9", "3"', '*']) {
      assert.equal((await patch('match', { title: tag }, seller({ 'if-match': tag }))).status, 200, tag);
    }
    assert.equal((await remove('match', seller({ 'if-match': '"1"' }))).status, 412);
  });

  test("another seller's are refused, known to the view or not", async () => {
    await create({ productId: 'mine', title: 'Mine', price });
    const other = shop.bearer('other', 'seller');
    const before = await shop.count(topics.catalogChanges);
    assert.deepEqual(
      [(await patch('mine', { title: 'x' }, other)).body.code, (await remove('mine', other)).body.code],
      ['not_owner', 'not_owner'],
    );
    assert.equal(await shop.count(topics.catalogChanges), before, 'nothing was written');
    shop.views.pause();
    await create({ productId: 'fresh', title: 'Fresh', price });
    const decided = await patch('fresh', { title: 'x' }, other);
    assert.deepEqual([decided.status, decided.body.code], [403, 'not_owner']);
    shop.views.resume();
  });

  test('that nobody offers are 404', async () => {
    for (const answer of [
      await read('nothing'),
      await patch('nothing', { title: 'x' }),
      await remove('nothing'),
      await shop.call('GET', '/v1/products/nothing/stock'),
    ]) {
      assert.deepEqual([answer.status, answer.body.code], [404, 'product_not_found']);
    }
  });

  test('are taken off sale, stay readable, and come back', async () => {
    await create({ productId: 'gone', title: 'Gone', category: 'leaving', price });
    const removed = await remove('gone');
    assert.deepEqual([removed.status, removed.text], [204, '']);
    assert.equal((await read('gone')).body.status, 'deleted');
    assert.deepEqual((await shop.call('GET', '/v1/products?category=leaving')).body.products, []);
    const back = await create({ productId: 'gone', title: 'Back', price });
    assert.deepEqual([back.status, back.body.status, back.body.version], [201, 'active', 3]);
  });

  test('a change that is refused for its content is 422 with the reason', async () => {
    const { status, body } = await create({ productId: 'refused', title: '  ', price });
    assert.deepEqual([status, body.code], [422, 'catalog_change_refused']);
    assert.match(body.detail, /invalid_title/);
  });

  test('a change that is not decided in time is 202; a repetition by key asks for the same change', async () => {
    shop.decider.pause();
    const headers = seller({ 'idempotency-key': 'pending' });
    const made = await create({ productId: 'pending', title: 'Pending', price }, headers);
    assert.deepEqual([made.status, made.body.productId], [202, 'pending']);
    const again = await shop.call('POST', '/v1/products', {
      app: await shop.another(),
      payload: { productId: 'pending', title: 'Pending', price },
      headers: { ...headers },
    });
    assert.equal(again.body.changeId, made.body.changeId);
    shop.decider.resume();
  });

  test('while the view stands still, a new product is told as it will show', async () => {
    shop.views.pause();
    const made = await create({ productId: 'ahead', title: 'Ahead', price });
    shop.views.resume();
    assert.equal(made.status, 201);
    assert.deepEqual([made.body.version, made.body.sellerId, made.body.status], [1, 'seller', 'active']);
  });

  test('while the view stands still, a change is 202, for what it led to does not show yet', async () => {
    await create({ productId: 'behind', title: 'Before', price });
    shop.views.pause();
    const changed = await patch('behind', { title: 'After' });
    shop.views.resume();
    assert.deepEqual([changed.status, changed.body.productId], [202, 'behind']);
  });

  for (const [name, change] of [
    ['a price in fractions', { price: { ...price, amount: 0.5 } }],
    ['a negative price', { price: { ...price, amount: -1 } }],
    ['a price without a currency', { price: { amount: 1 } }],
    ['a blank id', { productId: '' }],
    ['an id with a slash', { productId: 'a/b' }],
    ['a long title', { title: 'x'.repeat(501) }],
    ['21 images', { images: Array(21).fill('/a.jpg') }],
    ['a script as image', { images: ['javascript:alert(1)'] }],
    ['a strange attribute', { attributes: { 'a b': 'c' } }],
    ['a list as attribute', { attributes: { a: ['b'] } }],
    ['a category of 6 parts', { category: 'a/b/c/d/e/f' }],
    ['a category with an empty part', { category: 'a//b' }],
    ['an unknown language', { language: 'xx' }],
    ['65 attributes', { attributes: Object.fromEntries(Array.from({ length: 65 }, (_, at) => [`a${at}`, 'x'])) }],
    ['a variant without options', { variants: [{ productId: 'v', options: {} }] }],
    ['a variant with 6 options', { variants: [{ productId: 'v', options: { a: 1, b: 1, c: 1, d: 1, e: 1, f: 1 } }] }],
    ['a field of the streams', { variantOf: 'tv' }],
    ['a seller', { sellerId: 'other' }],
  ] as const) {
    test(`${name} is refused`, async () => {
      const { status, body } = await create({ productId: 'invalid', title: 'Invalid', price, ...change });
      assert.deepEqual([status, body.code], [400, 'request_invalid']);
    });
  }

  test('an empty patch is refused', async () => {
    assert.equal((await patch('tv', {})).body.code, 'request_invalid');
  });

  test('are listed by pages, by category, brand and seller', async () => {
    for (let count = 0; count < 5; count++) {
      await create({
        productId: `list-${count}`,
        title: 'L',
        category: 'list',
        brand: count % 2 ? 'odd' : 'even',
        price,
      });
    }
    const other = shop.bearer('lister', 'seller');
    await create({ productId: 'list-9', title: 'L', category: 'list', price }, other);
    const ids = async (query: string) => {
      const { body } = await shop.call('GET', `/v1/products?${query}`);
      return { ids: body.products.map(({ productId }: { productId: string }) => productId), cursor: body.cursor };
    };
    const first = await ids('category=list&limit=4');
    const second = await ids(`category=list&limit=4&cursor=${first.cursor}`);
    assert.deepEqual([...first.ids, ...second.ids], ['list-0', 'list-1', 'list-2', 'list-3', 'list-4', 'list-9']);
    assert.equal(second.cursor, undefined);
    assert.deepEqual((await ids('category=list&brand=odd')).ids, ['list-1', 'list-3']);
    assert.deepEqual((await ids('seller=lister')).ids, ['list-9']);
  });

  test('have stock, by warehouse', async () => {
    await shop.offer({ stocked: 7 });
    const { body } = await shop.call('GET', '/v1/products/stocked/stock');
    const warehouses = [{ warehouseId: 'w1', onHand: 7, held: 0, free: 7 }];
    assert.deepEqual(body, { productId: 'stocked', onHand: 7, held: 0, free: 7, warehouses });
  });

  test('without a word about stock have none', async () => {
    const position = { topic: 'products', partition: 0, offset: 1 };
    const collection = 'products';
    await shop.documents.apply([{ kind: 'upsert', collection, id: 'bare', position, set: { productId: 'bare' } }]);
    const { status, body } = await shop.call('GET', '/v1/products/bare/stock');
    assert.deepEqual([status, body], [200, { productId: 'bare', onHand: 0, held: 0, free: 0, warehouses: [] }]);
  });
});
