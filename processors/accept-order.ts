// Takes an order in. Stock of the lead line is decided here, and so is that of other lines whose products the same task
// owns; the rest is asked for in their own partitions. So an order that is all at home is reserved or rejected in this one
// step. An order that is known already changes nothing.
import { leadProductOf, tokenIdOf } from '../schemas/ids.ts';
import type {
  Checkout,
  LineAnswer,
  OrderFacts,
  OrderLine,
  OrderSubmitted,
  ReserveStock,
} from '../schemas/types.generated.ts';
import type { Processor } from '../streams/api.ts';
import { recentKeys } from './assess-risk.ts';
import { takeHold } from './holds.ts';
import { mergeLines } from './merge-lines.ts';
import { orderFaults } from './order-rules.ts';
import { emitEvent, instruct, type OrderContext, type OrderWiring, prefetchOrder } from './order-state.ts';
import { requireKey } from './require-key.ts';
import { holdKey } from './reserve-stock.ts';
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

  prefetch(record, owns) {
    const { orders, stock } = prefetchOrder(record);
    const { orderId, lines, customerId, payment } = record.value;
    const tokenId = payment.collect ? tokenIdOf(payment.token) : '';
    const others = lines.slice(1).filter(({ productId }) => owns(productId));
    return {
      orders,
      stock: [...stock, ...others.map(({ productId }) => productId)],
      holds: others.map(({ productId }) => holdKey({ productId, orderId })),
      recentPayments: recentKeys({ customerId, tokenId }, owns),
    };
  },
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

/** The lead's line first. Its answer is known at once, and so are those of other products that this task owns. */
function reserve(
  context: OrderContext,
  submitted: OrderSubmitted,
  lines: readonly OrderLine[],
  facts: OrderFacts,
): void {
  const { orderId, customerId, currency } = submitted;
  context.timers['hold-expiry'].set(orderId, facts.expiresAt);
  const answers: LineAnswer[] = [];
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
      answers.push({ productId, outcome: decision.outcome });
      limited = decision.limited;
    } else {
      const answer = instruct(context, { orderId, facts }, line, request);
      if (answer) answers.push(answer);
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
