// Stripe's events: signed requests that tell what became of a payment. Which order it is stands in the metadata.
import Stripe from 'stripe';
import type { Clock } from '../../../base/clock.ts';
import { StockstreamError } from '../../../base/errors.ts';
import type { PaymentResult, PaymentWebhook } from '../payments.ts';
import { declineReasonOf } from './intents.ts';

type Outcome = PaymentResult['outcome'];

/** How old a signature may be. */
const toleranceSeconds = 300;

/** @param secret of the endpoint that Stripe was told, `whsec_...` */
export function stripeWebhook(secret: string, clock: Clock): PaymentWebhook {
  return {
    read(body, headers) {
      const event = verified({ secret, now: clock.now(), body, header: String(headers['stripe-signature'] ?? '') });
      const news = newsOf(event);
      if (!news?.orderId) return undefined;
      const { orderId, outcome } = news;
      return { resultId: `stripe/${event.id}`, requestId: '', orderId, at: event.created * 1_000, outcome };
    },
  };
}

interface News {
  readonly orderId: string | undefined;
  readonly outcome: Outcome;
}

/** Undefined for an event that tells nothing of an order. */
function newsOf(event: Stripe.Event): News | undefined {
  switch (event.type) {
    case 'payment_intent.amount_capturable_updated': {
      const { id, metadata, status } = event.data.object;
      if (status !== 'requires_capture') return undefined;
      return { orderId: metadata.orderId, outcome: { type: 'PaymentAuthorized', paymentReference: id } };
    }
    case 'payment_intent.succeeded': {
      const { id, metadata, amount_received: amount } = event.data.object;
      return { orderId: metadata.orderId, outcome: { type: 'PaymentCaptured', paymentReference: id, amount } };
    }
    case 'payment_intent.payment_failed': {
      const reason = declineReasonOf(event.data.object);
      return { orderId: event.data.object.metadata.orderId, outcome: { type: 'PaymentDeclined', reason } };
    }
    case 'payment_intent.canceled':
      return { orderId: event.data.object.metadata.orderId, outcome: { type: 'PaymentVoided' } };
    case 'charge.refunded': {
      const { metadata, captured, amount_refunded: amount } = event.data.object;
      // Letting go of what was never taken is told as a refund, too; the intent's own event has said it.
      return captured ? { orderId: metadata.orderId, outcome: { type: 'PaymentRefunded', amount } } : undefined;
    }
    default:
      return undefined;
  }
}

interface Signed {
  readonly secret: string;
  readonly now: number;
  readonly body: Buffer;
  readonly header: string;
}

function verified(signed: Signed): Stripe.Event {
  try {
    return eventIn(signed, toleranceSeconds);
  } catch (error) {
    if (!(error instanceof Stripe.errors.StripeSignatureVerificationError)) throw notUnderstood();
  }
  // One error for two cases: with the time left aside, only a wrong signature fails.
  try {
    eventIn(signed, 0);
  } catch {
    throw new StockstreamError('PAYMENT_WEBHOOK_SIGNATURE_WRONG');
  }
  throw new StockstreamError('PAYMENT_WEBHOOK_TOO_OLD');
}

function eventIn({ secret, now, body, header }: Signed, tolerance: number): Stripe.Event {
  const event = Stripe.webhooks.constructEvent(body, header, secret, tolerance, undefined, now);
  const { id, type, created, data } = (event ?? {}) as Partial<Stripe.Event>;
  const isWhole = typeof id === 'string' && typeof type === 'string' && typeof created === 'number';
  if (!isWhole || typeof data?.object !== 'object' || data.object === null) throw notUnderstood();
  return event;
}

function notUnderstood(): StockstreamError {
  return new StockstreamError('PAYMENT_WEBHOOK_NOT_UNDERSTOOD', { reason: 'it is not an event of Stripe' });
}
