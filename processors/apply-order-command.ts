// Wishes about an order: to cancel it, to send it back, an operator's word after a review. A cancellation may overtake
// its order, for they travel in different topics: it is kept then, and the order ends as soon as it comes.
import { unreachable } from '../base/assert.ts';
import { leadProductOf } from '../schemas/ids.ts';
import type { OrderCommand } from '../schemas/types.generated.ts';
import type { Processor } from '../streams/api.ts';
import { type OrderWiring, prefetchOrder } from './order-state.ts';
import { requireKey } from './require-key.ts';
import { happen } from './saga/perform.ts';

export const applyOrderCommand: Processor<OrderCommand, OrderWiring> = {
  name: 'apply-order-command',

  process(record, context) {
    const { orderId, actor, command } = record.value;
    requireKey(record, leadProductOf(orderId));
    switch (command.type) {
      case 'CancelOrder': {
        const { reason } = command;
        const { orders } = context.stores;
        if (orders.get(orderId) !== undefined) return happen(context, orderId, { type: 'CancelAsked', reason });
        return orders.put(orderId, { phase: { type: 'CancelledEarly', reason, endedAt: context.now } });
      }
      case 'RequestReturn':
        return happen(context, orderId, { type: 'ReturnAsked', reason: command.reason });
      case 'ReviewOrder':
        return happen(context, orderId, { type: 'Reviewed', release: command.release, actor, note: command.note });
      default:
        return unreachable(command);
    }
  },

  prefetch: prefetchOrder,
};
