// The search engine as one thread has it: a file, the facts of its listings in memory, and what may be asked of them.
// Synchronous, but for what waits for the disk alone.
import type { SearchQuery, Suggestions, SuggestQuery } from '../search.ts';
import type { EncodedPage, EncodedWrite } from './calls.ts';
import { Columns } from './columns.ts';
import { SearchDatabase, sizeOfIndex } from './search-database.ts';
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

const formerInStep = 256;

export class Engine {
  readonly #database: SearchDatabase;
  readonly #tables: SearchTables;
  #parts: Parts;

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
    if (this.#database.hasFormer()) this.#takeInFormer();
  }

  apply(writes: readonly EncodedWrite[]): void {
    this.#parts.writer.write(writes);
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

  isScattered(): boolean {
    return this.#tables.isScattered();
  }

  join(isFirst: boolean): boolean {
    return this.#tables.join(isFirst);
  }

  clear(): void {
    this.#database.clear();
    this.#parts = partsOf(this.#tables, new Columns(new Values()));
  }

  close(): void {
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

  /** An index of another form is made anew of its listings; what is cut short goes on with the next start. */
  #takeInFormer(): void {
    let last = -1;
    for (let rows = this.#database.formerListings(last, formerInStep); rows.length > 0; ) {
      const writes = rows.map(([, id, position, content]) => {
        return { id: String(id), position: Number(position), content: content === null ? undefined : String(content) };
      });
      this.apply(writes);
      last = Number(rows.at(-1)?.[0]);
      rows = this.#database.formerListings(last, formerInStep);
    }
    this.#database.dropFormer();
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
