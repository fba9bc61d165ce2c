// One search: match, filter, count, take the best, tell them.
import { StockstreamError } from '../../../base/errors.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import type { ListingDocument, SearchFilters, SearchQuery } from '../search.ts';
import { categoryMark } from './analyse-listing.ts';
import type { EncodedPage } from './calls.ts';
import { standings } from './columns.ts';
import { otherSpelling } from './did-you-mean.ts';
import { type ExpandedTerm, Expander } from './expand.ts';
import { FacetCounter } from './facet-counter.ts';
import { intAt, rowWidth } from './fact-rows.ts';
import { excerpt, highlighted, type Sought } from './highlight.ts';
import type { ListingFile } from './listing-file.ts';
import { Matcher } from './match.ts';
import type { MemoryIndex } from './memory-index.ts';
import { PostingList } from './posting-list.ts';
import { hidden, SlotFilter } from './slot-filter.ts';
import type { ScoreSets, SlotScores } from './slot-scores.ts';
import { type SortKey, sortKeyOf } from './sort-keys.ts';
import { type PageEnd, TopSlots } from './top-slots.ts';

/** With fewer found another spelling is looked for. */
const fewFound = 3;
const blockLength = 32;

export class Searcher {
  readonly #file: ListingFile;
  readonly #index: MemoryIndex;
  readonly #matcher: Matcher;
  readonly #list = new PostingList();
  /** Of no meaning: what is read must be used. */
  seen = 0;

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
    const isOfCategory = scores === undefined && isListedByCategory(query);
    const allOf = (query.filters.inStock ?? true) ? 'in stock' : 'all';
    const counter = query.facets ? new FacetCounter(columns, filter, isOfCategory ? allOf : undefined) : undefined;
    // One more than the page, to know whether there is another one.
    const top = new TopSlots(this.#index.ids, query.limit + 1, after);
    const keyOf = sortKeyOf(query, columns, scores);
    const among = isOfCategory ? this.#categoryList(query.filters.category) : scores;
    const total = this.#look(among, { filter, counter, top, keyOf });
    const best = top.take();
    const page = best.slice(0, query.limit);
    const last = page.at(-1);
    const isLast = last === undefined || best.length === page.length;
    const count = (spelled: readonly ExpandedTerm[]) => this.#count(spelled, query.filters);
    return {
      hits: page.map(({ slot }) => this.#hit(slot, expander.sought, query.language)),
      total,
      facets: counter?.facets(),
      cursor: isLast ? undefined : encodeCursor(query, [last.key, this.#index.ids.idOf(last.slot)]),
      didYouMean: total < fewFound ? otherSpelling(this.#index, query, { total, count }) : undefined,
    };
  }

  #categoryList(category = ''): PostingList {
    const { vocabulary, postings } = this.#index;
    postings.read(vocabulary.find(categoryMark(category)), this.#list);
    return this.#list;
  }

  /** Looks at some listings, or at every one. @returns how many pass the filter */
  #look(among: SlotScores | PostingList | undefined, { filter, counter, top, keyOf }: Looking): number {
    const { standing } = this.#index.columns;
    const slots = among?.slots;
    const length = among?.length ?? this.#index.ids.size;
    let total = 0;
    for (let from = 0; from < length; from += blockLength) {
      const to = Math.min(length, from + blockLength);
      if (slots !== undefined) this.#fetch(slots, from, to);
      for (let index = from; index < to; index++) {
        const slot = slots === undefined ? index : slots[index]!;
        if (standing[slot] === standings.gone) continue;
        const failure = filter.failures(slot);
        if (failure === hidden) continue;
        counter?.count(slot, failure);
        if (failure !== 0) continue;
        total++;
        top?.offer(slot, keyOf(slot));
      }
    }
    return total;
  }

  /**
   * Has the processor fetch the rows and attributes of some listings all at once: one after the other, as they are
   * looked at, it would wait for the memory each time, which is most of what a search takes.
   */
  #fetch(slots: Int32Array, from: number, to: number): void {
    const { rows, attributes } = this.#index.columns;
    const { ints } = rows;
    const { pairs } = attributes;
    let seen = 0;
    for (let index = from; index < to; index++) seen ^= ints[slots[index]! * rowWidth]!;
    for (let index = from; index < to; index++) seen ^= pairs[ints[slots[index]! * rowWidth + intAt.pairsStart]!]!;
    this.seen = seen;
  }

  /** How many listings have `terms` and pass the filters. */
  #count(terms: readonly ExpandedTerm[], filters: SearchFilters): number {
    const filter = new SlotFilter(this.#index.columns, filters);
    const scores = this.#matcher.match(terms, noWeights);
    return this.#look(scores, { filter, counter: undefined, top: undefined, keyOf: () => 0 });
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

interface Looking {
  readonly filter: SlotFilter;
  readonly counter: FacetCounter | undefined;
  readonly top: TopSlots | undefined;
  readonly keyOf: SortKey;
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

/**
 * Whether it is enough to look at what is in the category: if nobody counts what is in the others, or all that is
 * there is counted.
 */
function isListedByCategory({ filters, facets }: SearchQuery): boolean {
  const { category, inStock: _, ...others } = filters;
  if (category === undefined) return false;
  return !facets || Object.values(others).every((each) => each === undefined);
}

function pageEndOf(query: SearchQuery, cursor: string): PageEnd {
  const [key, id] = decodeCursor(query, cursor, 2);
  if (typeof key !== 'number' || typeof id !== 'string') throw new StockstreamError('SEARCH_CURSOR_INVALID');
  return { key, id };
}
