// The catalogues: names that can be told apart, one owner for all about a product, and shapes that the engine takes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { storesFor } from '../../schemas/stores.ts';
import { type TopicEntry, topics } from '../../schemas/topics.ts';
import type { OrderFacts, OrderState, OrderSubmitted, StockState } from '../../schemas/types.generated.ts';
import type { StoreSpec, Topic } from '../../streams/api.ts';

const catalogue: readonly TopicEntry<unknown>[] = Object.values<TopicEntry<never>>(topics as never);
const stores = storesFor(1000);

test("topics and stores are the engine's, by their shape", () => {
  const orders: Topic<OrderSubmitted> = topics.orders;
  const stock: StoreSpec<StockState> = stores.stock;
  assert.equal(orders.name, 'orders');
  assert.equal(stock.name, 'stock');
});

test('names are unique, lower case, with hyphens', () => {
  for (const named of [catalogue, Object.values(stores)]) {
    const names = named.map((entry) => entry.name);
    assert.equal(new Set(names).size, names.length);
    for (const name of names) assert.match(name, /^[a-z]+(-[a-z]+)*$/);
  }
});

test('all that is keyed by product is partitioned alike, so that one task owns it', () => {
  const byProduct = catalogue.filter((topic) => /product$/.test(topic.key));
  assert.ok(byProduct.length >= 10);
  assert.deepEqual(new Set(byProduct.map((topic) => topic.partitions)), new Set([8]));
});

test('what has ended is remembered for the window, what is open for good', () => {
  const facts: OrderFacts = {
    customerId: 'ann',
    sequence: 2,
    expiresAt: 9,
    lines: [],
    limited: false,
    attempt: 0,
    checkout: null,
  };
  const expiry = (phase: OrderState['phase']) => stores.orders.expiresAt({ phase });
  assert.equal(expiry({ type: 'AwaitingReservations', facts, answers: [] }), undefined);
  assert.equal(expiry({ type: 'Reserved', facts, allocations: [] }), undefined);
  assert.equal(expiry({ type: 'Rejected', endedAt: 5 }), 1005);
  assert.equal(expiry({ type: 'Cancelled', facts, reason: 'expired', endedAt: 6 }), 1006);
  assert.equal(expiry({ type: 'CancelledEarly', reason: 'by_customer', endedAt: 7 }), 1007);

  const hold = stores.holds.expiresAt;
  assert.equal(hold({ line: 1, attempt: 0, phase: { type: 'HoldOpen', allocations: [], limited: false } }), undefined);
  assert.equal(
    hold({ line: 1, attempt: 0, phase: { type: 'HoldRefused', reason: 'other', free: 0, endedAt: 1 } }),
    1001,
  );
  assert.equal(hold({ line: 1, attempt: 0, phase: { type: 'HoldReleased', endedAt: 2 } }), 1002);
  assert.equal(
    hold({ line: 1, attempt: 0, phase: { type: 'HoldCommitted', allocations: [], limited: false, endedAt: 3 } }),
    1003,
  );
  assert.equal(stores.stockOutcomes.expiresAt({ at: 4 }), 1004);
  assert.equal(storesFor().catalogOutcomes.expiresAt({ at: 0 }), 7 * 24 * 3600 * 1000);
});
