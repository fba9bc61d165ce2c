// How a page is found: first by the words as they are; if hardly anything has them, also by what the rare ones may mean; and
// if that finds nearly nothing, with a proposal. Most queries end with the first step.
import type { Facets, SearchPage, SearchQuery } from '../search.ts';
import { type Answer, type Ask, hitsOf, listingOf, totalOf } from './asking.ts';
import { facetsFrom, namesCutShort } from './facets.ts';
import { highlightsFrom } from './highlights.ts';
import { missingRequest, pageRequest } from './page-request.ts';
import { beginning, cursorAfter, type Place, placeOf } from './place.ts';
import {
  type Counts,
  countsRequest,
  fewListings,
  meantBy,
  mostMistakes,
  proposalRequest,
  proposals,
  rareIn,
  rareWords,
  similarRequest,
} from './spelling.ts';

/** Below so many hits another spelling is proposed. */
const few = 3;

/** @throws SEARCH_UNAVAILABLE, SEARCH_REFUSED, SEARCH_CURSOR_INVALID */
export async function findPage(ask: Ask, query: SearchQuery): Promise<SearchPage> {
  if (query.cursor !== undefined) return await pageAt(ask, query, placeOf(query, query.cursor));
  const exact = await pageAt(ask, query, beginning);
  return exact.total < fewListings ? await forgiving(ask, query, exact) : exact;
}

async function forgiving(ask: Ask, query: SearchQuery, exact: SearchPage): Promise<SearchPage> {
  const request = countsRequest(query);
  if (request === undefined) return exact;
  const rare = rareIn((await ask([request]))[0]);
  if (rare.size === 0) return exact;
  const words = rareWords(rare, (await ask([similarRequest(rare, query)]))[0]);
  const meant = meantBy(words);
  const page = meant.size === 0 ? exact : await pageAt(ask, query, { after: undefined, meant });
  if (page.total >= few) return page;
  const didYouMean = await likelier(ask, query, { rare, total: page.total });
  return didYouMean === undefined ? page : { ...page, didYouMean };
}

async function pageAt(ask: Ask, query: SearchQuery, place: Place): Promise<SearchPage> {
  const [page, ...counts] = await ask(pageRequest(query, place));
  const hits = hitsOf(page).slice(0, query.limit);
  const { sort: last = [] } = hits.at(-1) ?? {};
  const after = { values: last.slice(0, -1).map(Number), id: String(last.at(-1)) };
  const hasMore = page.hits.hits.length > query.limit;
  return {
    hits: hits.map((hit) => ({ listing: listingOf(hit), highlights: highlightsFrom(hit.highlight) })),
    total: totalOf(page),
    ...(query.facets && { facets: await facetsOf(ask, { query, place, answers: [page, ...counts] }) }),
    ...(hasMore && { cursor: cursorAfter(query, place.meant, after) }),
  };
}

async function facetsOf(
  ask: Ask,
  { query, place, answers }: { readonly query: SearchQuery; readonly place: Place; readonly answers: Answer[] },
): Promise<Facets> {
  const found = Object.assign({}, ...answers.map(({ aggregations }) => aggregations)) as object;
  const names = namesCutShort(found);
  if (names.length === 0) return facetsFrom(found);
  const [missing] = await ask([missingRequest(query, place.meant, names)]);
  return facetsFrom({ ...missing.aggregations, ...found });
}

async function likelier(
  ask: Ask,
  query: SearchQuery,
  { rare, total }: { readonly rare: Counts; readonly total: number },
): Promise<string | undefined> {
  const [answer] = await ask([similarRequest(rare, query, mostMistakes)]);
  const tries = proposals(query, rareWords(rare, answer));
  if (tries.length === 0) return undefined;
  const counts = await ask(tries.map((each) => proposalRequest(query, each)));
  return tries.find((_, index) => totalOf(counts[index]!) > total)?.text;
}
