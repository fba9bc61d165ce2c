// What every adapter of the idempotency port must do. Time is stepped; no test waits.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import fc from 'fast-check';
import type { Clock } from '../../base/clock.ts';
import { SteppedClock } from '../../base/stepped-clock.ts';
import type { Claim, Idempotency, IdempotentRequest, StoredAnswer } from '../../gateway/idempotency/idempotency.ts';

export interface IdempotencyAdapter {
  /** Opens an empty one that keeps answers for `windowMs`. */
  open(clock: Clock, windowMs: number): Promise<Idempotency>;
  /** Opens what `open` made once more, after it was closed; undefined if it keeps nothing. */
  readonly reopen?: (clock: Clock, windowMs: number) => Promise<Idempotency>;
}

const windowMs = 60_000;
const leaseMs = 1_000;
const request: IdempotentRequest = { scope: 'c1', key: 'k1', fingerprint: 'f1' };
const answer: StoredAnswer = { status: 201, headers: { location: '/v1/orders/ä' }, body: '{"id":"ö","n":1}' };

function tokenOf(claim: Claim): string {
  assert.equal(claim.kind, 'claimed');
  return claim.kind === 'claimed' ? claim.token : '';
}

export function idempotencySuite(name: string, adapter: IdempotencyAdapter): void {
  describe(`${name} as idempotency`, () => {
    let clock: SteppedClock;
    let idempotency: Idempotency;
    beforeEach(async () => {
      clock = new SteppedClock();
      idempotency = await adapter.open(clock, windowMs);
    });
    afterEach(() => idempotency.close());
    const claim = (change: Partial<IdempotentRequest> = {}) => idempotency.claim({ ...request, ...change }, leaseMs);

    test('gives the first answer again, byte for byte', async () => {
      await idempotency.complete(request, tokenOf(await claim()), answer);
      assert.deepEqual(await claim(), { kind: 'done', answer });
      assert.deepEqual(await claim(), { kind: 'done', answer });
    });

    test('tells that the first one is running, and until when at the latest', async () => {
      await claim();
      clock.step(400);
      assert.deepEqual(await claim(), { kind: 'running', leftMs: 600 });
    });

    test('refuses a key that was used for something else, running or done', async () => {
      const token = tokenOf(await claim());
      assert.deepEqual(await claim({ fingerprint: 'f2' }), { kind: 'mismatch' });
      clock.step(2 * leaseMs);
      assert.deepEqual(await claim({ fingerprint: 'f2' }), { kind: 'mismatch' });
      await idempotency.complete(request, token, answer);
      assert.deepEqual(await claim({ fingerprint: 'f2' }), { kind: 'mismatch' });
    });

    test('keeps scopes and keys apart', async () => {
      await claim();
      assert.equal((await claim({ scope: 'c2' })).kind, 'claimed');
      assert.equal((await claim({ key: 'k2' })).kind, 'claimed');
      assert.equal((await claim({ scope: 'c1k', key: '1' })).kind, 'claimed');
      assert.equal((await claim({ scope: 'c1:k1', key: 'k1' })).kind, 'claimed');
      assert.equal((await claim({ scope: 'c1', key: 'k1:k1' })).kind, 'claimed');
    });

    test('a released claim is free at once', async () => {
      await idempotency.release(request, tokenOf(await claim()));
      assert.equal((await claim({ fingerprint: 'f2' })).kind, 'claimed');
    });

    test('a lease that is over is taken over; the one before changes nothing any more', async () => {
      const first = tokenOf(await claim());
      clock.step(leaseMs);
      const second = tokenOf(await claim());
      await idempotency.complete(request, first, { ...answer, body: 'late' });
      await idempotency.release(request, first);
      assert.equal((await claim()).kind, 'running');
      await idempotency.complete(request, second, answer);
      assert.deepEqual(await claim(), { kind: 'done', answer });
    });

    test('a lease that is renewed begins anew; nobody takes it over meanwhile', async () => {
      const token = tokenOf(await claim());
      clock.step(leaseMs - 1);
      assert.equal(await idempotency.renew(request, token, leaseMs), true);
      clock.step(leaseMs - 1);
      assert.deepEqual(await claim(), { kind: 'running', leftMs: 1 });
      await idempotency.complete(request, token, answer);
      assert.deepEqual(await claim(), { kind: 'done', answer });
    });

    test('a lease that is over is renewed if nobody took it over', async () => {
      const token = tokenOf(await claim());
      clock.step(2 * leaseMs);
      assert.equal(await idempotency.renew(request, token, leaseMs), true);
      assert.deepEqual(await claim(), { kind: 'running', leftMs: leaseMs });
    });

    test('what was taken over, released or completed is not renewed', async () => {
      const renew = (token: string) => idempotency.renew(request, token, leaseMs);
      const first = tokenOf(await claim());
      clock.step(leaseMs);
      const second = tokenOf(await claim());
      clock.step(1);
      assert.equal(await renew(first), false);
      assert.deepEqual(await claim(), { kind: 'running', leftMs: leaseMs - 1 });
      await idempotency.release(request, second);
      assert.equal(await renew(second), false);
      const third = tokenOf(await claim());
      await idempotency.complete(request, third, answer);
      assert.equal(await renew(third), false);
      clock.step(windowMs - 1);
      assert.deepEqual(await claim(), { kind: 'done', answer });
    });

    test('an answer may be empty, or large, and of any characters', async () => {
      const bodies = ['', '"\\\u0000\r\n\'{}', 'ß€😀'.repeat(100_000)];
      for (const [index, body] of bodies.entries()) {
        const asked = { ...request, key: `{k}:${index}`, scope: `s:${index}%` };
        await idempotency.complete(asked, tokenOf(await idempotency.claim(asked, leaseMs)), { ...answer, body });
        assert.deepEqual(await idempotency.claim(asked, leaseMs), { kind: 'done', answer: { ...answer, body } });
      }
    });

    test('says that it can be reached', async () => {
      await assert.doesNotReject(idempotency.ping());
    });

    test('a completed claim is neither released nor completed again', async () => {
      const token = tokenOf(await claim());
      await idempotency.complete(request, token, answer);
      await idempotency.release(request, token);
      await idempotency.complete(request, token, { ...answer, body: 'second' });
      assert.deepEqual(await claim(), { kind: 'done', answer });
    });

    test('forgets an answer after the window, not before', async () => {
      await idempotency.complete(request, tokenOf(await claim()), answer);
      clock.step(windowMs - 1);
      assert.equal((await claim()).kind, 'done');
      clock.step(1);
      assert.equal((await claim({ fingerprint: 'f2' })).kind, 'claimed');
    });

    test('of any claims at a time one gets the work', async () => {
      const scenario = fc.array(fc.constantFrom('k1', 'k2', 'k3'), { minLength: 1, maxLength: 30 });
      let run = 0;
      await fc.assert(
        fc.asyncProperty(scenario, async (keys) => {
          const scope = `run ${run++}`;
          const claims = await Promise.all(keys.map((key) => claim({ scope, key })));
          const won = keys.filter((_, index) => claims[index]?.kind === 'claimed');
          assert.deepEqual(won.toSorted(), [...new Set(keys)].toSorted());
          assert.equal(claims.filter(({ kind }) => kind === 'running').length, keys.length - won.length);
        }),
        { numRuns: 50 },
      );
    });

    const { reopen } = adapter;
    if (reopen) {
      test('remembers over a restart', async () => {
        await idempotency.complete(request, tokenOf(await claim()), answer);
        await idempotency.close();
        idempotency = await reopen(clock, windowMs);
        assert.deepEqual(await claim(), { kind: 'done', answer });
      });
    }
  });
}
