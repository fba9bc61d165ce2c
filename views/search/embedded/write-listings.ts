// Writes: guarded by their position, first to disk in one transaction, then into memory. What comes again or late
// changes nothing; a listing whose text is the same keeps its words.
import { assert } from '../../../base/assert.ts';
import type { ListingDocument } from '../search.ts';
import type { EncodedWrite } from './calls.ts';
import type { Columns } from './columns.ts';
import { factsOf } from './facts.ts';
import { listingWords, textHash } from './listing-words.ts';
import type { SearchTables } from './search-tables.ts';
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

  #writeOne({ id, position, content }: EncodedWrite): Change[] {
    assert(/^[\x21-\x7e]+$/.test(id), 'an id is of ASCII letters');
    const before = this.#tables.find(id);
    if (before !== undefined && position <= before.position) return [];
    return [content === undefined ? this.#remove(id, position) : this.#put(id, position, content)];
  }

  #put(id: string, position: number, content: string): Change {
    const before = this.#tables.find(id) ?? gone;
    const listing: ListingDocument = JSON.parse(content);
    const hash = textHash(listing);
    const range = rangeOf(listing.popularity);
    const words = hash === before.hash && range === before.range ? undefined : listingWords(listing);
    const facts = factsOf(listing, this.#columns.values);
    const slot = this.#tables.put(id, { position, hash, range }, facts);
    this.#tables.putContent(slot, content);
    if (words !== undefined) this.#tables.putTokens('called', slot, calledTokens(range, words.called));
    if (words !== undefined && hash !== before.hash) {
      this.#tables.putTokens('texts', slot, words.text);
      for (const word of words.spelled) this.#putWord(word);
    }
    return { slot, id, facts };
  }

  #remove(id: string, position: number): Change {
    const slot = this.#tables.put(id, { position, ...gone }, null);
    this.#tables.putContent(slot, null);
    for (const table of ['texts', 'called'] as const) this.#tables.putTokens(table, slot, '');
    return { slot, id, facts: undefined };
  }

  #putWord(word: string): void {
    if (this.#known.has(word)) return;
    if (this.#known.size === mostKnown) this.#known.clear();
    this.#known.add(word);
    this.#tables.putWord(word, padded(word));
  }
}
