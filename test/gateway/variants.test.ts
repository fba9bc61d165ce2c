// Products with variants through the gateway: made, shown with how they stand, changed by their product alone.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { topics } from '../../schemas/topics.ts';
import { TestGateway } from './test-gateway.ts';

const price = { amount: 1_000, currency: 'EUR' };
const title = 'A shirt';
const sized = (productId: string, size: string, more: object = {}) => ({ productId, options: { size }, ...more });

describe('variants', () => {
  let shop: TestGateway;
  before(async () => {
    shop = await TestGateway.open({ settings: { decisionWaitMs: 500 } });
  });
  after(() => shop.close());

  const seller = (id = 'seller') => shop.bearer(id, 'seller');
  const create = (payload: object, headers: object = seller()) =>
    shop.call('POST', '/v1/products', { payload: { title, price, ...payload }, headers: { ...headers } });
  const patch = (id: string, payload: object) =>
    shop.call('PATCH', `/v1/products/${id}`, { payload, headers: seller() });
  const remove = (id: string) => shop.call('DELETE', `/v1/products/${id}`, { headers: seller() });
  const read = async (id: string) => (await shop.call('GET', `/v1/products/${id}`)).body;
  const stock = async (productId: string, count: number) => {
    const changes = [{ changeId: `stock-${productId}`, productId, warehouseId: 'w1', count }];
    await shop.call('POST', '/v1/stock-changes', { headers: { ...seller(), prefer: 'wait=5' }, payload: { changes } });
  };
  const states = ({ variantStates }: { variantStates: { productId: string; state: string; free: number }[] }) =>
    variantStates.map(({ productId, state, free }) => `${productId} ${state} ${free}`);

  test('are products of their own, there once their product is', async () => {
    const own = { price: { amount: 1_200, currency: 'EUR' }, weightGrams: 300, image: '/m.jpg' };
    const variants = [sized('shirt-s', 'S'), sized('shirt-m', 'M', own)];
    const made = await create({ productId: 'shirt', category: 'shirts', images: ['/a.jpg'], variants });
    assert.equal(made.status, 201);
    assert.deepEqual(made.body.variants, [
      { ...variants[0], price: null, weightGrams: null, image: '' },
      { ...variants[1], ...own },
    ]);
    assert.deepEqual(states(made.body), ['shirt-s for_sale 0', 'shirt-m for_sale 0']);
    const medium = await read('shirt-m');
    assert.deepEqual(
      [
        medium.title,
        medium.category,
        medium.price,
        medium.weightGrams,
        medium.images,
        medium.variantOf,
        medium.options,
      ],
      [title, 'shirts', own.price, 300, ['/m.jpg', '/a.jpg'], 'shirt', { size: 'M' }],
    );
    assert.equal(medium.variantStates, undefined);
    await stock('shirt-m', 3);
    assert.deepEqual(states(await read('shirt')), ['shirt-s for_sale 0', 'shirt-m for_sale 3']);
  });

  test('are listed with their product, not beside it', async () => {
    await create({ productId: 'hat', category: 'hats', variants: [sized('hat-s', 'S'), sized('hat-m', 'M')] });
    await create({ productId: 'cap', category: 'hats' });
    const ids = async (query: string) => {
      const { body } = await shop.call('GET', `/v1/products?${query}`);
      return body.products.map(({ productId }: { productId: string }) => productId);
    };
    assert.deepEqual(await ids('category=hats'), ['cap', 'hat']);
    assert.deepEqual(await ids('variantOf=hat'), ['hat-m', 'hat-s']);
  });

  test('are sent back as they were shown', async () => {
    await create({ productId: 'belt', variants: [sized('belt-1', '1'), sized('belt-2', '2', { weightGrams: 5 })] });
    const { variants } = await read('belt');
    const changed = await patch('belt', { variants: variants.slice(1) });
    assert.deepEqual([changed.status, changed.body.variants], [200, variants.slice(1)]);
    assert.equal((await read('belt-1')).status, 'deleted');
  });

  test('go off sale with their product', async () => {
    await create({ productId: 'coat', variants: [sized('coat-s', 'S')] });
    assert.equal((await remove('coat')).status, 204);
    const { status, variantStates } = await read('coat');
    assert.deepEqual([status, variantStates], ['deleted', [{ productId: 'coat-s', state: 'off_sale', free: 0 }]]);
    assert.equal((await read('coat-s')).status, 'deleted');
  });

  test('are changed by their product alone', async () => {
    await create({ productId: 'glove', variants: [sized('glove-s', 'S')] });
    const count = await shop.count(topics.catalogChanges);
    for (const answer of [await patch('glove-s', { title: 'x' }), await remove('glove-s')]) {
      assert.deepEqual([answer.status, answer.body.code], [409, 'product_is_variant']);
      assert.match(answer.body.detail, /a variant of glove\./);
    }
    assert.equal(await shop.count(topics.catalogChanges), count, 'nothing was written');
    shop.views.pause();
    await patch('glove', { variants: [sized('glove-s', 'S'), sized('glove-m', 'M')] });
    const unseen = await patch('glove-m', { title: 'x' });
    shop.views.resume();
    assert.deepEqual([unseen.status, unseen.body.code], [409, 'product_is_variant']);
    const created = await create({ productId: 'glove-s' });
    assert.deepEqual([created.status, created.body.code], [409, 'product_is_variant']);
    assert.equal((await create({ productId: 'glove-s' }, seller('other'))).body.code, 'product_exists');
  });

  test('that are products already are refused, each by its place', async () => {
    await create({ productId: 'mine' });
    await create({ productId: 'theirs' }, seller('other'));
    await create({ productId: 'sock', variants: [sized('sock-s', 'S')] });
    const variants = [sized('new', '1'), sized('mine', '2'), sized('theirs', '3'), sized('sock-s', '4')];
    const { status, body } = await create({ productId: 'stocking', variants });
    assert.deepEqual([status, body.code], [409, 'variant_id_taken']);
    assert.deepEqual(body.errors, [
      { path: '/variants/1/productId', message: 'mine is the id of another product' },
      { path: '/variants/2/productId', message: 'theirs is the id of another product' },
      { path: '/variants/3/productId', message: 'sock-s is the id of another product' },
    ]);
    assert.equal((await patch('sock', { variants })).body.code, 'variant_id_taken');
  });

  test('that lose a race for their id are shown as taken, and had with the next change once it is free', async () => {
    shop.views.pause();
    await create({ productId: 'race-1' });
    await create({ productId: 'racer', variants: [sized('race-1', '1'), sized('race-2', '2')] });
    shop.views.resume();
    const taken = await patch('racer', { brand: 'B' });
    assert.deepEqual(states(taken.body), ['race-1 taken 0', 'race-2 for_sale 0']);
    await remove('race-1');
    assert.deepEqual(states(await read('racer')), ['race-1 pending 0', 'race-2 for_sale 0']);
    assert.deepEqual(states((await patch('racer', { brand: 'C' })).body), ['race-1 for_sale 0', 'race-2 for_sale 0']);
  });

  test('of documents that were written before there were any are none', async () => {
    const set = { productId: 'old', sellerId: 'seller', title, description: '', category: 'old', brand: '', price };
    const more = { images: [], attributes: {}, weightGrams: 0, customerLimit: null, status: 'active', version: 1 };
    const position = { topic: 'products', partition: 0, offset: 1 };
    const document = { ...set, ...more, createdAt: 1, updatedAt: 1 };
    await shop.documents.apply([{ kind: 'upsert', collection: 'products', id: 'old', position, set: document }]);
    const { variants, variantOf, language } = await read('old');
    assert.deepEqual([variants, variantOf, language], [[], null, 'en']);
    const listed = await shop.call('GET', '/v1/products?category=old');
    assert.equal(listed.body.products.length, 1);
    await stock('old', 1);
    assert.equal((await shop.order({ lines: [{ productId: 'old', quantity: 1 }] })).status, 202);
  });
});
