// One page of a search as Elasticsearch's request. Pages go on after the last hit's place in the sort, never by counting,
// so nothing is read again, however deep.
import type { estypes } from '@elastic/elasticsearch';
import { unreachable } from '../../../base/assert.ts';
import { type SearchQuery, type SearchSort, shardsOf } from '../search.ts';
import type { Part } from './asking.ts';
import { routingOf } from './bulk.ts';
import { filteredFacets, missingFacets, pageFacets } from './facets.ts';
import { allBut, baseFilters, facetFilters } from './filters.ts';
import { highlightRequest } from './highlights.ts';
import { isInTiers, type Place } from './place.ts';
import { type Meant, nothingElse, textQuery } from './text-query.ts';

type Query = estypes.QueryDslQueryContainer;

/** Exact up to here, as the port has it. */
const countedTo = 10_000;

/** The page, and what counts the facets that it can't. */
export function pageRequest(query: SearchQuery, { after, meant }: Place): readonly [page: Part, ...counts: Part[]] {
  const { filters, facets, limit } = query;
  const hiding = facetFilters(filters);
  const highlight = highlightRequest(query, meant);
  const page: Part = {
    header: within(filters.category),
    body: {
      query: scored(query, meant, [...baseFilters(filters), ...allBut(hiding, undefined)]),
      // One more than the page, to know whether there is another one.
      size: limit + 1,
      sort: [...(isInTiers(query, meant) ? [byScore] : []), byValue(query.sort), { id: 'asc' }],
      track_total_hits: countedTo,
      _source: ['listing'],
      ...(after && { search_after: [...after.values, after.id] }),
      ...(highlight && { highlight }),
      ...(facets && { aggs: pageFacets(hiding) }),
    },
  };
  return facets ? [page, ...countRequests(query, meant)] : [page];
}

/** Of facets that are filtered by. Other categories than the one that is filtered by are in any of the shards. */
function countRequests(query: SearchQuery, meant: Meant): Part[] {
  const { filters } = query;
  const { category, ...others } = filteredFacets(facetFilters(filters));
  const text = textQuery(query, meant);
  const found = [...baseFilters(filters), ...(text ? [text] : [])];
  return [
    ...(Object.keys(others).length > 0 ? [counting(found, others, filters.category)] : []),
    ...(category ? [counting(found, { category })] : []),
  ];
}

/** Of the names of attributes that a page has not told all values of. */
export function missingRequest(query: SearchQuery, meant: Meant, names: readonly string[]): Part {
  const { filters } = query;
  const text = textQuery(query, meant);
  const found = [...baseFilters(filters), ...allBut(facetFilters(filters), undefined), ...(text ? [text] : [])];
  return counting(found, missingFacets(names), filters.category);
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
