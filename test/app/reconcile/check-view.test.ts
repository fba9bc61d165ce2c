// Each kind of view is held against the log: what is planted in documents, in the search, the ranks and the cache is found, and
// set right where that can be; a view that is as it must be is left alone.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { ViewCheck } from '../../../gateway/reconciliation.ts';
import { catalogChange, count, lampFields, stockChange } from '../../processors/fixtures.ts';
import { eventually, SmallShop } from './small-shop.ts';

const later = { topic: 'listings', partition: 0, offset: 1_000_000 };

describe('a view is checked', () => {
  let shop: SmallShop;
  const check = (name: string, repair = false): Promise<ViewCheck> =>
    shop.request('POST', `/v1/admin/views/${name}/check`, { repair });
  before(async () => {
    shop = await SmallShop.open();
    const { topics } = shop;
    for (const productId of ['lamp', 'rope']) {
      await shop.append(topics.catalogChanges, productId, catalogChange(productId, lampFields));
      await shop.append(topics.stockChanges, productId, stockChange(productId, 'east', count(5)));
    }
    await eventually(async () => ((await shop.views.search?.count()) === 2 ? true : undefined));
    await eventually(async () => await shop.documents.get('stock', 'rope'));
  });
  after(() => shop.close());

  test('all of them are as the log says at first', async () => {
    for (const name of ['stock', 'products', 'orders', 'search', 'ranks', 'product-cache']) {
      const { outcome, examples } = await check(name);
      assert.deepEqual([outcome, examples], ['same', []], name);
    }
    assert.ok((await check('stock')).compared >= 2);
    assert.equal((await check('search')).compared, 2);
  });

  test('a damaged document is found and written anew', async () => {
    await shop.changeDocument('stock', 'lamp', (fields) => ({ ...fields, onHand: 999 }));
    const { outcome, differences, examples } = await check('stock');
    assert.deepEqual([outcome, differences, examples[0]?.subject], ['different', 1, 'stock/lamp']);
    assert.equal((await check('stock', true)).outcome, 'repaired');
    assert.equal((await check('stock')).outcome, 'same');
  });

  test('a damaged listing, and one of nothing, are found; the search is rebuilt', async () => {
    const { search } = shop.views;
    const [listing] = await search!.getMany(['lamp']);
    const put = { kind: 'put', position: later, shard: '#rest', formerShards: [] } as const;
    await search!.apply([
      { ...put, id: 'lamp', listing: { ...listing!, title: 'Something else' } },
      { ...put, id: 'ghost', listing: { ...listing!, id: 'ghost' } },
    ]);
    const { outcome, examples } = await check('search');
    assert.equal(outcome, 'different');
    assert.deepEqual(examples.map(({ subject }) => subject).sort(), ['search/ghost', 'search/lamp']);
    assert.equal((await check('search', true)).outcome, 'rebuild');
    await eventually(async () => ((await check('search')).outcome === 'same' ? true : undefined));
  });

  test('a rank that nobody earned is found', async () => {
    const scores = { hour: 7, day: 7, all: 7 };
    await shop.views.ranks.apply([{ productId: 'ghost', categories: [''], scores, position: later }]);
    const { outcome, differences } = await check('ranks');
    assert.deepEqual([outcome, differences], ['different', 3]);
  });

  test('a product in the cache that is another is found, and ends by itself', async () => {
    const { cache } = shop.views;
    if (cache === undefined) return;
    const { version } = (await shop.documents.get('products', 'lamp'))!.fields;
    const [looked] = await cache.look(['lamp']);
    assert.ok(looked?.kind === 'fill');
    await cache.fill([{ id: 'lamp', lease: looked.lease, entry: { version: Number(version), value: { title: 'x' } } }]);
    assert.equal((await check('product-cache', true)).outcome, 'passing');
  });
});
