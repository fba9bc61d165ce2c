// The promises of the design as checks of a model shop: stock laws, holds that belong to open orders, one end an order.
// They look at state and at what was sent, and know nothing of how it was decided.
import assert from 'node:assert/strict';
import { leadProductOf } from '../../schemas/ids.ts';
import type { Allocation, OrderEvent, OrderState, StockState } from '../../schemas/types.generated.ts';
import type { TestShop } from './test-shop.ts';
import { sentTo } from './test-task.ts';

/** Hold at every step. */
export function checkAlways(shop: TestShop): void {
  checkStocks(shop);
  for (const events of eventsByOrder(shop).values()) checkLife(events);
  checkPurchases(shop);
}

/** The stock laws, and what is held is what open orders hold. */
export function checkStocks(shop: TestShop): void {
  const held = holdsOf(shop);
  for (const [productId, stock] of stockOf(shop)) {
    checkStock(shop, productId, stock);
    for (const { warehouseId, held: units } of stock.warehouses) {
      assert.equal(units, held.get(`${productId}/${warehouseId}`) ?? 0, `held of ${productId} in ${warehouseId}`);
    }
  }
}

/** Hold when no message is under way: every order that was sent is reserved or has ended, and nothing else is held. */
export function checkQuiet(shop: TestShop, orderIds: Iterable<string>): void {
  checkAlways(shop);
  const orders = eventsByOrder(shop);
  for (const orderId of orderIds) {
    const last = orders.get(orderId)?.at(-1)?.event.type;
    assert.ok(last !== undefined && last !== 'OrderCreated', `order ${orderId} is decided: ${last}`);
    assert.equal(phaseOf(shop, orderId)?.type, phaseAfter[last], orderId);
  }
  for (const task of shop.tasks) {
    for (const [key, { phase }] of task.stores.holds.entries) {
      const orderId = key.slice(key.indexOf('/') + 1);
      if (phase.type === 'HoldOpen')
        assert.equal(phaseOf(shop, orderId)?.type, 'Reserved', `${key} is held for an open order`);
    }
  }
}

/** Hold once every hold has run out: no unit is held, no order open, no timer left, nobody's limit used up. */
export function checkOver(shop: TestShop): void {
  assert.equal(holdsOf(shop).size, 0, 'no unit is held');
  for (const { stores, holdExpiry } of shop.tasks) {
    assert.equal(holdExpiry.size, 0, 'no timer is left');
    assert.equal(stores.purchases.entries.size, 0, 'nobody bought anything');
  }
}

/** Hold after the idempotency window: only stock and products are remembered. */
export function checkForgotten(shop: TestShop): void {
  for (const { stores } of shop.tasks) {
    for (const store of [stores.orders, stores.holds, stores.stockOutcomes, stores.catalogOutcomes]) {
      assert.deepEqual([...store.entries.keys()], []);
    }
  }
}

const phaseAfter: { readonly [type: string]: OrderState['phase']['type'] } = {
  OrderReserved: 'Reserved',
  OrderRejected: 'Rejected',
  OrderCancelled: 'Cancelled',
};

function checkStock(shop: TestShop, productId: string, { warehouses, committed, takenIn }: StockState): void {
  for (const { warehouseId, held, onHand } of warehouses) {
    assert.ok(0 <= held && held <= onHand, `0 <= ${held} <= ${onHand} of ${productId} in ${warehouseId}`);
  }
  const onHand = warehouses.reduce((sum, warehouse) => sum + warehouse.onHand, 0);
  assert.equal(committed + onHand, takenIn, `committed + held + free of ${productId}`);
  assert.equal(takenIn, ledgerOf(shop, productId), `all that was ever taken in of ${productId}`);
}

/** The sum of all applied changes, each counted once. */
function ledgerOf(shop: TestShop, productId: string): number {
  const changes = new Map<string, number>();
  for (const event of sentTo(shop.sent, 'stockEvents')) {
    if (event.productId !== productId || event.outcome.type !== 'StockChanged') continue;
    changes.set(event.changeId, event.outcome.after - event.outcome.before);
  }
  return [...changes.values()].reduce((sum, change) => sum + change, 0);
}

/** Created first and once, decided at most once, ended at most once and then silent; steps counted without a gap. */
function checkLife(events: readonly OrderEvent[]): void {
  assert.deepEqual(
    events.map(({ sequence }) => sequence),
    events.map((_, at) => at + 1),
  );
  const life = events.map(({ event }) => event.type).join(' ');
  assert.match(life, /^OrderCreated( OrderRejected|( OrderReserved)?( OrderCancelled)?)$/);
  for (const { event } of events) {
    if (event.type !== 'OrderReserved') continue;
    for (const { quantity, allocations } of event.lines) assert.equal(unitsOf(allocations), quantity);
  }
}

/** Counts against limits are what customers hold of limited products; nothing is committed in this model. */
function checkPurchases(shop: TestShop): void {
  const expected = new Map<string, number>();
  const add = (key: string, units: number) => expected.set(key, (expected.get(key) ?? 0) + units);
  const customers = new Map(sentTo(shop.sent, 'orderEvents').map(({ orderId, customerId }) => [orderId, customerId]));
  for (const { stores } of shop.tasks) {
    for (const [orderId, { phase }] of stores.orders.entries) {
      const lead = leadAllocations(orderId, phase);
      if (lead.length > 0 && 'facts' in phase && phase.facts.limited) {
        add(`${leadProductOf(orderId)}/${phase.facts.customerId}`, unitsOf(lead));
      }
    }
    for (const [key, { phase }] of stores.holds.entries) {
      const [productId, orderId] = key.split('/') as [string, string];
      if (phase.type === 'HoldOpen' && phase.limited) {
        add(`${productId}/${customers.get(orderId)}`, unitsOf(phase.allocations));
      }
    }
  }
  const counted = shop.tasks.flatMap(({ stores }) => [...stores.purchases.entries]);
  assert.deepEqual(new Map(counted.map(([key, { quantity }]) => [key, quantity])), expected);
}

/** Units by `product/warehouse` that open orders hold. */
function holdsOf(shop: TestShop): Map<string, number> {
  const held = new Map<string, number>();
  const add = (productId: string, allocations: readonly Allocation[]) => {
    for (const { warehouseId, quantity } of allocations) {
      const key = `${productId}/${warehouseId}`;
      held.set(key, (held.get(key) ?? 0) + quantity);
    }
  };
  for (const { stores } of shop.tasks) {
    for (const [orderId, { phase }] of stores.orders.entries)
      add(leadProductOf(orderId)!, leadAllocations(orderId, phase));
    for (const [key, { phase }] of stores.holds.entries) {
      if (phase.type === 'HoldOpen') add(key.slice(0, key.indexOf('/')), phase.allocations);
    }
  }
  return held;
}

function leadAllocations(orderId: string, phase: OrderState['phase']): readonly Allocation[] {
  switch (phase.type) {
    case 'AwaitingReservations': {
      const lead = phase.answers.find(({ productId }) => productId === leadProductOf(orderId));
      return lead?.outcome.type === 'StockHeld' ? lead.outcome.allocations : [];
    }
    case 'Reserved':
      return phase.allocations;
    case 'Assessing':
    case 'InReview':
    case 'Authorizing':
    case 'Capturing':
      return phase.reserved.find(({ productId }) => productId === leadProductOf(orderId))?.allocations ?? [];
    case 'Retaking': {
      const lead = phase.answers.find(({ productId }) => productId === leadProductOf(orderId));
      return lead?.outcome.type === 'StockHeld' ? lead.outcome.allocations : [];
    }
    default:
      return [];
  }
}

function stockOf(shop: TestShop): (readonly [string, StockState])[] {
  return shop.tasks.flatMap(({ stores }) => [...stores.stock.entries]);
}

export function phaseOf(shop: TestShop, orderId: string): OrderState['phase'] | undefined {
  return shop.ownerOf(leadProductOf(orderId)!).stores.orders.get(orderId)?.phase;
}

export function eventsByOrder(shop: TestShop): Map<string, OrderEvent[]> {
  return Map.groupBy(sentTo(shop.sent, 'orderEvents'), ({ orderId }) => orderId);
}

function unitsOf(allocations: readonly Allocation[]): number {
  return allocations.reduce((sum, { quantity }) => sum + quantity, 0);
}
