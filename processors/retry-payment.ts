// Asks the payment provider again what it left open, once its time has come.
import type { TimerProcessor } from '../streams/api.ts';
import { type OrderWiring, prefetchByOrder } from './order-state.ts';
import { happen } from './saga/perform.ts';

/** Keyed by order id. */
export const retryPayment: TimerProcessor<OrderWiring> = {
  name: 'retry-payment',
  fire: (orderId, context) => happen(context, orderId, { type: 'RetryDue' }),
  prefetch: prefetchByOrder,
};
