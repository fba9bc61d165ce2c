// Writes: guarded by their position, first to disk in one transaction, then into memory. What comes again or late
// changes nothing; a listing whose text is the same keeps its words.
import { assert } from '../../../base/assert.ts';
import type { ListingDocument } from '../search.ts';
import type { EncodedWrite } from './calls.ts';
import type { Columns } from './columns.ts';
import { factsOf } from './facts.ts';
import { listingWords, textHash } from './listing-words.ts';
import type { SearchTables, WrittenListing } from './search-tables.ts';
import { padded } from './similar-words.ts';
import { calledTokens, rangeOf } from './suggest.ts';

interface Change {
  readonly slot: number;
  readonly id: string;
  /** Undefined: it is gone. */
  readonly facts: Uint8Array | undefined;
}

const gone = { hash: -1, range: -1 };
const mostKnown = 100_000;

export class ListingWriter {
  readonly #tables: SearchTables;
  readonly #columns: Columns;
  /** Words that are on disk: most of a listing's were in others before. */
  readonly #known = new Set<string>();

  constructor(tables: SearchTables, columns: Columns) {
    this.#tables = tables;
    this.#columns = columns;
  }

  /** @throws SEARCH_UNAVAILABLE, SEARCH_STORAGE_FAILED; nothing of it is done then */
  write(writes: readonly EncodedWrite[]): void {
    const { values } = this.#columns;
    const changes: Change[] = [];
    try {
      this.#tables.database.write(() => {
        for (const write of writes) changes.push(...this.#writeOne(write));
        for (const value of values.fresh) this.#tables.putValue(value);
      });
    } catch (error) {
      this.#known.clear();
      throw error;
    }
    values.fresh.length = 0;
    for (const { slot, id, facts } of changes) this.#columns.set(slot, id, facts);
  }

  #writeOne(write: EncodedWrite): Change[] {
    const { id, position, content } = write;
    assert(/^[\x21-\x7e]+$/.test(id), 'an id is of ASCII letters');
    const before = this.#tables.find(id);
    if (before !== undefined && position <= before.position) return [];
    return [content === undefined ? this.#remove(id, position, before) : this.#put({ id, position, content }, before)];
  }

  #put({ id, position, content }: EncodedWrite & { content: string }, before: WrittenListing | undefined): Change {
    const listing: ListingDocument = JSON.parse(content);
    const hash = textHash(listing);
    const range = rangeOf(listing.popularity);
    const isSaid = hash === before?.hash;
    const words = isSaid && range === before.range ? undefined : listingWords(listing);
    const facts = factsOf(listing, this.#columns.values);
    const slot = this.#putFacts(id, { position, hash, range }, { facts, before });
    this.#tables.putContent(slot, content);
    if (before !== undefined && words !== undefined) this.#tables.dropTokens('called', slot);
    if (before !== undefined && !isSaid) this.#tables.dropTokens('texts', slot);
    if (words !== undefined) this.#tables.addTokens('called', slot, calledTokens(range, words.called));
    if (words !== undefined && !isSaid) {
      this.#tables.addTokens('texts', slot, words.text);
      for (const word of words.spelled) this.#putWord(word);
    }
    return { slot, id, facts };
  }

  #remove(id: string, position: number, before: WrittenListing | undefined): Change {
    const slot = this.#putFacts(id, { position, ...gone }, { facts: null, before });
    if (before !== undefined) {
      this.#tables.putContent(slot, null);
      for (const table of ['texts', 'called'] as const) this.#tables.dropTokens(table, slot);
    }
    return { slot, id, facts: undefined };
  }

  /** @returns the slot */
  #putFacts(
    id: string,
    written: Omit<WrittenListing, 'slot'>,
    { facts, before }: { facts: Uint8Array | null; before: WrittenListing | undefined },
  ): number {
    if (before === undefined) return this.#tables.add(id, written, facts);
    this.#tables.change({ slot: before.slot, ...written }, facts);
    return before.slot;
  }

  #putWord(word: string): void {
    if (this.#known.has(word)) return;
    if (this.#known.size === mostKnown) this.#known.clear();
    this.#known.add(word);
    this.#tables.putWord(word, padded(word));
  }
}
