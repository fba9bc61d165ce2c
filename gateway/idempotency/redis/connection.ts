// One connection to Redis, which finds its way back by itself. While it is away every call fails at once instead of
// waiting in line: the caller's caller may try again, and knows better how long to wait.
import { Redis } from 'ioredis';
import { reasonOf, StockstreamError } from '../../../base/errors.ts';
import type { Logger } from '../../../base/logger.ts';
import type { Random } from '../../../base/random.ts';
import { redisOptions, redisRetryDelay } from '../../../base/redis-options.ts';
import { idempotencyFailure, isReplyOf } from './failures.ts';
import type { Script } from './scripts.ts';

export interface ConnectionOptions {
  /** redis:// or rediss://; its path is the number of the database. Never logged. */
  readonly url: string;
  readonly random: Random;
  readonly logger: Logger;
}

/** Every call throws IDEMPOTENCY_UNAVAILABLE or IDEMPOTENCY_REFUSED. */
export class Connection {
  readonly #redis: Redis;
  readonly #logger: Logger;
  #state: 'opening' | 'open' | 'away' | 'closed' = 'opening';
  /** Why it isn't open. */
  #failure: unknown;

  private constructor({ url, random, logger }: ConnectionOptions) {
    this.#redis = makeRedis(url, random);
    this.#logger = logger;
    this.#redis.on('error', (error) => {
      this.#failure = error;
    });
    this.#redis.on('close', () => this.#onClose());
    this.#redis.on('ready', () => this.#onReady());
  }

  /** Resolves when the server answers. */
  static async open(options: ConnectionOptions): Promise<Connection> {
    const connection = new Connection(options);
    const redis = connection.#redis;
    try {
      await redis.connect();
      // Once more, for the library goes on in another database if this one isn't there.
      await redis.select(redis.options.db ?? 0);
      return connection;
    } catch (error) {
      connection.#disconnect();
      // The library says only that the connection is closed.
      throw idempotencyFailure(connection.#failure ?? error);
    }
  }

  /** Runs a script on one key. */
  async run({ sha1, text }: Script, key: string, args: readonly (string | number)[]): Promise<unknown> {
    return this.#attempt(async () => {
      try {
        return await this.#redis.evalsha(sha1, 1, key, ...args);
      } catch (error) {
        // New to this server, or to one that started again.
        if (!isReplyOf(error, 'NOSCRIPT')) throw error;
        return await this.#redis.eval(text, 1, key, ...args);
      }
    });
  }

  /** `noeviction` and its like; undefined if we may not know. */
  async evictionPolicy(): Promise<string | undefined> {
    const memory = await this.#redis.info('memory').catch(() => '');
    return /^maxmemory_policy:(\S+)/m.exec(memory)?.[1];
  }

  async ping(): Promise<void> {
    await this.#attempt(() => this.#redis.ping());
  }

  /** Lets what was sent be answered first. */
  async close(): Promise<void> {
    this.#state = 'closed';
    await this.#redis.quit().catch(() => this.#disconnect());
  }

  #disconnect(): void {
    this.#state = 'closed';
    this.#redis.disconnect();
  }

  #onReady(): void {
    if (this.#state === 'away') this.#logger.info({}, 'Redis is back');
    this.#state = 'open';
    this.#failure = undefined;
  }

  #onClose(): void {
    this.#failure ??= new Error('the server closed the connection');
    if (this.#state !== 'open') return;
    this.#state = 'away';
    const reason = reasonOf(this.#failure);
    this.#logger.warn({ reason }, 'Redis is away: requests with an idempotency key are refused until it is back');
  }

  async #attempt<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      // Why the connection is away says more than that a command found it so.
      if (this.#failure === undefined) throw idempotencyFailure(error);
      throw new StockstreamError('IDEMPOTENCY_UNAVAILABLE', { reason: reasonOf(this.#failure) });
    }
  }
}

/** @throws IDEMPOTENCY_REFUSED if the URL makes no sense; it isn't told, for it has the password */
function makeRedis(url: string, random: Random): Redis {
  try {
    return new Redis(url, {
      ...redisOptions(url),
      // Many gateways don't come back at the same moment.
      retryStrategy: (attempt) => redisRetryDelay(attempt) + random.int(100),
      // After a fail-over the same address may lead to what is a replica now.
      reconnectOnError: (error) => isReplyOf(error, 'READONLY'),
    });
  } catch (error) {
    throw new StockstreamError('IDEMPOTENCY_REFUSED', { reason: reasonOf(error) });
  }
}
