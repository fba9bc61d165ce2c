// Gathers the answers of an order's lines; with the last one the order is reserved, or rejected with every reason.
// Answers that come after the order's end are ignored: its release has followed its reserve everywhere.
import { unreachable } from '../base/assert.ts';
import { leadProductOf } from '../schemas/ids.ts';
import type { LineAnswer, ReservationReply } from '../schemas/types.generated.ts';
import type { Processor } from '../streams/api.ts';
import { rejectOrder } from './end-order.ts';
import { emitEvent, leadLine, type Order, type OrderContext, type OrderWiring } from './order-state.ts';
import { requireKey } from './require-key.ts';

export const settleOrder: Processor<ReservationReply, OrderWiring> = {
  name: 'settle-order',

  process(record, context) {
    const { orderId, productId, outcome } = record.value;
    requireKey(record, leadProductOf(orderId));
    const phase = context.stores.orders.get(orderId)?.phase;
    switch (phase?.type) {
      case 'AwaitingReservations': {
        const { facts, answers } = phase;
        const asked = facts.lines.some((line) => line.productId === productId);
        if (!asked || answers.some((answer) => answer.productId === productId)) return;
        return settle(context, { orderId, facts }, [...answers, { productId, outcome }]);
      }
      case undefined:
      case 'Reserved':
      case 'Rejected':
      case 'Cancelled':
      case 'CancelledEarly':
        return;
      default:
        return unreachable(phase);
    }
  },

  prefetch: ({ key, value }) => ({ orders: [value.orderId], stock: [key] }),
};

/** Puts the order where its answers lead: waiting for more, rejected or reserved. */
export function settle(context: OrderContext, order: Order, answers: readonly LineAnswer[]): void {
  const { orderId, facts } = order;
  if (answers.length < facts.lines.length) {
    context.stores.orders.put(orderId, { phase: { type: 'AwaitingReservations', facts, answers } });
  } else if (answers.some(({ outcome }) => outcome.type === 'StockRefused')) {
    rejectOrder(context, order, answers);
  } else {
    reserveOrder(context, order, answers);
  }
}

function reserveOrder(context: OrderContext, order: Order, answers: readonly LineAnswer[]): void {
  const allocations = new Map(answers.map(({ productId, outcome }) => [productId, held(outcome)]));
  const lines = order.facts.lines.map(({ line, productId, quantity }) => {
    return { line, productId, quantity, allocations: allocations.get(productId) ?? [] };
  });
  const { expiresAt } = order.facts;
  const facts = emitEvent(context, order, { type: 'OrderReserved', lines, expiresAt });
  const lead = allocations.get(leadLine(order).productId) ?? [];
  context.stores.orders.put(order.orderId, { phase: { type: 'Reserved', facts, allocations: lead } });
}

function held(outcome: LineAnswer['outcome']) {
  return outcome.type === 'StockHeld' ? outcome.allocations : [];
}
