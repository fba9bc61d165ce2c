// One search: match, filter, count, take the best, tell them.
import { StockstreamError } from '../../../base/errors.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import type { ListingDocument, SearchFilters, SearchQuery } from '../search.ts';
import type { EncodedPage } from './calls.ts';
import type { Columns } from './columns.ts';
import { otherSpelling } from './did-you-mean.ts';
import { FacetCounter } from './facet-counter.ts';
import { excerpt, highlighted, type Sought } from './highlight.ts';
import { type Found, Matcher } from './match.ts';
import type { SearchTables } from './search-tables.ts';
import { failures, SlotFilter } from './slot-filter.ts';
import { sortKeyOf } from './sort-keys.ts';
import { type SoughtTerm, TermReader } from './terms.ts';
import { type PageEnd, TopSlots } from './top-slots.ts';

/** With fewer found another spelling is looked for. */
const fewFound = 3;

type Look = (slot: number, failure: number, index: number) => void;

export class Searcher {
  readonly #tables: SearchTables;
  readonly #columns: Columns;
  readonly #matcher: Matcher;

  constructor(tables: SearchTables, columns: Columns) {
    this.#tables = tables;
    this.#columns = columns;
    this.#matcher = new Matcher(tables, columns);
  }

  /** @throws SEARCH_CURSOR_INVALID, SEARCH_UNAVAILABLE, SEARCH_STORAGE_FAILED */
  search(query: SearchQuery): EncodedPage {
    const after = query.cursor === undefined ? undefined : pageEndOf(query, query.cursor);
    const columns = this.#columns;
    const reader = new TermReader(this.#tables, query.language);
    const terms = query.terms.map((term) => reader.read(term));
    const weights = query.sort === 'relevance' ? query.weights : undefined;
    const found = terms.length === 0 ? undefined : this.#matcher.match(terms, weights);
    const filter = new SlotFilter(columns, query.filters);
    const counter = query.facets ? new FacetCounter(columns) : undefined;
    // One more than the page, to know whether there is another one.
    const top = new TopSlots(columns.ids, query.limit + 1, after);
    const keyOf = sortKeyOf(query, columns, found);
    let total = 0;
    this.#look(found, filter, (slot, failure, index) => {
      counter?.count(slot, failure);
      if (failure !== failures.none) return;
      total++;
      top.offer(slot, keyOf(slot, index));
    });
    const best = top.take();
    const page = best.slice(0, query.limit);
    const last = page.at(-1);
    const isLast = last === undefined || best.length === page.length;
    const count = (spelled: readonly SoughtTerm[]) => this.#count(spelled, query.filters);
    return {
      hits: page.map(({ slot }) => this.#hit(slot, reader.sought, query.language)),
      total,
      facets: counter?.facets(filter.attributes),
      cursor: isLast ? undefined : encodeCursor(query, [last.key, columns.ids[last.slot]!]),
      didYouMean: total < fewFound ? otherSpelling(reader, query, { total, count }) : undefined,
    };
  }

  /** Looks at what was found, or at every listing, but for what the filter hides. */
  #look(found: Found | undefined, filter: SlotFilter, look: Look): void {
    const length = found?.slots.length ?? this.#columns.size;
    for (let index = 0; index < length; index++) {
      const slot = found === undefined ? index : found.slots[index]!;
      const failure = filter.failure(slot);
      if (failure !== failures.hidden) look(slot, failure, index);
    }
  }

  /** How many listings have `terms` and pass the filters. */
  #count(terms: readonly SoughtTerm[], filters: SearchFilters): number {
    let count = 0;
    this.#look(this.#matcher.match(terms, undefined), new SlotFilter(this.#columns, filters), (_, failure) => {
      if (failure === failures.none) count++;
    });
    return count;
  }

  #hit(slot: number, sought: Sought, language: string): EncodedPage['hits'][number] {
    const content = this.#tables.contentOf(slot);
    const listing: ListingDocument = JSON.parse(content);
    const shared = listing.language === language ? language : undefined;
    const title = highlighted(listing.title, sought, shared);
    const description = excerpt(listing.description, sought, shared);
    const highlights = { ...(title !== undefined && { title }), ...(description !== undefined && { description }) };
    return { content, highlights };
  }
}

function pageEndOf(query: SearchQuery, cursor: string): PageEnd {
  const [key, id] = decodeCursor(query, cursor, 2);
  if (typeof key !== 'number' || typeof id !== 'string') throw new StockstreamError('SEARCH_CURSOR_INVALID');
  return { key, id };
}
