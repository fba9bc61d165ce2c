// The idempotency port on SQLite: one file (or `:memory:`), for one machine. Everything of one turn of the event loop is
// one transaction, and isn't synced: after a power loss the last records may be gone, after a kill none is.
//
//     requests: scope, key -> fingerprint, token, lease_until | status, headers, body (NULL while running) | expires_at
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { Clock } from '../../../base/clock.ts';
import { reasonOf, StockstreamError } from '../../../base/errors.ts';
import type { Random } from '../../../base/random.ts';
import { keepWriteAheadLog } from '../../../base/write-ahead.ts';
import type { Claim, Idempotency, IdempotentRequest, StoredAnswer } from '../idempotency.ts';

export interface SqliteIdempotencyOptions {
  /** Made with its folder if it isn't there; `:memory:` keeps it in memory. */
  readonly file: string;
  readonly clock: Clock;
  readonly random: Random;
  /** For how long an answer is kept, in milliseconds. */
  readonly windowMs: number;
  /** No other process has the file: whatever is claimed at the start was claimed by one that is gone. */
  readonly isAlone?: boolean;
}

const busyTimeoutMs = 2_000;
const purgeEveryMs = 1_000;
/** A purge never holds the event loop up for long. */
const purgeAtMost = 1_000;

const createTable = `
  CREATE TABLE IF NOT EXISTS requests (
    scope TEXT NOT NULL, key TEXT NOT NULL, fingerprint TEXT NOT NULL, token TEXT NOT NULL, lease_until INTEGER NOT NULL,
    status INTEGER, headers TEXT, body TEXT, expires_at INTEGER NOT NULL,
    UNIQUE (scope, key)
  );
  CREATE INDEX IF NOT EXISTS requests_expiry ON requests (expires_at)`;

// Takes a free key, one whose record has expired, or one whose lease is over without an answer.
const claimRow = `
  INSERT INTO requests (scope, key, fingerprint, token, lease_until, expires_at)
  VALUES (:scope, :key, :fingerprint, :token, :leaseUntil, :expiresAt)
  ON CONFLICT (scope, key) DO UPDATE SET
    fingerprint = excluded.fingerprint, token = excluded.token, lease_until = excluded.lease_until,
    expires_at = excluded.expires_at, status = NULL, headers = NULL, body = NULL
  WHERE expires_at <= :now
    OR (status IS NULL AND lease_until <= :now AND fingerprint = excluded.fingerprint)`;

const readRow = 'SELECT fingerprint, lease_until, status, headers, body FROM requests WHERE scope = ? AND key = ?';
const renewRow = `
  UPDATE requests SET lease_until = ?, expires_at = ? WHERE scope = ? AND key = ? AND token = ? AND status IS NULL`;
const completeRow = `
  UPDATE requests SET status = ?, headers = ?, body = ?, expires_at = ?
  WHERE scope = ? AND key = ? AND token = ? AND status IS NULL`;
const releaseRow = 'DELETE FROM requests WHERE scope = ? AND key = ? AND token = ? AND status IS NULL';
const releaseAll = 'UPDATE requests SET lease_until = 0 WHERE status IS NULL';
const purgeRows = 'DELETE FROM requests WHERE rowid IN (SELECT rowid FROM requests WHERE expires_at <= ? LIMIT ?)';

/** @throws IDEMPOTENCY_STORAGE_FAILED if the file can't be opened or isn't a database */
export function openSqliteIdempotency(options: SqliteIdempotencyOptions): Idempotency {
  const { file } = options;
  try {
    if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true });
    const database = new DatabaseSync(file, { timeout: busyTimeoutMs });
    keepWriteAheadLog(database);
    database.exec('PRAGMA synchronous = NORMAL');
    database.exec(createTable);
    if (options.isAlone) database.exec(releaseAll);
    return new SqliteIdempotency(database, options);
  } catch (error) {
    throw failure(file, 'opened', error);
  }
}

class SqliteIdempotency implements Idempotency {
  readonly #database: DatabaseSync;
  readonly #options: SqliteIdempotencyOptions;
  readonly #statements: {
    readonly [Name in 'claim' | 'read' | 'renew' | 'complete' | 'release' | 'purge']: StatementSync;
  };
  /** Resolves when the transaction of this turn has committed; undefined if none is open. */
  #committed: Promise<void> | undefined;
  #purgedAt = 0;

  constructor(database: DatabaseSync, options: SqliteIdempotencyOptions) {
    this.#database = database;
    this.#options = options;
    const prepare = (sql: string) => database.prepare(sql);
    this.#statements = {
      claim: prepare(claimRow),
      read: prepare(readRow),
      renew: prepare(renewRow),
      complete: prepare(completeRow),
      release: prepare(releaseRow),
      purge: prepare(purgeRows),
    };
  }

  async claim({ scope, key, fingerprint }: IdempotentRequest, leaseMs: number): Promise<Claim> {
    const { clock, random, windowMs } = this.#options;
    return this.#write(() => {
      const now = clock.now();
      const token = random.uuid();
      const leaseUntil = now + leaseMs;
      const expiresAt = leaseUntil + windowMs;
      const taken = this.#statements.claim.run({ scope, key, fingerprint, token, leaseUntil, expiresAt, now });
      if (taken.changes === 1) return { kind: 'claimed', token };
      const row = this.#statements.read.get(scope, key) as unknown as Row;
      if (row.fingerprint !== fingerprint) return { kind: 'mismatch' };
      if (row.status === null) return { kind: 'running', leftMs: row.lease_until - now };
      const headers = JSON.parse(row.headers ?? '{}') as StoredAnswer['headers'];
      return { kind: 'done', answer: { status: row.status, headers, body: row.body ?? '' } };
    });
  }

  async renew({ scope, key }: IdempotentRequest, token: string, leaseMs: number): Promise<boolean> {
    return this.#write(() => {
      const leaseUntil = this.#options.clock.now() + leaseMs;
      const expiresAt = leaseUntil + this.#options.windowMs;
      return this.#statements.renew.run(leaseUntil, expiresAt, scope, key, token).changes === 1;
    });
  }

  async complete({ scope, key }: IdempotentRequest, token: string, answer: StoredAnswer): Promise<void> {
    const { status, headers, body } = answer;
    this.#write(() => {
      const expiresAt = this.#options.clock.now() + this.#options.windowMs;
      this.#statements.complete.run(status, JSON.stringify(headers), body, expiresAt, scope, key, token);
    });
    await this.#committed;
  }

  async release({ scope, key }: IdempotentRequest, token: string): Promise<void> {
    this.#write(() => this.#statements.release.run(scope, key, token));
    await this.#committed;
  }

  async ping(): Promise<void> {
    this.#write(() => this.#statements.read.get('', ''));
    await this.#committed;
  }

  async close(): Promise<void> {
    await this.#committed;
    this.#database.close();
  }

  /** Runs `work` in the transaction of this turn of the event loop. */
  #write<T>(work: () => T): T {
    try {
      if (!this.#committed) {
        this.#database.exec('BEGIN IMMEDIATE');
        this.#committed = new Promise((resolve, reject) => {
          setImmediate(() => this.#commit(resolve, reject));
        });
        // A failed commit is told to those who wait for it; a claim doesn't.
        this.#committed.catch(() => {});
      }
      return work();
    } catch (error) {
      throw failure(this.#options.file, 'written', error);
    }
  }

  #commit(resolve: () => void, reject: (error: unknown) => void): void {
    this.#committed = undefined;
    try {
      this.#purge();
      this.#database.exec('COMMIT');
      resolve();
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      reject(failure(this.#options.file, 'written', error));
    }
  }

  #purge(): void {
    const now = this.#options.clock.now();
    if (now - this.#purgedAt < purgeEveryMs) return;
    this.#purgedAt = now;
    this.#statements.purge.run(now, purgeAtMost);
  }
}

interface Row {
  readonly fingerprint: string;
  readonly lease_until: number;
  readonly status: number | null;
  readonly headers: string | null;
  readonly body: string | null;
}

function failure(file: string, action: string, error: unknown): StockstreamError {
  return new StockstreamError('IDEMPOTENCY_STORAGE_FAILED', { file, action, reason: reasonOf(error) }, error);
}
