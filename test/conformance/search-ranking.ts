// The part of the search suite about the blend: each weight does what it says, and only if it is above 0.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { RankingWeights } from '../../views/search/search.ts';
import { fill, found, listing, type OpenSearch } from './search-listings.ts';

const even: RankingWeights = {
  title: 1,
  brand: 1,
  category: 1,
  attributes: 1,
  description: 1,
  popularity: 0,
  rating: 0,
  stock: 0,
};

export function ranking(open: OpenSearch): void {
  it('follows the weights of the fields', async () => {
    const search = await open();
    await fill(search, [
      listing('title', { title: 'Anchor' }),
      listing('brand', { title: 'Thing', brand: 'Anchor' }),
      listing('category', { title: 'Thing', category: 'Anchor' }),
      listing('attributes', { title: 'Thing', attributes: { kind: ['anchor'] } }),
      listing('description', { title: 'Thing', description: 'Anchor' }),
    ]);
    const fields = ['title', 'brand', 'category', 'attributes', 'description'] as const;
    for (const field of fields) {
      const order = await found(search, 'anchor', { weights: { ...even, [field]: 50 } });
      assert.equal(order[0], field);
      assert.equal(order.length, fields.length);
    }
  });

  it('puts popular, well rated and available things first, as much as they weigh', async () => {
    const search = await open();
    await fill(search, [
      listing('a-plain', { title: 'Anchor', warehouses: [] }),
      listing('popular', { title: 'Anchor', warehouses: [], popularity: 40, popularityRange: 6 }),
      listing('rated', { title: 'Anchor', warehouses: [], rating: 480, ratings: 90 }),
      listing('stocked', { title: 'Anchor' }),
    ]);
    const first = async (text: string, weights: RankingWeights) => {
      return (await found(search, text, { weights, inStock: false }))[0];
    };
    for (const text of ['anchor', '']) {
      assert.equal(await first(text, even), 'a-plain');
      assert.equal(await first(text, { ...even, popularity: 2 }), 'popular');
      assert.equal(await first(text, { ...even, rating: 2 }), 'rated');
      assert.equal(await first(text, { ...even, stock: 2 }), 'stocked');
    }
  });

  it('weighs the more popular of two more, and does not let it drown the text', async () => {
    const search = await open();
    await fill(search, [
      listing('less', { title: 'Anchor', popularity: 5, popularityRange: 3 }),
      listing('more', { title: 'Anchor', popularity: 50, popularityRange: 6 }),
      listing('aside', { title: 'Rope', description: 'Holds an anchor', popularity: 5_000, popularityRange: 9 }),
    ]);
    const weights = { ...even, title: 8, popularity: 0.5 };
    assert.deepEqual(await found(search, 'anchor', { weights }), ['more', 'less', 'aside']);
  });
}
