// Ends an order whose hold has run out: nobody paid for it in time, or its answers never all came.

import { leadProductOf } from '../schemas/ids.ts';
import type { TimerProcessor } from '../streams/api.ts';
import type { OrderWiring } from './order-state.ts';
import { happen } from './saga/perform.ts';

/** Keyed by order id. */
export const expireHolds: TimerProcessor<OrderWiring> = {
  name: 'expire-holds',
  fire: (orderId, context) => happen(context, orderId, { type: 'HoldExpired' }),
  prefetch: prefetchOrder,
};

/** What any step of an order may read. */
export function prefetchOrder(orderId: string) {
  const lead = leadProductOf(orderId);
  return { orders: [orderId], stock: lead === undefined ? [] : [lead] };
}
