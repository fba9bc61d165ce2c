// A search for tests of what stands before it: finds whole words of titles by looking at every listing. It keeps the last
// query, and can be told to fail. It knows no guards, no forms and no typos.
import { StockstreamError } from '../../base/errors.ts';
import type {
  ListingDocument,
  Search,
  SearchPage,
  SearchQuery,
  SearchWrite,
  Suggestions,
  SuggestQuery,
} from '../../views/search/search.ts';
import { facetsOf, scanned, sortedBy } from '../conformance/search-scan.ts';

export class MemorySearch implements Search {
  readonly #listings = new Map<string, ListingDocument>();
  lastQuery: SearchQuery | undefined;
  didYouMean: string | undefined;
  isAway = false;

  async apply(writes: readonly SearchWrite[]): Promise<void> {
    for (const write of writes) {
      if (write.kind === 'put') this.#listings.set(write.id, write.listing);
      else this.#listings.delete(write.id);
    }
  }

  async search(query: SearchQuery): Promise<SearchPage> {
    this.#look();
    this.lastQuery = query;
    const all = this.#all().map((each) => ({ ...each, title: each.title.toLowerCase() }));
    const found = sortedBy(query.sort, scanned(all, query));
    const from = query.cursor === undefined ? 0 : Number(query.cursor);
    if (!Number.isInteger(from)) throw new StockstreamError('SEARCH_CURSOR_INVALID');
    const to = from + query.limit;
    return {
      hits: found.slice(from, to).map(({ id }) => ({ listing: this.#listings.get(id)!, highlights: {} })),
      total: found.length,
      facets: query.facets ? facetsOf(all, query) : undefined,
      cursor: to < found.length ? String(to) : undefined,
      didYouMean: this.didYouMean,
    };
  }

  async suggest({ text, limit }: SuggestQuery): Promise<Suggestions> {
    this.#look();
    const found = this.#all().filter(({ title }) => title.toLowerCase().startsWith(text.toLowerCase()));
    return {
      terms: found.slice(0, limit).map(({ title }) => title.toLowerCase()),
      products: found.slice(0, limit).map(({ id, title, image }) => ({ id, title, image })),
      categories: found.slice(0, limit).map(({ category }) => category),
    };
  }

  async getMany(ids: readonly string[]): Promise<(ListingDocument | undefined)[]> {
    return ids.map((id) => this.#listings.get(id));
  }

  async scan(after: string | undefined, limit: number): Promise<readonly ListingDocument[]> {
    return this.#all()
      .filter(({ id }) => after === undefined || id > after)
      .slice(0, limit);
  }

  async count(): Promise<number> {
    return this.#listings.size;
  }

  async size(): Promise<number> {
    return this.#listings.size;
  }

  async clear(): Promise<void> {
    this.#listings.clear();
  }

  async ping(): Promise<void> {
    this.#look();
  }

  async refresh(): Promise<void> {}
  async flush(): Promise<void> {}
  async close(): Promise<void> {}
  async remove(): Promise<void> {}

  #all(): ListingDocument[] {
    return sortedBy('relevance', [...this.#listings.values()]);
  }

  #look(): void {
    if (this.isAway) throw new StockstreamError('SEARCH_UNAVAILABLE', { reason: 'it is away' });
  }
}
