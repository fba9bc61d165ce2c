// The expiry port on Redis, for any number of workers and gateways. A record is one key that Redis drops by itself:
//
//     <prefix><order id> -> "<position> <status> <until> <customer id>"      status `-` once the hold has ended
//
// Each write is one script on one key, so it is guarded whatever others do meanwhile. What Redis loses is not made again
// before the order's next event; readers look at the order then.
import { Redis } from 'ioredis';
import type { Clock } from '../../../base/clock.ts';
import { reasonOf, StockstreamError } from '../../../base/errors.ts';
import type { Logger } from '../../../base/logger.ts';
import { redisOptions } from '../../../base/redis-options.ts';
import { type ExpiryRecord, type ExpiryRecords, type ExpiryWrite, endKnownMs } from '../expiry-records.ts';
import { expiryFailure } from './failures.ts';

export interface RedisExpiryOptions {
  /** redis:// or rediss://; its path is the number of the database. Never logged. */
  readonly url: string;
  /** Before every key, so that installations can share a server. */
  readonly prefix: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Writes of one round trip. */
const atOnce = 500;
const ended = '-';

/** position, status, until, customer id, now. */
const script = `
  local stored = redis.call('GET', KEYS[1])
  local untilThen = tonumber(ARGV[3])
  if stored then
    local position, _, untilBefore = string.match(stored, '^(%d+) (%S+) (%d+)')
    if tonumber(position) >= tonumber(ARGV[1]) then return end
    if ARGV[2] == '${ended}' then untilThen = math.max(untilThen, tonumber(untilBefore)) end
  end
  if untilThen <= tonumber(ARGV[5]) then
    redis.call('DEL', KEYS[1])
  else
    local text = string.format('%.0f', untilThen)
    redis.call('SET', KEYS[1], table.concat({ ARGV[1], ARGV[2], text, ARGV[4] }, ' '), 'PXAT', text)
  end`;

/** Resolves when the server answers. @throws EXPIRY_UNAVAILABLE, EXPIRY_REFUSED */
export async function openRedisExpiryRecords(options: RedisExpiryOptions): Promise<ExpiryRecords> {
  const redis = makeRedis(options.url);
  const records = new RedisExpiryRecords(redis, options);
  try {
    await redis.connect();
    // Once more, for the library goes on in another database if this one isn't there.
    await redis.select(redis.options.db ?? 0);
    return records;
  } catch (error) {
    redis.disconnect();
    throw records.failure(error);
  }
}

class RedisExpiryRecords implements ExpiryRecords {
  readonly #redis: Redis;
  readonly #options: RedisExpiryOptions;
  /** Why the connection isn't open. */
  #away: unknown;

  constructor(redis: Redis, options: RedisExpiryOptions) {
    this.#redis = redis;
    this.#options = options;
    redis.on('error', (error) => {
      if (this.#away === undefined)
        options.logger.warn({ reason: reasonOf(error) }, 'Redis is away: no expiry records');
      this.#away = error;
    });
    redis.on('ready', () => {
      this.#away = undefined;
    });
  }

  async apply(writes: readonly ExpiryWrite[]): Promise<void> {
    for (let from = 0; from < writes.length; from += atOnce) await this.#applySome(writes.slice(from, from + atOnce));
  }

  async #applySome(writes: readonly ExpiryWrite[]): Promise<void> {
    const now = this.#options.clock.now();
    const pipeline = this.#redis.pipeline();
    for (const write of writes) {
      const hold = write.kind === 'hold' ? write.record : undefined;
      const until = write.kind === 'hold' ? write.record.expiresAt : write.at + endKnownMs;
      const values = [write.position.offset, hold?.status ?? ended, until, hold?.customerId ?? '', now];
      pipeline.eval(script, 1, this.#keyOf(write.orderId), ...values);
    }
    await this.#attempt(async () => {
      for (const [error] of (await pipeline.exec()) ?? []) if (error) throw error;
    });
  }

  async flush(): Promise<void> {}

  async get(orderId: string): Promise<ExpiryRecord | undefined> {
    const stored = await this.#attempt(() => this.#redis.get(this.#keyOf(orderId)));
    const [, status, until, customerId] = /^\d+ (\S+) (\d+) (.*)$/s.exec(stored ?? '') ?? [];
    const expiresAt = Number(until);
    if (status === undefined || customerId === undefined || status === ended) return undefined;
    return expiresAt > this.#options.clock.now() ? { customerId, status, expiresAt } : undefined;
  }

  async ping(): Promise<void> {
    await this.#attempt(() => this.#redis.ping());
  }

  async close(): Promise<void> {
    await this.#redis.quit().catch(() => this.#redis.disconnect());
  }

  failure(error: unknown): StockstreamError {
    // Why the connection is away says more than that a command found it so.
    return expiryFailure(this.#away ?? error);
  }

  #keyOf(orderId: string): string {
    return this.#options.prefix + orderId;
  }

  async #attempt<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      throw this.failure(error);
    }
  }
}

/** @throws EXPIRY_REFUSED if the URL makes no sense; it isn't told, for it has the password */
function makeRedis(url: string): Redis {
  try {
    return new Redis(url, {
      ...redisOptions(url),
      // After a fail-over the same address may lead to what is a replica now.
      reconnectOnError: (error) => error.message.startsWith('READONLY'),
    });
  } catch (error) {
    throw new StockstreamError('EXPIRY_REFUSED', { reason: reasonOf(error) });
  }
}
