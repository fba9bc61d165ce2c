// Listings: what is news and what isn't, and that in whatever order everything becomes known, over however many
// partitions, the listings are those of a plain fold over the last news of each product.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { assembleListing } from '../../../processors/listings/assemble-listing.ts';
import {
  tellOfferOfPopularity,
  tellOfferOfProduct,
  tellOfferOfRating,
  tellOfferOfStock,
} from '../../../processors/listings/tell-offer.ts';
import { popularityRange, popularityStep } from '../../../schemas/popularity.ts';
import type { Listing, Popularity, Product, Rating, StockLevel } from '../../../schemas/types.generated.ts';
import { lampFields } from '../fixtures.ts';
import { type Processors, TestShop } from '../test-shop.ts';
import { sentTo } from '../test-task.ts';

const processors = {
  products: tellOfferOfProduct,
  stockLevels: tellOfferOfStock,
  popularity: tellOfferOfPopularity,
  ratings: tellOfferOfRating,
  listingParts: assembleListing,
} as unknown as Processors;

function product(productId: string, more: Partial<Product> = {}): Product {
  const { type: _, ...fields } = lampFields;
  const moments = { createdAt: 1, updatedAt: 1, version: 1 };
  return {
    productId,
    sellerId: 'sally',
    ...fields,
    options: {},
    variantOf: null,
    status: 'active',
    ...moments,
    ...more,
  };
}

function level(productId: string, free: { readonly [warehouseId: string]: number }): StockLevel {
  const warehouses = Object.entries(free).map(([warehouseId, units]) => ({ warehouseId, onHand: units + 1, held: 1 }));
  return { productId, onHand: 0, held: 0, free: 0, committed: 0, takenIn: 0, warehouses, version: 1, at: 1 };
}

function popularity(productId: string, score: number): Popularity {
  const none = { views: 0, searches: 0, cartAdds: 0, wishes: 0, orders: 0 };
  return { productId, category: '', lastHour: none, lastDay: none, score, range: popularityRange(score), at: 1 };
}

function rating(productId: string, stars: readonly number[]): Rating {
  return { productId, stars, reviews: stars.reduce((sum, count) => sum + count, 0), average: 0, at: 1 };
}

class Shop {
  readonly shop: TestShop;

  constructor(partitions = 1) {
    this.shop = new TestShop(partitions, processors);
  }

  /** The listings that this leads to, in order. */
  told(...news: readonly (readonly ['products' | 'stockLevels' | 'popularity' | 'ratings', { productId: string }])[]) {
    const before = this.shop.sent.length;
    for (const [topic, value] of news) this.shop.send(topic, value.productId, value as never);
    this.shop.drain();
    return sentTo(this.shop.sent.slice(before), 'listings');
  }
}

describe('a listing', () => {
  test('of a product alone has it as its one offer', () => {
    const [listing, ...more] = new Shop().told(['products', product('lamp')]);
    assert.equal(more.length, 0);
    assert.deepEqual([listing?.listingId, listing?.title, listing?.isForSale], ['lamp', 'A lamp', true]);
    assert.deepEqual(
      listing?.offers.map(({ productId, warehouses }) => [productId, warehouses]),
      [['lamp', []]],
    );
  });

  test('hears of the first unit in a warehouse and of the last, not of those between', () => {
    const shop = new Shop();
    shop.told(['products', product('lamp')]);
    const steps = [{ east: 2 }, { east: 1 }, { east: 1, west: 5 }, { east: 0, west: 4 }, { east: 0, west: 0 }];
    const warehouses = steps.map((free) => {
      return shop.told(['stockLevels', level('lamp', free)]).map(({ offers }) => offers[0]?.warehouses);
    });
    assert.deepEqual(warehouses, [[['east']], [], [['east', 'west']], [['west']], [[]]]);
  });

  test('tells of a warehouse when it first sees something in it', () => {
    const shop = new Shop();
    const levels = [{ east: 0 }, { east: 1 }, { east: 0 }, { east: 3, west: 1 }, { west: 2 }];
    for (const free of levels) shop.told(['stockLevels', level('lamp', free)]);
    shop.told(['stockLevels', level('desk', { west: 1 })]);
    assert.deepEqual(
      sentTo(shop.shop.sent, 'stockedWarehouses').map(({ warehouseId }) => warehouseId),
      ['east', 'west'],
    );
  });

  test('has what was known before the catalogue knew the product', () => {
    const shop = new Shop();
    const before = shop.told(['stockLevels', level('lamp', { east: 1 })], ['ratings', rating('lamp', [0, 0, 0, 1, 1])]);
    const [listing] = shop.told(['products', product('lamp')]);
    assert.deepEqual(before, []);
    assert.deepEqual(listing?.offers[0]?.warehouses, ['east']);
    assert.deepEqual(listing?.rating, { sum: 9, reviews: 2 });
  });

  test('rises in popularity by steps', () => {
    const shop = new Shop();
    shop.told(['products', product('lamp')]);
    const news = [100, 101, 102, 140, 5_000].map((score) => shop.told(['popularity', popularity('lamp', score)]));
    assert.deepEqual(
      news.map((listings) => listings.map((listing) => listing.popularityRange)),
      [[3], [], [], [3], [6]],
    );
  });

  test('leaves with its product, and comes back with it', () => {
    const shop = new Shop();
    shop.told(['products', product('lamp')]);
    const [gone] = shop.told(['products', product('lamp', { status: 'deleted', version: 2 })]);
    const [back] = shop.told(['products', product('lamp', { version: 3 })]);
    assert.deepEqual([gone?.isForSale, gone?.offers], [false, []]);
    assert.deepEqual([back?.isForSale, back?.version], [true, 3]);
  });

  test('remembers the top categories in which it was', () => {
    const shop = new Shop();
    const moves = ['home/light', 'home/lamps', 'office/lamps', 'home/light'].map((category) => {
      return shop.told(['products', product('lamp', { category })])[0]?.formerCategories;
    });
    assert.deepEqual(moves, [[], [], ['home'], ['office']]);
  });

  test('shows variants in place of the product', () => {
    const shop = new Shop(4);
    const variants = ['shirt-s', 'shirt-m'].map((productId) => {
      return { productId, options: {}, price: null, weightGrams: null, image: '' };
    });
    const of = (productId: string, size: string) => product(productId, { variantOf: 'shirt', options: { size } });
    const told = shop.told(
      ['products', of('shirt-s', 's')],
      ['products', product('shirt', { variants })],
      ['stockLevels', level('shirt-m', { east: 1 })],
      ['products', of('shirt-m', 'm')],
    );
    assert.deepEqual([...new Set(told.map(({ listingId }) => listingId))], ['shirt']);
    assert.deepEqual(
      told.at(-1)?.offers.map(({ productId, warehouses }) => [productId, warehouses]),
      [
        ['shirt-m', ['east']],
        ['shirt-s', []],
      ],
    );
  });
});

test('a product with variants is as popular and as well rated as is told of itself', () => {
  const variants = [{ productId: 'shirt-m', options: {}, price: null, weightGrams: null, image: '' }];
  const listing = new Shop(2)
    .told(
      ['products', product('shirt', { variants })],
      ['products', product('shirt-m', { variantOf: 'shirt' })],
      ['popularity', popularity('shirt', 64)],
      ['ratings', rating('shirt', [0, 0, 0, 0, 2])],
    )
    .at(-1);
  assert.deepEqual([listing?.popularity, listing?.rating], [64, { sum: 10, reviews: 2 }]);
});

const ids = ['a', 'b', 'c', 'd', 'e'];
const parents = [null, null, 'a', 'b'];

const news = fc.oneof(
  fc
    .record({
      productId: fc.constantFrom(...ids),
      variantOf: fc.constantFrom(...parents),
      hasVariants: fc.boolean(),
      category: fc.constantFrom('home/light', 'office/light', 'toys'),
      amount: fc.constantFrom(100, 200),
      status: fc.constantFrom('active' as const, 'active' as const, 'deleted' as const),
    })
    .map(({ productId, variantOf, hasVariants, amount, ...more }) => {
      const variants = hasVariants ? [{ productId: 'x', options: {}, price: null, weightGrams: null, image: '' }] : [];
      const price = { amount, currency: 'EUR' };
      const value = product(productId, {
        variants,
        price,
        ...more,
        variantOf: variantOf === productId ? null : variantOf,
      });
      return ['products', value] as const;
    }),
  fc
    .tuple(fc.constantFrom(...ids), fc.dictionary(fc.constantFrom('east', 'west'), fc.nat(2)))
    .map(([productId, free]) => ['stockLevels', level(productId, free)] as const),
  fc
    .tuple(fc.constantFrom(...ids), fc.constantFrom(0, 10, 10.1, 1_000))
    .map(([productId, score]) => ['popularity', popularity(productId, score)] as const),
  fc
    .tuple(fc.constantFrom(...ids), fc.array(fc.nat(3), { minLength: 5, maxLength: 5 }))
    .map(([productId, stars]) => ['ratings', rating(productId, stars)] as const),
);

type News = readonly (readonly [
  'products' | 'stockLevels' | 'popularity' | 'ratings',
  { readonly productId: string },
])[];

/** What a listing shows, from the last news of each product alone. */
function folded(news: News) {
  const last = <V>(topic: string, productId: string) => {
    return news.findLast(([name, value]) => name === topic && value.productId === productId)?.[1] as V | undefined;
  };
  const offer = (productId: string) => {
    const of = last<Product>('products', productId);
    const stars = last<Rating>('ratings', productId)?.stars ?? [];
    const free = last<StockLevel>('stockLevels', productId)?.warehouses.filter(({ onHand, held }) => onHand - held > 0);
    return {
      productId,
      price: of?.price,
      warehouses: (free ?? []).map(({ warehouseId }) => warehouseId).sort(),
      popularity: popularityStep(last<Popularity>('popularity', productId)?.score ?? 0),
      rating: [1, 2, 3, 4, 5].reduce((sum, each) => sum + each * (stars[each - 1] ?? 0), 0),
    };
  };
  return ids.flatMap((listingId) => {
    const about = last<Product>('products', listingId);
    const all = news.flatMap(([topic, value]) => {
      return topic === 'products' && value.productId === listingId ? [value as Product] : [];
    });
    if (!about || all.every(({ variantOf }) => variantOf !== null)) return [];
    const isOffered = (productId: string) => {
      const of = last<Product>('products', productId);
      const isMeant = about.variants.length > 0 ? of?.variantOf === listingId : productId === listingId;
      return isMeant && of?.status === 'active';
    };
    const isListed = about.status === 'active' && about.variantOf === null;
    return [{ listingId, category: about.category, offers: isListed ? ids.filter(isOffered).map(offer) : [] }];
  });
}

function shown({ listingId, category, offers }: Listing) {
  const seen = offers.map(({ productId, price, warehouses, popularity, rating }) => {
    return { productId, price, warehouses, popularity, rating: rating.sum };
  });
  return { listingId, category, offers: seen };
}

describe('whatever the order and the partitions', () => {
  test('listings are those of a plain fold', () => {
    fc.assert(
      fc.property(
        fc.array(news, { maxLength: 40 }),
        fc.integer({ min: 1, max: 5 }),
        fc.infiniteStream(fc.nat(1_000)),
        (all, partitions, picks) => {
          const shop = new TestShop(partitions, processors);
          for (const [topic, value] of all) {
            shop.send(topic, value.productId, value as never);
            if (next(picks) % 3 === 0) shop.deliver(next(picks));
          }
          while (shop.deliver(next(picks)));
          const last = new Map(sentTo(shop.sent, 'listings').map((listing) => [listing.listingId, listing]));
          const listings = ids.flatMap((id) => last.get(id) ?? []);
          // A product that became a variant before it was told was never listed.
          const expected = folded(all).filter(({ listingId, offers }) => offers.length > 0 || last.has(listingId));
          assert.deepEqual(listings.map(shown), expected);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test('news that are told again are none, however old', () => {
    fc.assert(
      fc.property(fc.array(news, { minLength: 20, maxLength: 60 }), fc.infiniteStream(fc.nat(1_000)), (all, picks) => {
        const shop = new TestShop(3, processors);
        for (const [topic, value] of all) shop.send(topic, value.productId, value as never);
        while (shop.deliver(next(picks)));
        const parts = shop.sent.filter(({ topic }) => topic === 'listingParts');
        const told = shop.sent.length;
        for (const part of parts) shop.send('listingParts', part.key, part.value as never);
        const latest = new Map(all.map((each) => [`${each[0]} ${each[1].productId}`, each]));
        for (const [topic, value] of latest.values()) shop.send(topic, value.productId, value as never);
        while (shop.deliver(next(picks)));
        assert.equal(shop.sent.length, told);
      }),
      { numRuns: 300 },
    );
  });

  test('a listing has a higher version each time, and says something new', () => {
    fc.assert(
      fc.property(fc.array(news, { maxLength: 40 }), fc.infiniteStream(fc.nat(1_000)), (all, picks) => {
        const shop = new TestShop(2, processors);
        for (const [topic, value] of all) shop.send(topic, value.productId, value as never);
        while (shop.deliver(next(picks)));
        for (const id of ids) {
          const versions = sentTo(shop.sent, 'listings').filter(({ listingId }) => listingId === id);
          versions.forEach((listing, index) => {
            assert.equal(listing.version, index + 1);
            const { version: _, updatedAt, ...content } = listing;
            const { version: __, updatedAt: ___, ...before } = versions[index - 1] ?? { version: 0, updatedAt };
            assert.notDeepEqual(content, before);
          });
        }
      }),
    );
  });
});

function next(picks: Iterator<number>): number {
  return picks.next().value;
}
