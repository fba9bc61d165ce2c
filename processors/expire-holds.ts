// Ends an order whose hold has run out: nobody paid for it in time, or its answers never all came.

import { leadProductOf } from '../schemas/ids.ts';
import type { TimerProcessor } from '../streams/api.ts';
import { cancelOpenOrder } from './end-order.ts';
import type { OrderWiring } from './order-state.ts';

/** Keyed by order id. */
export const expireHolds: TimerProcessor<OrderWiring> = {
  name: 'expire-holds',

  fire(orderId, context) {
    const state = context.stores.orders.get(orderId);
    if (state !== undefined) cancelOpenOrder(context, orderId, state, 'expired');
  },

  prefetch(orderId) {
    const lead = leadProductOf(orderId);
    return { orders: [orderId], stock: lead === undefined ? [] : [lead] };
  },
};
