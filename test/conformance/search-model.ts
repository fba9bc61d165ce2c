// The search suite's properties: any replay leaves what a plain fold of the writes leaves; any query finds, sorts, counts
// and pages what a plain scan over all listings does. Words that the scan knows are found as they stand, whole.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ListingDocument, Search, SearchQuery, SearchWrite } from '../../views/search/search.ts';
import { shardOf } from '../../views/search/search.ts';
import {
  type Asked,
  listing,
  type MakeSearchPlace,
  type OpenSearch,
  put,
  queryFor,
  remove,
} from './search-listings.ts';
import { facetsOf, scanned, sortedBy } from './search-scan.ts';

const anyChange = fc.record({
  id: fc.constantFrom('x', 'y', 'z'),
  category: fc.constantFrom('Books', 'Toys', 'Toys/Games'),
  popularityRange: fc.constantFrom(0, 9),
  isRemoved: fc.boolean(),
});
/** How far to go back, then how far to go on, again and again. */
const anySteps = fc.array(fc.record({ back: fc.nat(12), on: fc.nat(15), reopen: fc.boolean() }), { maxLength: 6 });

export async function replaysChangeNothing(makePlace: MakeSearchPlace): Promise<void> {
  const place = makePlace();
  let search = await place.open();
  let run = 0;
  try {
    await fc.assert(
      fc.asyncProperty(fc.array(anyChange, { maxLength: 25 }), anySteps, async (log, steps) => {
        const sellerId = `seller-${run++}`;
        const all = writesOf(log, sellerId);
        let applied = 0;
        for (const { back, on, reopen } of steps) {
          const from = Math.max(0, applied - back);
          const to = Math.min(all.length, from + on);
          await search.apply(all.slice(from, to));
          applied = Math.max(applied, to);
          if (!reopen) continue;
          await search.flush();
          await search.close();
          search = await place.open();
        }
        await search.apply(all.slice(applied));
        await search.refresh();
        const expected = foldOf(all);
        const ids = ['x', 'y', 'z'].map((id) => `${sellerId}-${id}`);
        assert.deepEqual(
          await search.getMany(ids),
          ids.map((id) => expected.get(id)),
        );
        const { hits, total } = await search.search(queryFor('', { sellerId, sort: 'newest' }));
        const sorted = [...expected.values()].sort((a, b) => b.createdAt - a.createdAt);
        assert.deepEqual(
          hits.map((hit) => hit.listing),
          sorted,
        );
        assert.equal(total, expected.size);
      }),
      { numRuns: 40 },
    );
  } finally {
    await search.close();
    await place.remove();
  }
}

type Change = typeof anyChange extends fc.Arbitrary<infer T> ? T : never;

function writesOf(log: readonly Change[], sellerId: string): SearchWrite[] {
  const shards = new Map<string, Set<string>>();
  return log.map(({ id: name, category, popularityRange, isRemoved }, offset) => {
    const id = `${sellerId}-${name}`;
    const document = listing(id, { category, popularityRange, sellerId, createdAt: offset });
    const known = shards.get(id) ?? new Set<string>();
    const former = [...known].filter((shard) => shard !== shardOf(category, popularityRange));
    shards.set(id, known.add(shardOf(category, popularityRange)));
    return isRemoved ? remove(offset, document, former) : put(offset, document, former);
  });
}

function foldOf(writes: readonly SearchWrite[]): Map<string, ListingDocument> {
  const listings = new Map<string, ListingDocument>();
  for (const write of writes) {
    if (write.kind === 'put') listings.set(write.id, write.listing);
    else listings.delete(write.id);
  }
  return listings;
}

const words = ['anchor', 'blanket', 'copper'];
const anyListing = fc.record({
  title: fc.subarray(words, { minLength: 1 }).map((some) => some.join(' ')),
  category: fc.constantFrom('', 'Toys', 'Toys/Games', 'Toys/Games/Cards', 'Books'),
  brand: fc.constantFrom('', 'Acme', 'Bolt'),
  price: fc
    .tuple(fc.constantFrom(0, 999, 1_000, 4_000, 250_000), fc.constantFrom('EUR', 'USD'))
    .map(([amount, currency]) => ({ amount, currency })),
  attributes: fc.dictionary(fc.constantFrom('color', 'size'), fc.subarray(['red', 'M', 'L'], { minLength: 1 }), {
    noNullPrototype: true,
  }),
  warehouses: fc.subarray(['berlin', 'lyon']),
  weightGrams: fc.constantFrom(100, 2_000),
  hazardous: fc.boolean(),
  rating: fc.constantFrom(0, 100, 350, 400, 500),
  popularity: fc.constantFrom(0, 1.5, 70),
  popularityRange: fc.constantFrom(0, 3, 4, 9),
  createdAt: fc.constantFrom(5, 6, 7),
});
const anyAsked: fc.Arbitrary<Asked> = fc.record(
  {
    category: fc.constantFrom('Toys', 'Toys/Games', 'Books', 'None'),
    brands: fc.subarray(['Acme', 'Bolt', 'None'], { minLength: 1 }),
    currency: fc.constantFrom('EUR', 'USD'),
    priceMin: fc.constantFrom(0, 999, 1_000),
    priceMax: fc.constantFrom(999, 4_000),
    ratingMin: fc.constantFrom(100, 400),
    attributes: fc.dictionary(
      fc.constantFrom('color', 'size', 'none'),
      fc.subarray(['red', 'M', 'none'], { minLength: 1 }),
      { noNullPrototype: true },
    ),
    inStock: fc.boolean(),
    delivery: fc.subarray([
      { warehouse: 'berlin', maxWeightGrams: 1_000, hazardous: true },
      { warehouse: 'berlin', maxWeightGrams: 3_000, hazardous: false },
      { warehouse: 'lyon', maxWeightGrams: 3_000, hazardous: true },
    ]),
    sort: fc.constantFrom('relevance', 'price_asc', 'price_desc', 'rating', 'newest', 'popularity'),
  },
  { requiredKeys: [] },
);

export async function anyQueryFindsWhatAScanFinds(open: OpenSearch): Promise<void> {
  const search = await open();
  let run = 0;
  const anyText = fc.subarray(words).map((some) => some.join(' '));
  const anyQueries = fc.array(fc.tuple(anyText, anyAsked, fc.integer({ min: 1, max: 6 })), {
    minLength: 4,
    maxLength: 4,
  });
  await fc.assert(
    fc.asyncProperty(fc.array(anyListing, { maxLength: 15 }), anyQueries, async (rows, queries) => {
      // Each run is a seller of its own, so that nothing has to be cleared.
      const sellerId = `seller-${run++}`;
      const all = rows.map((row, index) => listing(`${sellerId}-${index}`, { ...row, sellerId }));
      await search.apply(all.map((each, offset) => put(offset, each)));
      await search.refresh();
      for (const [text, asked, limit] of queries) {
        await holds(search, all, queryFor(text, { ...asked, sellerId, limit, facets: true }));
      }
    }),
    { numRuns: 60 },
  );
}

async function holds(search: Search, all: readonly ListingDocument[], query: SearchQuery): Promise<void> {
  const expected = sortedBy(query.sort, scanned(all, query));
  const first = await search.search(query);
  assert.equal(first.total, expected.length);
  assert.deepEqual(first.facets, facetsOf(all, query));
  const seen = first.hits.map((hit) => hit.listing);
  for (let { cursor } = first; cursor !== undefined; ) {
    assert.ok(seen.length < expected.length, 'pages come to an end');
    const page = await search.search({ ...query, cursor });
    seen.push(...page.hits.map((hit) => hit.listing));
    cursor = page.cursor;
  }
  const byId = (a: ListingDocument, b: ListingDocument) => (a.id < b.id ? -1 : 1);
  if (query.sort === 'relevance') assert.deepEqual(seen.toSorted(byId), expected.toSorted(byId));
  else assert.deepEqual(seen, expected);
}
