// How we connect to Cassandra, and what every statement has in common: prepared once, sent to a replica, acknowledged
// by a majority of the local data centre's copies, and safe to be sent again, since its timestamp is the order's
// position in the log and not the moment of writing.
import { Client, policies, type types as Types, types } from 'cassandra-driver';
import { StockstreamError } from '../../../base/errors.ts';
import { archiveFailure } from './failures.ts';
import { type KeyspaceOptions, makeSchema } from './schema.ts';

export interface SessionOptions extends KeyspaceOptions {
  /** host or host:port, 9042 by default; one that answers is enough. */
  readonly contactPoints: readonly string[];
  readonly username?: string | undefined;
  /** Never logged. */
  readonly password?: string | undefined;
}

export type Row = Types.Row;
export type Value = string | number | bigint | boolean | Date;

/** Milliseconds. A request is given up after the second, and tried with another server. */
const connectTimeout = 5_000;
const readTimeout = 10_000;

export class Session {
  readonly #client: Client;
  readonly #keyspace: string;
  #isClosed = false;

  private constructor(client: Client, keyspace: string) {
    this.#client = client;
    this.#keyspace = keyspace;
  }

  /** Resolves when the tables are there. @throws ARCHIVE_UNAVAILABLE, ARCHIVE_REFUSED */
  static async open(options: SessionOptions): Promise<Session> {
    let client: Client | undefined;
    try {
      client = makeClient(options);
      await client.connect();
      await makeSchema(client, options);
      return new Session(client, options.keyspace);
    } catch (error) {
      await client?.shutdown().catch(() => {});
      throw archiveFailure(error);
    }
  }

  /** `cql` names tables as `$.orders`. All rows, however many pages they come in: ask for few. */
  async run(cql: string, parameters: readonly Value[]): Promise<readonly Row[]> {
    // The driver would connect again.
    if (this.#isClosed) throw new StockstreamError('ARCHIVE_UNAVAILABLE', { reason: 'it was closed' });
    try {
      const statement = cql.replace(/\$\./g, `"${this.#keyspace}".`);
      const { rows } = await this.#client.execute(statement, parameters, { prepare: true, fetchSize: 5_000 });
      return rows ?? [];
    } catch (error) {
      throw archiveFailure(error);
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#client.shutdown();
  }
}

/** Every statement may be sent again, so a write that timed out is. */
class RetryOnce extends policies.retry.RetryPolicy {
  override onWriteTimeout(info: { readonly nbRetry: number }) {
    return info.nbRetry > 0 ? this.rethrowResult() : this.retryResult(undefined as never, false);
  }

  override onRequestError(info: { readonly nbRetry: number }) {
    return info.nbRetry > 2 ? this.rethrowResult() : this.retryResult(undefined as never, false);
  }
}

function makeClient({ contactPoints, datacenter, username, password }: SessionOptions): Client {
  return new Client({
    contactPoints: [...contactPoints],
    localDataCenter: datacenter,
    ...(username !== undefined && { credentials: { username, password: password ?? '' } }),
    // Tables are few and known: their metadata isn't followed.
    isMetadataSyncEnabled: false,
    encoding: { useBigIntAsLong: true },
    policies: { retry: new RetryOnce() },
    queryOptions: { consistency: types.consistencies.localQuorum, isIdempotent: true },
    socketOptions: { connectTimeout, readTimeout },
    protocolOptions: { maxSchemaAgreementWaitSeconds: 30 },
  });
}
