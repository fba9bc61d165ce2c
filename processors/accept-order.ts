// Takes an order in. The lead line's stock is decided here, other lines are asked for in their own partitions; so a
// one-product order is reserved or rejected in this one step. An order that is known already changes nothing.
import { leadProductOf } from '../schemas/ids.ts';
import type {
  Checkout,
  LineAnswer,
  OrderFacts,
  OrderLine,
  OrderSubmitted,
  ReserveStock,
} from '../schemas/types.generated.ts';
import type { Processor } from '../streams/api.ts';
import { takeHold } from './holds.ts';
import { mergeLines } from './merge-lines.ts';
import { orderFaults } from './order-rules.ts';
import { emitEvent, type OrderContext, type OrderWiring, prefetchOrder, sendCommand } from './order-state.ts';
import { requireKey } from './require-key.ts';
import { answered } from './saga/before-payment.ts';
import { perform } from './saga/perform.ts';
import { sendersOf } from './senders.ts';

export const acceptOrder: Processor<OrderSubmitted, OrderWiring> = {
  name: 'accept-order',

  process(record, context) {
    const submitted = record.value;
    const { orderId } = submitted;
    requireKey(record, leadProductOf(orderId));
    const early = context.stores.orders.get(orderId)?.phase;
    if (early !== undefined && early.type !== 'CancelledEarly') return;

    const faults = orderFaults(submitted);
    // A faulty order is told as it came: its lines can't be merged soundly, and its hold would have no sound end.
    const lines = faults.length > 0 ? submitted.lines : mergeLines(submitted.lines);
    const facts = create(context, submitted, lines, faults.length > 0 ? 0 : submitted.holdMillis);

    if (early !== undefined) {
      const { reason } = early;
      const phase = { type: 'Cancelled', facts, reason, endedAt: context.now } as const;
      perform(
        context,
        { orderId, facts },
        { phase, effects: [{ effect: 'tell', event: { type: 'OrderCancelled', reason } }] },
      );
    } else if (faults.length > 0) {
      const phase = { type: 'Rejected', endedAt: context.now } as const;
      perform(
        context,
        { orderId, facts },
        { phase, effects: [{ effect: 'tell', event: { type: 'OrderRejected', lines: faults } }] },
      );
    } else {
      reserve(context, submitted, lines, facts);
    }
  },

  prefetch: prefetchOrder,
};

function create(
  context: OrderContext,
  submitted: OrderSubmitted,
  lines: readonly OrderLine[],
  holdMillis: number,
): OrderFacts {
  const { orderId, customerId, currency, totals, shipTo, placedAt, promises } = submitted;
  const expiresAt = context.now + holdMillis;
  const asked = lines.map(({ line, productId, quantity, weightGrams, sellerId }) => {
    return { line, productId, quantity, weightGrams, sellerId };
  });
  const checkout = submitted.payment.collect ? checkoutOf(submitted) : null;
  const facts: OrderFacts = { customerId, sequence: 0, expiresAt, lines: asked, limited: false, attempt: 0, checkout };
  const paymentMethod = submitted.payment.method;
  return emitEvent(
    context,
    { orderId, facts },
    { type: 'OrderCreated', lines, currency, totals, shipTo, paymentMethod, placedAt, expiresAt, promises },
  );
}

/** The lead's line first: its answer is known at once. */
function reserve(
  context: OrderContext,
  submitted: OrderSubmitted,
  lines: readonly OrderLine[],
  facts: OrderFacts,
): void {
  const { orderId, customerId, currency } = submitted;
  context.timers['hold-expiry'].set(orderId, facts.expiresAt);
  let answers: readonly LineAnswer[] = [];
  let limited = false;
  for (const line of lines) {
    const { productId, quantity, unitPrice, weightGrams, productVersion } = line;
    const { warehouses, notFrom } = sendersOf(submitted, line.line);
    // In the order of the schema, so that what is asked here and what was decoded are one thing to the engine.
    const request: ReserveStock = {
      type: 'ReserveStock',
      quantity,
      unitPrice,
      currency,
      weightGrams,
      productVersion,
      warehouses,
      notFrom,
    };
    if (line === lines[0]) {
      const decision = takeHold(context, { productId, customerId }, request);
      answers = [{ productId, outcome: decision.outcome }];
      limited = decision.limited;
    } else {
      sendCommand(context, { orderId, facts }, line, request);
    }
  }
  const known = limited ? { ...facts, limited } : facts;
  perform(context, { orderId, facts: known }, answered(known, answers, { orderId, now: context.now }));
}

/** What payment, mail and shipping will need. */
function checkoutOf(submitted: OrderSubmitted): Checkout {
  const { payment, totals, currency, email, shipTo, warehouses, promises, notFrom, holdMillis, customerSince } =
    submitted;
  const { method, token, billingCountry, billingPostalCode } = payment;
  const amount = totals.total;
  const billing = { billingCountry, billingPostalCode };
  return {
    method,
    token,
    amount,
    currency,
    email,
    shipTo,
    warehouses,
    promises,
    notFrom,
    holdMillis,
    ...billing,
    customerSince,
  };
}
