// The documents port on SQLite: one file, for one machine. Calls run on the caller's thread, an apply as one
// transaction, which a kill leaves whole; a flush, off the thread, makes it outlive a power cut. Several threads and
// processes may open the file; they write in turn.
import { mkdirSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { assert } from '../../../base/assert.ts';
import { inTransaction } from '../../../base/sqlite-transaction.ts';
import { keepBulkWriteAheadLog } from '../../../base/write-ahead.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import type { CollectionSpec, Documents, DocumentWrite, FindPage, FindQuery, StoredDocument } from '../documents.ts';
import { documentsFailure } from './failures.ts';
import { findStatements } from './find-statement.ts';
import { columns, makeCollection, present, tableOf } from './schema.ts';
import { parametersOf, shapeOf, sqlOf } from './write-statements.ts';

export interface SqliteOptions {
  /** Made with its folder if it isn't there. */
  readonly file: string;
  /** How long a writer waits for another, in milliseconds; its thread stands still meanwhile. Default 2,000. */
  readonly busyTimeoutMs?: number;
}

/** More than the views' and the gateway's different statements; a bound in case someone makes them up. */
const maxStatements = 500;
const maxPage = 1_000;

/** @throws DOCUMENTS_STORAGE_FAILED if the file can't be opened or isn't a database */
export function openSqliteDocuments({ file, busyTimeoutMs = 2_000 }: SqliteOptions): Documents {
  try {
    mkdirSync(dirname(file), { recursive: true });
    const database = new DatabaseSync(file, { timeout: busyTimeoutMs });
    keepBulkWriteAheadLog(database);
    return new SqliteDocuments(file, database);
  } catch (error) {
    throw documentsFailure(file, 'opened', error);
  }
}

class SqliteDocuments implements Documents {
  readonly #file: string;
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(file: string, database: DatabaseSync) {
    this.#file = file;
    this.#database = database;
  }

  async open(collections: readonly CollectionSpec[]): Promise<void> {
    this.#transaction('opened', () => {
      for (const collection of collections) makeCollection(this.#database, collection);
    });
  }

  async apply(writes: readonly DocumentWrite[]): Promise<void> {
    this.#transaction('written', () => {
      for (const write of writes) {
        this.#prepared(shapeOf(write), () => sqlOf(write)).run(...parametersOf(write));
      }
    });
  }

  async flush(): Promise<void> {
    // A commit may have to wait for the disk for milliseconds, so it isn't this thread that waits.
    try {
      const log = await open(`${this.#file}-wal`, 'r+');
      await log.datasync().finally(() => log.close());
    } catch (error) {
      // There is no log after its last reader closed it: then all is in the file, synced.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw documentsFailure(this.#file, 'synced', error);
    }
  }

  async get(collection: string, id: string): Promise<StoredDocument | undefined> {
    const sql = `SELECT ${columns} FROM ${tableOf(collection)} WHERE id = ? AND ${present}`;
    return this.#read(sql, [id])[0];
  }

  async getMany(collection: string, ids: readonly string[]): Promise<(StoredDocument | undefined)[]> {
    const sql = `
      SELECT ${columns} FROM ${tableOf(collection)}
      WHERE id IN (SELECT value FROM json_each(?)) AND ${present}`;
    const found = new Map(this.#read(sql, [JSON.stringify(ids)]).map((document) => [document.id, document]));
    return ids.map((id) => found.get(id));
  }

  async forget(collection: string, read: readonly Pick<StoredDocument, 'id' | 'position'>[]): Promise<void> {
    const sql = `DELETE FROM ${tableOf(collection)} WHERE id = ? AND position = ? AND ${present}`;
    this.#transaction('written', () => {
      for (const { id, position } of read) this.#prepared(sql).run(id, position);
    });
  }

  async find(collection: string, query: FindQuery): Promise<FindPage> {
    const { limit, cursor } = query;
    assert(Number.isInteger(limit) && limit >= 1 && limit <= maxPage, `a page has 1 to ${maxPage} documents`);
    const after = cursor === undefined ? undefined : decodeCursor(collection, query, cursor);
    const documents: StoredDocument[] = [];
    // One more than the page, to know whether there is another one.
    for (const { sql, parameters } of findStatements(collection, query, after)) {
      const wanted = limit + 1 - documents.length;
      if (wanted > 0) documents.push(...this.#read(sql, [...parameters, wanted]));
    }
    if (documents.length <= limit) return { documents };
    documents.pop();
    return { documents, cursor: encodeCursor(collection, query, documents.at(-1)!) };
  }

  async count(collection: string): Promise<number> {
    const sql = `SELECT count(*) AS documents FROM ${tableOf(collection)} WHERE ${present}`;
    return this.#attempt('read', () => Number(this.#prepared(sql).get()?.documents));
  }

  async clear(collection: string): Promise<void> {
    this.#transaction('written', () => this.#database.exec(`DELETE FROM ${tableOf(collection)}`));
  }

  async ping(): Promise<void> {
    this.#attempt('read', () => this.#database.exec('SELECT 1 FROM sqlite_schema'));
  }

  async close(): Promise<void> {
    if (this.#database.isOpen) this.#database.close();
  }

  async remove(): Promise<void> {
    await this.close();
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${this.#file}${suffix}`, { force: true });
  }

  /** For statements that select `columns`. */
  #read(sql: string, parameters: readonly SQLInputValue[]): StoredDocument[] {
    const rows = this.#attempt('read', () => this.#prepared(sql).all(...parameters));
    return rows.map(({ id, content, position }) => ({
      id: String(id),
      fields: JSON.parse(String(content)),
      position: Number(position),
    }));
  }

  /** `key` is the SQL itself, or something shorter that stands for it. */
  #prepared(key: string, sql = () => key): StatementSync {
    const known = this.#statements.get(key);
    if (known !== undefined) return known;
    if (this.#statements.size >= maxStatements) this.#statements.clear();
    const statement = this.#database.prepare(sql());
    this.#statements.set(key, statement);
    return statement;
  }

  #transaction(action: string, work: () => void): void {
    this.#attempt(action, () => inTransaction(this.#database, work));
  }

  #attempt<Result>(action: string, work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      throw documentsFailure(this.#file, action, error);
    }
  }
}
