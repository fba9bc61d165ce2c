// The search engine as one thread has it: a file, the facts of its listings in memory, and what may be asked of them.
// Synchronous, but for what waits for the disk alone.
import { setImmediate } from 'node:timers/promises';
import type { SearchQuery, Suggestions, SuggestQuery } from '../search.ts';
import type { EncodedPage, EncodedWrite } from './calls.ts';
import { Columns } from './columns.ts';
import { formerWrites, removeFormer, sizeOfIndex } from './index-files.ts';
import { SearchDatabase } from './search-database.ts';
import { Searcher } from './search-listings.ts';
import { SearchTables } from './search-tables.ts';
import { Suggester } from './suggest.ts';
import { Values } from './values.ts';
import { ListingWriter } from './write-listings.ts';

interface Parts {
  readonly columns: Columns;
  readonly writer: ListingWriter;
  readonly searcher: Searcher;
  readonly suggester: Suggester;
}

/** One transaction: some milliseconds. */
const writesInStep = 64;
/** Writes a second: a catalogue comes in. To join again and again meanwhile would write all of it many times over. */
const busyFrom = 100;

export class Engine {
  readonly #database: SearchDatabase;
  readonly #tables: SearchTables;
  #parts: Parts;
  /** Since the last try to join. */
  #writes = 0;
  /** Also what an earlier process wrote. */
  #mayBeScattered = true;
  #isClosed = false;

  /** Opens the file and reads none of it yet. @throws SEARCH_STORAGE_FAILED */
  constructor(file: string) {
    this.#database = new SearchDatabase(file);
    this.#tables = new SearchTables(this.#database);
    this.#parts = partsOf(this.#tables, new Columns(new Values()));
  }

  /** Reads the file. @throws SEARCH_UNAVAILABLE, SEARCH_STORAGE_FAILED */
  load(): void {
    const columns = new Columns(new Values(this.#tables.values()));
    this.#tables.eachFacts((slot, id, facts) => columns.set(slot, id, facts));
    this.#forgetUnused(columns);
    this.#parts = partsOf(this.#tables, columns);
    // An index of another form is made anew of its listings; what is cut short begins again with the next start.
    for (const writes of formerWrites(this.#database.file)) this.apply(writes);
    removeFormer(this.#database.file);
  }

  /** All or none of it. @throws SEARCH_UNAVAILABLE, SEARCH_STORAGE_FAILED */
  apply(writes: readonly EncodedWrite[]): void {
    this.#parts.writer.write(writes);
    this.#writes += writes.length;
    this.#mayBeScattered = true;
  }

  async applyInSteps(writes: readonly EncodedWrite[]): Promise<void> {
    for (let from = 0; from < writes.length; from += writesInStep) {
      // Searches that came meanwhile go first.
      if (from > 0) await setImmediate();
      this.apply(writes.slice(from, from + writesInStep));
    }
  }

  search(query: SearchQuery): EncodedPage {
    return this.#parts.searcher.search(query);
  }

  suggest(query: SuggestQuery): Suggestions {
    return this.#parts.suggester.suggest(query);
  }

  getMany(ids: readonly string[]): (string | undefined)[] {
    return ids.map((id) => this.#tables.contentById(id));
  }

  scan(after: string | undefined, limit: number): string[] {
    return this.#tables.scan(after ?? '', limit);
  }

  count(): number {
    return this.#parts.columns.count;
  }

  size(): number {
    return sizeOfIndex(this.#database.file);
  }

  flush(): Promise<void> {
    return this.#database.flush();
  }

  /**
   * Makes one of what FTS5 has written beside each other, where that is much; not while much is written. If it can't be
   * done, searches take longer; writes tell what is wrong.
   */
  async joinInSteps(): Promise<void> {
    const isBusy = this.#writes > busyFrom;
    this.#writes = 0;
    if (isBusy || !this.#mayBeScattered || this.#isClosed) return;
    this.#mayBeScattered = false;
    try {
      if (!this.#tables.isScattered()) return;
      for (let isFirst = true; !this.#isClosed && this.#tables.join(isFirst); isFirst = false) {
        if (this.#writes > busyFrom) break;
        await setImmediate();
      }
    } catch {
      this.#mayBeScattered = true;
    }
  }

  refresh(): void {}

  ping(): void {}

  clear(): void {
    this.#database.clear();
    this.#parts = partsOf(this.#tables, new Columns(new Values()));
  }

  close(): void {
    this.#isClosed = true;
    this.#database.close();
  }

  /** Values that no listing has give their numbers to others. */
  #forgetUnused(columns: Columns): void {
    const isUsed = columns.used();
    const unused = this.#tables.values().filter(({ number }) => isUsed[number] === 0);
    this.#database.write(() => {
      for (const { number } of unused) this.#tables.dropValue(number);
    });
    for (const { number } of unused) columns.values.drop(number);
  }
}

function partsOf(tables: SearchTables, columns: Columns): Parts {
  return {
    columns,
    writer: new ListingWriter(tables, columns),
    searcher: new Searcher(tables, columns),
    suggester: new Suggester(tables, columns),
  };
}
