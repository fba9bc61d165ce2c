// The part of the search suite about pages and the cursors that lead from one to the next.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { isStockstreamError } from '../../base/errors.ts';
import type { Search, SearchQuery } from '../../views/search/search.ts';
import { type Asked, fill, found, idsOf, listing, type OpenSearch, put, queryFor, remove } from './search-listings.ts';

const sorts = ['relevance', 'price_asc', 'price_desc', 'rating', 'newest', 'popularity'] as const;
const words = ['anchor', 'blanket', 'copper'];

const row = (index: number, over: object = {}) =>
  listing(`row-${String(index).padStart(2, '0')}`, {
    title: `Anchor ${words[index % 3]}`,
    category: `Top ${index % 4}/Sub ${index % 5}`,
    price: { amount: 100 * (index % 7), currency: 'EUR' },
    rating: 100 * (index % 6),
    ratings: index % 6,
    popularity: index % 8,
    popularityRange: index % 8,
    createdAt: 1_000 * index,
    ...over,
  });
const rows = Array.from({ length: 50 }, (_, index) => row(index));

export function cursors(open: OpenSearch): void {
  for (const sort of sorts) {
    it(`lead through the sorted list, and none from its last page: ${sort}`, async () => {
      const search = await open();
      await fill(search, rows);
      for (const text of ['', 'anchor', 'anchor blanket', 'ancor']) {
        const whole = await found(search, text, { sort });
        for (const limit of [1, 7, whole.length]) {
          assert.deepEqual(await pages(search, queryFor(text, { sort, limit })), whole, `${text} ${limit}`);
        }
      }
    });
  }

  it('neither repeat nor skip while listings come and go', async () => {
    const search = await open();
    await fill(search, rows.slice(0, 10));
    const query = queryFor('', { sort: 'newest', limit: 3 });
    const first = await search.search(query);
    assert.deepEqual(idsOf(first), ['row-09', 'row-08', 'row-07']);
    await search.apply([
      put(20, row(60)),
      put(21, row(61, { createdAt: 6_500 })),
      remove(22, row(7)),
      remove(23, row(5)),
    ]);
    await search.refresh();
    const second = await search.search({ ...query, cursor: first.cursor });
    assert.deepEqual(idsOf(second), ['row-61', 'row-06', 'row-04']);
  });

  it('lead on with another page size, with facets, other ways of delivery, other weights and synonyms', async () => {
    const search = await open();
    await fill(search, rows.slice(0, 10));
    const delivery = [{ warehouse: 'berlin', maxWeightGrams: 1_000, hazardous: false }];
    const query = queryFor('anchor', { sort: 'newest', limit: 3, delivery });
    const { cursor } = await search.search(query);
    const next = await search.search({
      ...query,
      cursor,
      limit: 2,
      facets: true,
      terms: [{ text: 'anchor', synonyms: ['hook'] }],
      weights: { ...query.weights, title: 1 },
      filters: { delivery: [...delivery, { ...delivery[0]!, warehouse: 'oslo' }] },
    });
    assert.deepEqual(idsOf(next), ['row-06', 'row-05']);
    assert.equal(next.total, 10);
    assert.equal(next.facets?.stock.all, 10);
  });

  it('are refused if made up, cut, or of another search', async () => {
    const search = await open();
    await fill(search, rows.slice(0, 10));
    const asked: Asked = { sort: 'price_asc', limit: 3, brands: [''], attributes: {} };
    const query = { ...queryFor('anchor', { sort: 'price_asc', limit: 3 }) };
    const { cursor } = await search.search(query);
    assert.ok(cursor);
    const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const parsed: unknown[] = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    const bad = [
      '',
      'nonsense',
      '!!',
      cursor.slice(0, -4),
      encoded(null),
      encoded({}),
      encoded([]),
      encoded([1, 2, 3]),
    ];
    bad.push(encoded(parsed.slice(0, -1)), encoded([...parsed, 1]), encoded(['other', ...parsed.slice(1)]));
    for (const text of bad) await assert.rejects(search.search({ ...query, cursor: text }), invalid, text);
    const others: SearchQuery[] = [
      queryFor('anchors', { sort: 'price_asc' }),
      queryFor('anchor anchor', { sort: 'price_asc' }),
      queryFor('anchor', { sort: 'price_desc' }),
      queryFor('anchor', { sort: 'price_asc', language: 'de' }),
      queryFor('anchor', { sort: 'price_asc', inStock: false }),
      queryFor('anchor', { sort: 'price_asc', category: 'Top 1' }),
      queryFor('anchor', { sort: 'price_asc', attributes: { a: ['b'] } }),
      queryFor('anchor', asked),
    ];
    for (const other of others) await assert.rejects(search.search({ ...other, cursor }), invalid);
  });
}

async function pages(search: Search, query: SearchQuery): Promise<string[]> {
  const ids: string[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await search.search({ ...query, cursor });
    ids.push(...idsOf(page));
    assert.ok(page.hits.length === query.limit || page.cursor === undefined, 'a short page has no next one');
    assert.ok(ids.length <= page.total, 'pages come to an end');
    cursor = page.cursor;
    if (cursor === undefined) return ids;
  }
}

function invalid(error: unknown): boolean {
  return isStockstreamError(error, 'SEARCH_CURSOR_INVALID') && error.status === 400;
}
