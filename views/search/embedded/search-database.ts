// The SQLite file of an index: its tables, statements prepared once, failures in our words. One process has it at a
// time, for what it keeps in memory is told by no other.
//
//     listings   slot | id | position | hash of the text | facts (JSON; NULL once removed) | words (entries.ts)
//     contents   slot | the ListingDocument (JSON), of which result pages are made
//     words      number | word
//     image      number of the image | slots that it has
//     changed    slot that the image has | its words in the image (NULL: as they are)
//     new_words  number | word that the image hasn't
import { mkdirSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from 'node:sqlite';
import { inTransaction } from '../../../base/sqlite-transaction.ts';
import { keepWriteAheadLog } from '../../../base/write-ahead.ts';
import { searchFailure } from './failures.ts';

/** Of another form nothing is read: the log has it all. */
const form = 2;

const tables = ['listings', 'contents', 'words', 'image', 'changed', 'new_words'];
const schema = `
  CREATE TABLE IF NOT EXISTS listings (
    slot INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    position INTEGER NOT NULL,
    hash INTEGER NOT NULL,
    facts TEXT,
    words BLOB NOT NULL
  );
  CREATE TABLE IF NOT EXISTS contents (slot INTEGER PRIMARY KEY, content TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS words (number INTEGER PRIMARY KEY, word TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS image (number INTEGER NOT NULL, slots INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS changed (slot INTEGER PRIMARY KEY, words BLOB);
  CREATE TABLE IF NOT EXISTS new_words (number INTEGER PRIMARY KEY, word TEXT NOT NULL);
  PRAGMA user_version = ${form}`;

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
      return new DatabaseSync(file, { timeout: busyTimeoutMs });
    });
    try {
      this.#attempt('opened', () => this.#prepare());
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  /** All of `work` or nothing. @throws SEARCH_UNAVAILABLE if the disk is full, SEARCH_STORAGE_FAILED */
  write(work: () => void): void {
    this.#attempt('written', () => inTransaction(this.#database, work));
  }

  run(sql: string, ...values: SQLInputValue[]): void {
    this.#attempt('written', () => this.#prepared(sql).run(...values));
  }

  first(sql: string, ...values: SQLInputValue[]): Row | undefined {
    return this.#attempt('read', () => this.#prepared(sql).get(...values) as unknown as Row | undefined);
  }

  all(sql: string, ...values: SQLInputValue[]): readonly Row[] {
    return this.#attempt('read', () => this.#prepared(sql).all(...values) as unknown as Row[]);
  }

  /** Each row before the next one is read. */
  each(sql: string, values: readonly SQLInputValue[], look: (row: Row) => void): void {
    this.#attempt('read', () => {
      for (const row of this.#prepared(sql).iterate(...values) as Iterable<unknown>) look(row as Row);
    });
  }

  clear(): void {
    this.#attempt('written', () => inTransaction(this.#database, () => this.#dropAll()));
    this.#attempt('written', () => this.#database.exec(schema));
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

  #prepare(): void {
    const database = this.#database;
    database.exec('PRAGMA locking_mode = EXCLUSIVE');
    keepWriteAheadLog(database);
    // NORMAL syncs the write-ahead log before it is copied into the file; in between, `flush` does.
    database.exec('PRAGMA synchronous = NORMAL; PRAGMA cache_size = -65536');
    const version = database.prepare('PRAGMA user_version').get()?.user_version;
    if (version !== 0 && version !== form) this.#dropAll();
    database.exec(schema);
  }

  #dropAll(): void {
    this.#statements.clear();
    for (const table of tables) this.#database.exec(`DROP TABLE IF EXISTS ${table}`);
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
