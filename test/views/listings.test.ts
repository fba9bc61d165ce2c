// Given a listing, then what the search is told: where it lies, what it costs, what it comes in.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Listing, ListingOffer } from '../../schemas/types.generated.ts';
import { projectListings } from '../../views/listings.ts';
import type { ListingDocument } from '../../views/search/search.ts';

const offer: ListingOffer = {
  productId: 'lamp',
  options: {},
  price: { amount: 1000, currency: 'EUR' },
  weightGrams: 500,
  isForSale: true,
  warehouses: ['east'],
  popularity: 2,
  rating: { sum: 9, reviews: 2 },
  version: 1,
};

const lamp: Listing = {
  listingId: 'lamp',
  sellerId: 'sally',
  title: 'A lamp',
  description: 'It shines.',
  category: 'home/light',
  brand: 'Lux',
  language: 'en',
  image: 'https://example.com/lamp.png',
  attributes: { color: 'red' },
  hazardous: false,
  offers: [offer],
  popularity: 2,
  popularityRange: 0,
  rating: { sum: 9, reviews: 2 },
  isForSale: true,
  formerCategories: [],
  version: 1,
  createdAt: 5,
  updatedAt: 6,
};

function written(more: Partial<Listing>) {
  const source = { topic: 'listings', partition: 3, offset: 17, timestamp: 1, headers: [] };
  const [write, ...others] = projectListings.project({ ...source, key: 'lamp', value: { ...lamp, ...more } });
  assert.equal(others.length, 0);
  return write;
}

function shown(more: Partial<Listing>): ListingDocument {
  const write = written(more);
  assert.ok(write?.kind === 'put');
  return write.listing;
}

describe('a listing in the search', () => {
  test('is put where its category and its popularity say, guarded by its position', () => {
    assert.deepEqual(written({}), {
      kind: 'put',
      id: 'lamp',
      position: { topic: 'listings', partition: 3, offset: 17 },
      shard: 'home#rest',
      formerShards: ['home#popular'],
      listing: {
        id: 'lamp',
        title: 'A lamp',
        description: 'It shines.',
        category: 'home/light',
        brand: 'Lux',
        language: 'en',
        sellerId: 'sally',
        price: { amount: 1000, currency: 'EUR' },
        highestPrice: 1000,
        image: 'https://example.com/lamp.png',
        attributes: { color: ['red'] },
        warehouses: ['east'],
        weightGrams: 500,
        hazardous: false,
        rating: 450,
        ratings: 2,
        popularity: 2,
        popularityRange: 0,
        variants: [],
        createdAt: 5,
      },
    });
  });

  test('leaves every shard in which it may have been', () => {
    const { kind, shard, formerShards } = written({ popularityRange: 4, formerCategories: ['office'] }) ?? {};
    assert.deepEqual(
      [kind, shard, formerShards],
      ['put', 'home#popular', ['home#rest', 'office#popular', 'office#rest']],
    );
    assert.equal(written({ isForSale: false, offers: [] })?.kind, 'remove');
  });

  test('shows of its variants those in stock', () => {
    const variants = [
      {
        ...offer,
        productId: 'lamp-s',
        options: { size: 's' },
        price: { amount: 800, currency: 'EUR' },
        warehouses: [],
      },
      { ...offer, productId: 'lamp-m', options: { size: 'm', color: 'blue' }, weightGrams: 700 },
      { ...offer, productId: 'lamp-l', options: { size: 'l', color: 'red' }, price: { amount: 1500, currency: 'EUR' } },
    ];
    const document = shown({ offers: variants });
    assert.deepEqual([document.price.amount, document.highestPrice, document.weightGrams], [1000, 1500, 500]);
    assert.deepEqual(document.attributes, { color: ['blue', 'red'], size: ['l', 'm'] });
    assert.deepEqual(
      document.variants.map(({ productId, inStock }) => [productId, inStock]),
      [
        ['lamp-s', false],
        ['lamp-m', true],
        ['lamp-l', true],
      ],
    );
  });

  test('stays when it is sold out, with what it would cost', () => {
    const document = shown({ offers: [{ ...offer, warehouses: [] }] });
    assert.deepEqual([document.warehouses, document.price.amount], [[], 1000]);
  });

  test('has a description of some length, ended after a word', () => {
    const { description } = shown({ description: 'word '.repeat(5_000) });
    assert.equal(description.length, 9_999);
    assert.ok(description.endsWith('word'));
    assert.equal(shown({ description: '😀'.repeat(8_000) }).description.length, 10_000);
    assert.equal(shown({ description: `a${'😀'.repeat(8_000)}` }).description.length, 9_999);
  });
});
