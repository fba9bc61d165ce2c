// Views equal the log: orders' lives, told in any interleaving through the real bytes and with any replays, leave in
// SQLite what a fold of each order's events by itself gives.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { topics } from '../../schemas/topics.ts';
import type { OrderEvent } from '../../schemas/types.generated.ts';
import { collections } from '../../views/collections.ts';
import type { DocumentWrite } from '../../views/documents/documents.ts';
import { openSqliteDocuments } from '../../views/documents/sqlite/sqlite-documents.ts';
import { orderOf } from '../../views/order-document.ts';
import { projectOrders } from '../../views/orders.ts';
import { orderCancelled, orderCreated, orderEvent, orderRejected, orderReserved } from './order-events.ts';

const lives: readonly OrderEvent['event'][][] = [
  [orderCreated],
  [orderCreated, orderReserved],
  [orderCreated, orderRejected],
  [orderCreated, orderCancelled],
  [orderCreated, orderReserved, orderCancelled],
];

/** Which life each of some orders has, then in which order they go on, one step a number. */
const anyLog = fc
  .record({
    orders: fc.array(fc.constantFrom(...lives), { minLength: 1, maxLength: 6 }),
    turns: fc.array(fc.nat(), { minLength: 20, maxLength: 20 }),
  })
  .map(({ orders, turns }) => {
    const told = orders.map((life, index) => ({ orderId: `order-${index}~lamp`, life, next: 0 }));
    const log: OrderEvent[] = [];
    for (const turn of turns) {
      const open = told.filter(({ life, next }) => next < life.length);
      const order = open[turn % Math.max(1, open.length)];
      if (order === undefined) break;
      log.push(orderEvent(order.orderId, order.next + 1, order.life[order.next]!));
      order.next++;
    }
    return log;
  });

const anyReplays = fc.array(fc.record({ back: fc.nat(8), on: fc.nat(12) }), { maxLength: 5 });

test('the orders view equals a fold of the log, however often it is replayed', async () => {
  const documents = openSqliteDocuments({ file: ':memory:' });
  await documents.open([collections.orders]);
  await fc.assert(
    fc.asyncProperty(anyLog, anyReplays, async (log, replays) => {
      await documents.clear('orders');
      const writes = log.flatMap((event, offset) => projected(event, offset));
      let applied = 0;
      for (const { back, on } of replays) {
        const from = Math.max(0, applied - back);
        await documents.apply(writes.slice(from, from + on));
        applied = Math.max(applied, Math.min(writes.length, from + on));
      }
      await documents.apply(writes.slice(applied));
      const ids = [...new Set(log.map(({ orderId }) => orderId))];
      assert.equal(await documents.count('orders'), ids.length);
      for (const id of ids) {
        const document = await documents.get('orders', id);
        assert.ok(document);
        assert.deepEqual(summaryOf(orderOf(document)), foldOf(log.filter(({ orderId }) => orderId === id)));
      }
    }),
    { numRuns: 200 },
  );
  await documents.close();
});

/** Through the topic's own bytes: what is written is what a reader of the log sees. */
function projected(event: OrderEvent, offset: number): readonly DocumentWrite[] {
  const { serde, name: topic } = topics.orderEvents;
  const bytes = Buffer.alloc(4_096);
  const value = serde.decode(bytes.subarray(0, serde.encode(event, bytes, 0)));
  return projectOrders.project({
    topic,
    partition: 0,
    offset,
    key: event.orderId,
    value,
    timestamp: event.at,
    headers: [],
  });
}

/** What the shop's rules say about an order with these events, told without the view's own code. */
function foldOf(events: readonly OrderEvent[]) {
  const types = events.map(({ event }) => event.type);
  const has = (type: OrderEvent['event']['type']) => types.includes(type);
  const ended = has('OrderCancelled') || has('OrderRejected');
  const last = events.at(-1)!;
  return {
    status: last.event.type.replace('Order', '').toLowerCase(),
    updatedAt: last.at,
    expiresAt: has('OrderReserved') ? orderReserved.expiresAt : orderCreated.expiresAt,
    total: orderCreated.totals.total,
    lines: orderCreated.lines.map(({ line, quantity }) => {
      const refused = has('OrderRejected') && orderRejected.lines.some((each) => each.line === line);
      if (refused) return `${line}: refused`;
      if (ended) return `${line}: released`;
      return has('OrderReserved') ? `${line}: ${quantity} reserved` : `${line}: pending`;
    }),
    history: events.map(({ sequence, event }) => `${sequence} ${event.type}`),
  };
}

function summaryOf({ status, updatedAt, expiresAt, total, lines, history }: ReturnType<typeof orderOf>) {
  return {
    status,
    updatedAt,
    expiresAt,
    total: total.amount,
    lines: lines.map((line) => {
      if (line.status !== 'reserved') return `${line.line}: ${line.status}`;
      return `${line.line}: ${line.allocations.reduce((sum, { quantity }) => sum + quantity, 0)} reserved`;
    }),
    history: history.map(({ sequence, type }) => `${sequence} ${type}`),
  };
}
