// The part of the search suite about help while typing, and about what to search for instead.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { fill, listing, type OpenSearch, queryFor } from './search-listings.ts';

const shelf = [
  listing('h1', {
    title: 'Wireless headphones',
    category: 'Electronics/Headphones',
    brand: 'Sony',
    image: 'https://cdn.example/h1.jpg',
    popularity: 10,
    popularityRange: 4,
  }),
  listing('h2', { title: 'Wired headphones', category: 'Electronics/Headphones', brand: 'Bose', popularity: 2 }),
  listing('h3', { title: 'Headlamp', category: 'Outdoor/Lighting', popularity: 50, popularityRange: 6 }),
  listing('h4', {
    title: 'Headband',
    category: 'Clothes/Headwear',
    warehouses: [],
    popularity: 90,
    popularityRange: 7,
  }),
  listing('c1', { title: 'Crème brûlée torch', category: 'Kitchen', popularity: 1 }),
];

export function suggests(open: OpenSearch): void {
  const filled = async () => {
    const search = await open();
    await fill(search, shelf);
    return (text: string, limit = 10) => search.suggest({ text, language: 'en', limit });
  };
  const ids = (suggested: { readonly products: readonly { readonly id: string }[] }) =>
    suggested.products.map(({ id }) => id);

  it('complete the last word, of what is in stock, the more popular first', async () => {
    const suggest = await filled();
    const suggested = await suggest('head');
    assert.deepEqual(suggested.terms, ['headlamp', 'headphones']);
    assert.deepEqual(ids(suggested), ['h3', 'h1', 'h2']);
    assert.deepEqual(suggested.categories, ['Electronics/Headphones']);
    assert.deepEqual(suggested.products[1], {
      id: 'h1',
      title: 'Wireless headphones',
      image: 'https://cdn.example/h1.jpg',
    });
  });

  it('keep the words before it', async () => {
    const suggest = await filled();
    const suggested = await suggest('Wireless HEAD');
    assert.ok(suggested.terms.includes('wireless headphones'), suggested.terms.join());
    assert.ok(suggested.terms.every((term) => term.startsWith('wireless ')));
    assert.deepEqual(ids(suggested), ['h1']);
  });

  it('look at brands, and at no marks', async () => {
    const suggest = await filled();
    assert.deepEqual(ids(await suggest('so')), ['h1']);
    assert.deepEqual(ids(await suggest('sony wire')), ['h1']);
    assert.deepEqual(ids(await suggest('creme bru')), ['c1']);
    assert.deepEqual(ids(await suggest('Crème')), ['c1']);
  });

  it('give as many as asked for, and none for nothing', async () => {
    const suggest = await filled();
    const one = await suggest('head', 1);
    assert.deepEqual([one.terms, ids(one)], [['headlamp'], ['h3']]);
    const nothing = { terms: [], products: [], categories: [] };
    for (const text of ['', '   ', '!', 'zzz', 'head zzz']) assert.deepEqual(await suggest(text), nothing, text);
  });
}

export function spelling(open: OpenSearch): void {
  it('proposes words that are there, if little is found', async () => {
    const search = await open();
    const cameras = Array.from({ length: 5 }, (_, index) => listing(`c${index}`, { title: 'Digital camera' }));
    await fill(search, [...cameras, listing('r', { title: 'Refrigerator', category: 'Kitchen' })]);
    const meant = async (text: string) => (await search.search(queryFor(text))).didYouMean;
    assert.equal(await meant('cemora'), 'camera');
    assert.equal(await meant('digital cemora'), 'digital camera');
    for (const text of ['camera', 'camra', 'digital camera', 'qqqqqqqq', 'cxxxra', '']) {
      assert.equal(await meant(text), undefined, text);
    }
  });
}
