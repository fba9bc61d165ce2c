// Orders from their submission to their last parcel and back, among several partitions, with a provider that pays,
// declines, is silent, late or doubled: at the end stock, money and mail agree for each of them.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { unreachable } from '../../base/assert.ts';
import { applyPaymentResult } from '../../processors/apply-payment-result.ts';
import { reserveStock } from '../../processors/reserve-stock.ts';
import { leadProductOf, orderIdFor } from '../../schemas/ids.ts';
import type { OrderCommand, OrderState, OrderSubmitted, ReservationCommand } from '../../schemas/types.generated.ts';
import type { Record } from '../../streams/api.ts';
import { linesOf, orderOf } from './fixtures.ts';
import { type Behaviour, behaviours, Outside } from './outside.ts';
import { checkStocks, eventsByOrder, phaseOf } from './promises.ts';
import { openShop, products, someCounts } from './stocked-shop.ts';
import { type Processors, realProcessors, type TestShop } from './test-shop.ts';
import { sentTo, type TestTask } from './test-task.ts';

const longestHold = 10_000;

type Action =
  | { readonly do: 'submit' | 'cancel' | 'return' | 'release'; readonly order: number }
  | { readonly do: 'deliver' | 'repeat' | 'late'; readonly pick: number }
  | { readonly do: 'wait'; readonly milliseconds: number };

const someOrders = fc.array(
  fc.record({
    products: fc.uniqueArray(fc.constantFrom(...products), { minLength: 1, maxLength: 3 }),
    quantity: fc.integer({ min: 1, max: 2 }),
    behaviour: fc.constantFrom(...behaviours),
    holdMillis: fc.integer({ min: 1, max: longestHold }),
    suspicious: fc.integer({ min: 0, max: 4 }).map((dice) => dice === 0),
  }),
  { minLength: 1, maxLength: 8 },
);

const someActions = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ do: fc.constant('submit'), order: fc.nat(7) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('cancel'), order: fc.nat(7) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('return', 'release'), order: fc.nat(7) }) },
    { weight: 40, arbitrary: fc.record({ do: fc.constant('deliver'), pick: fc.nat(40) }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('repeat'), pick: fc.nat(200) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('late'), pick: fc.nat(10) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('wait'), milliseconds: fc.nat(5000) }) },
  ) as fc.Arbitrary<Action>,
  { maxLength: 200, size: 'max' },
);

type Draft = typeof someOrders extends fc.Arbitrary<(infer One)[]> ? One : never;

function submission(
  { products: wanted, quantity, behaviour, holdMillis, suspicious }: Draft,
  at: number,
): OrderSubmitted {
  const lines = linesOf(Object.fromEntries(wanted.map((productId) => [productId, quantity])));
  const billing = { billingCountry: suspicious ? 'FR' : '', billingPostalCode: '' };
  const order = orderOf(
    {},
    {
      orderId: orderIdFor('ann', `key-${at}`, lines[0]!.productId),
      holdMillis,
      lines,
      customerSince: suspicious ? 1_699_999_999_999 : 0,
      payment: { method: 'card', token: behaviour satisfies Behaviour, collect: true, ...billing },
    },
  );
  return order;
}

class Day {
  readonly outside = new Outside();
  readonly shop: TestShop;
  readonly orders: readonly OrderSubmitted[];
  readonly submitted = new Set<string>();

  constructor(partitions: number, processors: Processors, drafts: readonly Draft[]) {
    this.shop = openShop(partitions, { ...realProcessors, ...this.outside.processors, ...processors });
    this.orders = drafts.map(submission);
  }

  act(action: Action): void {
    const { shop, outside } = this;
    switch (action.do) {
      case 'submit': {
        const order = this.orders[action.order % this.orders.length]!;
        this.submitted.add(order.orderId);
        shop.send('orders', leadProductOf(order.orderId)!, order);
        break;
      }
      case 'cancel':
        this.#command(action.order, { type: 'CancelOrder', reason: 'by_customer' });
        break;
      case 'return':
        this.#command(action.order, { type: 'RequestReturn', reason: 'too small' });
        break;
      case 'release':
        this.#command(action.order, { type: 'ReviewOrder', release: action.order % 2 === 0, note: '' });
        break;
      case 'late': {
        const waiting = outside.pending();
        const orderId = waiting[action.pick % waiting.length];
        if (orderId !== undefined) shop.send('paymentResults', leadProductOf(orderId)!, outside.succeedLate(orderId));
        break;
      }
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

  /** All messages arrive, all clocks run out. */
  end(): void {
    for (let round = 0; round < 30; round++) {
      this.shop.drain();
      this.shop.advance(round < 20 ? longestHold : 24 * 3_600_000);
    }
    this.shop.drain();
  }

  #command(order: number, command: OrderCommand['command']): void {
    const { orderId } = this.orders[order % this.orders.length]!;
    // A cancellation that comes long before its order is forgotten with the window; here it comes after.
    if (!this.submitted.has(orderId)) return;
    this.shop.send('orderCommands', leadProductOf(orderId)!, { commandId: 'c', orderId, actor: 'ann', at: 1, command });
  }
}

const unpaid = ['nothing', 'pending', 'declined', 'let go', 'given back'];

/** Where an order may rest, what the provider then has, and whether its units have left. */
function checkOrder({ shop, outside }: Day, orderId: string): void {
  const phase = phaseOf(shop, orderId);
  const money = outside.accounts.get(orderId)?.is ?? 'nothing';
  const events = (eventsByOrder(shop).get(orderId) ?? []).map(({ event }) => event.type);
  const story = `${orderId} is ${phase?.type} with money ${money} after ${events.join(' ')}`;
  const committed = committedOf(shop, orderId);
  if (phase?.type === 'Delivered') {
    assert.equal(money, 'taken', story);
    assert.equal(committed, 'all', story);
  } else {
    // What ended long ago is forgotten.
    const rests: (OrderState['phase']['type'] | undefined)[] = [
      'Rejected',
      'Cancelled',
      'CancelledUnpaid',
      'Refunded',
      undefined,
    ];
    assert.ok(rests.includes(phase?.type), story);
    assert.ok(unpaid.includes(money), story);
    assert.equal(committed, 'none', story);
  }
  assert.ok(events.filter((type) => type === 'OrderPlaced').length <= 1, story);
}

/** From what the order's events say: placed, and not returned. */
function committedOf(shop: TestShop, orderId: string): 'all' | 'none' {
  const types = (eventsByOrder(shop).get(orderId) ?? []).map(({ event }) => event.type);
  return types.includes('OrderPlaced') && !types.includes('OrderReturned') ? 'all' : 'none';
}

/** What left the stock is what placed orders took, to the unit. */
function checkCommitted({ shop, submitted, orders }: Day): void {
  const expected = new Map<string, number>();
  for (const { orderId, lines } of orders) {
    if (!submitted.has(orderId) || committedOf(shop, orderId) === 'none') continue;
    for (const { productId, quantity } of lines) expected.set(productId, (expected.get(productId) ?? 0) + quantity);
  }
  for (const { stores } of shop.tasks) {
    for (const [productId, stock] of stores.stock.entries) {
      assert.equal(stock.committed, expected.get(productId) ?? 0, `units of ${productId} that left`);
      for (const { held } of stock.warehouses) assert.equal(held, 0, `held of ${productId}`);
    }
  }
}

/** One mail a piece of news and recipient: the customer's and the seller's. */
function checkMails({ shop }: Day): void {
  const sent = sentTo(shop.sent, 'notifications');
  assert.equal(new Set(sent.map(({ notificationId }) => notificationId)).size, sent.length, 'no mail twice');
  const kinds = {
    OrderPlaced: 'order_placed',
    OrderCancelled: 'order_cancelled',
    OrderInTransit: 'order_in_transit',
    OrderDelivered: 'order_delivered',
    OrderRefunded: 'order_refunded',
  } as const;
  const events = sentTo(shop.sent, 'orderEvents');
  for (const [type, kind] of Object.entries(kinds)) {
    const expected = events.filter(({ event }) => event.type === type).map(({ orderId }) => orderId);
    assert.deepEqual(
      sent.filter((each) => each.kind === kind).map(({ orderId }) => orderId),
      expected,
      kind,
    );
  }
  const placed = events.filter(({ event }) => event.type === 'OrderPlaced').length;
  assert.equal(sent.filter(({ kind, userId }) => kind === 'seller_order_placed' && userId === 'sally').length, placed);
}

function keepsItsPromises(processors: Processors) {
  return fc.property(fc.constantFrom(...someCounts), someOrders, someActions, (partitions, drafts, actions) => {
    const day = new Day(partitions, processors, drafts);
    for (const action of actions) {
      day.act(action);
      checkStocks(day.shop);
    }
    day.end();
    checkStocks(day.shop);
    for (const orderId of day.submitted) checkOrder(day, orderId);
    checkCommitted(day);
    checkMails(day);
    const limits = day.shop.tasks.flatMap(({ stores }) => [...stores.purchases.entries]);
    for (const [key, { quantity }] of limits) assert.ok(key.startsWith('bulb/') && quantity <= 4, key);
  });
}

test('stock, money and mail agree at the end of any day', () => {
  fc.assert(keepsItsPromises({}), { numRuns: 300 });
});

describe('the checks catch', () => {
  const catches = (
    what: string,
    broken: { readonly [topic: string]: (record: Record<never>, task: TestTask) => void },
  ) =>
    test(what, () => {
      const processors = Object.entries(broken).map(([topic, process]) => [topic, { process }]);
      const property = keepsItsPromises(Object.fromEntries(processors) as Processors);
      const { errorInstance } = fc.check(property, { numRuns: 400, endOnFailure: true });
      assert.equal((errorInstance as Error | null)?.name, 'AssertionError');
    });

  catches('a success that is ignored', {
    paymentResults: (record, task) => {
      const { outcome } = record.value as { outcome: { type: string } };
      if (outcome.type !== 'PaymentCaptured') applyPaymentResult.process(record, task as never);
    },
  });

  catches('units that do not leave', {
    reservations: (record, task) => {
      const { command } = record.value as ReservationCommand;
      if (command.type !== 'CommitStock') reserveStock.process(record, task as never);
    },
  });

  catches('units that do not come back', {
    reservations: (record, task) => {
      const { command } = record.value as ReservationCommand;
      if (command.type !== 'RestockStock') reserveStock.process(record, task as never);
    },
  });
});
