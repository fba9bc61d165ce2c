// How an open order ends without being delivered: everything is given back at once, here and in other partitions.
// A release follows its reserve in the same partition, so a hold that is still on its way can't outlive the order.
import { unreachable } from '../base/assert.ts';
import type { CancelReason, LineAnswer, OrderState } from '../schemas/types.generated.ts';
import { giveBack } from './holds.ts';
import { emitEvent, leadLine, type Order, type OrderContext, sendCommand } from './order-state.ts';

/** Cancels an order that is open; one that has ended stays as it is. */
export function cancelOpenOrder(
  context: OrderContext,
  orderId: string,
  { phase }: OrderState,
  reason: CancelReason,
): void {
  switch (phase.type) {
    case 'AwaitingReservations':
      cancel(context, { orderId, facts: phase.facts }, phase.answers, reason);
      break;
    case 'Reserved': {
      const order = { orderId, facts: phase.facts };
      const outcome = { type: 'StockHeld', allocations: phase.allocations } as const;
      cancel(context, order, [{ productId: leadLine(order).productId, outcome }], reason);
      break;
    }
    case 'Rejected':
    case 'Cancelled':
    case 'CancelledEarly':
      break;
    default:
      unreachable(phase);
  }
}

/** Every line was answered and some were refused: the order ends with all of their reasons. */
export function rejectOrder(context: OrderContext, order: Order, answers: readonly LineAnswer[]): void {
  const lines = order.facts.lines.flatMap(({ line, productId }) => {
    const outcome = answers.find((answer) => answer.productId === productId)?.outcome;
    return outcome?.type === 'StockRefused' ? [{ line, productId, reason: outcome.reason }] : [];
  });
  releaseLines(context, order, answers);
  emitEvent(context, order, { type: 'OrderRejected', lines });
  context.stores.orders.put(order.orderId, { phase: { type: 'Rejected', endedAt: context.now } });
}

function cancel(context: OrderContext, order: Order, answers: readonly LineAnswer[], reason: CancelReason): void {
  releaseLines(context, order, answers);
  const facts = emitEvent(context, order, { type: 'OrderCancelled', reason });
  const phase = { type: 'Cancelled', facts, reason, endedAt: context.now } as const;
  context.stores.orders.put(order.orderId, { phase });
}

/** Lines without an answer are released, too: theirs may be a hold. */
function releaseLines(context: OrderContext, order: Order, answers: readonly LineAnswer[]): void {
  const { customerId, limited } = order.facts;
  const lead = leadLine(order);
  const outcomes = new Map(answers.map(({ productId, outcome }) => [productId, outcome]));
  for (const asked of order.facts.lines) {
    const outcome = outcomes.get(asked.productId);
    if (outcome?.type === 'StockRefused') continue;
    if (asked !== lead) sendCommand(context, order, asked, { type: 'ReleaseStock' });
    else if (outcome) giveBack(context, { productId: lead.productId, customerId }, { ...outcome, limited });
  }
  context.timers['hold-expiry'].clear(order.orderId);
}
