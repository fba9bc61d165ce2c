// Orders that no view has yet, in the form that the view would give them: from their events, or, before the first one,
// from what was submitted.
import type { OrderEvent, OrderSubmitted } from '../schemas/types.generated.ts';
import type { JsonObject } from '../views/documents/documents.ts';
import { arrivalOf, type OrderAnswer, type OrderStatus, type OrderStep, orderOf } from '../views/order-document.ts';
import { projectOrders, sellersOf } from '../views/orders.ts';

/** The step as the order's history tells it. */
export function stepOf(event: OrderEvent): OrderStep {
  const { append, set } = writeOf(event);
  const step = append?.history ?? (set.history as readonly JsonObject[])[0];
  return step as unknown as OrderStep;
}

/** The order after `events`, which are its first ones in order; undefined if the first is missing or there is a gap. */
export function orderFromEvents(events: readonly OrderEvent[]): OrderAnswer | undefined {
  let fields: JsonObject = {};
  let last = 0;
  for (const event of events) {
    if (event.sequence <= last) continue;
    if (event.sequence !== last + 1) return undefined;
    const { set, append } = writeOf(event);
    const history = append ? [...((fields.history as readonly JsonObject[]) ?? []), append.history!] : undefined;
    fields = { ...fields, ...set, ...(history && { history }) };
    last = event.sequence;
  }
  const id = events[0]?.orderId;
  return id === undefined ? undefined : orderOf({ id, fields, position: 0 });
}

/** The order while nothing is decided. Its end of hold counts from acceptance and may move a little. */
export function orderFromSubmission(submitted: OrderSubmitted): OrderAnswer {
  const { orderId, customerId, currency, lines, totals, shipTo, payment, placedAt, holdMillis, promises } = submitted;
  const arrival = arrivalOf(promises, []);
  const { subtotal, shipping, tax, total } = totals;
  return {
    orderId,
    customerId,
    status: 'created',
    lines: lines.map(({ line, productId, quantity, unitPrice, sellerId }) => {
      return { line, productId, quantity, unitPrice, sellerId, status: 'pending' };
    }),
    sellers: sellersOf(lines),
    currency,
    subtotal,
    shipping,
    tax,
    total: { amount: total, currency },
    shipTo,
    payment: { method: payment.method, paid: 0 },
    ...(arrival && { arrival }),
    parcels: [],
    review: 'none',
    placedAt,
    expiresAt: placedAt + holdMillis,
    updatedAt: placedAt,
    history: [],
  };
}

/** Whether stock was held or refused. */
export function isDecided(status: OrderStatus): boolean {
  return status !== 'created';
}

/** Whether nothing more is to be expected by itself. */
export function isEnded(status: OrderStatus): boolean {
  return status === 'rejected' || status === 'cancelled' || status === 'delivered' || status === 'refunded';
}

/** Whether it isn't paid yet: it can be cancelled. */
export function isCancellable(status: OrderStatus): boolean {
  return status === 'created' || status === 'reserved';
}

/** The status that a step led to, undefined for one that changes none. */
export function statusAfter(event: OrderEvent): OrderStatus | undefined {
  return writeOf(event).set.status as OrderStatus | undefined;
}

/** The view's own projection makes the answer, so that both always agree. */
function writeOf(value: OrderEvent): { readonly set: JsonObject; readonly append?: JsonObject } {
  const source = { topic: '', partition: 0, offset: value.sequence, timestamp: value.at, headers: [] };
  const [write] = projectOrders.project({ ...source, key: value.orderId, value });
  return write?.kind === 'upsert' ? write : { set: {} };
}
