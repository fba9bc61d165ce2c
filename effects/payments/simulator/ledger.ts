// The books of the simulated provider in one SQLite file: what it was asked and answered, the payments, and the news
// that it has yet to tell. What is answered is on the disk, so that it outlives process and machine, however they end;
// calls of one turn of the event loop share a transaction. Several threads and processes of one machine may share the file.
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { isStockstreamError, reasonOf, StockstreamError } from '../../../base/errors.ts';
import { inTransaction } from '../../../base/sqlite-transaction.ts';
import { Turn } from '../../../base/turn.ts';
import { keepWriteAheadLog } from '../../../base/write-ahead.ts';
import type { PaymentStatus } from '../payments.ts';
import type { BehaviourKind } from './behaviours.ts';

/** A payment; amounts in the currency's minor unit, times in milliseconds since the Unix epoch. */
export interface Entry {
  readonly reference: string;
  readonly orderId: string;
  readonly customerId: string;
  readonly behaviour: BehaviourKind;
  readonly status: PaymentStatus;
  /** What was asked for; `authorized` is what was set aside. */
  readonly amount: number;
  readonly authorized: number;
  readonly captured: number;
  readonly refunded: number;
  readonly currency: string;
  readonly updatedAt: number;
}

/** That a payment's money is set aside, to be told `times` times from `dueAt` on. */
export interface News {
  readonly newsId: string;
  readonly reference: string;
  readonly dueAt: number;
  readonly times: number;
}

const busyTimeoutMs = 5_000;
const pageSize = 500;
/** What a told, or answered, thing is kept for. */
const keepMs = 30 * 86_400_000;

const createTables = `
  CREATE TABLE IF NOT EXISTS requests (
    request_id TEXT PRIMARY KEY, tries INTEGER NOT NULL, answer TEXT, at INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS payments (
    reference TEXT PRIMARY KEY, orderId TEXT NOT NULL, customerId TEXT NOT NULL, behaviour TEXT NOT NULL,
    status TEXT NOT NULL, amount INTEGER NOT NULL, authorized INTEGER NOT NULL, captured INTEGER NOT NULL,
    refunded INTEGER NOT NULL, currency TEXT NOT NULL, updatedAt INTEGER NOT NULL
  );
  CREATE INDEX IF NOT EXISTS payments_order ON payments (orderId);
  CREATE TABLE IF NOT EXISTS news (
    newsId TEXT PRIMARY KEY, reference TEXT NOT NULL, dueAt INTEGER NOT NULL, times INTEGER NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS news_due ON news (dueAt) WHERE times > 0`;

const statements = {
  request: 'SELECT tries, answer FROM requests WHERE request_id = ?',
  putRequest: 'INSERT OR REPLACE INTO requests VALUES (?, ?, ?, ?)',
  put: `INSERT INTO payments VALUES (
    :reference, :orderId, :customerId, :behaviour, :status, :amount, :authorized, :captured, :refunded, :currency,
    :updatedAt)
    ON CONFLICT (reference) DO UPDATE SET behaviour = excluded.behaviour, status = excluded.status,
    amount = excluded.amount, authorized = excluded.authorized, captured = excluded.captured,
    refunded = excluded.refunded, updatedAt = excluded.updatedAt`,
  get: 'SELECT * FROM payments WHERE reference = ?',
  ofOrder: 'SELECT * FROM payments WHERE orderId = ? ORDER BY reference',
  page: `SELECT * FROM payments WHERE reference > ? AND updatedAt >= ? ORDER BY reference LIMIT ${pageSize}`,
  addNews: 'INSERT OR IGNORE INTO news VALUES (:newsId, :reference, :dueAt, :times)',
  nextDue: 'SELECT min(dueAt) AS due FROM news WHERE times > 0',
  due: 'SELECT * FROM news WHERE times > 0 AND dueAt <= ? ORDER BY dueAt LIMIT 1',
  lease: 'UPDATE news SET dueAt = ? WHERE newsId = ? AND dueAt = ?',
  told: 'UPDATE news SET times = times - 1, dueAt = ? WHERE newsId = ?',
  purgeRequests: 'DELETE FROM requests WHERE at < ?',
  purgePayments: 'DELETE FROM payments WHERE updatedAt < ?',
  purgeNews: 'DELETE FROM news WHERE times = 0 AND dueAt < ?',
} as const;

export class Ledger {
  readonly #file: string;
  readonly #database: DatabaseSync;
  readonly #statements: { readonly [Name in keyof typeof statements]: StatementSync };
  #newsAdded = 0;
  readonly #turn = new Turn((work) => this.write(work));

  /** @throws PAYMENTS_STORAGE_FAILED */
  constructor(file: string, now: number) {
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
    const { purgeRequests, purgePayments, purgeNews } = this.#statements;
    this.write(() => {
      for (const statement of [purgeRequests, purgePayments, purgeNews]) statement.run(now - keepMs);
    });
  }

  /** As `write`, together with what else is asked in this turn. `work` may be done anew after it was undone. */
  writeSoon<T>(work: () => T): Promise<T> {
    return this.#turn.run(work);
  }

  /** All of `work` or nothing. @throws PAYMENTS_STORAGE_FAILED, and what `work` throws */
  write<T>(work: () => T): T {
    try {
      return inTransaction(this.#database, work);
    } catch (error) {
      throw isStockstreamError(error) ? error : failure(this.#file, 'written', error);
    }
  }

  /** How often a question was put, and its answer as JSON once there is one. */
  request(requestId: string): { readonly tries: number; readonly answer: string | null } {
    const row = this.#statements.request.get(requestId);
    return row ? (row as unknown as { tries: number; answer: string | null }) : { tries: 0, answer: null };
  }

  putRequest(requestId: string, tries: number, answer: string | null, at: number): void {
    this.#statements.putRequest.run(requestId, tries, answer, at);
  }

  get(reference: string): Entry | undefined {
    return this.#statements.get.get(reference) as unknown as Entry | undefined;
  }

  put(entry: Entry): void {
    this.#statements.put.run({ ...entry } as unknown as Record<string, SQLInputValue>);
  }

  ofOrder(orderId: string): readonly Entry[] {
    return this.#statements.ofOrder.all(orderId) as unknown as Entry[];
  }

  *changedSince(since: number): Generator<Entry> {
    for (let after = ''; ; ) {
      const page = this.#statements.page.all(after, since) as unknown as Entry[];
      yield* page;
      const last = page.at(-1);
      if (!last || page.length < pageSize) return;
      after = last.reference;
    }
  }

  /** How often news were added here, also such as were undone. */
  get newsAdded(): number {
    return this.#newsAdded;
  }

  addNews(news: News): void {
    this.#newsAdded++;
    this.#statements.addNews.run({ ...news });
  }

  /** When something is to be told next, or undefined. */
  nextDueAt(): number | undefined {
    const { due } = this.#statements.nextDue.get() as { due: number | null };
    return due ?? undefined;
  }

  /** Takes a piece of news that is due; until `until` nobody else gets it. */
  takeDue(now: number, until: number): News | undefined {
    return this.write(() => {
      const news = this.#statements.due.get(now) as unknown as News | undefined;
      if (news) this.#statements.lease.run(until, news.newsId, news.dueAt);
      return news;
    });
  }

  /** What is left of its times is due at `now`. */
  told({ newsId }: News, now: number): void {
    this.write(() => this.#statements.told.run(now, newsId));
  }

  /** After what was asked is written. */
  async close(): Promise<void> {
    await this.#turn.settled();
    if (this.#database.isOpen) this.#database.close();
  }
}

function failure(file: string, action: string, error: unknown): StockstreamError {
  return new StockstreamError('PAYMENTS_STORAGE_FAILED', { file, action, reason: reasonOf(error) }, error);
}
