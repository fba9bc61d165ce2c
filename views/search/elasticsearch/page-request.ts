// One page of a search as Elasticsearch's request. Pages go on after the last hit's place in the sort, never by counting,
// so nothing is read again, however deep.
import type { estypes } from '@elastic/elasticsearch';
import { unreachable } from '../../../base/assert.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import { type SearchQuery, type SearchSort, shardsOf } from '../search.ts';
import type { Part } from './asking.ts';
import { routingOf } from './bulk.ts';
import { categoryAggregation, facetAggregations } from './facets.ts';
import { allBut, baseFilters, facetFilters } from './filters.ts';
import { highlightRequest } from './highlights.ts';
import { textQuery, wordsOf } from './text-query.ts';

type Query = estypes.QueryDslQueryContainer;

/** Exact up to here, as the port has it. */
const countedTo = 10_000;

/** Where a page ended, and in which words mistakes were forgiven: the next page must be of the same list. */
export interface Place {
  readonly after: readonly [value: number, id: string] | undefined;
  readonly mistyped: readonly string[];
}

/** The page; with facets of a query within a category also the counts of all categories, for which all shards are asked. */
export function pageRequest(
  query: SearchQuery,
  { after, mistyped }: Place,
): { readonly page: Part; readonly categories?: Part } {
  const { filters, facets, limit } = query;
  const hiding = facetFilters(filters);
  const text = textQuery(query, mistyped);
  const base = baseFilters(filters);
  const highlight = highlightRequest(query, mistyped);
  const isCut = filters.category !== undefined;
  const aggs = { ...facetAggregations(hiding), ...(!isCut && categoryAggregation(hiding)) };
  const page: Part = {
    header: within(filters.category),
    body: {
      query: scored(query, text, facets ? base : [...base, ...allBut(hiding, undefined)]),
      // One more than the page, to know whether there is another one.
      size: limit + 1,
      sort: sortOf(query.sort),
      track_total_hits: countedTo,
      _source: ['listing'],
      ...(after && { search_after: [...after] }),
      ...(highlight && { highlight }),
      ...(facets && { aggs, post_filter: { bool: { filter: allBut(hiding, undefined) } } }),
    },
  };
  if (!facets || !isCut) return { page };
  return { page, categories: counting([...base, ...(text ? [text] : [])], categoryAggregation(hiding)) };
}

/** A search for nothing but counts. The engine remembers their results until something changes. */
export function counting(filter: Query[], aggs: estypes.MsearchMultisearchBody['aggs'], category?: string): Part {
  return {
    header: within(category),
    body: { query: { bool: { filter } }, size: 0, track_total_hits: false, ...(aggs && { aggs }) },
  };
}

/** A category's listings are in few shards: only those are asked. */
export function within(category: string | undefined): estypes.MsearchMultisearchHeader {
  if (category === undefined) return {};
  return { routing: shardsOf(category).map(routingOf).join() };
}

export function cursorOf(query: SearchQuery, { after, mistyped }: Place): string | undefined {
  return after && encodeCursor(query, [...after, mistyped.join(' ')]);
}

/** @throws SEARCH_CURSOR_INVALID */
export function placeOf(query: SearchQuery, cursor: string): Place {
  // Every cursor that we made has these.
  const [value, id, mistyped] = decodeCursor(query, cursor, 3);
  return { after: [Number(value), String(id)], mistyped: wordsOf(String(mistyped)) };
}

function scored({ sort, weights }: SearchQuery, text: Query | undefined, filter: Query[]): Query {
  if (sort !== 'relevance') return { bool: { filter: text ? [...filter, text] : filter } };
  const { popularity, rating, stock } = weights;
  return {
    script_score: {
      query: { bool: { filter, must: [text ?? { match_all: {} }] } },
      script: { source: blend, params: { popularity, rating, stock, half } },
    },
  };
}

/**
 * Where the text counts half: beyond it more fields that have the words say less and less, as BM25 has it of more
 * occurrences.
 */
const half = 0.15;
const parts = ['popularity', 'rating', 'stock'].map((part) => `params.${part} * doc['blend.${part}'].value`);
const blend = `_score / (_score + params.half) * (1 + ${parts.join(' + ')})`;

function sortOf(sort: SearchSort): estypes.SortCombinations[] {
  return [byValue(sort), { id: 'asc' }];
}

function byValue(sort: SearchSort): estypes.SortCombinations {
  switch (sort) {
    case 'relevance':
      return { _score: { order: 'desc' } };
    case 'price_asc':
      return { price: 'asc' };
    case 'price_desc':
      return { price: 'desc' };
    case 'rating':
      return { rating: 'desc' };
    case 'newest':
      return { createdAt: 'desc' };
    case 'popularity':
      return { popularity: 'desc' };
    default:
      return unreachable(sort);
  }
}
