// Searching through the gateway: what the parameters ask of the search, what is answered, what is refused, and what is
// told to the log behind the answer.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { topics } from '../../schemas/topics.ts';
import type { DeliveryEntry, ShopperEvent } from '../../schemas/types.generated.ts';
import { defaultWeights } from '../../views/search/search-settings.ts';
import { fill, listing, put } from '../conformance/search-listings.ts';
import { berlin, parcelPost } from '../processors/logistics/network-fixtures.ts';
import { MemorySearch } from './memory-search.ts';
import { eventually, TestGateway } from './test-gateway.ts';

const lamp = listing('lamp', {
  title: 'Desk lamp',
  description: `A lamp. ${'It gives light. '.repeat(30)}`,
  category: 'Home/Lamps',
  brand: 'Ikea',
  price: { amount: 1_999, currency: 'EUR' },
  highestPrice: 2_999,
  image: 'https://cdn.example/lamp.jpg',
  attributes: { color: ['black', 'red'] },
  rating: 455,
  ratings: 12,
  variants: [
    { productId: 'lamp-red', options: { color: 'red' }, price: { amount: 1_999, currency: 'EUR' }, inStock: true },
  ],
});
/** The warehouse in Berlin delivers within Germany. */
const network: readonly (readonly [key: string, entry: DeliveryEntry['entry']])[] = [
  ['warehouse/berlin', { type: 'WarehouseHours', warehouse: berlin }],
  [
    'area/germany',
    {
      type: 'AreaOptions',
      area: { areaId: 'germany', name: '', country: 'DE', postalCodes: [''] },
      ways: [{ ...parcelPost, maxWeightGrams: 30_000 }],
    },
  ],
];

describe('a search', () => {
  let shop: TestGateway;
  const search = new MemorySearch();
  before(async () => {
    shop = await TestGateway.open({ deps: { search } });
    await fill(search, [
      lamp,
      listing('sold-out', { title: 'Lamp shade', warehouses: [] }),
      ...Array.from({ length: 30 }, (_, index) => listing(`row-${index}`, { title: 'Row', warehouses: ['oslo'] })),
    ]);
  });
  after(() => shop.close());
  const get = (url: string) => shop.call('GET', url);

  test('answers what is found, whole', async () => {
    const { status, headers, body } = await get('/v1/search?q=LAMP');
    assert.equal(status, 200);
    assert.equal(headers['cache-control'], 'no-store');
    const { description, ...hit } = body.hits[0];
    assert.match(description, /^A lamp\. It gives.{150,190}…$/);
    assert.deepEqual(hit, {
      listingId: 'lamp',
      title: 'Desk lamp',
      category: 'Home/Lamps',
      brand: 'Ikea',
      sellerId: 'seller-1',
      image: 'https://cdn.example/lamp.jpg',
      price: { amount: 1_999, currency: 'EUR' },
      highestPrice: 2_999,
      inStock: true,
      rating: 4.55,
      ratings: 12,
      attributes: { color: ['black', 'red'] },
      variants: [
        { productId: 'lamp-red', options: { color: 'red' }, price: { amount: 1_999, currency: 'EUR' }, inStock: true },
      ],
      highlights: {},
    });
    assert.equal(body.total, 1);
    assert.deepEqual(body.facets, {
      categories: [
        { value: 'Home', count: 1 },
        { value: 'Home/Lamps', count: 1 },
      ],
      brands: [{ value: 'Ikea', count: 1 }],
      prices: [{ from: 1_000, to: 2_500, count: 1 }],
      ratings: [4, 3, 2, 1].map((min) => ({ min, count: 1 })),
      attributes: {
        color: [
          { value: 'black', count: 1 },
          { value: 'red', count: 1 },
        ],
      },
      stock: { inStock: 1, all: 2 },
    });
  });

  test('asks the search for all that the parameters say', async () => {
    const parameters = [
      'q=black%20tv&category=Home%2FLamps&brand=Ikea&brand=Acme&seller=s1&priceMin=100&priceMax=5000&currency=EUR',
      'ratingMin=4.5&attr.color=red&attr.color=black&attr.cable%20length=2%20m&sort=price_desc&inStock=false',
      'language=en&limit=7&facets=false',
    ];
    const { status } = await get(`/v1/search?${parameters.join('&')}`);
    assert.equal(status, 200);
    assert.deepEqual(search.lastQuery, {
      terms: [
        { text: 'black', synonyms: [] },
        { text: 'tv', synonyms: ['television', 'telly'] },
      ],
      language: 'en',
      filters: {
        category: 'Home/Lamps',
        brands: ['Ikea', 'Acme'],
        sellerId: 's1',
        priceMin: 100,
        priceMax: 5_000,
        currency: 'EUR',
        ratingMin: 450,
        attributes: { color: ['red', 'black'], 'cable length': ['2 m'] },
        inStock: false,
        delivery: undefined,
      },
      sort: 'price_desc',
      weights: defaultWeights,
      limit: 7,
      cursor: undefined,
      facets: false,
    });
    await get('/v1/search');
    const { terms, filters, sort, limit, facets, language } = search.lastQuery ?? {};
    assert.deepEqual([terms, sort, limit, facets, language], [[], 'relevance', 24, true, 'en']);
    assert.deepEqual([filters?.inStock, filters?.delivery, filters?.brands], [true, undefined, undefined]);
  });

  test('tells when something arrives, and hides what cannot', async () => {
    const everywhere = await get('/v1/search?country=DE&postalCode=10115');
    assert.deepEqual([everywhere.body.total, everywhere.body.hits[0].arrival], [31, undefined]);
    for (const [key, entry] of network) await shop.append(topics.deliveryOptions, key, { entry });
    const { hits } = await eventually(async () => {
      const { body } = await get('/v1/search?country=DE&postalCode=10115');
      return body.total === 1 ? body : undefined;
    });
    const [{ listingId, arrival }] = hits;
    assert.equal(listingId, 'lamp');
    assert.deepEqual([arrival.warehouseId, arrival.carrier], [berlin.warehouseId, parcelPost.carrier]);
    assert.ok(arrival.from <= arrival.to && arrival.orderBy > shop.deps.clock.now(), JSON.stringify(arrival));
    assert.deepEqual(search.lastQuery?.filters.delivery, [
      { warehouse: berlin.warehouseId, maxWeightGrams: 30_000, hazardous: parcelPost.hazardous },
    ]);
    assert.equal((await get('/v1/search?country=FR&postalCode=75001')).body.total, 0);
  });

  test('goes from page to page, with facets on the first alone', async () => {
    const first = await get('/v1/search?q=row&sort=newest');
    assert.equal(first.body.hits.length, 24);
    assert.ok(first.body.facets);
    const second = await get(`/v1/search?q=row&sort=newest&cursor=${first.body.cursor}`);
    assert.equal(second.body.hits.length, 6);
    assert.deepEqual([second.body.cursor, second.body.facets], [undefined, undefined]);
  });

  test('proposes another spelling', async () => {
    search.didYouMean = 'lamp';
    const { body } = await get('/v1/search?q=lmap');
    search.didYouMean = undefined;
    assert.deepEqual([body.hits, body.didYouMean], [[], 'lamp']);
  });

  const refused: readonly (readonly [parameters: string, path: string])[] = [
    [`q=${'x'.repeat(201)}`, '/q'],
    ['priceMin=-1', '/priceMin'],
    ['priceMin=many', '/priceMin'],
    ['priceMin=10&priceMax=9', 'priceMin'],
    ['ratingMin=6', '/ratingMin'],
    ['currency=euro', '/currency'],
    ['sort=best', '/sort'],
    ['limit=0', '/limit'],
    ['limit=101', '/limit'],
    ['inStock=perhaps', '/inStock'],
    ['language=german', '/language'],
    ['postalCode=10115', 'country'],
    ['country=DE', 'postalCode'],
    ['country=de&postalCode=10115', '/country'],
    ['country=DE&postalCode=%2F', '/postalCode'],
    ['brand=', '/brand/0'],
    [`category=${'x'.repeat(301)}`, '/category'],
    [Array.from({ length: 21 }, (_, index) => `brand=b${index}`).join('&'), '/brand'],
    [Array.from({ length: 11 }, (_, index) => `attr.a${index}=b`).join('&'), 'attr'],
    ['colour=red', ''],
  ];
  for (const [parameters, path] of refused) {
    test(`is refused: ${parameters.slice(0, 40)}`, async () => {
      const { status, body } = await get(`/v1/search?${parameters}`);
      assert.deepEqual([status, body.code], [400, 'request_invalid']);
      const paths = body.errors.map((error: { path: string }) => error.path);
      assert.ok(paths.includes(path), JSON.stringify(body.errors));
    });
  }

  test('answers or refuses whatever is asked', async () => {
    const names = [
      'q',
      'category',
      'brand',
      'priceMin',
      'ratingMin',
      'attr.color',
      'attr.',
      'sort',
      'limit',
      'cursor',
      'x',
    ];
    const anyParameters = fc.array(
      fc.tuple(fc.constantFrom(...names), fc.string({ unit: 'grapheme', maxLength: 12 })),
      {
        maxLength: 5,
      },
    );
    await fc.assert(
      fc.asyncProperty(anyParameters, async (parameters) => {
        const { status, body } = await get(`/v1/search?${new URLSearchParams(parameters)}`);
        assert.ok([200, 400].includes(status), JSON.stringify(body));
        if (status === 400) assert.match(body.code, /^(request_invalid|search_cursor_invalid)$/);
      }),
      { numRuns: 200 },
    );
  });

  test('is refused with a cursor that is none, and while the search is away', async () => {
    const { status, body } = await get('/v1/search?cursor=nonsense');
    assert.deepEqual([status, body.code], [400, 'search_cursor_invalid']);
    search.isAway = true;
    for (const url of ['/v1/search?q=lamp', '/v1/suggest?q=la']) {
      const away = await get(url);
      assert.deepEqual([away.status, away.body.code], [503, 'search_unavailable']);
      assert.ok(Number(away.headers['retry-after']) > 0);
    }
    const { body: health } = await get('/health/ready');
    assert.deepEqual(
      health.parts.find(({ name }: { name: string }) => name === 'search'),
      { name: 'search', healthy: false, detail: 'The search cannot answer now: it is away.' },
    );
    assert.equal(health.status, 'degraded');
    search.isAway = false;
  });

  test('suggests while somebody types', async () => {
    const { status, headers, body } = await get('/v1/suggest?q=desk');
    assert.equal(status, 200);
    assert.equal(headers['cache-control'], 'public, max-age=30');
    assert.deepEqual(body, {
      terms: ['desk lamp'],
      products: [{ listingId: 'lamp', title: 'Desk lamp', image: 'https://cdn.example/lamp.jpg' }],
      categories: ['Home/Lamps'],
    });
    assert.equal((await get('/v1/suggest')).body.code, 'request_invalid');
    assert.equal((await get('/v1/suggest?q=a&limit=21')).body.code, 'request_invalid');
  });
});

describe('what was searched for', () => {
  let shop: TestGateway;
  const search = new MemorySearch();
  const events: ShopperEvent[] = [];
  before(async () => {
    shop = await TestGateway.open({ deps: { search } });
    await search.apply([put(0, lamp)]);
  });
  after(() => shop.close());
  const told = (count: number) =>
    eventually(async () => {
      events.splice(0, events.length, ...(await shop.records(topics.shopperEvents)));
      return events.length >= count ? events : undefined;
    });

  test('is told to the log, once a search, with who asked and how much was found', async () => {
    await shop.call('GET', '/v1/search?q=Desk%20%20LAMP&category=Home', { headers: shop.bearer('s1', 'shopper') });
    const [event] = await told(1);
    assert.equal(event?.shopperId, 's1');
    assert.deepEqual(event?.event, {
      type: 'Searched',
      query: 'desk lamp',
      language: 'en',
      category: 'Home',
      results: 1,
    });
    await shop.call('GET', '/v1/search?q=kryptonite&language=de', { headers: { 'visit-id': 'visit-7' } });
    const missed = (await told(2)).find(({ shopperId }) => shopperId === 'visit:visit-7');
    assert.deepEqual(missed?.event, {
      type: 'Searched',
      query: 'kryptonite',
      language: 'de',
      category: '',
      results: 0,
    });
    // Neither browsing nor a further page is a search.
    await shop.call('GET', '/v1/search?category=Home');
    await shop.call('GET', '/v1/search?q=lamp&cursor=0');
    await shop.call('GET', '/v1/search?q=lamp', { headers: { 'visit-id': 'not a visit' } });
    await told(3);
    assert.equal(new Set(events.map(({ eventId }) => eventId)).size, 3);
  });

  test('counts what was looked for in vain', async () => {
    const { text } = await shop.call('GET', '/metrics');
    assert.match(text, /^stockstream_search_zero_results_total 1$/m);
  });

  test('is listed to operators, the most frequent first', async () => {
    const position = (offset: number) => ({ topic: topics.zeroResults.name, partition: 0, offset });
    const counts: [string, number][] = [
      ['flux capacitor', 3],
      ['kryptonite', 7],
      ['hoverboard', 5],
    ];
    await shop.documents.apply(
      counts.map(([query, lastDay], offset) => {
        const set = { query, language: 'en', lastDay, at: 1 };
        return { kind: 'upsert', collection: 'zeroResults', id: query, position: position(offset), set };
      }),
    );
    const headers = shop.bearer('o', 'operator');
    const first = await shop.call('GET', '/v1/admin/search/zero-results?limit=2', { headers });
    assert.deepEqual(first.body.searches, [
      { text: 'kryptonite', language: 'en', count: 7, at: 1 },
      { text: 'hoverboard', language: 'en', count: 5, at: 1 },
    ]);
    const rest = await shop.call('GET', `/v1/admin/search/zero-results?limit=2&cursor=${first.body.cursor}`, {
      headers,
    });
    assert.deepEqual(
      rest.body.searches.map(({ text }: { text: string }) => text),
      ['flux capacitor'],
    );
    const shopper = { headers: shop.bearer('s1', 'shopper') };
    assert.equal((await shop.call('GET', '/v1/admin/search/zero-results', shopper)).status, 403);
  });
});
