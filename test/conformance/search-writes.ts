// The part of the search suite about writes: what they leave, what guards them, what lasts.
import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import { systemClock } from '../../base/clock.ts';
import { isStockstreamError } from '../../base/errors.ts';
import { type ListingDocument, type Search, shardOf, shardsOf } from '../../views/search/search.ts';
import {
  fill,
  found,
  foundSet,
  listing,
  type MakeSearchPlace,
  type OpenSearch,
  put,
  queryFor,
  remove,
} from './search-listings.ts';

const full = listing('lamp-1', {
  title: "Zoë’s “Lamp” 'n' <Co> 漢字 🛒",
  description: 'A line\nand a \t tab; 100 % "quoted" \\ -- DROP TABLE',
  category: 'Home & Garden/Lamps/Desk',
  brand: 'Ikea',
  language: 'de',
  sellerId: 'seller-7',
  price: { amount: 1_999, currency: 'EUR' },
  highestPrice: 2_999,
  image: 'https://cdn.example/a.jpg?x=1&y=2',
  attributes: { color: ['black', 'red'], 'cable length': ['1.5 m'], __proto__x: ['y'] },
  warehouses: ['berlin', 'hamburg'],
  weightGrams: 1_250,
  hazardous: true,
  rating: 455,
  ratings: 12,
  popularity: 3.25,
  popularityRange: 5,
  variants: [
    {
      productId: 'lamp-1',
      options: { color: 'black' },
      price: { amount: 1_999, currency: 'EUR' },
      inStock: true,
    },
    { productId: 'lamp-2', options: { color: 'red' }, price: { amount: 2_999, currency: 'EUR' }, inStock: false },
  ],
  createdAt: 1_712_345_678_901,
});

export function writes(open: OpenSearch): void {
  it('keep a listing as it is', async () => {
    const search = await open();
    await fill(search, [full]);
    assert.deepEqual(await search.getMany(['lamp-1']), [full]);
    assert.deepEqual(await search.scan(undefined, 10), [full]);
    const { hits } = await search.search(queryFor('ikea', { language: 'de' }));
    assert.deepEqual(
      hits.map((hit) => hit.listing),
      [full],
    );
  });

  it('replace a listing whole', async () => {
    const search = await open();
    await search.apply([put(0, full), put(1, listing('lamp-1', { title: 'Chair' }), [full.category])]);
    await search.refresh();
    assert.deepEqual(await found(search, 'chair'), ['lamp-1']);
    assert.deepEqual(await found(search, 'ikea'), []);
    assert.equal(await search.count(), 1);
  });

  it('take a removed listing out of every read', async () => {
    const search = await open();
    const [a, b] = [listing('a', { title: 'Anchor' }), listing('b', { title: 'Anchor' })];
    await search.apply([put(0, a), put(1, b), remove(2, a), remove(3, listing('never'))]);
    await search.refresh();
    assert.deepEqual(await found(search, 'anchor'), ['b']);
    assert.deepEqual(await search.getMany(['a', 'b', 'never']), [undefined, b, undefined]);
    assert.deepEqual(await search.scan(undefined, 10), [b]);
    assert.equal(await search.count(), 1);
    const suggested = await search.suggest({ text: 'anch', language: 'en', limit: 5 });
    assert.deepEqual(
      suggested.products.map(({ id }) => id),
      ['b'],
    );
    await search.apply([put(4, a)]);
    await search.refresh();
    assert.deepEqual(await foundSet(search, 'anchor'), ['a', 'b']);
  });

  it('are applied in their order, thousands at once, none at all', async () => {
    const search = await open();
    const batch = Array.from({ length: 3_000 }, (_, offset) => {
      return put(offset, listing(`p${offset % 300}`, { createdAt: offset }));
    });
    await search.apply(batch);
    await search.apply([]);
    await search.flush();
    await search.refresh();
    assert.equal(await search.count(), 300);
    assert.equal((await search.getMany(['p299']))[0]?.createdAt, 2_999);
    const { total } = await search.search(queryFor('', { limit: 1 }));
    assert.equal(total, 300);
  });

  it('show by themselves', async () => {
    const search = await open();
    await search.apply([put(0, listing('a', { title: 'Anchor' }))]);
    const deadline = systemClock.monotonic() + 30_000;
    while ((await found(search, 'anchor')).length === 0) {
      assert.ok(systemClock.monotonic() < deadline, 'what was applied becomes visible');
    }
  });

  it('are read by ids in the order asked, and all of them in pages by id', async () => {
    const search = await open();
    const ids = ['A', 'B.2', 'a', 'a-1', 'a.1', 'a1', 'b', 'b_1', '0', '10', '9'].sort();
    // Sold out ones are there, too.
    const listings = ids.map((id, index) => listing(id, { category: `C${index % 3}`, warehouses: [] }));
    await fill(search, listings);
    const many = await search.getMany(['b', 'missing', 'A', 'b']);
    assert.deepEqual(
      many.map((each) => each?.id),
      ['b', undefined, 'A', 'b'],
    );
    assert.deepEqual(await search.getMany([]), []);
    const scanned: ListingDocument[] = [];
    for (let page = await search.scan(undefined, 4); page.length > 0; page = await search.scan(page.at(-1)?.id, 4)) {
      scanned.push(...page);
    }
    assert.deepEqual(scanned, listings);
  });

  it('leave nothing when it is cleared, so that the log can be replayed', async () => {
    const search = await open();
    const [a, b] = [listing('a', { title: 'Anchor' }), listing('b', { title: 'Anchor' })];
    const log = [put(0, a), put(1, b), remove(2, a), put(3, { ...b, brand: 'Acme' })];
    const state = async () => {
      await search.refresh();
      return { scan: await search.scan(undefined, 10), page: await search.search(queryFor('anchor')) };
    };
    await search.apply(log);
    const before = await state();
    await search.clear();
    assert.deepEqual(await search.scan(undefined, 10), []);
    assert.equal(await search.count(), 0);
    assert.deepEqual(await found(search, 'anchor'), []);
    assert.deepEqual(await search.suggest({ text: 'anch', language: 'en', limit: 5 }), {
      terms: [],
      products: [],
      categories: [],
    });
    await search.apply(log);
    assert.deepEqual(await state(), before);
  });
}

export function guards(open: OpenSearch): void {
  it('ignore writes that are older than the listing, or as old', async () => {
    const search = await open();
    const now = listing('a', { title: 'Anchor' });
    await search.apply([put(5, now)]);
    for (const offset of [0, 4, 5]) {
      await search.apply([put(offset, listing('a', { title: 'Older' })), remove(offset, now)]);
    }
    await search.refresh();
    assert.deepEqual(await search.getMany(['a']), [now]);
    assert.deepEqual(await found(search, 'older'), []);
    await search.apply([put(6, listing('a', { title: 'Newer' }))]);
    await search.refresh();
    assert.deepEqual(await found(search, 'newer'), ['a']);
  });

  it('do not bring a removed listing back by an older write', async () => {
    const search = await open();
    const a = listing('a', { title: 'Anchor' });
    const log = [put(0, a), put(1, a), remove(2, a)];
    await search.apply(log);
    await search.apply(log);
    await search.apply(log.slice(0, 2));
    await search.apply([remove(7, listing('b'))]);
    await search.apply([put(6, listing('b', { title: 'Anchor' }))]);
    await search.refresh();
    assert.deepEqual(await found(search, 'anchor'), []);
    assert.equal(await search.count(), 0);
  });

  it('hold while a listing moves from shard to shard and back, removed at the end', async () => {
    const search = await open();
    const [books] = shardsOf('Books/Crime');
    assert.equal(books, shardOf('Books/Crime', 9));
    const inBooks = listing('a', { title: 'Anchor', category: 'Books/Crime', popularityRange: 9 });
    const inToys = listing('a', { title: 'Anchor toy', category: 'Toys' });
    const rest = listing('a', { title: 'Anchor again', category: 'Books' });
    const shards = [inBooks, inToys, rest].map(({ category, popularityRange }) => shardOf(category, popularityRange));
    assert.equal(new Set(shards).size, 3);
    const [first = '', second = '', third = ''] = shards;
    const log = [
      put(0, inBooks),
      put(1, inToys, [first]),
      put(2, rest, [first, second]),
      put(3, inBooks, [second, third]),
      remove(4, inBooks, [second, third]),
    ];
    const once = async (expected: readonly string[]) => {
      await search.refresh();
      assert.deepEqual(await found(search, 'anchor'), expected);
      assert.equal(await search.count(), expected.length);
      assert.equal((await search.scan(undefined, 10)).length, expected.length);
    };
    for (let length = 1; length <= log.length; length++) {
      await search.apply(log.slice(length - 1, length));
      await once(length === log.length ? [] : ['a']);
      for (const late of log.slice(0, length)) await search.apply([late]);
      await once(length === log.length ? [] : ['a']);
    }
  });

  it('take position 0, and positions beyond 32 bits', async () => {
    const search = await open();
    const titled = (title: string) => listing('a', { title });
    await search.apply([put(0, titled('first')), put(2 ** 40, titled('last')), put(2 ** 40 - 1, titled('late'))]);
    await search.refresh();
    assert.equal((await search.getMany(['a']))[0]?.title, 'last');
  });
}

export function life(makePlace: MakeSearchPlace): void {
  const openAt = async (t: TestContext) => {
    const place = makePlace();
    t.after(() => place.remove());
    return { place, search: await place.open() };
  };

  it('keeps listings and guards over closing', async (t) => {
    const { place, search } = await openAt(t);
    const a = listing('a', { title: 'Anchor' });
    await search.apply([put(3, a), put(4, listing('b')), remove(5, listing('b'))]);
    await search.flush();
    await search.close();
    const again = await place.open();
    t.after(() => again.close());
    await again.refresh();
    assert.deepEqual(await found(again, 'anchor'), ['a']);
    assert.deepEqual(await again.getMany(['a', 'b']), [a, undefined]);
    assert.ok((await again.size()) > 0);
    await again.apply([put(2, { ...a, title: 'Older' }), put(4, listing('b'))]);
    await again.refresh();
    assert.deepEqual(await again.scan(undefined, 10), [a]);
    assert.deepEqual((await again.suggest({ text: 'anc', language: 'en', limit: 3 })).terms, ['anchor']);
  });

  it('leaves nothing when it is removed', async (t) => {
    const { place, search } = await openAt(t);
    await search.apply([put(3, listing('a', { title: 'Anchor' }))]);
    await search.remove();
    const again = await place.open();
    t.after(() => again.close());
    assert.deepEqual(await again.scan(undefined, 10), []);
    await again.apply([put(1, listing('a', { title: 'Anchor' }))]);
    await again.refresh();
    assert.deepEqual(await found(again, 'anchor'), ['a']);
  });

  it('answers a ping until it is closed, and nothing after', async (t) => {
    const { search } = await openAt(t);
    await search.ping();
    await search.close();
    await search.close();
    const unavailable = (error: unknown) => isStockstreamError(error, 'SEARCH_UNAVAILABLE');
    const calls: ((search: Search) => Promise<unknown>)[] = [
      (each) => each.ping(),
      (each) => each.search(queryFor('a')),
      (each) => each.suggest({ text: 'a', language: 'en', limit: 1 }),
      (each) => each.getMany(['a']),
      (each) => each.scan(undefined, 1),
      (each) => each.count(),
      (each) => each.apply([put(0, listing('a'))]),
    ];
    for (const call of calls) await assert.rejects(call(search), unavailable, String(call));
  });
}
