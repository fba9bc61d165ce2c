// An order that is put together from events is the order that the view would give, whatever happened to it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isEnded, orderFromEvents, statusAfter, stepOf } from '../../gateway/order-answer.ts';
import { topics } from '../../schemas/topics.ts';
import type { OrderEvent, OrderLine } from '../../schemas/types.generated.ts';
import { collections } from '../../views/collections.ts';
import { openSqliteDocuments } from '../../views/documents/sqlite/sqlite-documents.ts';
import { orderOf } from '../../views/order-document.ts';
import { projectOrders } from '../../views/orders.ts';

const lines: readonly OrderLine[] = [1, 2, 3].map((line) => {
  return {
    line,
    productId: `p${line}`,
    quantity: line,
    unitPrice: 10 * line,
    productVersion: 1,
    weightGrams: 5,
    sellerId: '',
  };
});

const created: OrderEvent['event'] = {
  type: 'OrderCreated',
  lines,
  currency: 'EUR',
  totals: { subtotal: 140, shipping: 10, tax: 5, total: 155 },
  shipTo: { name: 'n', street: 's', city: 'c', postalCode: 'p', country: 'DE' },
  paymentMethod: 'card',
  placedAt: 5,
  expiresAt: 99,
  promises: [],
};
const held = lines.map(({ line, productId, quantity }) => {
  return { line, productId, quantity, allocations: [{ warehouseId: 'w', quantity }] };
});
const reserved: OrderEvent['event'] = { type: 'OrderReserved', lines: held, expiresAt: 100 };
const rejected: OrderEvent['event'] = {
  type: 'OrderRejected',
  lines: [{ line: 2, productId: 'p2', reason: 'insufficient_stock' }],
};
const cancelled: OrderEvent['event'] = { type: 'OrderCancelled', reason: 'expired' };

const lives = fc.constantFrom(
  [created],
  [created, reserved],
  [created, rejected],
  [created, cancelled],
  [created, reserved, cancelled],
);

function eventsOf(life: readonly OrderEvent['event'][]): OrderEvent[] {
  return life.map((event, index) => ({ orderId: 'o', sequence: index + 1, customerId: 'c', at: 50 + index, event }));
}

test('it equals what the view gives', async () => {
  const documents = openSqliteDocuments({ file: ':memory:' });
  await documents.open([collections.orders]);
  await fc.assert(
    fc.asyncProperty(lives, async (life) => {
      await documents.clear(collections.orders.name);
      const events = eventsOf(life);
      const { name: topic } = topics.orderEvents;
      const record = (value: OrderEvent) => ({
        topic,
        partition: 0,
        offset: value.sequence,
        timestamp: 1,
        headers: [],
        key: 'o',
        value,
      });
      await documents.apply(events.flatMap((event) => projectOrders.project(record(event))));
      const document = await documents.get(collections.orders.name, 'o');
      const order = orderFromEvents(events);
      assert.deepEqual(order, orderOf(document!));
      assert.deepEqual(events.map(stepOf), order?.history);
      assert.equal(statusAfter(events.at(-1)!), order?.status);
    }),
    { numRuns: 30 },
  );
  await documents.close();
});

test('repeated events change nothing; a missing one means that the order is not known', () => {
  const events = eventsOf([created, reserved, cancelled]);
  const [first, second, third] = events as [OrderEvent, OrderEvent, OrderEvent];
  assert.deepEqual(orderFromEvents([first, first, second, first, second, third]), orderFromEvents(events));
  assert.equal(orderFromEvents([second, third]), undefined);
  assert.equal(orderFromEvents([first, third]), undefined);
  assert.equal(orderFromEvents([]), undefined);
});

test('rejected and cancelled orders have ended', () => {
  const ended = (['created', 'reserved', 'rejected', 'cancelled'] as const).filter(isEnded);
  assert.deepEqual(ended, ['rejected', 'cancelled']);
});
