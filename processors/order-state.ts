// What the order's processors share: the wiring, an order's facts, telling its next event, asking other partitions.
// What an order can be and what leads from where to where stands in saga/table.ts.
import { assert } from '../base/assert.ts';
import { leadProductOf } from '../schemas/ids.ts';
import type {
  AskedLine,
  LineAnswer,
  Notification,
  OrderEvent,
  OrderFacts,
  OrderState,
  PaymentRequest,
  ReservationCommand,
  RiskCheck,
  ShipmentRequest,
} from '../schemas/types.generated.ts';
import type { Context } from '../streams/api.ts';
import type { RiskStores } from './assess-risk.ts';
import type { HoldOutputs } from './holds.ts';
import { type ObeyStores, obey } from './reserve-stock.ts';

/** What the order's processors use: all of them steer the same state. */
export interface OrderWiring {
  readonly stores: ObeyStores & RiskStores & { readonly orders: OrderState };
  readonly outputs: HoldOutputs & {
    readonly orderEvents: OrderEvent;
    readonly reservations: ReservationCommand;
    readonly riskChecks: RiskCheck;
    readonly paymentRequests: PaymentRequest;
    readonly shipmentRequests: ShipmentRequest;
    readonly notifications: Notification;
  };
  /** Keyed by order id: due when the hold ends; due when the provider is to be asked again. */
  readonly timers: 'hold-expiry' | 'payment-retry';
}

export type OrderContext = Context<OrderWiring>;

/** An order and what every later step needs of it. */
export interface Order {
  readonly orderId: string;
  readonly facts: OrderFacts;
}

/** The line whose product's task owns the order. */
export function leadLine({ facts }: Order): AskedLine {
  const [lead] = facts.lines;
  assert(lead, 'an order that was accepted has lines');
  return lead;
}

/** Emits the order's next event. Gives the facts that are true from then on. */
export function emitEvent(context: OrderContext, { orderId, facts }: Order, event: OrderEvent['event']): OrderFacts {
  const { customerId, expiresAt, lines, limited, attempt, checkout } = facts;
  const sequence = facts.sequence + 1;
  context.forward('orderEvents', orderId, { orderId, sequence, customerId, at: context.now, event });
  return { customerId, sequence, expiresAt, lines, limited, attempt, checkout };
}

/**
 * Has the task that owns a line's product obey. If that is the order's own, it does so at once and gives its answer, if
 * there is one; else the command goes to it by its topic.
 */
export function instruct(
  context: OrderContext,
  order: Order,
  { line, productId }: AskedLine,
  command: ReservationCommand['command'],
): LineAnswer | undefined {
  const { orderId, facts } = order;
  const asked: ReservationCommand = {
    orderId,
    productId,
    leadProductId: leadLine(order).productId,
    customerId: facts.customerId,
    line,
    at: context.now,
    attempt: facts.attempt,
    command,
  };
  if (!context.owns(productId)) return void context.forward('reservations', productId, asked);
  const outcome = obey(context, asked);
  return outcome && { productId, outcome };
}

/** What any step of an order may read, for a record whose key is the lead product. */
export function prefetchOrder({ key, value }: { readonly key: string; readonly value: { readonly orderId: string } }) {
  return { orders: [value.orderId], stock: [key] };
}

/** The same for a timer. */
export function prefetchByOrder(orderId: string) {
  const lead = leadProductOf(orderId);
  return { orders: [orderId], stock: lead === undefined ? [] : [lead] };
}
