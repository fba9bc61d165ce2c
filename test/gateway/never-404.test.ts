// An order that was answered with 2xx is found from then on: undecided, decided but not in the view, through any gateway.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { FastifyInstance } from 'fastify';
import { partitionOf } from '../../log/partitioner.ts';
import { orderIdFor } from '../../schemas/ids.ts';
import { topics } from '../../schemas/topics.ts';
import type { Documents } from '../../views/documents/documents.ts';
import { delegateLog } from '../log/delegates.ts';
import { eventually, TestGateway } from './test-gateway.ts';

describe('an accepted order is never 404', () => {
  let shop: TestGateway;
  beforeEach(async () => {
    shop = await TestGateway.open();
    await shop.offer({ p1: 1_000, p2: 1_000 });
  });
  afterEach(() => shop.close());

  const read = (orderId: string, app: FastifyInstance = shop.app, shopper = 's1') =>
    shop.call('GET', `/v1/orders/${orderId}`, { app, headers: shop.bearer(shopper, 'shopper') });

  test('while nobody has decided it', async () => {
    shop.decider.pause();
    const other = await shop.another();
    const placed = await shop.order({ lines: [{ productId: 'p1', quantity: 3 }] });
    for (const app of [shop.app, other]) {
      const { status, body } = await read(placed.body.orderId, app);
      assert.equal(status, 200);
      assert.deepEqual(body, placed.body);
    }
    assert.equal((await read(placed.body.orderId, other, 's2')).status, 404);
  });

  test('while the view stands still, through the gateway that saw the decision', async () => {
    shop.views.pause();
    const placed = await shop.order({ headers: { prefer: 'wait=5' } });
    const { status, body } = await read(placed.body.orderId);
    assert.equal(status, 200);
    assert.deepEqual(body, placed.body);
  });

  test('while the view stands still, through a gateway that came later', async () => {
    shop.views.pause();
    const placed = await shop.order({ headers: { prefer: 'wait=5' } });
    const late = await shop.another();
    const { status, body } = await read(placed.body.orderId, late);
    assert.equal(status, 200);
    assert.deepEqual(body, placed.body);
    assert.equal((await read(placed.body.orderId, late, 's2')).status, 404);
  });

  test('at any moment of its life, through any gateway, many orders at a time', async () => {
    const others = [await shop.another(), await shop.another()];
    const apps = [shop.app, ...others];
    const missing: string[] = [];
    const place = async (index: number) => {
      if (index % 10 === 0) shop.views.pause();
      if (index % 15 === 0) shop.decider.pause();
      const lines = [{ productId: index % 2 ? 'p1' : 'p2', quantity: 1 }];
      const placed = await shop.order({ lines, app: apps[index % 3]! });
      for (let look = 0; look < 4; look++) {
        const { status, text } = await read(placed.body.orderId, apps[(index + look) % 3]!);
        if (status !== 200) missing.push(text);
        if (look === 1) shop.views.resume();
        if (look === 2) shop.decider.resume();
      }
    };
    for (let round = 0; round < 10; round++) {
      await Promise.all(Array.from({ length: 12 }, (_, index) => place(round * 12 + index)));
    }
    assert.deepEqual(missing, []);
  });

  test('when the view catches up between the looks', async () => {
    const placed = await shop.order({ headers: { prefer: 'wait=5' } });
    await eventually(() => shop.documents.get('orders', placed.body.orderId));
    let looks = 0;
    const get: Documents['get'] = async (collection, id) => {
      return looks++ === 0 ? undefined : shop.documents.get(collection, id);
    };
    const late = await shop.another({ documents: { get } as Documents });
    const { status, body } = await read(placed.body.orderId, late);
    assert.deepEqual([status, body, looks], [200, placed.body, 2]);
  });

  test('what the gateway saw itself it does not search the log for', async () => {
    let fetchers = 0;
    const { log } = shop;
    const fetcher = () => {
      fetchers++;
      return log.fetcher();
    };
    const app = await shop.another({ log: { ...delegateLog(log), fetcher } });
    const following = fetchers;
    shop.views.pause();
    const placed = await shop.order({ app, headers: { prefer: 'wait=5' } });
    assert.equal((await read(placed.body.orderId, app)).status, 200);
    assert.equal(fetchers, following, 'no more than those that follow topics');
  });

  test('a view that is behind does not take back what was told', async () => {
    const placed = await shop.order({ headers: { prefer: 'wait=5' } });
    await eventually(
      async () => (await shop.documents.get('orders', placed.body.orderId))?.fields.status === 'reserved' || undefined,
    );
    shop.views.pause();
    const headers = { ...shop.bearer('s1', 'shopper'), prefer: 'wait=5' };
    const cancelled = await shop.call('POST', `/v1/orders/${placed.body.orderId}/cancel`, { headers });
    assert.deepEqual([cancelled.status, cancelled.body.status], [200, 'cancelled']);
    assert.deepEqual((await read(placed.body.orderId)).body, cancelled.body);
  });

  test('an id that nobody was given is 404, soon, whatever it looks like', async () => {
    shop.views.pause();
    shop.decider.pause();
    await shop.order();
    const foreign = ['x', 'x~p1', orderIdFor('s1', 'never sent', 'p1'), '..%2f..', 'a'.repeat(200), '%00~p1'];
    for (const orderId of foreign) {
      const { status, body } = await read(orderId);
      assert.deepEqual([status, body.code], [404, 'order_not_found'], orderId);
    }
  });

  test('a record among the orders that cannot be read does not hide the ones behind it', async () => {
    shop.decider.pause();
    const lead = 'p1';
    const garbage = { ...topics.orders, serde: topics.deadLetters.serde };
    await shop.append(garbage, lead, Buffer.from('garbage'));
    const placed = await shop.order();
    assert.equal((await read(placed.body.orderId)).status, 200);
  });

  test('a record among them that a newer gateway wrote may be the order: 503, not 404', async () => {
    shop.decider.pause();
    const orderId = orderIdFor('s1', 'of a newer gateway', 'p1');
    const newer = { ...topics.orders, serde: topics.deadLetters.serde };
    // The magic byte, the id of a schema that nobody has, and a payload.
    await shop.append(newer, 'p1', Buffer.from([0, 0x7f, 0xff, 0xff, 0xff, 1]));
    const { status, body } = await read(orderId);
    assert.deepEqual([status, body.code], [503, 'order_not_yet_visible']);
  });

  test('an order behind more than may be searched is 503, not 404', async () => {
    shop.decider.pause();
    const settings = { ...shop.deps.settings, searchBytes: 2_000 };
    const app = await shop.another({ settings });
    const [first] = await Promise.all(Array.from({ length: 50 }, () => shop.order()));
    const last = await shop.order();
    assert.equal((await read(first!.body.orderId, app)).status, 200);
    const { status, headers, body } = await read(last.body.orderId, app);
    assert.deepEqual([status, body.code, headers['retry-after']], [503, 'order_not_yet_visible', '5']);
    shop.decider.resume();
    await eventually(async () => (await read(last.body.orderId, app)).status === 200 || undefined);
  });

  test('retention that has removed what nobody took does not stop the search', async () => {
    shop.decider.pause();
    await shop.order();
    const partition = { topic: topics.orders.name, partition: partitionOf('p1', topics.orders.partitions) };
    await shop.log.admin.deleteRecords(partition, 1);
    const kept = await shop.order();
    assert.equal((await read(kept.body.orderId)).status, 200);
    assert.equal((await read(orderIdFor('s1', 'never sent', 'p1'))).status, 404);
  });

  test('once the view has caught up, the answer is the same', async () => {
    shop.views.pause();
    const placed = await shop.order({ headers: { prefer: 'wait=5' } });
    const before = await read(placed.body.orderId);
    shop.views.resume();
    await eventually(() => shop.documents.get('orders', placed.body.orderId));
    const after = await read(placed.body.orderId, await shop.another());
    assert.deepEqual(after.body, before.body);
  });
});
