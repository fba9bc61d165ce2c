// Popularity in its topology, from what shoppers do to what is told of a product: through any crashes, on any partitions,
// with retries and late events, it is what a recount gives; and it is told when it matters, not for every look.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { addCounts, countsOf, noCounts } from '../../processors/popularity/counts.ts';
import { decayed, weightOf } from '../../schemas/popularity.ts';
import type { ActivityKind, Popularity, ShopperEvent } from '../../schemas/types.generated.ts';
import { day, few, hour, minute, openShop, parcel, second, shopTest, stores } from './discovery-shop.ts';

const viewed = (productId: string, query = ''): ShopperEvent['event'] => ({ type: 'ProductViewed', productId, query });
const carted = (productId: string, quantity: number): ShopperEvent['event'] => ({
  type: 'CartAdded',
  productId,
  quantity,
});
const searched = (query: string, results: number): ShopperEvent['event'] => {
  return { type: 'Searched', query, language: 'en', category: '', results };
};

shopTest('what shoppers do is told when a window ends, and that it has passed although nothing comes', async (shop) => {
  await shop.offer('lamp');
  await shop.event('ann', viewed('lamp', 'lamps'));
  await shop.event('bob', carted('lamp', 2));
  await shop.settle();
  // 1 + 1 + 2 * 3: the range is another one at once.
  const [first, ...rest] = await shop.told();
  assert.deepEqual([first?.category, Math.round(first?.score ?? 0), first?.range, rest], ['home/light', 8, 1, []]);
  assert.deepEqual([first?.lastHour, first?.lastDay], [noCounts, noCounts]);

  const counts = { ...noCounts, views: 1, searches: 1, cartAdds: 2 };
  const lives: [number, Popularity['lastHour'], Popularity['lastDay']][] = [];
  const since = shop.clock.now() - 2 * second;
  for (let passed = 0; passed < 27 * 12; passed++) {
    await shop.driver.advance(5 * minute);
    for (const { at, lastHour, lastDay } of await shop.told()) lives.push([at - since, lastHour, lastDay]);
  }
  const [toldAfter, ends] = [lives.map(([at]) => Math.floor(at / minute)), lives.map(([, ...told]) => told)];
  assert.deepEqual(toldAfter, [5, 60, 65, 25 * 60]);
  assert.deepEqual(ends, [
    [counts, noCounts],
    [counts, counts],
    [noCounts, counts],
    [noCounts, noCounts],
  ]);
});

shopTest('a product that everybody looks at makes a few records, and so do its news', async (shop) => {
  await shop.offer('lamp');
  for (let each = 0; each < 500; each++) await shop.event(`shopper-${each}`, viewed('lamp'));
  await shop.settle();
  const activity = await shop.driver.read(few.productActivity);
  assert.ok(activity.length <= 2, `${activity.length} records: one from each partition`);
  assert.equal(
    activity.reduce((sum, { value }) => sum + value.quantity, 0),
    500,
  );
  const told = await shop.told();
  assert.ok(told.length <= 2);
  await shop.advanceToEnd();
  const [ended, ...more] = await shop.told();
  assert.deepEqual([ended?.lastHour.views, Math.round(ended?.score ?? 0), more], [500, 500, []]);
});

shopTest('what comes late to a window that has ended is told within a minute, all of it together', async (shop) => {
  await shop.offer('lamp');
  await shop.event('ann', viewed('lamp'));
  await shop.advanceToEnd();
  await shop.told();
  for (let each = 0; each < 20; each++) {
    await shop.event(`late-${each}`, viewed('lamp'), { ago: 2 * minute });
    await shop.settle(2 * second);
  }
  await shop.advance(minute);
  const told = await shop.told();
  const views = told.map(({ lastHour }) => lastHour.views);
  // Two rises of the range, and the end of the minute.
  assert.ok(views.length <= 3, `told ${views.length} times`);
  assert.equal(views.at(-1), 21);
});

shopTest('retries, reloads and what is a day old count nothing', async (shop) => {
  await shop.offer('lamp');
  const eventId = await shop.event('ann', carted('lamp', 1));
  await shop.event('ann', carted('lamp', 1), { eventId });
  await shop.event('ann', viewed('lamp'));
  await shop.event('ann', viewed('lamp'));
  await shop.event('ann', viewed('lamp'), { ago: 20 * minute });
  await shop.event('ann', viewed('lamp'), { ago: day });
  await shop.driver.crash();
  await shop.event('ann', viewed('lamp'));
  await shop.event('ann', carted('lamp', 1), { eventId });
  await shop.advanceToEnd();
  assert.equal(Math.round((await shop.told()).at(-1)?.score ?? 0), 3 + 1);
});

shopTest(
  'what happens with a variant is told of its product; before the catalogue tells of it, of itself',
  async (shop) => {
    await shop.offer('shirt', {
      variants: [{ productId: 'shirt-m', options: {}, price: null, weightGrams: null, image: '' }],
    });
    await shop.offer('shirt-m', { variantOf: 'shirt' });
    await shop.event('ann', viewed('shirt-m'));
    await shop.event('ann', viewed('shirt'));
    const lines = [
      { productId: 'shirt-m', quantity: 1 },
      { productId: 'new', quantity: 1 },
    ];
    await shop.order('o1', { type: 'OrderPlaced', paymentReference: 'r', amount: 1, parcels: [parcel(lines)] });
    await shop.advanceToEnd();
    const told = await shop.told();
    const scores = new Map(told.map(({ productId, score }) => [productId, Math.round(score)]));
    assert.deepEqual(
      scores,
      new Map([
        ['shirt', 12],
        ['new', 10],
      ]),
    );
  },
);

shopTest('an order counts once it is paid, by its units over all parcels, ten at most', async (shop) => {
  await shop.offer('lamp');
  await shop.offer('chair');
  const parcels = [
    parcel([
      { productId: 'lamp', quantity: 2 },
      { productId: 'chair', quantity: 400 },
    ]),
    parcel([{ productId: 'lamp', quantity: 1 }]),
  ];
  await shop.order('o1', { type: 'OrderPlaced', paymentReference: 'r', amount: 1, parcels });
  await shop.order('o1', { type: 'OrderDelivered', parcels });
  await shop.settle();
  const scores = new Map((await shop.told()).map(({ productId, score }) => [productId, score]));
  assert.deepEqual(
    scores,
    new Map([
      ['lamp', 30],
      ['chair', 100],
    ]),
  );
});

shopTest('texts that find nothing are counted over a day, each shopper once in half an hour', async (shop) => {
  for (const shopper of ['ann', 'bob', 'cid']) await shop.event(shopper, searched('flux capacitor', 0));
  await shop.event('ann', searched('flux capacitor', 0));
  await shop.event('ann', searched('lamp', 3));
  await shop.event('bob', searched('warp coil', 0));
  await shop.settle(hour);
  const counted = async () => new Map((await shop.misses()).map(({ query, lastDay }) => [query, lastDay]));
  assert.deepEqual(
    await counted(),
    new Map([
      ['flux capacitor', 3],
      ['warp coil', 1],
    ]),
  );
  await shop.driver.crash();
  await shop.advance(23 * hour);
  assert.deepEqual(await counted(), new Map());
  await shop.advance(hour);
  assert.deepEqual(
    await counted(),
    new Map([
      ['flux capacitor', 0],
      ['warp coil', 0],
    ]),
  );
  assert.equal(await shop.driver.stored(stores.zeroResults, 'warp coil'), undefined, 'and nothing is left of them');
});

const anyStep = fc.record({
  // Longer now and then, so that windows pass.
  after: fc.oneof({ weight: 4, arbitrary: fc.nat(10 * minute) }, { weight: 1, arbitrary: fc.nat(3 * hour) }),
  ago: fc.oneof(fc.constant(0), fc.nat(3 * minute), fc.nat(5 * hour)),
  shopper: fc.constantFrom('ann', 'bob', 'cid', 'dan'),
  product: fc.constantFrom('lamp', 'chair', 'chair-red'),
  kind: fc.constantFrom('viewed', 'carted', 'wished'),
  quantity: fc.integer({ min: 1, max: 12 }),
  does: fc.constantFrom('nothing', 'crash', 'run'),
  isRetried: fc.boolean(),
});

test('whatever shoppers do, through crashes and with retries, what was told last is what a recount gives', () =>
  fc.assert(
    fc.asyncProperty(fc.array(anyStep, { minLength: 1, maxLength: 30 }), async (steps) => {
      const shop = await openShop();
      await shop.offer('lamp');
      await shop.offer('chair');
      await shop.offer('chair-red', { variantOf: 'chair' });
      const counted: { product: string; kind: ActivityKind; quantity: number; at: number; came: number }[] = [];
      const looks: { shopper: string; product: string; at: number }[] = [];
      for (const { after, ago, shopper, product, kind, quantity, does, isRetried } of steps) {
        await shop.advance(after);
        const at = shop.clock.now() - ago;
        const event =
          kind === 'viewed'
            ? viewed(product)
            : kind === 'carted'
              ? carted(product, quantity)
              : ({ type: 'ProductWished', productId: product } as const);
        const eventId = await shop.event(shopper, event, { ago });
        if (does === 'crash') await shop.driver.crash();
        if (isRetried) await shop.event(shopper, event, { ago, eventId });
        if (does === 'run') await shop.driver.run();
        if (kind === 'viewed') {
          const own = looks.filter((each) => each.shopper === shopper && each.product === product);
          if (own.some((look) => Math.abs(look.at - at) < 30 * minute)) continue;
          looks.push({ shopper, product, at });
        }
        const units = kind === 'carted' ? Math.min(quantity, 10) : 1;
        const counts = { kind: kind as ActivityKind, quantity: units, at: Math.floor(at / 10_000) * 10_000 };
        counted.push({ product: product === 'chair-red' ? 'chair' : product, came: shop.clock.now(), ...counts });
      }
      await shop.advanceToEnd();
      const now = shop.clock.now();
      const last = new Map((await shop.told()).map((popularity) => [popularity.productId, popularity]));
      for (const product of new Set(counted.map((each) => each.product))) {
        const own = counted.filter((each) => each.product === product);
        const sum = (size: number, advance: number, grace: number) => {
          const end = Math.floor(now / advance) * advance;
          const within = own.filter(({ at, came }) => {
            const isInTime = Math.floor(at / advance) * advance + size + grace > came + 3 * second;
            return at >= end - size && at < end && isInTime;
          });
          return within.reduce(
            (all, { kind, quantity }) => addCounts(all, countsOf(kind, quantity) ?? noCounts),
            noCounts,
          );
        };
        const told = last.get(product);
        assert.deepEqual(told?.lastHour ?? noCounts, sum(hour, 5 * minute, 5 * minute), `${product}: the hour`);
        assert.deepEqual(told?.lastDay ?? noCounts, sum(day, hour, hour), `${product}: the day`);
        const score = own.reduce((all, { at, kind, quantity }) => {
          return all + decayed(weightOf(countsOf(kind, quantity) ?? noCounts), at, now);
        }, 0);
        const state = await shop.driver.stored(stores.popularity, product);
        assert.ok(Math.abs(decayed(state?.score ?? 0, state?.scoreAt ?? 0, now) - score) < 1e-9 * Math.max(score, 1));
      }
      await shop.close();
    }),
    { numRuns: 60 },
  ));
