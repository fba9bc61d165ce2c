// A claim stays ours for as long as its request runs, and no longer.
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { silentLogger } from '../../../base/logger.ts';
import { systemRandom } from '../../../base/random.ts';
import { SteppedClock } from '../../../base/stepped-clock.ts';
import type { Idempotency } from '../../../gateway/idempotency/idempotency.ts';
import { keepLease, leaseMs } from '../../../gateway/idempotency/lease.ts';
import { openSqliteIdempotency } from '../../../gateway/idempotency/sqlite/sqlite-idempotency.ts';

const request = { scope: 'c1', key: 'k1', fingerprint: 'f1' };
const hour = 3_600_000;
let clock: SteppedClock;
let idempotency: Idempotency;
let token: string;
let warnings: string[];

beforeEach(async () => {
  clock = new SteppedClock();
  idempotency = openSqliteIdempotency({ file: ':memory:', clock, random: systemRandom, windowMs: hour });
  const claim = await idempotency.claim(request, leaseMs);
  token = claim.kind === 'claimed' ? claim.token : assert.fail();
  warnings = [];
});

function keep(change: Partial<Idempotency> = {}): () => void {
  const renew = change.renew ?? ((...asked) => idempotency.renew(...asked));
  const logger = { ...silentLogger, warn: (_: object, message: string) => void warnings.push(message) };
  return keepLease({ idempotency: { ...idempotency, renew }, clock, logger }, request, token);
}

/** Lets time pass by seconds, and what is due then be done. */
async function pass(seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second++) {
    clock.step(1_000);
    await new Promise(setImmediate);
  }
}

test('a request that runs for an hour keeps its key', async () => {
  const stop = keep();
  await pass(hour / 1_000);
  assert.equal((await idempotency.claim(request, leaseMs)).kind, 'running');
  stop();
  assert.equal(clock.nextTimerAt(), undefined);
  await pass(leaseMs / 1_000);
  assert.equal((await idempotency.claim(request, leaseMs)).kind, 'claimed');
  assert.deepEqual(warnings, []);
});

test('two renewals that fail lose nothing', async () => {
  let calls = 0;
  const stop = keep({
    renew: async (...asked) => {
      if (++calls % 3 !== 0) throw new Error('away');
      return await idempotency.renew(...asked);
    },
  });
  for (let second = 0; second < 60; second++) {
    await pass(1);
    assert.equal((await idempotency.claim(request, leaseMs)).kind, 'running');
  }
  stop();
  assert.match(warnings.join('\n'), /could not be renewed/);
});

test('a claim that was taken over is not renewed any more', async () => {
  keep({ renew: async () => false });
  await pass(60);
  assert.equal(clock.nextTimerAt(), undefined);
  assert.deepEqual(warnings, ['a request lost its lease while it ran; who repeats it may have it done again']);
});

test('a request that ends while its lease is renewed sets no timer', async () => {
  const renewed = Promise.withResolvers<boolean>();
  const stop = keep({ renew: () => renewed.promise });
  await pass(3);
  stop();
  renewed.resolve(true);
  await pass(1);
  assert.equal(clock.nextTimerAt(), undefined);
});
