// The ranks port on Redis, for any number of workers and gateways. A rank is a sorted set; beside them lies what each
// product was ranked by last, so that a replay changes nothing and a product leaves the categories that it has left:
//
//     <prefix>rank:<window>:<category>   sorted set of product ids
//     <prefix>product:<id>               position in the log, then the categories; parted by line feeds
//
// A write is one script over all of a product's ranks, so they lie on one server.
import { Redis } from 'ioredis';
import { reasonOf, StockstreamError } from '../../../base/errors.ts';
import type { Logger } from '../../../base/logger.ts';
import { redisOptions } from '../../../base/redis-options.ts';
import { type RankedProduct, type RankQuery, type Ranks, type RankWrite, rankLength, rankWindows } from '../ranks.ts';
import { ranksFailure } from './failures.ts';

export interface RedisRanksOptions {
  /** redis:// or rediss://; its path is the number of the database. Never logged. */
  readonly url: string;
  /** Before every key, so that installations, and generations of one, can share a server. */
  readonly prefix: string;
  /** How many products a rank keeps. */
  readonly length?: number;
  readonly logger: Logger;
}

/** Writes of one round trip. */
const atOnce = 200;

/** Key: the product's. Prefix, position, product id, length of a rank, a score a window, then the categories. */
const script = `
  local stored = redis.call('GET', KEYS[1])
  local prefix, position, id, length = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
  local windows = { ${rankWindows.map((window) => `'${window}'`).join(', ')} }
  if stored then
    if tonumber(string.match(stored, '^%d+')) >= tonumber(position) then return end
    for category in string.gmatch(string.sub(stored, string.find(stored, '\\n') + 1), '([^\\n]*)\\n') do
      for _, window in ipairs(windows) do redis.call('ZREM', prefix .. 'rank:' .. window .. ':' .. category, id) end
    end
  end
  local lines = position .. '\\n'
  for index = 5 + #windows, #ARGV do
    lines = lines .. ARGV[index] .. '\\n'
    for number, window in ipairs(windows) do
      local score = ARGV[4 + number]
      if tonumber(score) > 0 then
        local rank = prefix .. 'rank:' .. window .. ':' .. ARGV[index]
        redis.call('ZADD', rank, score, id)
        redis.call('ZREMRANGEBYRANK', rank, 0, -(length + 1))
      end
    end
  end
  redis.call('SET', KEYS[1], lines)`;

/** Resolves when the server answers. @throws RANKS_UNAVAILABLE, RANKS_REFUSED */
export async function openRedisRanks(options: RedisRanksOptions): Promise<Ranks> {
  const redis = makeRedis(options.url);
  const ranks = new RedisRanks(redis, options);
  try {
    await redis.connect();
    // Once more, for the library goes on in another database if this one isn't there.
    await redis.select(redis.options.db ?? 0);
    return ranks;
  } catch (error) {
    redis.disconnect();
    throw ranks.failure(error);
  }
}

class RedisRanks implements Ranks {
  readonly #redis: Redis;
  readonly #options: RedisRanksOptions;
  /** Why the connection isn't open. */
  #away: unknown;

  constructor(redis: Redis, options: RedisRanksOptions) {
    this.#redis = redis;
    this.#options = options;
    redis.on('error', (error) => {
      if (this.#away === undefined) options.logger.warn({ reason: reasonOf(error) }, 'Redis is away: no ranks');
      this.#away = error;
    });
    redis.on('ready', () => {
      this.#away = undefined;
    });
  }

  async apply(writes: readonly RankWrite[]): Promise<void> {
    for (let from = 0; from < writes.length; from += atOnce) await this.#applySome(writes.slice(from, from + atOnce));
  }

  async #applySome(writes: readonly RankWrite[]): Promise<void> {
    const { prefix, length = rankLength } = this.#options;
    const pipeline = this.#redis.pipeline();
    for (const { productId, categories, scores, position } of writes) {
      const values = [prefix, position.offset, productId, length, ...rankWindows.map((window) => scores[window])];
      pipeline.eval(script, 1, `${prefix}product:${productId}`, ...values, ...categories.map(oneLine));
    }
    await this.#attempt(async () => {
      for (const [error] of (await pipeline.exec()) ?? []) if (error) throw error;
    });
  }

  async flush(): Promise<void> {}

  async top({ window, category, limit, after }: RankQuery): Promise<readonly RankedProduct[]> {
    const rank = `${this.#options.prefix}rank:${window}:${oneLine(category)}`;
    return await this.#attempt(async () => {
      if (after === undefined) return await this.#read(rank, 0, limit);
      const [score, place] = await Promise.all([
        this.#redis.zscore(rank, after.productId),
        this.#redis.zrevrank(rank, after.productId),
      ]);
      if (place !== null && Number(score) === after.score) return await this.#read(rank, place + 1, limit);
      return await this.#readFrom(rank, after, limit);
    });
  }

  /** After where a product stood that has moved: behind all with a higher score, and of the equal ones by their ids. */
  async #readFrom(rank: string, after: RankedProduct, limit: number): Promise<RankedProduct[]> {
    const found: RankedProduct[] = [];
    let from = await this.#redis.zcount(rank, `(${after.score}`, '+inf');
    while (found.length < limit) {
      const page = await this.#read(rank, from, limit);
      found.push(...page.filter(({ score, productId }) => score < after.score || productId < after.productId));
      if (page.length < limit) break;
      from += limit;
    }
    return found.slice(0, limit);
  }

  async #read(rank: string, from: number, limit: number): Promise<RankedProduct[]> {
    const read = await this.#redis.zrevrange(rank, from, from + limit - 1, 'WITHSCORES');
    return Array.from({ length: read.length / 2 }, (_, index) => {
      return { productId: read[index * 2] ?? '', score: Number(read[index * 2 + 1]) };
    });
  }

  async clear(): Promise<void> {
    const pattern = `${this.#options.prefix.replace(/[\\*?[\]]/g, '\\$&')}*`;
    await this.#attempt(async () => {
      for await (const keys of this.#redis.scanStream({ match: pattern, count: 1_000 })) {
        if (keys.length > 0) await this.#redis.unlink(keys);
      }
    });
  }

  async ping(): Promise<void> {
    await this.#attempt(() => this.#redis.ping());
  }

  async close(): Promise<void> {
    await this.#redis.quit().catch(() => this.#redis.disconnect());
  }

  failure(error: unknown): StockstreamError {
    // Why the connection is away says more than that a command found it so.
    return ranksFailure(this.#away ?? error);
  }

  async #attempt<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      throw this.failure(error);
    }
  }
}

/** A category as it can stand in a line. */
function oneLine(category: string): string {
  return category.replaceAll('\n', ' ');
}

/** @throws RANKS_REFUSED if the URL makes no sense; it isn't told, for it has the password */
function makeRedis(url: string): Redis {
  try {
    return new Redis(url, {
      ...redisOptions(url),
      // After a fail-over the same address may lead to what is a replica now.
      reconnectOnError: (error) => error.message.startsWith('READONLY'),
    });
  } catch (error) {
    throw new StockstreamError('RANKS_REFUSED', { reason: reasonOf(error) });
  }
}
