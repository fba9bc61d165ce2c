// The archive port on SQLite: one file, for one machine. Several threads and processes may open it; they write in turn.
// A put is one transaction, synced before it resolves, for the documents are deleted after it.
//
//     orders:  id | position | customer | placed_at | status | content (JSONB; NULL once erased)
//     sellers: seller | placed_at | id
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { inTransaction } from '../../../base/sqlite-transaction.ts';
import { keepWriteAheadLog } from '../../../base/write-ahead.ts';
import type { StoredDocument } from '../../documents/documents.ts';
import {
  type Archive,
  type ArchiveEntry,
  type ArchivePage,
  type ArchiveQuery,
  checkLimit,
  filingOf,
} from '../archive.ts';
import { archiveFailure } from './failures.ts';

export interface SqliteArchiveOptions {
  /** Made with its folder if it isn't there. */
  readonly file: string;
  /** How long a writer waits for another, in milliseconds; its thread stands still meanwhile. Default 2,000. */
  readonly busyTimeoutMs?: number;
}

/** Above every position. */
const erased = Number.MAX_SAFE_INTEGER;

const schema = `
  CREATE TABLE IF NOT EXISTS orders (
    id TEXT PRIMARY KEY NOT NULL,
    position INTEGER NOT NULL,
    customer TEXT,
    placed_at INTEGER,
    status TEXT,
    content BLOB
  );
  CREATE INDEX IF NOT EXISTS by_customer ON orders (customer, placed_at, id);
  CREATE INDEX IF NOT EXISTS by_status ON orders (status, placed_at, id);
  CREATE INDEX IF NOT EXISTS by_time ON orders (placed_at, id);
  CREATE TABLE IF NOT EXISTS sellers (
    seller TEXT NOT NULL, placed_at INTEGER NOT NULL, id TEXT NOT NULL,
    PRIMARY KEY (seller, placed_at, id)
  ) WITHOUT ROWID`;

const putOrder = `
  INSERT INTO orders (id, position, customer, placed_at, status, content) VALUES (?1, ?2, ?3, ?4, ?5, jsonb(?6))
  ON CONFLICT (id) DO UPDATE SET position = excluded.position, status = excluded.status, content = excluded.content
  WHERE excluded.position > position`;
const putSeller = 'INSERT OR IGNORE INTO sellers (seller, placed_at, id) VALUES (?, ?, ?)';
const eraseOrder = `
  INSERT INTO orders (id, position) VALUES (?1, ${erased})
  ON CONFLICT (id) DO UPDATE SET
    position = ${erased}, customer = NULL, placed_at = NULL, status = NULL, content = NULL`;

/** @throws ARCHIVE_STORAGE_FAILED if the file can't be opened or isn't a database */
export function openSqliteArchive({ file, busyTimeoutMs = 2_000 }: SqliteArchiveOptions): Archive {
  try {
    mkdirSync(dirname(file), { recursive: true });
    const database = new DatabaseSync(file, { timeout: busyTimeoutMs });
    keepWriteAheadLog(database);
    database.exec(`PRAGMA synchronous = FULL; BEGIN IMMEDIATE; ${schema}; COMMIT`);
    return new SqliteArchive(file, database);
  } catch (error) {
    throw archiveFailure(file, 'opened', error);
  }
}

class SqliteArchive implements Archive {
  readonly #file: string;
  readonly #database: DatabaseSync;

  constructor(file: string, database: DatabaseSync) {
    this.#file = file;
    this.#database = database;
  }

  async put(orders: readonly StoredDocument[]): Promise<void> {
    const filed = orders.map((order) => ({ ...order, ...filingOf(order) }));
    this.#transaction(() => {
      const order = this.#database.prepare(putOrder);
      const seller = this.#database.prepare(putSeller);
      for (const { id, position, customerId, placedAt, status, sellers, fields } of filed) {
        const { changes } = order.run(id, position, customerId, placedAt, status, JSON.stringify(fields));
        if (changes > 0) for (const each of sellers) seller.run(each, placedAt, id);
      }
    });
  }

  async find(orderIds: readonly string[]): Promise<(ArchiveEntry | undefined)[]> {
    const rows = this.#read(
      'SELECT id, json(content) AS content, position FROM orders WHERE id IN (SELECT value FROM json_each(?))',
      [JSON.stringify(orderIds)],
    );
    const found = new Map<string, ArchiveEntry>(
      rows.map((row) => [String(row.id), row.content === null ? 'erased' : documentOf(row)]),
    );
    return orderIds.map((id) => found.get(id));
  }

  async list(query: ArchiveQuery): Promise<ArchivePage> {
    checkLimit(query);
    const { sql, parameters } = listStatement(query);
    // One more than the page, to know whether there is another one.
    const orders = this.#read(sql, [...parameters, query.limit + 1]).map(documentOf);
    return { orders: orders.slice(0, query.limit), hasMore: orders.length > query.limit };
  }

  async erase(orderId: string): Promise<void> {
    this.#transaction(() => {
      this.#database
        .prepare('DELETE FROM sellers WHERE id = ?1 AND placed_at = (SELECT placed_at FROM orders WHERE id = ?1)')
        .run(orderId);
      this.#database.prepare(eraseOrder).run(orderId);
    });
  }

  async ping(): Promise<void> {
    this.#read('SELECT 1 FROM sqlite_schema', []);
  }

  async close(): Promise<void> {
    if (this.#database.isOpen) this.#database.close();
  }

  #read(sql: string, parameters: readonly SQLInputValue[]): Row[] {
    return this.#attempt('read', () => this.#database.prepare(sql).all(...parameters));
  }

  #transaction(work: () => void): void {
    this.#attempt('written', () => inTransaction(this.#database, work));
  }

  #attempt<Result>(action: string, work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      throw archiveFailure(this.#file, action, error);
    }
  }
}

type Row = { readonly [column: string]: unknown };

function documentOf({ id, content, position }: Row): StoredDocument {
  return { id: String(id), fields: JSON.parse(String(content)), position: Number(position) };
}

/** Each list is a seek in one index: the seller's, the customer's, the status' or that of time. */
function listStatement(query: ArchiveQuery): { sql: string; parameters: (string | number)[] } {
  const { customerId, sellerId, status, from, to, after } = query;
  const listed = sellerId === undefined ? 'orders' : 'sellers';
  const conditions: string[] = [];
  const parameters: (string | number)[] = [];
  const where = (sql: string, ...values: (string | number)[]) => {
    conditions.push(sql);
    parameters.push(...values);
  };
  if (sellerId !== undefined) where('seller = ?', sellerId);
  if (customerId !== undefined) where('customer = ?', customerId);
  if (status !== undefined) where('status = ?', status);
  if (from !== undefined) where(`${listed}.placed_at >= ?`, from);
  if (to !== undefined) where(`${listed}.placed_at < ?`, to);
  if (after !== undefined) {
    const { placedAt, orderId } = after;
    where(`${listed}.placed_at <= ? AND (${listed}.placed_at < ? OR ${listed}.id < ?)`, placedAt, placedAt, orderId);
  }
  const source = sellerId === undefined ? 'orders' : 'sellers CROSS JOIN orders ON orders.id = sellers.id';
  return {
    sql: `
      SELECT orders.id, json(content) AS content, position FROM ${source}
      WHERE ${['content IS NOT NULL', ...conditions].join(' AND ')}
      ORDER BY ${listed}.placed_at DESC, ${listed}.id DESC LIMIT ?`,
    parameters,
  };
}
