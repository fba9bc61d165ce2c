// Cancels an order on request. A cancellation may overtake its order, for they travel in different topics: it is kept
// then, and the order ends as soon as it comes. An order that has ended stays as it is.
import { unreachable } from '../base/assert.ts';
import { leadProductOf } from '../schemas/ids.ts';
import type { OrderCommand } from '../schemas/types.generated.ts';
import type { Processor } from '../streams/api.ts';
import { cancelOpenOrder } from './end-order.ts';
import type { OrderWiring } from './order-state.ts';
import { requireKey } from './require-key.ts';

export const cancelOrder: Processor<OrderCommand, OrderWiring> = {
  name: 'cancel-order',

  process(record, context) {
    const { orderId, command } = record.value;
    requireKey(record, leadProductOf(orderId));
    switch (command.type) {
      case 'CancelOrder': {
        const { reason } = command;
        const state = context.stores.orders.get(orderId);
        if (state !== undefined) return cancelOpenOrder(context, orderId, state, reason);
        const phase = { type: 'CancelledEarly', reason, endedAt: context.now } as const;
        return context.stores.orders.put(orderId, { phase });
      }
      case 'RequestReturn':
        // No order is delivered yet, so there is nothing to send back; the gateway refuses the request itself.
        return;
      default:
        return unreachable(command);
    }
  },

  prefetch: ({ key, value }) => ({ orders: [value.orderId], stock: [key] }),
};
