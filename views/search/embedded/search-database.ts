// The SQLite file of an index: its tables, statements prepared once, failures in our words. One process has it at a
// time, for what it keeps in memory is told by no other.
//
//     listings   slot | id | position | hash of the text | range of popularity | facts (facts.ts; NULL once removed)
//     contents   slot | the ListingDocument (JSON), of which result pages are made
//     numbered   number | name | value                       (values.ts)
//     words      number | word                               what may be meant by another
//     texts      FTS5: slot | tokens (listing-words.ts)      what is searched
//     called     FTS5: slot | range/word                     words of title and brand, for suggestions
//     trigrams   FTS5: number | word                         finds words that are alike
import { mkdirSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from 'node:sqlite';
import { inTransaction } from '../../../base/sqlite-transaction.ts';
import { keepBulkWriteAheadLog } from '../../../base/write-ahead.ts';
import { searchFailure } from './failures.ts';
import { setAside } from './index-files.ts';

/** Changes with anything that is kept: an index of another form is made anew of its listings. */
const form = 3;

const tokens = `content = '', tokenize = "ascii tokenchars '/+.,'"`;
const schema = `
  CREATE TABLE IF NOT EXISTS listings (
    slot INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    position INTEGER NOT NULL,
    hash INTEGER NOT NULL,
    range INTEGER NOT NULL,
    facts BLOB
  );
  CREATE TABLE IF NOT EXISTS contents (slot INTEGER PRIMARY KEY, content TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS numbered (number INTEGER PRIMARY KEY, name TEXT NOT NULL, value TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS words (number INTEGER PRIMARY KEY, word TEXT NOT NULL UNIQUE);
  CREATE VIRTUAL TABLE IF NOT EXISTS texts USING fts5 (tokens, contentless_delete = 1, ${tokens});
  CREATE VIRTUAL TABLE IF NOT EXISTS called USING fts5 (tokens, contentless_delete = 1, detail = none, ${tokens});
  CREATE VIRTUAL TABLE IF NOT EXISTS trigrams USING fts5 (word, content = '', detail = none, tokenize = trigram);
  PRAGMA user_version = ${form}`;
const tables = ['listings', 'contents', 'numbered', 'words', 'texts', 'called', 'trigrams'];

/** Nobody else has it for longer than it takes to close it. */
const busyTimeoutMs = 500;

/** Columns in the order of the statement. */
type Row = readonly SQLOutputValue[];

export class SearchDatabase {
  readonly file: string;
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  /** @throws SEARCH_STORAGE_FAILED if the file can't be opened, isn't a database, or another process has it */
  constructor(file: string) {
    this.file = file;
    this.#database = this.#attempt('opened', () => {
      mkdirSync(dirname(file), { recursive: true });
      const database = opened(file);
      const version = database.prepare('PRAGMA user_version').get()?.user_version;
      if (version === 0 || version === form) return database;
      database.close();
      setAside(file);
      return opened(file);
    });
    this.#attempt('opened', () => this.#database.exec(schema));
  }

  /** All of `work` or nothing. @throws SEARCH_UNAVAILABLE if the disk is full, SEARCH_STORAGE_FAILED */
  write(work: () => void): void {
    this.#attempt('written', () => inTransaction(this.#database, work));
  }

  /** @returns whether a row was changed, and the number of the one that was inserted last */
  run(sql: string, ...values: SQLInputValue[]): { isChanged: boolean; row: number } {
    return this.#attempt('written', () => {
      const { changes, lastInsertRowid } = this.#prepared(sql).run(...values);
      return { isChanged: Number(changes) > 0, row: Number(lastInsertRowid) };
    });
  }

  first(sql: string, ...values: SQLInputValue[]): Row | undefined {
    return this.#attempt('read', () => this.#prepared(sql).get(...values) as unknown as Row | undefined);
  }

  all(sql: string, ...values: SQLInputValue[]): readonly Row[] {
    return this.#attempt('read', () => this.#prepared(sql).all(...values) as unknown as Row[]);
  }

  /** Each row before the next one is read. */
  each(sql: string, look: (row: Row) => void): void {
    this.#attempt('read', () => {
      for (const row of this.#prepared(sql).iterate() as Iterable<unknown>) look(row as Row);
    });
  }

  /** Rows that were changed since it was opened, those of indexes included. */
  changes(): number {
    return Number(this.first('SELECT total_changes()')?.[0]);
  }

  clear(): void {
    this.#statements.clear();
    this.write(() => {
      for (const table of tables) this.#database.exec(`DROP TABLE ${table}`);
      this.#database.exec(schema);
    });
  }

  /** Makes what was written outlive a power cut; off the thread. */
  async flush(): Promise<void> {
    try {
      const log = await open(`${this.file}-wal`, 'r+');
      await log.datasync().finally(() => log.close());
    } catch (error) {
      // There is no log after its last writer closed it: then all is in the file, synced.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw searchFailure(this.file, 'synced', error);
    }
  }

  close(): void {
    this.#database.close();
  }

  #prepared(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare(sql);
      statement.setReturnArrays(true);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  #attempt<Result>(action: string, work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      throw searchFailure(this.file, action, error);
    }
  }
}

function opened(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: busyTimeoutMs });
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE');
    keepBulkWriteAheadLog(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}
