// The search engine as one thread has it: a file, the index in memory, and what may be asked of them. Synchronous, but for the
// disk's sync.
import type { SearchQuery, Suggestions, SuggestQuery } from '../search.ts';
import type { EncodedPage, EncodedWrite } from './calls.ts';
import { ListingFile } from './listing-file.ts';
import { loadIndex } from './load-index.ts';
import { MemoryIndex } from './memory-index.ts';
import { Searcher } from './search-listings.ts';
import { makeScoreSets } from './slot-scores.ts';
import { Suggester } from './suggest.ts';
import { writeListings } from './write-listings.ts';

interface Parts {
  readonly index: MemoryIndex;
  readonly searcher: Searcher;
  readonly suggester: Suggester;
}

export class Engine {
  readonly #file: ListingFile;
  #parts: Parts;

  /** Opens the file and reads none of it yet. @throws SEARCH_STORAGE_FAILED */
  constructor(file: string) {
    this.#file = new ListingFile(file);
    this.#parts = partsOf(this.#file, new MemoryIndex());
  }

  /** Reads the file. @throws SEARCH_UNAVAILABLE, SEARCH_STORAGE_FAILED */
  load(): void {
    this.#parts = partsOf(this.#file, loadIndex(this.#file));
  }

  apply(writes: readonly EncodedWrite[]): void {
    writeListings(this.#file, this.#parts.index, writes);
  }

  search(query: SearchQuery): EncodedPage {
    return this.#parts.searcher.search(query);
  }

  suggest(query: SuggestQuery): Suggestions {
    return this.#parts.suggester.suggest(query);
  }

  getMany(ids: readonly string[]): (string | undefined)[] {
    const { ids: slots, columns } = this.#parts.index;
    return ids.map((id) => {
      const slot = slots.find(id);
      return slot === -1 || columns.live[slot] === 0 ? undefined : this.#file.contentOf(slot);
    });
  }

  scan(after: string | undefined, limit: number): string[] {
    return this.#file.scan(after ?? '', limit);
  }

  count(): number {
    return this.#parts.index.columns.count;
  }

  size(): number {
    return this.#file.size();
  }

  flush(): Promise<void> {
    return this.#file.flush();
  }

  clear(): void {
    this.#file.clear();
    this.#parts = partsOf(this.#file, new MemoryIndex());
  }

  close(): void {
    this.#file.close();
  }
}

function partsOf(file: ListingFile, index: MemoryIndex): Parts {
  const sets = makeScoreSets();
  return { index, searcher: new Searcher(file, index, sets), suggester: new Suggester(file, index, sets) };
}
