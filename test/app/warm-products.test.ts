// What is popular is read ahead, again and again, whatever fails meanwhile, and until it is told to stop.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { keepProductsWarm } from '../../app/warm-products.ts';
import { StockstreamError } from '../../base/errors.ts';
import { silentLogger } from '../../base/logger.ts';
import { SteppedClock } from '../../base/stepped-clock.ts';

test('popular products are read ahead until it is over', async () => {
  const clock = new SteppedClock();
  const rounds: (readonly string[])[] = [];
  let popular = ['a', 'b'];
  let isAway = false;
  const ranks = {
    async top() {
      if (isAway) throw new StockstreamError('RANKS_UNAVAILABLE', { reason: 'they are away' });
      return popular.map((productId) => ({ productId, score: 1 }));
    },
  };
  const products = {
    async preload(ids: readonly string[]) {
      rounds.push(ids);
    },
  };
  const stop = keepProductsWarm({ ranks, products, clock, logger: silentLogger });
  const pass = async () => {
    await setImmediate();
    clock.step(15_000);
    await setImmediate();
  };
  await setImmediate();
  assert.deepEqual(rounds, [['a', 'b']]);
  isAway = true;
  await pass();
  isAway = false;
  popular = ['c'];
  await pass();
  assert.deepEqual(rounds, [['a', 'b'], ['c']]);
  await stop();
  await pass();
  assert.equal(rounds.length, 2);
  assert.equal(clock.nextTimerAt(), undefined);
});
