// What Stripe's payment intents and charges come to in our words.
import type Stripe from 'stripe';
import type { AuthorizeAnswer, PaymentStatus, ProviderPayment } from '../payments.ts';
import { safeReason } from '../reason.ts';

/** What an intent says that was just made and confirmed. */
export function authorizeAnswerOf(intent: Stripe.PaymentIntent): AuthorizeAnswer {
  switch (intent.status) {
    case 'requires_capture':
    case 'succeeded':
      return { type: 'PaymentAuthorized', paymentReference: intent.id };
    case 'requires_payment_method':
    case 'canceled':
      return { type: 'PaymentDeclined', reason: declineReasonOf(intent) };
    case 'requires_action':
    case 'requires_confirmation':
      // Nobody is there who could confirm it with the bank.
      return { type: 'PaymentDeclined', reason: 'the bank wants the customer to confirm the payment' };
    default:
      return { type: 'PaymentUnanswered', verb: 'authorize', reason: `the payment is ${intent.status}` };
  }
}

export function declineReasonOf({ last_payment_error: error, status }: Stripe.PaymentIntent): string {
  return error ? wordsOf(error) : `the payment is ${status}`;
}

/** Codes first, for they are stable, then Stripe's words for people. */
export function wordsOf(error: {
  readonly code?: string | undefined;
  readonly decline_code?: string | undefined;
  readonly message?: string | undefined;
}): string {
  const codes = [error.code, error.decline_code].filter(Boolean).join('/');
  return safeReason([codes, error.message].filter(Boolean).join(': ') || 'no reason was given');
}

/** An authorization that neither was taken nor let go. */
export function isHeld({ status, captured, refunded }: Stripe.Charge): boolean {
  return status === 'succeeded' && !captured && !refunded;
}

/** An authorization that was let go: Stripe shows that as a refund of what was never taken. */
export function isReleased({ status, captured, refunded }: Stripe.Charge): boolean {
  return status === 'succeeded' && !captured && refunded;
}

/** Undefined for an intent that isn't of an order of ours. `latest_charge` must be expanded. */
export function providerPaymentOf(intent: Stripe.PaymentIntent): ProviderPayment | undefined {
  const { id: reference, metadata, latest_charge: latest, amount_received: captured, currency, created } = intent;
  const { orderId } = metadata;
  if (orderId === undefined) return undefined;
  const charge = typeof latest === 'object' && latest !== null ? latest : undefined;
  const authorized = charge?.status === 'succeeded' ? charge.amount : 0;
  const refunded = charge?.captured ? charge.amount_refunded : 0;
  const status = captured > 0 && refunded >= captured ? 'refunded' : (statuses[intent.status] ?? 'pending');
  const updatedAt = Math.max(created, charge?.created ?? 0) * 1_000;
  return { orderId, reference, status, authorized, captured, refunded, currency: currency.toUpperCase(), updatedAt };
}

const statuses: { readonly [status: string]: PaymentStatus } = {
  canceled: 'voided',
  processing: 'pending',
  requires_action: 'pending',
  requires_capture: 'authorized',
  requires_confirmation: 'pending',
  requires_payment_method: 'declined',
  succeeded: 'captured',
};
