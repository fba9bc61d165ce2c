// The expiry records in Redis, held to the suite of their port; and that Redis drops them by itself.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { Redis } from 'ioredis';
import { pino } from 'pino';
import { type Clock, systemClock } from '../../../base/clock.ts';
import { openRedisExpiryRecords } from '../../../views/expiry/redis/redis-expiry-records.ts';
import { expirySuite } from '../../conformance/expiry.suite.ts';
import { services } from '../../services.ts';

const logger = pino({ level: 'silent' });

function open(clock: Clock, prefix = `test:${randomUUID()}:expiry:`) {
  return openRedisExpiryRecords({ url: services.redis, prefix, clock, logger });
}

expirySuite('expiry records in Redis', open);

test('Redis itself drops a record when its time is over, and the mark of an end with it', async (t) => {
  const prefix = `test:${randomUUID()}:expiry:`;
  const records = await open(systemClock, prefix);
  const redis = new Redis(services.redis);
  t.after(async () => {
    await records.close();
    await redis.quit();
  });
  const expiresAt = systemClock.now() + 3_600_000;
  const position = { topic: 'order-events', partition: 0, offset: 1 };
  const record = { customerId: 'carl', status: 'created', expiresAt };
  await records.apply([{ orderId: 'o1~lamp', position, kind: 'hold', record }]);
  assert.equal(await redis.pexpiretime(`${prefix}o1~lamp`), expiresAt);
  await records.apply([
    { orderId: 'o1~lamp', position: { ...position, offset: 2 }, kind: 'end', at: systemClock.now() },
  ]);
  assert.equal(await redis.pexpiretime(`${prefix}o1~lamp`), expiresAt);
  await records.apply([{ orderId: 'o2~lamp', position, kind: 'hold', record: { ...record, expiresAt: 1 } }]);
  assert.equal(await redis.exists(`${prefix}o2~lamp`), 0);
});

test('a wrong address is refused or unavailable, and its password is not told', async () => {
  for (const [url, code] of [
    ['redis://:hush@127.0.0.1:1', 'EXPIRY_UNAVAILABLE'],
    ['redis://:hush@127.0.0.1:6379/none', 'EXPIRY_REFUSED'],
    [`${services.redis}/9999`, 'EXPIRY_REFUSED'],
  ] as const) {
    const opening = openRedisExpiryRecords({ url, prefix: 'test:', clock: systemClock, logger });
    await assert.rejects(opening, (error: { code: string; message: string }) => {
      assert.doesNotMatch(error.message, /hush/);
      return error.code === code;
    });
  }
});
