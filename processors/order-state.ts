// The phases of an order in its home partition, and the steps that several processors share.
//
//   OrderSubmitted --+--> AwaitingReservations --+--> Reserved --+--> Cancelled
//                    |        |                  |               (expiry, CancelOrder)
//                    |        +--> Cancelled     +--> Rejected
//                    +--> Reserved     (a one-product order is decided in one hop)
//                    +--> Rejected     (a rule or the stock says no)
//   CancelOrder ----------> CancelledEarly --(OrderSubmitted)--> Cancelled
//
// Rejected and Cancelled hold nothing. They and CancelledEarly vanish after the idempotency window.
import { assert } from '../base/assert.ts';
import type { AskedLine, OrderEvent, OrderFacts, OrderState, ReservationCommand } from '../schemas/types.generated.ts';
import type { Context } from '../streams/api.ts';
import type { HoldOutputs, HoldStores } from './holds.ts';

/** What the order's processors use: all of them steer the same state. */
export interface OrderWiring {
  readonly stores: HoldStores & { readonly orders: OrderState };
  readonly outputs: HoldOutputs & { readonly orderEvents: OrderEvent; readonly reservations: ReservationCommand };
  /** `hold-expiry`, keyed by order id, is due when the hold ends. */
  readonly timers: 'hold-expiry';
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
  const { customerId, expiresAt, lines, limited } = facts;
  const sequence = facts.sequence + 1;
  context.forward('orderEvents', orderId, { orderId, sequence, customerId, at: context.now, event });
  return { customerId, sequence, expiresAt, lines, limited };
}

/** Sends a command to the task that owns a line's product. */
export function sendCommand(
  context: OrderContext,
  order: Order,
  { line, productId }: AskedLine,
  command: ReservationCommand['command'],
): void {
  const { orderId, facts } = order;
  context.forward('reservations', productId, {
    orderId,
    productId,
    leadProductId: leadLine(order).productId,
    customerId: facts.customerId,
    line,
    at: context.now,
    command,
  });
}
