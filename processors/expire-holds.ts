// Ends an order whose hold has run out: nobody paid for it in time, or its answers never all came.
import type { TimerProcessor } from '../streams/api.ts';
import { type OrderWiring, prefetchByOrder } from './order-state.ts';
import { happen } from './saga/perform.ts';

/** Keyed by order id. */
export const expireHolds: TimerProcessor<OrderWiring> = {
  name: 'expire-holds',
  fire: (orderId, context) => happen(context, orderId, { type: 'HoldExpired' }),
  prefetch: prefetchByOrder,
};
