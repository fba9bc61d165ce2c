// A small shop at rest as its tasks, its log and its payment provider know it, with nothing wrong; and what the rules of
// reconciliation find in it once a test has planted something.

import { compareHolds } from '../../../processors/reconcile/compare-holds.ts';
import { OrderComparer, type Submitted } from '../../../processors/reconcile/compare-orders.ts';
import {
  comparePayments,
  type ForgottenOrder,
  type PaymentFact,
} from '../../../processors/reconcile/compare-payments.ts';
import { type IsIn, LedgerComparer, LevelComparer } from '../../../processors/reconcile/compare-stock.ts';
import { TaskExaminer, type TaskFacts } from '../../../processors/reconcile/examine-task.ts';
import { type Finding, Findings } from '../../../processors/reconcile/finding.ts';
import { emptyStock, levelOf } from '../../../processors/stock.ts';
import { noImport } from '../../../schemas/catalog-defaults.ts';
import type {
  CustomerPurchases,
  HoldState,
  OrderEvent,
  OrderFacts,
  OrderState,
  StockEvent,
  StockLevel,
  StockState,
} from '../../../schemas/types.generated.ts';
import { address } from '../fixtures.ts';

/** When the shop is looked at. */
export const now = 1_700_000_000_000;
const hour = 3_600_000;

interface TaskEntries {
  readonly orders: Map<string, OrderState>;
  readonly holds: Map<string, HoldState>;
  readonly stock: Map<string, StockState>;
  readonly purchases: Map<string, CustomerPurchases>;
}

/** What a task or provider said, and whether that is in the snapshot. */
type Told<V> = { value: V; readonly isIn: IsIn };

export interface World {
  readonly tasks: { readonly lamps: TaskEntries; readonly ropes: TaskEntries };
  readonly levels: Told<StockLevel>[];
  readonly stockEvents: Told<StockEvent>[];
  readonly orderEvents: Told<OrderEvent>[];
  readonly submitted: Submitted[];
  readonly payments: PaymentFact[];
  readonly forgotten: Map<string, ForgottenOrder>;
}

export const waiting = 'waiting~lamp';
export const placed = 'placed~lamp';
export const cancelled = 'cancelled~lamp';
export const capturing = 'capturing~lamp';

type Phase = OrderState['phase'];

export function facts(sequence: number, lines: readonly string[], more: Partial<OrderFacts> = {}): OrderFacts {
  return {
    customerId: 'ann',
    sequence,
    expiresAt: now + hour,
    lines: lines.map((productId, index) => ({
      line: index + 1,
      productId,
      quantity: 1,
      weightGrams: 500,
      sellerId: 'sally',
    })),
    limited: false,
    attempt: 0,
    checkout: {
      method: 'card',
      token: 'tok_visa',
      amount: 1_500,
      currency: 'EUR',
      email: '',
      shipTo: address,
      warehouses: [],
      promises: [],
      notFrom: [],
      holdMillis: 900_000,
      billingCountry: '',
      billingPostalCode: '',
      customerSince: 0,
    },
    ...more,
  };
}

export const one = [{ warehouseId: 'east', quantity: 1 }];
const lineOf = (productId: string, line: number) => ({ line, productId, quantity: 1, allocations: one });

/** Two products in two tasks: lamps lead the orders, ropes are in two of them. */
export function cleanWorld(): World {
  const both = facts(3, ['lamp', 'rope'], { limited: true });
  const reserved = [lineOf('lamp', 1), lineOf('rope', 2)];
  const paid = { reserved, parcels: [], paymentReference: 'pay-1' };
  const orders = new Map<string, Phase>([
    [waiting, { type: 'Reserved', facts: facts(2, ['lamp', 'rope'], { checkout: null }), allocations: one }],
    [placed, { type: 'Placed', facts: both, ...paid }],
    [cancelled, { type: 'Cancelled', facts: facts(2, ['lamp']), reason: 'by_customer', endedAt: now - hour }],
    [
      capturing,
      { type: 'Capturing', facts: facts(2, ['lamp']), reserved: [lineOf('lamp', 1)], paymentReference: 'p', tries: 0 },
    ],
  ]);
  const committed = { type: 'HoldCommitted', allocations: one, limited: false, endedAt: now - hour } as const;
  const holds = new Map<string, HoldState['phase']>([
    [`rope/${waiting}`, { type: 'HoldOpen', allocations: one, limited: false }],
    [`rope/${placed}`, committed],
  ]);
  const lamp = stockOf({ onHand: 9, held: 2, committed: 1 });
  const rope = stockOf({ onHand: 4, held: 1, committed: 1 });
  return {
    tasks: {
      lamps: {
        orders: new Map([...orders].map(([id, phase]): [string, OrderState] => [id, { phase }])),
        holds: new Map(),
        stock: new Map([['lamp', lamp]]),
        purchases: new Map([['lamp/ann', { quantity: 1 }]]),
      },
      ropes: {
        orders: new Map(),
        holds: new Map([...holds].map(([key, phase]): [string, HoldState] => [key, { line: 2, phase, attempt: 0 }])),
        stock: new Map([['rope', rope]]),
        purchases: new Map(),
      },
    },
    levels: [
      { value: levelOf('lamp', { ...lamp, version: 4 }, now - hour), isIn: 'yes' },
      { value: levelOf('lamp', lamp, now - hour), isIn: 'yes' },
      { value: levelOf('rope', rope, now - hour), isIn: 'yes' },
    ],
    stockEvents: [
      { value: stockEvent('lamp', 'first', 0, 10), isIn: 'yes' },
      { value: stockEvent('lamp', 'first', 0, 10), isIn: 'yes' },
      { value: stockEvent('rope', 'first', 0, 5), isIn: 'yes' },
    ],
    orderEvents: [
      ...steps(waiting, ['OrderCreated', 'OrderReserved']),
      ...steps(placed, ['OrderCreated', 'OrderReserved', 'OrderPlaced']),
      ...steps(cancelled, ['OrderCreated', 'OrderCancelled']),
      ...steps(capturing, ['OrderCreated', 'OrderReserved']),
    ],
    submitted: [...orders.keys()].map((orderId, offset) => ({ orderId, partition: 0, offset })),
    payments: [payment(placed, { captured: 1_500, status: 'captured' }), payment(capturing, { status: 'authorized' })],
    forgotten: new Map(),
  };
}

function stockOf({ onHand, held, committed }: { onHand: number; held: number; committed: number }): StockState {
  const offer = {
    sellerId: 'sally',
    status: 'active',
    price: { amount: 1_000, currency: 'EUR' },
    weightGrams: 500,
    customerLimit: 5,
    version: 1,
    hasVariants: false,
  } as const;
  const warehouses = [{ warehouseId: 'east', onHand, held, sequence: null }];
  return { ...emptyStock(offer), warehouses, takenIn: onHand + committed, committed, version: 7 };
}

export function stockEvent(productId: string, changeId: string, before: number, after: number): StockEvent {
  const outcome = { type: 'StockChanged', before, after } as const;
  return { changeId, productId, warehouseId: 'east', sellerId: 'sally', at: now - hour, ...noImport, outcome };
}

export function steps(orderId: string, types: readonly OrderEvent['event']['type'][]): Told<OrderEvent>[] {
  return types.map((type, index) => {
    // The rules look at its type alone.
    const event = { type } as OrderEvent['event'];
    return { value: { orderId, sequence: index + 1, customerId: 'ann', at: now - hour, event }, isIn: 'yes' };
  });
}

export function payment(orderId: string, more: Partial<PaymentFact> = {}): PaymentFact {
  return {
    orderId,
    reference: `pay-${orderId}`,
    status: 'authorized',
    authorized: 1_500,
    captured: 0,
    refunded: 0,
    currency: 'EUR',
    updatedAt: now - hour,
    ...more,
  };
}

/** Everything that the rules find; a second look sees `later`, by default the same world again. */
export function findingsOf(world: World, later: World = world): readonly Finding[] {
  const [first, second] = [snapshot(world), snapshot(later)];
  const findings = new Findings();
  for (const { found } of second) findings.take(found);
  findings.take(compareHolds(first, second));
  const levels = new LevelComparer(second);
  for (const { value, isIn } of later.levels) levels.level(value, isIn);
  findings.take(levels.finish(true));
  const ledger = new LedgerComparer(second);
  for (const { value, isIn } of later.stockEvents) ledger.event(value, isIn);
  findings.take(ledger.finish());
  const orders = new OrderComparer(second);
  for (const { value, isIn } of later.orderEvents) orders.event(value, isIn);
  for (const order of later.submitted) orders.submitted(order);
  findings.take(orders.finish(true));
  const lookAt = ({ payments, forgotten }: World, tasks: readonly TaskFacts[]) => ({ payments, forgotten, tasks });
  const looks = { first: lookAt(world, first), second: lookAt(later, second) };
  findings.take(comparePayments({ ...looks, isWhole: true, quietSince: now - 120_000 }));
  return findings.part.findings;
}

function snapshot({ tasks }: World): TaskFacts[] {
  return Object.entries(tasks).map(([task, { orders, holds, stock, purchases }], partition) => {
    const examiner = new TaskExaminer({ now });
    for (const [key, value] of orders) examiner.order(key, value);
    for (const [key, value] of holds) examiner.hold(key, value);
    for (const [key, value] of stock) examiner.stock(key, value);
    for (const [key, value] of purchases) examiner.purchases(key, value);
    return examiner.finish({ task, partition, commit: 9, now, inputs: {} });
  });
}
