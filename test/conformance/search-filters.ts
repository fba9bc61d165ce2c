// The part of the search suite about what is hidden, and in which order the rest comes.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { SearchFilters, SearchSort } from '../../views/search/search.ts';
import { fill, found, foundSet, listing, type OpenSearch, queryFor } from './search-listings.ts';

const eur = (amount: number) => ({ amount, currency: 'EUR' });

const shelf = [
  listing('a', {
    category: 'Toys/Games/Cards',
    brand: 'Acme',
    price: eur(1_000),
    rating: 450,
    popularity: 5,
    createdAt: 1,
    attributes: { color: ['red', 'black'], size: ['S'] },
  }),
  listing('b', {
    category: 'Toys/Games',
    brand: 'Bolt',
    price: eur(2_000),
    rating: 300,
    popularity: 9,
    createdAt: 3,
    attributes: { color: ['red'], size: ['M'] },
  }),
  listing('c', {
    category: 'Toys/Gamesters',
    brand: 'Acme',
    price: { amount: 1_500, currency: 'USD' },
    sellerId: 'seller-2',
    rating: 400,
    popularity: 1,
    createdAt: 2,
    attributes: { color: ['blue'] },
  }),
  listing('d', { category: 'Toys Games', brand: 'acme', price: eur(1_000), createdAt: 2 }),
  listing('sold-out', { category: 'Toys', brand: 'Acme', price: eur(500), warehouses: [], createdAt: 9 }),
];

const filtered: readonly (readonly [SearchFilters, readonly string[]])[] = [
  [{}, ['a', 'b', 'c', 'd']],
  [{ inStock: true }, ['a', 'b', 'c', 'd']],
  [{ inStock: false }, ['a', 'b', 'c', 'd', 'sold-out']],
  [{ category: 'Toys' }, ['a', 'b', 'c']],
  [{ category: 'Toys', inStock: false }, ['a', 'b', 'c', 'sold-out']],
  [{ category: 'Toys/Games' }, ['a', 'b']],
  [{ category: 'Toys/Games/Cards' }, ['a']],
  [{ category: 'Toys/Gam' }, []],
  [{ category: 'Nowhere' }, []],
  [{ brands: ['Acme'] }, ['a', 'c']],
  [{ brands: ['Acme', 'Bolt', 'Nobody'] }, ['a', 'b', 'c']],
  [{ sellerId: 'seller-2' }, ['c']],
  [{ currency: 'EUR' }, ['a', 'b', 'd']],
  [{ currency: 'USD', priceMin: 1_500, priceMax: 1_500 }, ['c']],
  [{ priceMin: 1_500 }, ['b', 'c']],
  [{ priceMax: 1_000 }, ['a', 'd']],
  [{ priceMin: 1_001, priceMax: 1_999 }, ['c']],
  [{ priceMin: 0, priceMax: 499, inStock: false }, []],
  [{ ratingMin: 400 }, ['a', 'c']],
  [{ ratingMin: 401 }, ['a']],
  [{ attributes: { color: ['red'] } }, ['a', 'b']],
  [{ attributes: { color: ['blue', 'black'] } }, ['a', 'c']],
  [{ attributes: { color: ['red'], size: ['M', 'L'] } }, ['b']],
  [{ attributes: { material: ['red'] } }, []],
  [{ category: 'Toys', brands: ['Acme'], priceMax: 1_200, ratingMin: 100, attributes: { size: ['S'] } }, ['a']],
];

export function filters(open: OpenSearch): void {
  it('hide all else, one by one and together', async () => {
    const search = await open();
    await fill(search, shelf);
    for (const [filter, expected] of filtered) {
      const name = JSON.stringify(filter);
      assert.deepEqual(await foundSet(search, '', filter), expected, name);
      assert.equal((await search.search(queryFor('', { ...filter, limit: 1 }))).total, expected.length, name);
    }
  });

  it('take names and values of every kind', async () => {
    const search = await open();
    const odd = `it's "x" \\ % _ * 漢 .$`;
    await fill(search, [
      listing('a', { category: `${odd}/Deep ${odd}`, brand: odd, attributes: { [odd]: [odd], 'a.b': ['c'] } }),
      listing('b', { category: 'Plain', brand: 'Plain', attributes: { a: ['b'] } }),
    ]);
    const asked: SearchFilters[] = [
      { category: odd },
      { category: `${odd}/Deep ${odd}` },
      { brands: [odd] },
      { attributes: { [odd]: [odd] } },
      { attributes: { 'a.b': ['c'] } },
    ];
    for (const filter of asked) assert.deepEqual(await found(search, '', filter), ['a'], JSON.stringify(filter));
  });

  it('hide what can go none of the ways of delivery', async () => {
    const search = await open();
    await fill(search, [
      listing('light', { warehouses: ['berlin', 'lyon'], weightGrams: 1_000 }),
      listing('heavy', { warehouses: ['lyon'], weightGrams: 30_000 }),
      listing('hazardous', { warehouses: ['berlin'], weightGrams: 100, hazardous: true }),
      listing('far', { warehouses: ['oslo'], weightGrams: 1 }),
      listing('sold-out', { warehouses: [], weightGrams: 1 }),
    ]);
    const air = { warehouse: 'berlin', maxWeightGrams: 1_000, hazardous: false };
    const van = { warehouse: 'berlin', maxWeightGrams: 500, hazardous: true };
    const truck = { warehouse: 'lyon', maxWeightGrams: 100_000, hazardous: true };
    assert.deepEqual(await foundSet(search, '', { delivery: [air] }), ['light']);
    assert.deepEqual(await foundSet(search, '', { delivery: [van] }), ['hazardous']);
    assert.deepEqual(await foundSet(search, '', { delivery: [truck] }), ['heavy', 'light']);
    assert.deepEqual(await foundSet(search, '', { delivery: [air, van, truck] }), ['hazardous', 'heavy', 'light']);
    assert.deepEqual(await foundSet(search, '', { delivery: [air], inStock: false }), ['light']);
    assert.deepEqual(await foundSet(search, '', { delivery: [], inStock: false }), []);
    const many = Array.from({ length: 200 }, (_, index) => ({ ...air, warehouse: `depot-${index}` }));
    assert.deepEqual(await foundSet(search, '', { delivery: [...many, truck] }), ['heavy', 'light']);
  });
}

export function sorts(open: OpenSearch): void {
  const orders: readonly (readonly [SearchSort, readonly string[]])[] = [
    ['price_asc', ['sold-out', 'a', 'd', 'c', 'b']],
    ['price_desc', ['b', 'c', 'a', 'd', 'sold-out']],
    ['rating', ['a', 'c', 'b', 'd', 'sold-out']],
    ['newest', ['sold-out', 'b', 'c', 'd', 'a']],
    ['popularity', ['b', 'a', 'c', 'd', 'sold-out']],
  ];
  for (const [sort, expected] of orders) {
    it(`by ${sort}, by the id among equals`, async () => {
      const search = await open();
      await fill(search, shelf);
      assert.deepEqual(await found(search, '', { sort, inStock: false }), expected);
      assert.deepEqual(await found(search, 'thing', { sort, inStock: false }), expected);
    });
  }

  it('by relevance among equals by the id', async () => {
    const search = await open();
    const ids = ['C', 'a', 'b-1', 'b.1', 'd', 'e', 'f'];
    await fill(
      search,
      ids.toReversed().map((id) => listing(id, { title: 'Anchor' })),
    );
    assert.deepEqual(await found(search, 'anchor'), ids);
    assert.deepEqual(await found(search, ''), ids);
  });
}
