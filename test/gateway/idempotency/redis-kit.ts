// What the tests on a real Redis share: stores whose keys are of this run alone and gone after it.
import { after } from 'node:test';
import { Redis } from 'ioredis';
import { silentLogger } from '../../../base/logger.ts';
import { systemRandom } from '../../../base/random.ts';
import type { Idempotency } from '../../../gateway/idempotency/idempotency.ts';
import {
  openRedisIdempotency,
  type RedisIdempotencyOptions,
} from '../../../gateway/idempotency/redis/redis-idempotency.ts';

export const redisUrl = process.env.STOCKSTREAM_TEST_REDIS ?? 'redis://127.0.0.1:6379';
export const runPrefix = `test-${systemRandom.uuid().slice(0, 8)}:`;

/** Of the tests themselves. */
export const redis = new Redis(redisUrl, { maxRetriesPerRequest: 1 });
after(async () => {
  for await (const keys of redis.scanStream({ match: `${runPrefix}*`, count: 1_000 })) {
    if (keys.length > 0) await redis.del(keys);
  }
  await redis.quit();
});

/** A store on the real server; whoever opens it closes it. */
export function openRedis(change: Partial<RedisIdempotencyOptions> = {}): Promise<Idempotency> {
  return openRedisIdempotency({
    url: redisUrl,
    prefix: runPrefix,
    random: systemRandom,
    logger: silentLogger,
    windowMs: 60_000,
    ...change,
  });
}
