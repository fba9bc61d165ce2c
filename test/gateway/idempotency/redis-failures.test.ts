// What the Redis adapter says when it can't do its work: what passes is told apart from what doesn't, soon, and without a
// password or an answer in it.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { inspect } from 'node:util';
import type { ErrorCode } from '../../../base/error-catalogue.ts';
import { isStockstreamError } from '../../../base/errors.ts';
import { systemRandom } from '../../../base/random.ts';
import type { Idempotency } from '../../../gateway/idempotency/idempotency.ts';
import { openRedisIdempotency } from '../../../gateway/idempotency/redis/redis-idempotency.ts';
import { type Answer, fakeRedis } from './fake-redis.ts';

const secret = 'hunter2';
const request = { scope: 'c1', key: 'k1', fingerprint: 'f1' };
const answer = { status: 201, headers: {}, body: secret };

async function opened(t: TestContext, reply: Answer, lines: string[] = []): Promise<Idempotency> {
  const idempotency = await openAt(`${await fakeRedis(t, reply)}?socketTimeout=100`, lines);
  t.after(() => idempotency.close());
  return idempotency;
}

function openAt(url: string, lines: string[] = []): Promise<Idempotency> {
  const note = (fields: object, message: string) => lines.push(`${message} ${inspect(fields)}`);
  const logger = { debug: note, info: note, warn: note, error: note };
  return openRedisIdempotency({ url, prefix: 'test:', random: systemRandom, logger, windowMs: 60_000 });
}

/** Of this code and reason, with nothing secret anywhere in it. */
function failure(code: ErrorCode, reason = /./) {
  return (error: unknown) => {
    assert.ok(isStockstreamError(error), inspect(error));
    assert.equal(error.code, code);
    assert.match(error.message, reason);
    assert.doesNotMatch(inspect(error, { depth: 10 }), new RegExp(secret));
    return true;
  };
}

test('an address that makes no sense is refused at the start, without its password', async () => {
  for (const [rest, reason] of [
    ['127.0.0.1:99999', /Invalid URL/],
    ['127.0.0.1:6379/shop', /number of a database/],
    ['%zz@127.0.0.1:6379', /malformed/],
  ] as const) {
    const url = rest.includes('@') ? `redis://:${secret}${rest}` : `redis://ann:${secret}@${rest}`;
    await assert.rejects(openAt(url), failure('IDEMPOTENCY_REFUSED', reason));
  }
});

test('a server that is away is told at the start', async () => {
  await assert.rejects(openAt('redis://127.0.0.1:1'), failure('IDEMPOTENCY_UNAVAILABLE', /ECONNREFUSED 127.0.0.1:1\./));
});

test('a server that stops to answer is given up in time, and the next call finds it again', async (t) => {
  let isMute = true;
  const lines: string[] = [];
  const idempotency = await opened(t, () => (isMute ? 'silence' : '+PONG'), lines);
  await assert.rejects(idempotency.ping(), failure('IDEMPOTENCY_UNAVAILABLE', /didn't receive any/));
  isMute = false;
  await eventually(() => idempotency.ping());
  assert.match(lines.slice(1).join('\n'), /^Redis is away: .* \{[^}]*didn't receive any[^}]*\}\nRedis is back \{\}$/);
});

test('a connection that breaks is told once, and mended', async (t) => {
  let isBroken = true;
  const lines: string[] = [];
  const idempotency = await opened(t, () => (isBroken ? 'hang up' : '+PONG'), lines);
  await assert.rejects(idempotency.complete(request, 'token', answer), failure('IDEMPOTENCY_UNAVAILABLE', /closed/));
  await assert.rejects(idempotency.ping(), failure('IDEMPOTENCY_UNAVAILABLE', /closed/));
  isBroken = false;
  await eventually(() => idempotency.ping());
  assert.equal(lines.length, 3, lines.join('\n'));
});

const unavailable = 'IDEMPOTENCY_UNAVAILABLE';
const refused = 'IDEMPOTENCY_REFUSED';
const replies: readonly (readonly [name: string, reply: string, code: ErrorCode])[] = [
  ['full memory', "-OOM command not allowed when used memory > 'maxmemory'.", unavailable],
  ['a full disk', '-MISCONF Redis is configured to save RDB snapshots, but is unable to', unavailable],
  ['a missing right', "-NOPERM User ann has no permissions to run the 'evalsha' command", refused],
  ['a key of somebody else', '-WRONGTYPE Operation against a key holding the wrong kind of value', refused],
];
for (const [name, reply, code] of replies) {
  test(`${name} is ${code}, and the answer isn't told`, async (t) => {
    const idempotency = await opened(t, () => reply);
    const reason = new RegExp(reply.slice(1, 8));
    await assert.rejects(idempotency.complete(request, 'token', answer), failure(code, reason));
  });
}

test('a server that became a replica is left for the one that its address leads to now', async (t) => {
  let isReplica = true;
  const idempotency = await opened(t, () => (isReplica ? "-READONLY You can't write against a replica." : '+PONG'));
  await assert.rejects(idempotency.release(request, 'token'), failure(unavailable, /READONLY/));
  isReplica = false;
  await eventually(() => idempotency.ping());
});

test('a server that does not know the scripts yet is told them', async (t) => {
  const idempotency = await opened(t, ([name]) => (name === 'evalsha' ? '-NOSCRIPT No matching script.' : ':1'));
  assert.equal(await idempotency.renew(request, 'token', 1_000), true);
});

test('a server that may drop what is new is reported', async (t) => {
  const lines: string[] = [];
  await opened(t, () => '+OK', lines);
  assert.match(lines.join('\n'), /^Redis may drop .* \{ policy: 'allkeys-lru' \}$/);
});

/** Tries again until it works, after each turn of the event loop. */
async function eventually(work: () => Promise<unknown>): Promise<void> {
  const until = performance.now() + 10_000;
  for (;;) {
    try {
      await work();
      return;
    } catch (error) {
      if (performance.now() > until) throw error;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}
