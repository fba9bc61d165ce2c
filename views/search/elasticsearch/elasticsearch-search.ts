// The search port on Elasticsearch 8 and 9, for any number of workers and gateways. docs/decisions/0014-search.md says
// what lies where and why. An index is concrete: `<prefix>-<generation>`; aliases.ts leads a name to one of them.
import type { Client } from '@elastic/elasticsearch';
import type { Clock } from '../../../base/clock.ts';
import { StockstreamError } from '../../../base/errors.ts';
import type {
  ListingDocument,
  Search,
  SearchPage,
  SearchQuery,
  SearchWrite,
  Suggestions,
  SuggestQuery,
} from '../search.ts';
import { type Ask, askFor, hitsOf, listingOf, type Part } from './asking.ts';
import { writeBulk } from './bulk.ts';
import { type Connection, makeClient } from './client.ts';
import { searchFailure } from './failures.ts';
import { live } from './filters.ts';
import { findPage } from './find-page.ts';
import type { IndexShape } from './index-form.ts';
import { dropIndex, ensureIndex, type IndexOptions, remakeIndex, shapeOf } from './indices.ts';
import { suggestionsFrom, suggestRequest } from './suggestions.ts';

/** The index is made if it isn't there. For a process that only reads, it may be an alias. */
export interface ElasticsearchOptions extends Connection, IndexOptions {
  readonly clock: Clock;
}

const idsAtOnce = 1_000;

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
  readonly #ask: Ask;
  #isClosed = false;

  constructor(client: Client, shape: IndexShape, { index, clock }: ElasticsearchOptions) {
    this.#client = client;
    this.#shape = shape;
    this.#index = index;
    this.#clock = clock;
    this.#ask = ((parts) => this.#attempt(() => askFor(client, index, parts))) as Ask;
  }

  async apply(writes: readonly SearchWrite[]): Promise<void> {
    await this.#attempt((client) => writeBulk({ client, index: this.#index, clock: this.#clock }, writes));
  }

  /** Nothing is left to do: what was acknowledged is synced to the disks of the shards. */
  async flush(): Promise<void> {}

  async search(query: SearchQuery): Promise<SearchPage> {
    return await findPage(this.#ask, query);
  }

  async suggest(query: SuggestQuery): Promise<Suggestions> {
    const request = suggestRequest(query);
    if (request === undefined) return { terms: [], products: [], categories: [] };
    const [products, categories] = await this.#ask(request);
    return suggestionsFrom(query, hitsOf(products).map(listingOf), hitsOf(categories).map(listingOf));
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

  async #listings(body: Part['body']): Promise<ListingDocument[]> {
    const [answer] = await this.#ask([
      { header: {}, body: { ...body, track_total_hits: false, _source: ['listing'] } },
    ]);
    return hitsOf(answer).map(listingOf);
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

  async #attempt<Result>(work: (client: Client) => Promise<Result>): Promise<Result> {
    if (this.#isClosed) throw new StockstreamError('SEARCH_UNAVAILABLE', { reason: 'it was closed' });
    try {
      return await work(this.#client);
    } catch (error) {
      throw searchFailure(error);
    }
  }
}
