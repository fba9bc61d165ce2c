// Gathers the answers of an order's lines; with the last one the order is held, or rejected with every reason.
// Answers that come after the order's end are ignored: its release has followed its reserve everywhere.
import { leadProductOf } from '../schemas/ids.ts';
import type { ReservationReply } from '../schemas/types.generated.ts';
import type { Processor } from '../streams/api.ts';
import { type OrderWiring, prefetchOrder } from './order-state.ts';
import { requireKey } from './require-key.ts';
import { happen } from './saga/perform.ts';

export const settleOrder: Processor<ReservationReply, OrderWiring> = {
  name: 'settle-order',

  process(record, context) {
    const { orderId, productId, outcome, attempt } = record.value;
    requireKey(record, leadProductOf(orderId));
    const phase = context.stores.orders.get(orderId)?.phase;
    // An answer to what is no longer asked: the stock was asked for again since.
    if (phase === undefined || !('facts' in phase) || phase.facts.attempt !== attempt) return;
    happen(context, orderId, { type: 'LineAnswered', answer: { productId, outcome }, limited: false });
  },

  prefetch: prefetchOrder,
};
