// Orders are read the same wherever they are: while they live, while they move, and from the archive. Sellers see those
// with their lines, and of these their own lines alone.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { pino } from 'pino';
import { StockstreamError } from '../../base/errors.ts';
import { OrderMover } from '../../views/archive/mover.ts';
import { collections } from '../../views/collections.ts';
import { eventually, TestGateway } from './test-gateway.ts';

describe('archived orders', () => {
  let shop: TestGateway;
  const ids: string[] = [];
  const operator = () => shop.bearer('o1', 'operator');
  const shopper = () => shop.bearer('s1', 'shopper');

  const idsIn = async (query: string, headers: object) => {
    const { status, body } = await shop.call('GET', `/v1/orders?${query}`, { headers: { ...headers } });
    assert.equal(status, 200, JSON.stringify(body));
    return (body.orders as { orderId: string }[]).map(({ orderId }) => orderId);
  };

  const move = async () => {
    const { documents, archive, clock } = shop.deps;
    const mover = new OrderMover({
      documents,
      archive,
      clock: { ...clock, now: () => clock.now() + 1 },
      logger: pino({ level: 'silent' }),
      archiveAfterMs: 0,
      intervalMs: 1,
      owns: () => true,
      figures: { moved: () => {}, lag: () => {}, orphans: () => {} },
      onFailure: () => {},
    });
    await mover.sweep();
  };

  /** Three that will end, in turn with three that won't. */
  before(async () => {
    shop = await TestGateway.open();
    await shop.offer({ p1: 100, none: 0 });
    for (let count = 0; count < 6; count++) {
      const lines = [{ productId: count % 2 === 0 ? 'p1' : 'none', quantity: 1 }];
      ids.unshift((await shop.order({ lines, headers: { prefer: 'wait=5' } })).body.orderId);
      await eventually(async () => ((await idsIn('limit=200', operator())).includes(ids[0]!) ? true : undefined));
    }
  });
  after(() => shop.close());

  const byTime = async (headers: object) => {
    const { body } = await shop.call('GET', '/v1/orders?limit=200', { headers: { ...headers } });
    return body.orders as { orderId: string; placedAt: number; status: string }[];
  };

  test('nothing changes for readers when orders have moved, on any page', async () => {
    const whole = await byTime(shopper());
    const one = await shop.call('GET', `/v1/orders/${ids[0]}`, { headers: shopper() });
    assert.equal(one.body.status, 'rejected');
    await move();
    assert.equal(await shop.documents.count(collections.orders.name), 3);
    assert.deepEqual(await byTime(shopper()), whole);
    assert.deepEqual(await byTime(operator()), whole);
    assert.deepEqual((await shop.call('GET', `/v1/orders/${ids[0]}`, { headers: shopper() })).body, one.body);
    for (const limit of [1, 2, 4]) {
      const seen: string[] = [];
      let cursor = '';
      do {
        const { body } = await shop.call('GET', `/v1/orders?limit=${limit}${cursor && `&cursor=${cursor}`}`, {
          headers: shopper(),
        });
        seen.push(...body.orders.map(({ orderId }: { orderId: string }) => orderId));
        cursor = body.cursor ?? '';
      } while (cursor);
      assert.deepEqual(
        seen,
        whole.map(({ orderId }) => orderId),
      );
    }
  });

  test('filters look in both', async () => {
    await move();
    const whole = await byTime(operator());
    const idsOf = (orders: typeof whole) => orders.map(({ orderId }) => orderId);
    const rejected = whole.filter(({ status }) => status === 'rejected');
    assert.equal(rejected.length, 3);
    assert.deepEqual(await idsIn('status=rejected', operator()), idsOf(rejected));
    assert.deepEqual(await idsIn('customerId=s1&status=rejected', operator()), idsOf(rejected));
    assert.deepEqual(await idsIn('customerId=s2', operator()), []);
    const from = whole[2]!.placedAt;
    assert.deepEqual(await idsIn(`from=${from}`, shopper()), idsOf(whole.filter(({ placedAt }) => placedAt >= from)));
    assert.deepEqual(await idsIn(`to=${from}`, shopper()), idsOf(whole.filter(({ placedAt }) => placedAt < from)));
    const wrong = await shop.call('GET', '/v1/orders?cursor=WyJ4Il0', { headers: shopper() });
    assert.deepEqual([wrong.status, wrong.body.code], [400, 'documents_cursor_invalid']);
  });

  test('what is archived is as much the own as what lives', async () => {
    await move();
    for (const [headers, status] of [
      [shop.bearer('s2', 'shopper'), 404],
      [shop.bearer('seller-2', 'seller'), 404],
      [operator(), 200],
    ] as const) {
      assert.equal((await shop.call('GET', `/v1/orders/${ids[0]}`, { headers: { ...headers } })).status, status);
    }
  });

  test('an order that was erased is not found', async () => {
    await move();
    const [last] = (await byTime(operator())).filter(({ status }) => status === 'rejected').slice(-1);
    await shop.deps.archive.erase(last!.orderId);
    // One that remembers no recent events.
    const app = await shop.another();
    const { status, body } = await shop.call('GET', `/v1/orders/${last!.orderId}`, { headers: operator(), app });
    assert.deepEqual([status, body.code], [404, 'order_not_found']);
    assert.ok(!(await idsIn('', operator())).includes(last!.orderId));
  });

  test('an archive that is away is told; orders that live are found', async () => {
    const archive = { ...shop.deps.archive, find: unavailable, list: unavailable, close: async () => {} };
    const app = await shop.another({ archive: archive as unknown as typeof shop.deps.archive });
    const living = (await byTime(operator())).find(({ status }) => status === 'reserved')!;
    const read = await shop.call('GET', `/v1/orders/${living.orderId}`, { headers: operator(), app });
    assert.equal(read.status, 200);
    const list = await shop.call('GET', '/v1/orders', { headers: operator(), app });
    assert.deepEqual([list.status, list.body.code], [503, 'archive_unavailable']);
  });
});

async function unavailable(): Promise<never> {
  throw new StockstreamError('ARCHIVE_UNAVAILABLE', { reason: 'no answer' });
}
