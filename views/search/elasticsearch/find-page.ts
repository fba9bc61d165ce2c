// How a page is found: first by the words as they are; if hardly anything has them, also by what is like those that are
// rare; and if that finds nearly nothing, with a proposal. Most queries end with the first step.
import type { SearchPage, SearchQuery } from '../search.ts';
import { type Answer, type Ask, hitsOf, listingOf, totalOf } from './asking.ts';
import { facetsFrom, missingAggregations, namesCutShort } from './facets.ts';
import { baseFilters, facetFilters } from './filters.ts';
import { highlightsFrom } from './highlights.ts';
import { counting, cursorOf, type Place, pageRequest, placeOf } from './page-request.ts';
import {
  countsRequest,
  fewListings,
  likelierRequest,
  proposalRequest,
  proposals,
  type RareWords,
  rareWords,
} from './spelling.ts';
import { textQuery } from './text-query.ts';

/** Below so many hits another spelling is proposed. */
const few = 3;

/** @throws SEARCH_UNAVAILABLE, SEARCH_REFUSED, SEARCH_CURSOR_INVALID */
export async function findPage(ask: Ask, query: SearchQuery): Promise<SearchPage> {
  if (query.cursor !== undefined) return await pageAt(ask, query, placeOf(query, query.cursor));
  const exact = await pageAt(ask, query, { after: undefined, mistyped: [] });
  return exact.total < fewListings ? await forgiving(ask, query, exact) : exact;
}

async function forgiving(ask: Ask, query: SearchQuery, exact: SearchPage): Promise<SearchPage> {
  const request = countsRequest(query);
  if (request === undefined) return exact;
  const rare = rareWords((await ask([request]))[0]);
  if (rare.size === 0) return exact;
  const page = await pageAt(ask, query, { after: undefined, mistyped: [...rare.keys()] });
  if (page.total >= few) return page;
  const didYouMean = await likelier(ask, query, { rare, total: page.total });
  return didYouMean === undefined ? page : { ...page, didYouMean };
}

async function pageAt(ask: Ask, query: SearchQuery, place: Place): Promise<SearchPage> {
  const { page: request, categories } = pageRequest(query, place);
  const [page, byCategory = page] = await ask(categories ? [request, categories] : [request]);
  const hits = hitsOf(page).slice(0, query.limit);
  const [value, id] = hits.at(-1)?.sort ?? [];
  const hasMore = page.hits.hits.length > query.limit;
  const cursor = hasMore ? cursorOf(query, { ...place, after: [Number(value), String(id)] }) : undefined;
  const facets = query.facets
    ? facetsFrom(page.aggregations, byCategory.aggregations, await missingFacets(ask, query, { page, place }))
    : undefined;
  return {
    hits: hits.map((hit) => ({ listing: listingOf(hit), highlights: highlightsFrom(hit.highlight) })),
    total: totalOf(page),
    ...(facets && { facets }),
    ...(cursor !== undefined && { cursor }),
  };
}

/** Attributes with so many values that the page hasn't all of them. */
async function missingFacets(
  ask: Ask,
  query: SearchQuery,
  { page, place }: { readonly page: Answer; readonly place: Place },
): Promise<unknown> {
  const names = namesCutShort(page.aggregations);
  if (names.length === 0) return undefined;
  const { filters } = query;
  const text = textQuery(query, place.mistyped);
  const filter = [...baseFilters(filters), ...(text ? [text] : [])];
  const aggs = missingAggregations(facetFilters(filters), names);
  const [counts] = await ask([counting(filter, aggs, filters.category)]);
  return counts.aggregations;
}

async function likelier(
  ask: Ask,
  query: SearchQuery,
  { rare, total }: { readonly rare: RareWords; readonly total: number },
): Promise<string | undefined> {
  const [answer] = await ask([likelierRequest(rare, query)]);
  const tries = proposals(query, rare, answer);
  if (tries.length === 0) return undefined;
  const counts = await ask(tries.map((each) => proposalRequest(query, each)));
  return tries.find((_, index) => totalOf(counts[index]!) > total)?.text;
}
