// Stripe's errors in ours. None keeps the original, which has the answer's body, headers and perhaps what a customer
// typed; its request id leads to it in Stripe's own log.
import Stripe from 'stripe';
import { StockstreamError } from '../../../base/errors.ts';
import { wordsOf } from './intents.ts';

const { errors } = Stripe;

/** Refusals of the state that a payment is in, not of the question: who looks again sees another state. */
const passingCodes = new Set(['charge_already_refunded', 'idempotency_key_in_use', 'lock_timeout', 'rate_limit']);

/** What `request` failed with; anything that isn't Stripe's stays as it is. */
export function failureOf(error: unknown, request: string): unknown {
  if (!(error instanceof errors.StripeError)) return error;
  const { statusCode, requestId, code } = error;
  const reason = requestId ? `${wordsOf(error)} (${requestId})` : wordsOf(error);
  if (error instanceof errors.StripeAuthenticationError || error instanceof errors.StripePermissionError) {
    return new StockstreamError('PAYMENTS_UNAUTHORIZED', { reason });
  }
  const isPassing = statusCode === 409 || statusCode === 429 || (code !== undefined && passingCodes.has(code));
  if (error instanceof errors.StripeInvalidRequestError && !isPassing) {
    return new StockstreamError('PAYMENTS_REFUSED', { request, reason });
  }
  // Also a key that was used for other parameters: what came of the first question isn't known, so it isn't a "no".
  return new StockstreamError('PAYMENTS_UNAVAILABLE', { request, reason });
}
