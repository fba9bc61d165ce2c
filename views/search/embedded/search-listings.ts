// One search: match, filter, count, take the best, tell them.
import { StockstreamError } from '../../../base/errors.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import type { ListingDocument, SearchFilters, SearchQuery } from '../search.ts';
import type { EncodedPage } from './calls.ts';
import { otherSpelling } from './did-you-mean.ts';
import { type ExpandedTerm, Expander } from './expand.ts';
import { FacetCounter } from './facet-counter.ts';
import { excerpt, highlighted, type Sought } from './highlight.ts';
import type { ListingFile } from './listing-file.ts';
import { Matcher } from './match.ts';
import type { MemoryIndex } from './memory-index.ts';
import { hidden, SlotFilter } from './slot-filter.ts';
import type { ScoreSets, SlotScores } from './slot-scores.ts';
import { sortKeyOf } from './sort-keys.ts';
import { type PageEnd, TopSlots } from './top-slots.ts';

/** With fewer found another spelling is looked for. */
const fewFound = 3;

export class Searcher {
  readonly #file: ListingFile;
  readonly #index: MemoryIndex;
  readonly #matcher: Matcher;

  constructor(file: ListingFile, index: MemoryIndex, sets: ScoreSets) {
    this.#file = file;
    this.#index = index;
    this.#matcher = new Matcher(index, sets);
  }

  /** @throws SEARCH_CURSOR_INVALID, SEARCH_UNAVAILABLE, SEARCH_STORAGE_FAILED */
  search(query: SearchQuery): EncodedPage {
    const after = query.cursor === undefined ? undefined : pageEndOf(query, query.cursor);
    const { columns } = this.#index;
    const expander = new Expander(this.#index, query.language);
    const terms = query.terms.map((term) => expander.expand(term));
    const scores = terms.length === 0 ? undefined : this.#matcher.match(terms, query.weights);
    const filter = new SlotFilter(columns, query.filters);
    const counter = query.facets ? new FacetCounter(columns, filter) : undefined;
    // One more than the page, to know whether there is another one.
    const top = new TopSlots(this.#index.ids, query.limit + 1, after);
    const keyOf = sortKeyOf(query, columns, scores);
    let total = 0;
    this.#eachMatch(scores, (slot) => {
      const failure = filter.failures(slot);
      if (failure === hidden) return;
      counter?.count(slot, failure);
      if (failure !== 0) return;
      total++;
      top.offer(slot, keyOf(slot));
    });
    const best = top.take();
    const page = best.slice(0, query.limit);
    const last = page.at(-1);
    const isLast = last === undefined || best.length === page.length;
    const count = (terms: readonly ExpandedTerm[]) => this.#count(terms, query.filters);
    return {
      hits: page.map(({ slot }) => this.#hit(slot, expander.sought, query.language)),
      total,
      facets: counter?.facets(),
      cursor: isLast ? undefined : encodeCursor(query, [last.key, this.#index.ids.idOf(last.slot)]),
      didYouMean: total < fewFound ? otherSpelling(this.#index, query, { total, count }) : undefined,
    };
  }

  #eachMatch(scores: SlotScores | undefined, look: (slot: number) => void): void {
    if (scores !== undefined) {
      const { slots, length } = scores;
      for (let index = 0; index < length; index++) look(slots[index]!);
      return;
    }
    const { live } = this.#index.columns;
    const { size } = this.#index.ids;
    for (let slot = 0; slot < size; slot++) if (live[slot] === 1) look(slot);
  }

  /** How many listings have `terms` and pass the filters. */
  #count(terms: readonly ExpandedTerm[], filters: SearchFilters): number {
    const filter = new SlotFilter(this.#index.columns, filters);
    let total = 0;
    this.#eachMatch(this.#matcher.match(terms, noWeights), (slot) => {
      if (filter.failures(slot) === 0) total++;
    });
    return total;
  }

  #hit(slot: number, sought: Sought, language: string): EncodedPage['hits'][number] {
    const content = this.#file.contentOf(slot);
    const listing: ListingDocument = JSON.parse(content);
    const shared = listing.language === language ? language : undefined;
    const title = highlighted(listing.title, sought, shared);
    const description = excerpt(listing.description, sought, shared);
    const highlights = { ...(title !== undefined && { title }), ...(description !== undefined && { description }) };
    return { content, highlights };
  }
}

const noWeights = {
  title: 0,
  brand: 0,
  category: 0,
  attributes: 0,
  description: 0,
  popularity: 0,
  rating: 0,
  stock: 0,
};

function pageEndOf(query: SearchQuery, cursor: string): PageEnd {
  const [key, id] = decodeCursor(query, cursor, 2);
  if (typeof key !== 'number' || typeof id !== 'string') throw new StockstreamError('SEARCH_CURSOR_INVALID');
  return { key, id };
}
