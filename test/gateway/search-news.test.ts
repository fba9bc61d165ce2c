// What was searched for reaches the log behind the answer: through a log that is away for a while, within bounds.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Counter, Registry } from 'prom-client';
import { silentLogger } from '../../base/logger.ts';
import { SteppedClock } from '../../base/stepped-clock.ts';
import { SearchNews } from '../../gateway/search-news.ts';
import type { ShopperEvent } from '../../schemas/types.generated.ts';

function setUp() {
  const clock = new SteppedClock(0);
  const closing = new AbortController();
  const told: string[] = [];
  const log = { isAway: false, isSilent: false };
  const writer = {
    append: async (_topic: unknown, _key: string, value: unknown) => {
      if (log.isSilent) await new Promise<never>(() => {});
      if (log.isAway) throw new Error('away');
      told.push((value as ShopperEvent).eventId);
    },
  };
  const zeroResults = new Counter({ name: 'misses', help: 'of the test', registers: [new Registry()] });
  const news = new SearchNews({ writer, clock, logger: silentLogger, zeroResults, closing: closing.signal });
  const tell = (eventId: string, results: number) =>
    news.tell({ eventId, shopperId: 's1', query: 'lamp', language: 'en', category: '', results });
  const misses = async () => (await zeroResults.get()).values[0]?.value;
  return { clock, closing, told, log, tell, misses };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('a search without results is told as soon as the log is back, one with results is let go', async () => {
  const { clock, told, log, tell, misses } = setUp();
  log.isAway = true;
  tell('found', 3);
  tell('missed', 0);
  for (let tries = 0; tries < 5; tries++) {
    await turn();
    clock.step(30_000);
  }
  assert.deepEqual(told, []);
  await turn();
  log.isAway = false;
  clock.step(30_000);
  await turn();
  assert.deepEqual(told, ['missed']);
  assert.equal(await misses(), 1);
});

test('what waits is bounded, and what found nothing has the most room', async () => {
  const { told, log, tell } = setUp();
  log.isSilent = true;
  for (let index = 0; index < 30_000; index++) tell(`miss-${index}`, 0);
  log.isSilent = false;
  tell('one more', 0);
  tell('and another', 1);
  await turn();
  assert.deepEqual(told, []);
});

test('nothing is tried again once the gateway closes', async () => {
  const { clock, closing, told, log, tell } = setUp();
  log.isAway = true;
  tell('missed', 0);
  closing.abort();
  await turn();
  log.isAway = false;
  clock.step(60_000);
  await turn();
  assert.deepEqual(told, []);
});
