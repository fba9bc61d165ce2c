// What an order's events say about its expiry record.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OrderEvent } from '../../../schemas/types.generated.ts';
import { projectExpiry } from '../../../views/expiry/project-expiry.ts';
import { orderCancelled, orderCreated, orderEvent, orderRejected, orderReserved } from '../order-events.ts';

function project(event: OrderEvent['event']) {
  const value = orderEvent('o1~lamp', 2, event);
  const source = { topic: 'order-events', partition: 3, offset: 17, timestamp: value.at, headers: [] };
  return projectExpiry.project({ ...source, key: value.orderId, value });
}

const place = { orderId: 'o1~lamp', position: { topic: 'order-events', partition: 3, offset: 17 } };
const hold = (status: string, expiresAt: number) => [
  { ...place, kind: 'hold', record: { customerId: 'carl', status, expiresAt } },
];
const end = [{ ...place, kind: 'end', at: 1_002 }];
const review = { actor: 'o1', note: '' };

const cases: readonly (readonly [what: string, event: OrderEvent['event'], writes: readonly object[]])[] = [
  ['a new order', orderCreated, hold('created', 900_000)],
  ['a reserved one', orderReserved, hold('reserved', 900_500)],
  ['one that is looked at', { type: 'OrderHeldForReview', score: 5, findings: [], expiresAt: 7 }, hold('reserved', 7)],
  ['one that was released', { type: 'OrderReviewed', release: true, ...review, expiresAt: 8 }, hold('reserved', 8)],
  ['one that was not', { type: 'OrderReviewed', release: false, ...review, expiresAt: 8 }, []],
  ['a rejected one', orderRejected, end],
  ['a cancelled one', orderCancelled, end],
  ['a paid one', { type: 'OrderPlaced', paymentReference: 'p', amount: 1, parcels: [] }, end],
  ['a reinstated one', { type: 'OrderReinstated', lines: [] }, end],
  ['a delivered one', { type: 'OrderDelivered', parcels: [] }, []],
];
for (const [what, event, writes] of cases) {
  test(`${what}: ${writes.length === 0 ? 'nothing' : JSON.stringify(writes[0])}`, () => {
    assert.deepEqual(project(event), writes);
  });
}
