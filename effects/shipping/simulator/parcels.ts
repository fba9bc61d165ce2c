// What the simulated carrier was asked and what it has yet to tell, in one SQLite file. Every change is on the disk when
// a call returns or resolves, so that what was accepted is brought, however the process ends; calls of one turn of the
// event loop share a transaction. Several processes may share the file.
//
//     requests: request_id -> shipment_id         news: update_id -> what to tell, due_at, told_at (NULL until then)
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { reasonOf, StockstreamError } from '../../../base/errors.ts';
import { inTransaction } from '../../../base/sqlite-transaction.ts';
import { Turn } from '../../../base/turn.ts';
import { keepWriteAheadLog } from '../../../base/write-ahead.ts';
import type { ShipmentUpdate } from '../carrier.ts';

/** One thing to tell, and when. */
export interface News {
  readonly update: ShipmentUpdate;
  readonly dueAt: number;
}

const busyTimeoutMs = 2_000;
const atATime = 100;

const createTables = `
  CREATE TABLE IF NOT EXISTS requests (
    request_id TEXT PRIMARY KEY, shipment_id TEXT NOT NULL, accepted_at INTEGER NOT NULL
  );
  CREATE TABLE IF NOT EXISTS news (
    update_id TEXT PRIMARY KEY, shipment_id TEXT NOT NULL, json TEXT NOT NULL,
    due_at INTEGER NOT NULL, told_at INTEGER
  );
  CREATE INDEX IF NOT EXISTS news_due ON news (due_at) WHERE told_at IS NULL;
  CREATE INDEX IF NOT EXISTS news_shipment ON news (shipment_id)`;

const statements = {
  addRequest: 'INSERT INTO requests VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  dropNews: 'DELETE FROM news WHERE shipment_id = ? AND told_at IS NULL',
  addNews: 'INSERT INTO news VALUES (?, ?, ?, ?, NULL) ON CONFLICT DO NOTHING',
  nextDue: 'SELECT min(due_at) AS due FROM news WHERE told_at IS NULL',
  due: 'SELECT update_id, json, due_at FROM news WHERE told_at IS NULL AND due_at <= ? ORDER BY due_at, rowid LIMIT ?',
  lease: 'UPDATE news SET due_at = ? WHERE update_id = ? AND due_at = ? AND told_at IS NULL',
  told: 'UPDATE news SET told_at = ? WHERE update_id = ?',
  purgeNews: 'DELETE FROM news WHERE told_at <= ?',
  purgeRequests: `
    DELETE FROM requests WHERE accepted_at <= ?
    AND NOT EXISTS (SELECT 1 FROM news WHERE news.shipment_id = requests.shipment_id)`,
} as const;

export class Parcels {
  readonly #file: string;
  readonly #database: DatabaseSync;
  readonly #statements: { readonly [Name in keyof typeof statements]: StatementSync };
  readonly #turn = new Turn((work) => this.#write(work));

  /** @throws CARRIER_STORAGE_FAILED */
  constructor(file: string) {
    this.#file = file;
    try {
      if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true });
      this.#database = new DatabaseSync(file, { timeout: busyTimeoutMs });
      keepWriteAheadLog(this.#database);
      this.#database.exec('PRAGMA synchronous = FULL');
      this.#database.exec(createTables);
      const prepared = Object.entries(statements).map(([name, sql]) => [name, this.#database.prepare(sql)]);
      this.#statements = Object.fromEntries(prepared);
    } catch (error) {
      throw failure(file, 'opened', error);
    }
  }

  /** Keeps a request and what it leads to; whatever else was to be told of the parcel is not. Nothing if it is known. */
  add(requestId: string, shipmentId: string, acceptedAt: number, news: readonly News[]): Promise<void> {
    return this.#turn.run(() => {
      const { addRequest, dropNews, addNews } = this.#statements;
      if (addRequest.run(requestId, shipmentId, acceptedAt).changes === 0) return;
      dropNews.run(shipmentId);
      for (const { update, dueAt } of news) addNews.run(update.updateId, shipmentId, JSON.stringify(update), dueAt);
    });
  }

  /** When something is due next, or undefined if nothing is left to tell. */
  nextDueAt(): number | undefined {
    const { due } = this.#statements.nextDue.get() as { due: number | null };
    return due ?? undefined;
  }

  /** Some of what is due, the oldest first. It is due again at `leaseUntil` unless it is told by then. */
  take(now: number, leaseUntil: number): ShipmentUpdate[] {
    return this.#write(() => {
      const rows = this.#statements.due.all(now, atATime) as unknown as NewsRow[];
      const taken = rows.filter(({ update_id, due_at }) => {
        return this.#statements.lease.run(leaseUntil, update_id, due_at).changes === 1;
      });
      return taken.map(({ json }) => JSON.parse(json) as ShipmentUpdate);
    });
  }

  markTold(updateIds: readonly string[], now: number): void {
    if (updateIds.length === 0) return;
    this.#write(() => {
      for (const updateId of updateIds) this.#statements.told.run(now, updateId);
    });
  }

  /** Forgets what was told before `before`. */
  purge(before: number): void {
    this.#write(() => {
      this.#statements.purgeNews.run(before);
      this.#statements.purgeRequests.run(before);
    });
  }

  /** After what was asked is written. */
  async close(): Promise<void> {
    await this.#turn.settled();
    if (this.#database.isOpen) this.#database.close();
  }

  #write<T>(work: () => T): T {
    try {
      return inTransaction(this.#database, work);
    } catch (error) {
      throw failure(this.#file, 'written', error);
    }
  }
}

interface NewsRow {
  readonly update_id: string;
  readonly json: string;
  readonly due_at: number;
}

function failure(file: string, action: string, error: unknown): StockstreamError {
  return new StockstreamError('CARRIER_STORAGE_FAILED', { file, action, reason: reasonOf(error) }, error);
}
