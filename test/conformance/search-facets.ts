// The part of the search suite about facets: bounds, order, limits. Their counts are held against a plain scan in
// search-model.ts.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Facets, Search } from '../../views/search/search.ts';
import { type Asked, fill, listing, type OpenSearch, queryFor } from './search-listings.ts';

export function facets(open: OpenSearch): void {
  const of = async (search: Search, asked: Asked = {}): Promise<Facets> => {
    const page = await search.search(queryFor('', { ...asked, facets: true, limit: 1 }));
    assert.ok(page.facets);
    return page.facets;
  };

  it('come when asked for', async () => {
    const search = await open();
    assert.equal((await search.search(queryFor(''))).facets, undefined);
    assert.deepEqual(await of(search), {
      categories: [],
      brands: [],
      prices: [],
      ratings: [],
      attributes: {},
      stock: { inStock: 0, all: 0 },
    });
  });

  it('count each level, each value, and ranges by their lower end', async () => {
    const search = await open();
    const priced = (id: string, amount: number, rating: number) =>
      listing(id, { price: { amount, currency: 'EUR' }, rating, category: '', brand: id < 'c' ? 'Acme' : '' });
    await fill(search, [
      priced('a', 0, 400),
      priced('b', 999, 399),
      priced('c', 1_000, 100),
      priced('d', 250_000, 0),
      listing('e', {
        category: 'Toys/Games',
        price: { amount: 1_001, currency: 'EUR' },
        attributes: { color: ['red', 'blue'] },
      }),
      listing('f', {
        category: 'Toys',
        price: { amount: 2_500, currency: 'EUR' },
        attributes: { color: ['red'] },
        warehouses: [],
      }),
    ]);
    assert.deepEqual(await of(search, { inStock: false }), {
      categories: [
        { value: 'Toys', count: 2 },
        { value: 'Toys/Games', count: 1 },
      ],
      brands: [{ value: 'Acme', count: 2 }],
      prices: [
        { from: 0, to: 1_000, count: 2 },
        { from: 1_000, to: 2_500, count: 2 },
        { from: 2_500, to: 5_000, count: 1 },
        { from: 250_000, count: 1 },
      ],
      ratings: [
        { min: 400, count: 1 },
        { min: 300, count: 2 },
        { min: 200, count: 2 },
        { min: 100, count: 3 },
      ],
      attributes: {
        color: [
          { value: 'red', count: 2 },
          { value: 'blue', count: 1 },
        ],
      },
      stock: { inStock: 5, all: 6 },
    });
  });

  it('list fifty values at most, by count and then by name', async () => {
    const search = await open();
    const brand = (index: number) => `Brand ${String(index).padStart(2, '0')}`;
    // Brands are spread over many categories; one has two listings.
    const listings = Array.from({ length: 61 }, (_, index) =>
      listing(`p${index}`, { brand: brand(index % 60), category: `Top ${index % 7}` }),
    );
    await fill(search, listings);
    const { brands } = await of(search);
    const expected = Array.from({ length: 50 }, (_, index) => ({ value: brand(index), count: index === 0 ? 2 : 1 }));
    assert.deepEqual(brands, expected);
  });

  it('list the twenty attributes that most listings have, and what is filtered by', async () => {
    const search = await open();
    const name = (index: number) => `attribute ${String(index).padStart(2, '0')}`;
    const listings = Array.from({ length: 25 }, (_, index) => {
      const names = Array.from({ length: 25 - index }, (_, each) => [name(each), ['yes']] as const);
      return listing(`p${index}`, { attributes: Object.fromEntries(names) });
    });
    await fill(search, listings);
    const { attributes } = await of(search);
    assert.deepEqual(
      Object.keys(attributes).sort(),
      Array.from({ length: 20 }, (_, index) => name(index)),
    );
    assert.deepEqual(attributes[name(0)], [{ value: 'yes', count: 25 }]);
    assert.deepEqual(attributes[name(19)], [{ value: 'yes', count: 6 }]);
    const filtered = await of(search, { attributes: { [name(22)]: ['no'] } });
    assert.deepEqual(filtered.attributes, { [name(22)]: [{ value: 'yes', count: 3 }] });
  });
}
