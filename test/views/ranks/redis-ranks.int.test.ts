// The ranks in Redis, held to the suite of their port.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, test } from 'node:test';
import { Redis } from 'ioredis';
import { pino } from 'pino';
import { openRedisRanks } from '../../../views/ranks/redis/redis-ranks.ts';
import { ranksSuite } from '../../conformance/ranks.suite.ts';
import { services } from '../../services.ts';

const logger = pino({ level: 'silent' });
const installation = `test:${randomUUID()}:`;

ranksSuite('ranks in Redis', ({ length }) => {
  return openRedisRanks({ url: services.redis, prefix: `${installation}${randomUUID()}:`, length, logger });
});

after(async () => {
  const all = await openRedisRanks({ url: services.redis, prefix: installation, logger });
  await all.clear();
  await all.close();
});

test('emptying the ranks of one prefix leaves those of others', async (t) => {
  const [one, other] = await Promise.all(
    ['[a*', '[a*b'].map((each) => openRedisRanks({ url: services.redis, prefix: `${installation}${each}:`, logger })),
  );
  const redis = new Redis(services.redis);
  t.after(async () => await Promise.all([one?.close(), other?.close(), redis.quit()]));
  const position = { topic: 'popularity', partition: 0, offset: 1 };
  const write = { productId: 'lamp', categories: [''], scores: { hour: 1, day: 1, all: 1 }, position };
  await one?.apply([write]);
  await other?.apply([write]);
  await one?.clear();
  assert.deepEqual(await redis.keys(`${installation}\\[a\\*:*`), []);
  assert.equal((await other?.top({ window: 'hour', category: '', limit: 5 }))?.length, 1);
});

test('a wrong address is refused or unavailable, and its password is not told', async () => {
  for (const [url, code] of [
    ['redis://:hush@127.0.0.1:1', 'RANKS_UNAVAILABLE'],
    ['redis://:hush@127.0.0.1:6379/none', 'RANKS_REFUSED'],
    [`${services.redis}/9999`, 'RANKS_REFUSED'],
  ] as const) {
    await assert.rejects(
      openRedisRanks({ url, prefix: 'test:', logger }),
      (error: { code: string; message: string }) => {
        assert.doesNotMatch(error.message, /hush/);
        return error.code === code;
      },
    );
  }
});
