// Any interleaving of orders, cancellations, expiries, stock and catalogue changes, with messages repeated and late,
// keeps the promises at every step; and broken processors are caught, so the checks can fail.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { unreachable } from '../../base/assert.ts';
import { acceptOrder } from '../../processors/accept-order.ts';
import { reserveStock } from '../../processors/reserve-stock.ts';
import { settleOrder } from '../../processors/settle-order.ts';
import { leadProductOf, orderIdFor } from '../../schemas/ids.ts';
import { idempotencyWindowMs } from '../../schemas/stores.ts';
import type { CatalogChange, OrderSubmitted, StockChange } from '../../schemas/types.generated.ts';
import type { Context, Record } from '../../streams/api.ts';
import { catalogChange, count, delta, lampFields, linesOf, orderOf, stockChange, unchanged } from './fixtures.ts';
import { checkAlways, checkForgotten, checkOver, checkQuiet } from './promises.ts';
import { openShop, products, someCounts } from './stocked-shop.ts';
import { type Processors, realProcessors, type TestShop } from './test-shop.ts';
import type { TestTask } from './test-task.ts';

const longestHold = 10_000;

type Action =
  | { readonly do: 'submit' | 'cancel'; readonly order: number }
  | { readonly do: 'stock'; readonly change: StockChange }
  | { readonly do: 'edit'; readonly change: CatalogChange }
  | { readonly do: 'deliver' | 'repeat'; readonly pick: number }
  | { readonly do: 'wait'; readonly milliseconds: number };

/** Orders to draw from; drawn twice, they are duplicates. */
const someOrders = fc.array(
  fc.record({
    wish: fc.uniqueArray(fc.tuple(fc.constantFrom(...products, 'ghost'), fc.integer({ min: 1, max: 3 })), {
      selector: ([productId]) => productId,
      minLength: 1,
      maxLength: 4,
    }),
    customerId: fc.constantFrom('ann', 'bob'),
    holdMillis: fc.integer({ min: 1, max: longestHold }),
    warehouses: fc.subarray(['east', 'west']),
    faulty: fc.integer({ min: 0, max: 9 }).map((dice) => dice === 0),
  }),
  { minLength: 1, maxLength: 8 },
);

const someChange = fc.oneof(fc.integer({ min: -3, max: 4 }).map(delta), fc.integer({ min: 0, max: 6 }).map(count));
const stockAction = fc
  .record({
    product: fc.constantFrom(...products),
    warehouse: fc.constantFrom('east', 'west'),
    change: someChange,
    changeId: fc.integer({ min: 0, max: 20 }).map(String),
    sequence: fc.option(fc.integer({ min: 0, max: 5 })),
  })
  .map(({ product, warehouse, change, changeId, sequence }): Action => {
    return { do: 'stock', change: stockChange(product, warehouse, change, { changeId, sequence }) };
  });

const editAction = fc
  .record({
    product: fc.constantFrom(...products),
    kind: fc.constantFrom(
      { type: 'DeleteProduct' } as const,
      lampFields,
      { ...unchanged, customerLimit: 2 },
      { ...unchanged, customerLimit: 0 },
      { ...unchanged, price: { amount: 900, currency: 'EUR' } },
    ),
    changeId: fc.integer({ min: 0, max: 9 }).map(String),
  })
  .map(({ product, kind, changeId }): Action => ({ do: 'edit', change: catalogChange(product, kind, { changeId }) }));

const someActions = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ do: fc.constant('submit'), order: fc.nat(7) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('cancel'), order: fc.nat(7) }) },
    { weight: 3, arbitrary: stockAction },
    { weight: 1, arbitrary: editAction },
    { weight: 20, arbitrary: fc.record({ do: fc.constant('deliver'), pick: fc.nat(40) }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('repeat'), pick: fc.nat(100) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('wait'), milliseconds: fc.nat(4000) }) },
  ) as fc.Arbitrary<Action>,
  { maxLength: 120, size: 'max' },
);

type Draft = typeof someOrders extends fc.Arbitrary<(infer One)[]> ? One : never;

function submission(draft: Draft, at: number): OrderSubmitted {
  const { customerId, holdMillis, warehouses, wish } = draft;
  const lines = linesOf(Object.fromEntries(wish));
  const orderId = orderIdFor(customerId, `key-${at}`, lines[0]!.productId);
  const order = orderOf({}, { orderId, customerId, holdMillis, warehouses, lines });
  return draft.faulty ? { ...order, totals: { ...order.totals, total: 1 } } : order;
}

function act(shop: TestShop, orders: readonly OrderSubmitted[], submitted: Set<string>, action: Action): void {
  switch (action.do) {
    case 'submit': {
      const order = orders[action.order % orders.length]!;
      submitted.add(order.orderId);
      shop.send('orders', leadProductOf(order.orderId)!, order);
      break;
    }
    case 'cancel': {
      const { orderId } = orders[action.order % orders.length]!;
      const command = { type: 'CancelOrder', reason: 'by_customer' } as const;
      shop.send('orderCommands', leadProductOf(orderId)!, { commandId: 'c', orderId, actor: 'ann', at: 1, command });
      break;
    }
    case 'stock':
      shop.send('stockChanges', action.change.productId, action.change);
      break;
    case 'edit':
      shop.send('catalogChanges', action.change.productId, action.change);
      break;
    case 'deliver':
      shop.deliver(action.pick);
      break;
    case 'repeat':
      shop.repeat(action.pick);
      break;
    case 'wait':
      shop.advance(action.milliseconds);
      break;
    default:
      unreachable(action);
  }
}

/** Runs a day of a shop with these processors and checks the promises all the way. */
function keepsItsPromises(processors: Processors) {
  return fc.property(fc.constantFrom(...someCounts), someOrders, someActions, (partitions, drafts, actions) => {
    const shop = openShop(partitions, processors);
    const orders = drafts.map(submission);
    const submitted = new Set<string>();
    for (const action of actions) {
      act(shop, orders, submitted, action);
      checkAlways(shop);
    }
    shop.drain();
    checkQuiet(shop, submitted);

    shop.advance(longestHold);
    shop.drain();
    checkQuiet(shop, submitted);
    checkOver(shop);

    shop.advance(idempotencyWindowMs);
    checkForgotten(shop);
  });
}

test('the promises hold for any day of the shop', () => {
  fc.assert(keepsItsPromises(realProcessors), { numRuns: 500 });
});

describe('the checks catch', () => {
  const catches = (what: string, broken: Processors) =>
    test(what, () => {
      const property = keepsItsPromises({ ...realProcessors, ...broken });
      const { errorInstance } = fc.check(property, { numRuns: 300, endOnFailure: true });
      assert.equal((errorInstance as Error | null)?.name, 'AssertionError');
    });
  type Run = (record: Record<never>, context: Context<never>) => void;
  const breaking = (process: (record: Record<never>, task: TestTask) => void) =>
    ({ process }) as unknown as { process: Run };

  catches('a release that is forgotten', {
    reservations: breaking((record: Record<never>, task) => {
      const { command } = record.value as { command: { type: string } };
      if (command.type !== 'ReleaseStock') reserveStock.process(record, task as never);
    }) as never,
  });

  catches('a repeated order that is taken for a new one', {
    orders: breaking((record, task) => {
      task.stores.orders.delete((record.value as OrderSubmitted).orderId);
      acceptOrder.process(record, task as never);
    }) as never,
  });

  catches('a repeated reservation that holds twice', {
    reservations: breaking((record, task) => {
      const { productId, orderId } = record.value as { productId: string; orderId: string };
      task.stores.holds.delete(`${productId}/${orderId}`);
      reserveStock.process(record, task as never);
    }) as never,
  });

  catches('an answer that is lost', {
    reservationReplies: breaking((record, task) => {
      const { line } = record.value as { line: number };
      if (line !== 3) settleOrder.process(record, task as never);
    }) as never,
  });
});
