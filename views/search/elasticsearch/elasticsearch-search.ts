// The search port on Elasticsearch 8 and 9, for any number of workers and gateways. docs/decisions/0014-search.md says
// what lies where and why. An index is concrete: `<prefix>-<generation>`; aliases.ts leads a name to one of them.
import type { Client, estypes } from '@elastic/elasticsearch';
import type { Clock } from '../../../base/clock.ts';
import { StockstreamError } from '../../../base/errors.ts';
import { encodeCursor } from '../cursor.ts';
import type {
  Facets,
  ListingDocument,
  Search,
  SearchHit,
  SearchPage,
  SearchQuery,
  SearchWrite,
  Suggestions,
  SuggestQuery,
} from '../search.ts';
import { writeBulk } from './bulk.ts';
import { type Connection, makeClient } from './client.ts';
import { facetsFrom, missingAggregations, namesCutShort } from './facets.ts';
import { refusalFailure, searchFailure } from './failures.ts';
import { baseFilters, facetFilters, live } from './filters.ts';
import { highlightsFrom } from './highlights.ts';
import type { IndexShape } from './index-form.ts';
import { dropIndex, ensureIndex, type IndexOptions, remakeIndex, shapeOf } from './indices.ts';
import { counting, type Part, pageRequest, within } from './page-request.ts';
import { countRequest, likelierRequest, proposals } from './spelling.ts';
import { suggestionsFrom, suggestRequest } from './suggestions.ts';
import { textQuery } from './text-query.ts';

/** The index is made if it isn't there. For a process that only reads, it may be an alias. */
export interface ElasticsearchOptions extends Connection, IndexOptions {
  readonly clock: Clock;
}

/** Below so many hits another spelling is looked for. */
const few = 3;
const idsAtOnce = 1_000;

interface Stored {
  readonly listing: ListingDocument;
}

type Hit = estypes.SearchHit<Stored>;
type Answer = estypes.SearchResponse<Stored>;

/** @throws SEARCH_UNAVAILABLE, SEARCH_REFUSED */
export async function openElasticsearchSearch(options: ElasticsearchOptions): Promise<Search> {
  const client = makeClient(options);
  const shape = shapeOf(options);
  try {
    await ensureIndex(client, options.index, shape, options.logger);
  } catch (error) {
    await client.close();
    throw searchFailure(error);
  }
  return new ElasticsearchSearch(client, shape, options);
}

class ElasticsearchSearch implements Search {
  readonly #client: Client;
  readonly #shape: IndexShape;
  readonly #index: string;
  readonly #clock: Clock;
  #isClosed = false;

  constructor(client: Client, shape: IndexShape, { index, clock }: ElasticsearchOptions) {
    this.#client = client;
    this.#shape = shape;
    this.#index = index;
    this.#clock = clock;
  }

  async apply(writes: readonly SearchWrite[]): Promise<void> {
    await this.#attempt((client) => writeBulk({ client, index: this.#index, clock: this.#clock }, writes));
  }

  /** Nothing is left to do: what was acknowledged is synced to the disks of the shards. */
  async flush(): Promise<void> {}

  async search(query: SearchQuery): Promise<SearchPage> {
    const request = pageRequest(query);
    const [page, byCategory = page] = await this.#several(request);
    if (page === undefined) throw new Error('a search has an answer');
    const hits = distinct(page.hits.hits);
    const total = totalOf(page);
    const shown = hits.slice(0, query.limit);
    const [value, id] = shown.at(-1)?.sort ?? [];
    const hasMore = page.hits.hits.length > query.limit && value !== undefined && id !== undefined;
    const facets = query.facets ? await this.#facets(query, page, byCategory) : undefined;
    const isUnsure = total < few && query.terms.length > 0 && query.cursor === undefined;
    const didYouMean = isUnsure ? await this.#didYouMean(query, total) : undefined;
    return {
      hits: shown.map(hitOf),
      total,
      ...(facets && { facets }),
      ...(hasMore && { cursor: encodeCursor(query, [Number(value), String(id)]) }),
      ...(didYouMean !== undefined && { didYouMean }),
    };
  }

  async #facets(query: SearchQuery, page: Answer, byCategory: Answer | undefined): Promise<Facets> {
    const names = namesCutShort(page.aggregations);
    let missing: unknown;
    if (names.length > 0) {
      const { filters } = query;
      const text = textQuery(query);
      const filter = [...baseFilters(filters), ...(text ? [text] : [])];
      const aggs = missingAggregations(facetFilters(filters), names);
      const [counts] = await this.#several([counting(filter, aggs, filters.category)]);
      missing = counts?.aggregations;
    }
    return facetsFrom(page.aggregations, byCategory?.aggregations, missing);
  }

  async #didYouMean(query: SearchQuery, total: number): Promise<string | undefined> {
    const request = likelierRequest(query);
    if (request === undefined) return undefined;
    const answer = await this.#attempt((client) =>
      client.search({ ...request, ...within(query.filters.category), index: this.#index }),
    );
    const tries = proposals(query, answer);
    if (tries.length === 0) return undefined;
    const counts = await this.#several(tries.map((proposal) => countRequest(query, proposal)));
    return tries.find((_, index) => totalOf(counts[index]!) > total)?.text;
  }

  async suggest(query: SuggestQuery): Promise<Suggestions> {
    const request = suggestRequest(query);
    if (request === undefined) return { terms: [], products: [], categories: [] };
    const [products, categories] = await this.#several(request);
    return suggestionsFrom(query, listingsOf(products), listingsOf(categories));
  }

  async getMany(ids: readonly string[]): Promise<(ListingDocument | undefined)[]> {
    const found = new Map<string, ListingDocument>();
    for (let from = 0; from < ids.length; from += idsAtOnce) {
      const some = ids.slice(from, from + idsAtOnce);
      const query = { bool: { filter: [live, { terms: { id: some } }] } };
      // Twice as many: one that moves between shards may be seen in both for a moment.
      const listings = await this.#listings({ query, size: 2 * some.length });
      for (const listing of listings) found.set(listing.id, listing);
    }
    return ids.map((id) => found.get(id));
  }

  async scan(after: string | undefined, limit: number): Promise<readonly ListingDocument[]> {
    const query = { bool: { filter: [live] } };
    return await this.#listings({
      query,
      size: limit,
      sort: [{ id: 'asc' }],
      ...(after !== undefined && { search_after: [after] }),
    });
  }

  async #listings(request: estypes.SearchRequest): Promise<ListingDocument[]> {
    const answer = await this.#attempt((client) =>
      client.search<Stored>({
        ...request,
        ...strict,
        index: this.#index,
        track_total_hits: false,
        _source: ['listing'],
      }),
    );
    return listingsOf(answer);
  }

  async count(): Promise<number> {
    const { count } = await this.#attempt((client) => client.count({ index: this.#index, query: live }));
    return count;
  }

  async size(): Promise<number> {
    const { _all: all } = await this.#attempt((client) =>
      client.indices.stats({ index: this.#index, metric: 'store' }),
    );
    return all.total?.store?.size_in_bytes ?? 0;
  }

  async refresh(): Promise<void> {
    await this.#attempt((client) => client.indices.refresh({ index: this.#index }));
  }

  async clear(): Promise<void> {
    await this.#attempt((client) => remakeIndex(client, this.#index, this.#shape));
  }

  async remove(): Promise<void> {
    await this.#attempt((client) => dropIndex(client, this.#index));
    await this.close();
  }

  async ping(): Promise<void> {
    await this.#attempt((client) => client.indices.exists({ index: this.#index }));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#client.close();
  }

  /** Searches that are sent together. If one of them fails, all do. */
  async #several(parts: readonly Part[]): Promise<Answer[]> {
    const { responses } = await this.#attempt((client) =>
      client.msearch<Stored>({
        index: this.#index,
        searches: parts.flatMap(({ header, body }) => [{ ...header, ...strict }, body]),
      }),
    );
    return responses.map((answer) => {
      if (!('error' in answer)) return answer;
      const { status = 0, error } = answer;
      const { type, reason } = error.root_cause?.[0] ?? error;
      throw refusalFailure({ status, type, reason: reason ?? 'it says no more' });
    });
  }

  async #attempt<Result>(work: (client: Client) => Promise<Result>): Promise<Result> {
    if (this.#isClosed) throw new StockstreamError('SEARCH_UNAVAILABLE', { reason: 'it was closed' });
    try {
      return await work(this.#client);
    } catch (error) {
      throw searchFailure(error);
    }
  }
}

/** Rather no answer than one that lacks what is in a shard that is away. */
const strict = { allow_partial_search_results: false } as const;

function hitOf({ _source: source, highlight }: Hit): SearchHit {
  return { listing: source!.listing, highlights: highlightsFrom(highlight) };
}

function listingsOf(answer: Answer | undefined): ListingDocument[] {
  return distinct(answer?.hits.hits ?? []).map(({ _source: source }) => source!.listing);
}

/** One that moves between shards may be seen in both for a moment. */
function distinct(hits: readonly Hit[]): Hit[] {
  const byId = new Map<string | undefined, Hit>();
  for (const hit of hits) if (!byId.has(hit._id)) byId.set(hit._id, hit);
  return [...byId.values()];
}

function totalOf({ hits: { total = 0 } }: Answer): number {
  return typeof total === 'number' ? total : total.value;
}
