// The search engine as one thread has it: a file, the index in memory, and what may be asked of them. Synchronous,
// but for what waits for the disk alone.
import type { SearchQuery, Suggestions, SuggestQuery } from '../search.ts';
import { ListingAnalyser } from './analyse-listing.ts';
import type { EncodedPage, EncodedWrite } from './calls.ts';
import { standings } from './columns.ts';
import { imagePath, removeImages, sizeOfIndex } from './index-files.ts';
import { writeImage } from './index-image.ts';
import { ListingFile } from './listing-file.ts';
import { loadIndex } from './load-index.ts';
import { MemoryIndex } from './memory-index.ts';
import { SearchDatabase } from './search-database.ts';
import { Searcher } from './search-listings.ts';
import { makeScoreSets } from './slot-scores.ts';
import { Suggester } from './suggest.ts';
import { writeListings } from './write-listings.ts';

interface Parts {
  readonly index: MemoryIndex;
  readonly analyser: ListingAnalyser;
  readonly searcher: Searcher;
  readonly suggester: Suggester;
}

export class Engine {
  readonly #file: ListingFile;
  #parts: Parts;

  /** Opens the file and reads none of it yet. @throws SEARCH_STORAGE_FAILED */
  constructor(file: string) {
    this.#file = new ListingFile(new SearchDatabase(file));
    this.#parts = partsOf(this.#file, new MemoryIndex());
  }

  /** Reads the file. @throws SEARCH_UNAVAILABLE, SEARCH_STORAGE_FAILED */
  load(): void {
    this.#parts = partsOf(this.#file, loadIndex(this.#file));
  }

  apply(writes: readonly EncodedWrite[]): void {
    writeListings({ ...this.#parts, file: this.#file }, writes);
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
      return slot === -1 || columns.standing[slot] === standings.gone ? undefined : this.#file.contentOf(slot);
    });
  }

  scan(after: string | undefined, limit: number): string[] {
    return this.#file.scan(after ?? '', limit);
  }

  count(): number {
    return this.#parts.index.columns.count;
  }

  size(): number {
    return sizeOfIndex(this.#file.database.file);
  }

  flush(): Promise<void> {
    return this.#file.database.flush();
  }

  /** How many listings a start now would have to read beside the image. */
  countSinceImage(): number {
    return this.#file.countChanged() + this.#parts.index.ids.size - this.#file.image.slots;
  }

  /** Nothing may be changed until it is written. */
  async makeImage(): Promise<void> {
    const { index } = this.#parts;
    const { file } = this.#file.database;
    const number = this.#file.image.number + 1;
    await writeImage(imagePath(file, number), index.state);
    this.#file.noteImage({ number, slots: index.ids.size });
    removeImages(file, number);
  }

  clear(): void {
    this.#file.clear();
    removeImages(this.#file.database.file);
    this.#parts = partsOf(this.#file, new MemoryIndex());
  }

  close(): void {
    this.#file.database.close();
  }
}

function partsOf(file: ListingFile, index: MemoryIndex): Parts {
  const sets = makeScoreSets();
  return {
    index,
    analyser: new ListingAnalyser(index.vocabulary),
    searcher: new Searcher(file, index, sets),
    suggester: new Suggester(file, index, sets),
  };
}
