// The engine without its thread: whatever is written, in whatever order and through whatever starts, it answers what
// a plain scan of the listings would.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import type { EncodedWrite } from '../../../../views/search/embedded/calls.ts';
import { Engine } from '../../../../views/search/embedded/engine.ts';
import type { ListingDocument, SearchQuery } from '../../../../views/search/search.ts';
import { type Asked, listing, queryFor } from '../../../conformance/search-listings.ts';
import { facetsOf, scanned, sortedBy } from '../../../conformance/search-scan.ts';

const words = ['anchor', 'blanket', 'copper', 'dahlia'];
const anyListing = fc.record({
  title: fc.subarray(words, { minLength: 1 }).map((some) => some.join(' ')),
  category: fc.constantFrom('', 'Toys', 'Toys/Games', 'Toys/Games/Cards', 'Books'),
  brand: fc.constantFrom('', 'Acme', 'Bolt'),
  sellerId: fc.constantFrom('s1', 's2'),
  price: fc.record({ amount: fc.constantFrom(0, 999, 1_000, 4_000, 250_000), currency: fc.constantFrom('EUR', 'USD') }),
  attributes: fc.dictionary(fc.constantFrom('color', 'size'), fc.subarray(['red', 'M', 'L'], { minLength: 1 }), {
    noNullPrototype: true,
  }),
  warehouses: fc.subarray(['berlin', 'lyon']),
  weightGrams: fc.constantFrom(100, 2_000),
  hazardous: fc.boolean(),
  rating: fc.constantFrom(0, 100, 350, 400, 500),
  popularity: fc.constantFrom(0, 1.5, 70),
  createdAt: fc.constantFrom(5, 6, 7),
});
const anyWrite = fc.record({ id: fc.nat(8), change: fc.option(anyListing, { freq: 4 }), late: fc.nat(6) });
const anyStep = fc.record({
  writes: fc.array(anyWrite, { maxLength: 12 }),
  after: fc.constantFrom('go on', 'start', 'join', 'join, start'),
});
const ways = [
  { warehouse: 'berlin', maxWeightGrams: 1_000, hazardous: true },
  { warehouse: 'lyon', maxWeightGrams: 3_000, hazardous: false },
];
const asked: readonly Asked[] = [
  {},
  { inStock: false, sort: 'newest' },
  { category: 'Toys' },
  { category: 'Toys/Games', inStock: false, sort: 'price_desc' },
  { category: 'Toys', delivery: ways, sort: 'popularity' },
  { category: 'Books', brands: ['Acme'], sort: 'rating' },
  { attributes: { color: ['red'], size: ['M', 'L'] }, sort: 'price_asc' },
  { sellerId: 's1', currency: 'EUR', priceMin: 1_000, ratingMin: 350, sort: 'newest' },
];

test('any writes, starts and joins leave what a scan of the listings tells', async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyStep, { minLength: 1, maxLength: 5 }), async (steps) => {
      // Each run has a file of its own: one that fails leaves it open.
      const file = fileFor(t);
      let engine = opened(file);
      const model = new Map<string, ListingDocument>();
      const log: EncodedWrite[] = [];
      for (const { writes, after } of steps) {
        for (const { id: number, change, late } of writes) {
          const write = writeOf(`id-${number}`, change, log.length);
          log.push(write);
          // The last ones come again, and older ones late.
          engine.apply(log.slice(-1 - late));
          engine.apply(log.slice(0, late));
          if (change === null) model.delete(write.id);
          else model.set(write.id, listing(write.id, change));
        }
        if (after.startsWith('join')) await engine.joinInSteps();
        if (after.endsWith('start')) {
          engine.close();
          engine = opened(file);
        }
        check(engine, [...model.values()]);
      }
      engine.close();
    }),
    { numRuns: 25 },
  );
});

test('German words that are written together are found by their parts, after what has the word itself', (t) => {
  const engine = opened(fileFor(t));
  t.after(() => engine.close());
  const titles = { a: 'Kinderschuhe', b: 'Schuhe', c: 'Hausschuh', d: 'Schuhregal', e: 'Schal' };
  const all = Object.entries(titles).map(([id, title]) => listing(id, { title, language: 'de', popularity: 5 }));
  engine.apply(all.map((each, position) => writeOf(each.id, { ...each, popularity: 9 * position }, position)));
  const german = (text: string) => idsFound(engine, queryFor(text, { language: 'de' }));
  assert.equal(german('schuh')[0], 'b');
  assert.deepEqual(german('schuh').sort(), ['a', 'b', 'c', 'd']);
  assert.deepEqual(german('kinder schuhe'), ['a']);
  assert.deepEqual(german('regale'), ['d']);
});

function check(engine: Engine, all: readonly ListingDocument[]): void {
  assert.equal(engine.count(), all.length);
  for (const text of ['', 'anchor', 'copper blanket']) {
    for (const each of asked) {
      const query = queryFor(text, { sort: 'newest', ...each, facets: true, limit: 3 });
      const expected = sortedBy(query.sort, scanned(all, query)).map(({ id }) => id);
      const { facets, total } = engine.search(query);
      assert.equal(total, expected.length);
      assert.deepEqual(facets, facetsOf(all, query));
      assert.deepEqual(idsFound(engine, query), expected);
    }
  }
}

/** Of all pages, without facets: then another way may be taken. */
function idsFound(engine: Engine, query: SearchQuery): string[] {
  const ids: string[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = engine.search({ ...query, facets: false, cursor });
    ids.push(...page.hits.map(({ content }) => (JSON.parse(content) as ListingDocument).id));
    cursor = page.cursor;
    if (cursor === undefined) return ids;
  }
}

function writeOf(id: string, change: Partial<ListingDocument> | null, position: number): EncodedWrite {
  return { id, position, content: change === null ? undefined : JSON.stringify(listing(id, change)) };
}

function opened(file: string): Engine {
  const engine = new Engine(file);
  engine.load();
  return engine;
}

function fileFor(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'stockstream-search-'));
  t.after(() => rmSync(directory, { recursive: true }));
  return join(directory, 'search.sqlite');
}
