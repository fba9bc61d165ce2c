// Product types through the gateway: operators write them, products are held against them, in every gateway at once.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { topics } from '../../schemas/topics.ts';
import { eventually, TestGateway } from './test-gateway.ts';

const price = { amount: 1_000, currency: 'EUR' };
const title = 'Television';
const attributes = [
  { name: 'screen', label: 'Screen size', kind: 'number', unit: 'cm', min: 10, max: 300, required: true, facet: true },
  { name: 'resolution', kind: 'choice', choices: ['HD', '4K'], required: false, facet: true },
];

describe('product types', () => {
  let shop: TestGateway;
  before(async () => {
    shop = await TestGateway.open({ settings: { decisionWaitMs: 500 } });
  });
  after(() => shop.close());

  const operator = () => shop.bearer('op', 'operator');
  const put = (type: string, payload: object) =>
    shop.call('PUT', `/v1/product-types/${type}`, { headers: operator(), payload });
  const read = (type: string) => shop.call('GET', `/v1/product-types/${type}`);
  const remove = (type: string) => shop.call('DELETE', `/v1/product-types/${type}`, { headers: operator() });
  const offer = (payload: object) =>
    shop.call('POST', '/v1/products', {
      headers: shop.bearer('seller', 'seller'),
      payload: { title, price, ...payload },
    });
  const change = (id: string, payload: object) =>
    shop.call('PATCH', `/v1/products/${id}`, { headers: shop.bearer('seller', 'seller'), payload });

  test('are written, read back at once, replaced, and removed', async () => {
    const written = await put('radio', { title: 'Radio', attributes: [] });
    assert.deepEqual([written.status, written.body.type, written.body.attributes], [200, 'radio', []]);
    await put('radio', { title, attributes });
    const found = await read('radio');
    assert.deepEqual([found.status, found.body.title, found.body.attributes], [200, title, attributes]);
    assert.equal((await remove('radio')).status, 204);
    const gone = await read('radio');
    assert.deepEqual([gone.status, gone.body.code], [404, 'product_type_not_found']);
    assert.equal((await remove('radio')).body.code, 'product_type_not_found');
  });

  test('are listed by name, by pages', async () => {
    for (const type of ['list-b', 'list-a', 'list-c']) await put(type, { title, attributes });
    const first = await shop.call('GET', '/v1/product-types?limit=2');
    const rest = await shop.call('GET', `/v1/product-types?limit=200&cursor=${first.body.cursor}`);
    const types = [...first.body.types, ...rest.body.types].map(({ type }) => type);
    assert.deepEqual(
      types.filter((type) => type.startsWith('list-')),
      ['list-a', 'list-b', 'list-c'],
    );
  });

  test('that make no sense are refused with every fault', async () => {
    const { status, body } = await put('odd', {
      title,
      attributes: [
        { name: 'a', kind: 'choice' },
        { name: 'a', kind: 'text' },
      ],
    });
    assert.deepEqual([status, body.code], [400, 'request_invalid']);
    assert.deepEqual(
      body.errors.map(({ path }: { path: string }) => path),
      ['/attributes/0/choices', '/attributes/1/name'],
    );
    for (const bad of [
      { title },
      { title, attributes: [{ name: 'a b', kind: 'text' }] },
      { title, attributes, type: 'x' },
    ]) {
      assert.equal((await put('odd', bad)).body.code, 'request_invalid');
    }
    assert.equal((await put('Odd', { title, attributes })).body.code, 'request_invalid');
  });

  test('say what products of them must have, and where that is missing', async () => {
    await put('tv', { title, attributes });
    const good = await offer({ productId: 'good', productType: 'tv', attributes: { screen: 139.7, resolution: '4K' } });
    assert.deepEqual([good.status, good.body.attributes], [201, { screen: '139.7', resolution: '4K' }]);
    const before = await shop.count(topics.catalogChanges);
    const bad = await offer({ productId: 'bad', productType: 'tv', attributes: { resolution: '8K' } });
    assert.deepEqual([bad.status, bad.body.code], [422, 'product_invalid']);
    assert.deepEqual(bad.body.errors, [
      { path: '/attributes/resolution', message: 'must be one of HD, 4K' },
      { path: '/attributes/screen', message: 'is required of the type tv' },
    ]);
    const unknown = await offer({ productId: 'bad', productType: 'telly' });
    assert.match(unknown.body.detail, /\/productType is no product type/);
    assert.equal((await change('good', { attributes: { screen: 5 } })).body.code, 'product_invalid');
    assert.equal(await shop.count(topics.catalogChanges), before, 'nothing was written');
  });

  test('that ask for more leave products as they are until their next change', async () => {
    await put('grows', { title, attributes: [] });
    await offer({ productId: 'old', productType: 'grows' });
    await put('grows', { title, attributes });
    assert.equal((await shop.call('GET', '/v1/products/old')).body.status, 'active');
    assert.equal((await change('old', { price: { ...price, amount: 900 } })).status, 200, 'prices go on');
    const changed = await change('old', { title: 'New' });
    assert.match(changed.body.detail, /screen is required/);
    assert.equal((await change('old', { title: 'New', attributes: { screen: 100 } })).status, 200);
  });

  test('count in other gateways, too, also in one that starts later', async () => {
    const running = await shop.another();
    await put('spread', { title, attributes });
    const starting = await shop.another();
    const asks = async (app: typeof running) => {
      const headers = shop.bearer('seller', 'seller');
      const payload = { productId: 'anywhere', title, price, productType: 'spread' };
      const { body } = await shop.call('POST', '/v1/products', { headers, payload, app });
      return /screen is required/.test(body.detail) ? true : undefined;
    };
    assert.ok(await asks(starting));
    await eventually(() => asks(running));
  });

  test('are the operators to write, and the audit tells of it', async () => {
    const headers = shop.bearer('seller', 'seller');
    const { status } = await shop.call('PUT', '/v1/product-types/mine', { headers, payload: { title, attributes } });
    assert.equal(status, 403);
    await put('told', { title, attributes });
    await remove('told');
    const { body } = await shop.call('GET', '/v1/admin/audit', { headers: operator() });
    const told = body.entries.filter(({ subject }: { subject: string }) => subject === 'told');
    assert.deepEqual(
      told.map(({ action, actor }: { action: string; actor: string }) => [action, actor]),
      [
        ['remove-product-type', 'op'],
        ['write-product-type', 'op'],
      ],
    );
    assert.deepEqual(
      [told[1].before, told[1].after.title, told[0].before.title, told[0].after],
      [null, title, title, null],
    );
  });
});
