// One page of a search as Elasticsearch's request. Pages go on after the last hit's place in the sort, never by counting,
// so nothing is read again, however deep.
import type { estypes } from '@elastic/elasticsearch';
import { unreachable } from '../../../base/assert.ts';
import { type SearchQuery, type SearchSort, shardsOf } from '../search.ts';
import type { Part } from './asking.ts';
import { routingOf } from './bulk.ts';
import { categoryAggregation, facetAggregations } from './facets.ts';
import { allBut, baseFilters, facetFilters } from './filters.ts';
import { highlightRequest } from './highlights.ts';
import { isInTiers, type Place } from './place.ts';
import { type Meant, nothingElse, textQuery } from './text-query.ts';

type Query = estypes.QueryDslQueryContainer;

/** Exact up to here, as the port has it. */
const countedTo = 10_000;

/** The page; with facets of a query within a category also the counts of all categories, for which all shards are asked. */
export function pageRequest(
  query: SearchQuery,
  { after, meant }: Place,
): { readonly page: Part; readonly categories?: Part } {
  const { filters, facets, limit } = query;
  const hiding = facetFilters(filters);
  const base = baseFilters(filters);
  const all = allBut(hiding, undefined);
  const highlight = highlightRequest(query, meant);
  const isCut = filters.category !== undefined;
  const aggs = { ...facetAggregations(hiding), ...(!isCut && categoryAggregation(hiding)) };
  const page: Part = {
    header: within(filters.category),
    body: {
      query: scored(query, meant, facets ? base : [...base, ...all]),
      // One more than the page, to know whether there is another one.
      size: limit + 1,
      sort: [...(isInTiers(query, meant) ? [byScore] : []), byValue(query.sort), { id: 'asc' }],
      track_total_hits: countedTo,
      _source: ['listing'],
      ...(after && { search_after: [...after.values, after.id] }),
      ...(highlight && { highlight }),
      ...(facets && { aggs, post_filter: { bool: { filter: all } } }),
    },
  };
  if (!facets || !isCut) return { page };
  const text = textQuery(query, meant);
  return { page, categories: counting([...base, ...(text ? [text] : [])], categoryAggregation(hiding)) };
}

/** A search for nothing but counts. The engine remembers their results until something changes. */
export function counting(filter: Query[], aggs: Part['body']['aggs'], category?: string): Part {
  return {
    header: within(category),
    body: { query: { bool: { filter } }, size: 0, track_total_hits: false, ...(aggs && { aggs }) },
  };
}

/** A category's listings are in few shards: only those are asked. */
export function within(category: string | undefined): Part['header'] {
  if (category === undefined) return {};
  return { routing: shardsOf(category).map(routingOf).join() };
}

function scored(query: SearchQuery, meant: Meant, filter: Query[]): Query {
  const text = textQuery(query, meant);
  const { popularity, rating, stock } = query.weights;
  if (query.sort === 'relevance') {
    const params = { popularity, rating, stock, half };
    return {
      script_score: {
        query: { bool: { filter, must: [text ?? { match_all: {} }] } },
        script: { source: blend, params },
      },
    };
  }
  const exact = isInTiers(query, meant) ? textQuery(query, nothingElse) : undefined;
  return {
    bool: {
      filter: text ? [...filter, text] : filter,
      ...(exact && { should: [{ constant_score: { filter: exact } }] }),
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

const byScore: estypes.SortCombinations = { _score: { order: 'desc' } };

function byValue(sort: SearchSort): estypes.SortCombinations {
  switch (sort) {
    case 'relevance':
      return byScore;
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
