// What shoppers' pages tell, and what they are shown as popular.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { SteppedClock } from '../../base/stepped-clock.ts';
import { rankOfScore } from '../../schemas/popularity.ts';
import { topics } from '../../schemas/topics.ts';
import type { ShopperEvent } from '../../schemas/types.generated.ts';
import { memoryRanks } from '../../views/ranks/memory/memory-ranks.ts';
import type { Ranks } from '../../views/ranks/ranks.ts';
import { TestGateway } from './test-gateway.ts';

const day = 86_400_000;
let shop: TestGateway;
let clock: SteppedClock;
let ranks: Ranks;

before(async () => {
  clock = new SteppedClock(20_000 * day);
  ranks = memoryRanks();
  shop = await TestGateway.open({ settings: { eventRequestsPerMinute: 20 }, deps: { clock, ranks } });
  await shop.offer({ lamp: 1 });
});
after(() => shop.close());

const view = { eventId: 'e1', type: 'viewed', productId: 'lamp' };

async function tell(events: readonly object[], headers: object = { 'visit-id': 'v-1' }) {
  return await shop.call('POST', '/v1/events', { headers: headers as { [name: string]: string }, payload: { events } });
}

/** What was told since the last call, by event id. */
const read = (() => {
  const positions = new Map<number, number>();
  return async () => {
    const { name: topic, partitions, serde } = topics.shopperEvents;
    const found: ShopperEvent[] = [];
    const fetcher = shop.log.fetcher();
    for (let partition = 0; partition < partitions; partition++) {
      const [end = 0] = await shop.log.admin.offsets([{ topic, partition }], 'latest');
      let position = positions.get(partition) ?? 0;
      if (position < end) fetcher.assign({ topic, partition }, position);
      while (position < end) {
        for (const { batches, nextOffset } of await fetcher.poll({ maxWaitMs: 10, maxBytes: 1 << 20 })) {
          for (const batch of batches) {
            for (const { value, offset } of batch.records()) if (offset >= position) found.push(serde.decode(value!));
          }
          position = nextOffset;
        }
      }
      fetcher.unassign({ topic, partition });
      positions.set(partition, position);
    }
    await fetcher.close();
    return found.sort((one, other) => (one.eventId < other.eventId ? -1 : 1));
  };
})();

describe('POST /v1/events', () => {
  test('takes what a visit does, with the time at which it happened', async () => {
    const { status, body } = await tell([
      { ...view, query: 'lamps' },
      { eventId: 'e2', type: 'carted', productId: 'lamp', quantity: 2, at: clock.now() - 60_000 },
      { eventId: 'e3', type: 'carted', productId: 'lamp', at: clock.now() + 60_000 },
      { eventId: 'e4', type: 'wished', productId: 'lamp' },
    ]);
    assert.deepEqual([status, body], [202, { accepted: 4, late: 0, unknown: 0 }]);
    const now = clock.now();
    const shopperId = 'visit:v-1';
    const expected: ShopperEvent[] = [
      { eventId: 'e1', shopperId, at: now, event: { type: 'ProductViewed', productId: 'lamp', query: 'lamps' } },
      { eventId: 'e2', shopperId, at: now - 60_000, event: { type: 'CartAdded', productId: 'lamp', quantity: 2 } },
      { eventId: 'e3', shopperId, at: now, event: { type: 'CartAdded', productId: 'lamp', quantity: 1 } },
      { eventId: 'e4', shopperId, at: now, event: { type: 'ProductWished', productId: 'lamp' } },
    ];
    assert.deepEqual(
      (await read()).map((event) => ({ ...event })),
      expected,
    );
  });

  test('takes what a customer does under their own name, whatever the visit is called', async () => {
    const { status } = await tell([view], { ...shop.bearer('s1', 'shopper'), 'visit-id': 's2' });
    assert.equal(status, 202);
    assert.deepEqual(
      (await read()).map(({ shopperId }) => shopperId),
      ['s1'],
    );
    await tell([view], { 'visit-id': 's1' });
    assert.deepEqual(
      (await read()).map(({ shopperId }) => shopperId),
      ['visit:s1'],
    );
  });

  test('leaves out what is a day old, and says so', async () => {
    const { status, body } = await tell([view, { ...view, eventId: 'old', at: clock.now() - day }]);
    assert.deepEqual([status, body], [202, { accepted: 1, late: 1, unknown: 0 }]);
    assert.deepEqual(
      (await read()).map(({ eventId }) => eventId),
      ['e1'],
    );
    assert.match(await shop.deps.metrics.metrics(), /gateway_late_events_total 1\b/);
  });

  test('leaves out what nobody offers', async () => {
    const { status, body } = await tell([view, { ...view, eventId: 'e9', productId: 'nothing' }]);
    assert.deepEqual([status, body], [202, { accepted: 1, late: 0, unknown: 1 }]);
    assert.deepEqual(
      (await read()).map(({ eventId }) => eventId),
      ['e1'],
    );
  });

  for (const [name, events, headers, at] of [
    ['nobody', [view], {}, 'visit-id'],
    ['a visit with an impossible name', [view], { 'visit-id': 'a b' }, 'visit-id'],
    ['too much at once', Array.from({ length: 51 }, () => view), undefined, '/events'],
    ['nothing', [], undefined, '/events'],
    ['a kind that is not counted', [{ ...view, type: 'bought' }], undefined, '/events/0/type'],
    ['what belongs to another kind', [view, { ...view, quantity: 2 }], undefined, '/events/1/quantity'],
    ['no id', [{ type: 'viewed', productId: 'lamp' }], undefined, '/events/0'],
  ] as const) {
    test(`refuses ${name}`, async () => {
      const { status, body } = await tell(events, headers);
      assert.deepEqual([status, body.code, body.errors[0]?.path], [400, 'request_invalid', at]);
      assert.deepEqual(await read(), []);
    });
  }

  test('refuses card numbers and bad tokens', async () => {
    const card = await tell([{ ...view, query: 'my card 4242 4242 4242 4242' }]);
    assert.equal(card.body.code, 'card_number_refused');
    const token = await tell([view], { authorization: 'Bearer x', 'visit-id': 'v-1' });
    assert.equal(token.status, 401);
    assert.deepEqual(await read(), []);
  });

  test('is limited for each address, and for each customer', async () => {
    let refused: Awaited<ReturnType<typeof tell>> | undefined;
    for (let tries = 0; tries < 25 && refused?.status !== 429; tries++) refused = await tell([view]);
    assert.deepEqual([refused?.status, refused?.body.code], [429, 'rate_limited']);
    assert.ok(Number(refused?.headers['retry-after']) > 0);
    assert.equal((await tell([view], shop.bearer('s9', 'shopper'))).status, 202);
  });
});

describe('GET /v1/popular', () => {
  let offset = 0;
  const rank = (productId: string, hour: number, categories = ['', 'home', 'home/light']) => {
    const scores = { hour, day: hour, all: rankOfScore(hour, clock.now()) };
    return ranks.apply([{ productId, categories, scores, position: { topic: 'p', partition: 0, offset: offset++ } }]);
  };
  const popular = async (query: string) => await shop.call('GET', `/v1/popular?${query}`);
  const shown = async (query: string): Promise<string[]> => {
    const { body } = await popular(query);
    return body.products.map(({ productId }: { productId: string }) => productId);
  };

  before(async () => {
    const ids = ['lamp-1', 'lamp-2', 'lamp-3', 'lamp-4', 'gone', 'moved'];
    const fields = { category: 'home/light', images: ['https://shop.example/lamp.jpg'] };
    await shop.offer(Object.fromEntries(ids.map((id) => [id, 1])), fields);
    for (const [index, id] of [...ids, 'unheard-of'].entries()) await rank(id, index + 1);
    const headers = shop.bearer('seller', 'seller');
    await shop.call('DELETE', '/v1/products/gone', { headers });
    await shop.call('PATCH', '/v1/products/moved', { headers, payload: { category: 'office' } });
  });

  test('shows what is for sale, with what a page shows of it', async () => {
    const { status, body, headers } = await popular('window=hour');
    assert.equal(status, 200);
    assert.deepEqual(body.products[0], {
      productId: 'moved',
      title: 'Product moved',
      category: 'office',
      brand: '',
      price: { amount: 1_000, currency: 'EUR' },
      image: 'https://shop.example/lamp.jpg',
      score: 6,
    });
    assert.equal(headers['cache-control'], 'public, max-age=30');
    assert.deepEqual(await shown('window=hour'), ['moved', 'lamp-4', 'lamp-3', 'lamp-2', 'lamp-1']);
  });

  test('shows a category with all below it, and not what has left it since', async () => {
    assert.deepEqual(await shown('category=home'), ['lamp-4', 'lamp-3', 'lamp-2', 'lamp-1']);
    assert.deepEqual(await shown('category=home/light&limit=1'), ['lamp-4']);
    assert.deepEqual(await shown('category=nowhere'), []);
  });

  test('leads from page to page, past what is not shown', async () => {
    const seen: string[] = [];
    for (let cursor = ''; ; ) {
      const { body } = await popular(`window=day&limit=2${cursor}`);
      seen.push(...body.products.map(({ productId }: { productId: string }) => productId));
      if (body.cursor === undefined) break;
      cursor = `&cursor=${body.cursor}`;
    }
    assert.deepEqual(seen, ['moved', 'lamp-4', 'lamp-3', 'lamp-2', 'lamp-1']);
  });

  test('refuses a cursor of another rank, and none at all', async () => {
    const { body } = await popular('window=day&limit=1');
    for (const query of [
      `window=hour&cursor=${body.cursor}`,
      'cursor=nonsense',
      `category=home&cursor=${body.cursor}`,
    ]) {
      const refused = await popular(query);
      assert.deepEqual([refused.status, refused.body.code], [400, 'ranks_cursor_invalid']);
    }
    assert.equal((await popular('window=week')).status, 400);
  });

  test('tells scores of all time as they are now', async () => {
    const scores = async () => {
      const { body } = await popular('window=all&limit=1');
      return body.products[0].score;
    };
    assert.equal(await scores(), 6);
    clock.step(7 * day);
    assert.equal(await scores(), 3);
  });
});
