// The simulated provider's news as signed requests (Standard Webhooks), so that the gateway's route can be tried by hand
// and other programs can play the provider. The id of a request is the id of its piece of news.
//
//     {"type": "payment.authorized" | "payment.declined" | "payment.captured" | "payment.voided" | "payment.refunded",
//      "orderId": "...", "reference": "...", "amount": 1999, "reason": "...", "occurredAt": 1790000000000}
import { Webhook } from 'standardwebhooks';
import { reasonOf, StockstreamError } from '../../../base/errors.ts';
import type { PaymentResult, PaymentWebhook, WebhookHeaders } from '../payments.ts';
import { safeReason } from '../reason.ts';

type Outcome = PaymentResult['outcome'];

/** @param secret base64, perhaps behind `whsec_` */
export function simulatedWebhook(secret: string): PaymentWebhook {
  const webhook = new Webhook(secret);
  return { read: (body, headers) => readNews(webhook, body, headers) };
}

function readNews(webhook: Webhook, body: Buffer, headers: WebhookHeaders): PaymentResult | undefined {
  verify(webhook, body, headers);
  const fields = parsed(body);
  const { type, orderId, occurredAt } = fields;
  if (typeof type !== 'string') throw notUnderstood('it has no type');
  // A type of another version, as providers add them.
  if (!type.startsWith('payment.')) return undefined;
  if (typeof orderId !== 'string') throw notUnderstood('it has no orderId');
  if (typeof occurredAt !== 'number' || !Number.isSafeInteger(occurredAt)) throw notUnderstood('it has no occurredAt');
  const outcome = outcomeOf(type, fields);
  const resultId = `simulator/${headers['webhook-id']}`;
  return outcome && { resultId, requestId: '', orderId, at: occurredAt, outcome };
}

function outcomeOf(type: string, { reference, amount, reason }: Fields): Outcome | undefined {
  const paymentReference = () => {
    if (typeof reference !== 'string') throw notUnderstood('it has no reference');
    return reference;
  };
  const sum = () => {
    if (typeof amount !== 'number' || !Number.isSafeInteger(amount)) throw notUnderstood('it has no amount');
    return amount;
  };
  switch (type) {
    case 'payment.authorized':
      return { type: 'PaymentAuthorized', paymentReference: paymentReference() };
    case 'payment.declined':
      return { type: 'PaymentDeclined', reason: safeReason(String(reason ?? 'declined')) };
    case 'payment.captured':
      return { type: 'PaymentCaptured', paymentReference: paymentReference(), amount: sum() };
    case 'payment.voided':
      return { type: 'PaymentVoided' };
    case 'payment.refunded':
      return { type: 'PaymentRefunded', amount: sum() };
    default:
      return undefined;
  }
}

/** The library tells its cases apart by words alone, so the time is looked at here, once the signature is right. */
function verify(webhook: Webhook, body: Buffer, headers: WebhookHeaders): void {
  try {
    webhook.verify(body, headers as Record<string, string>, { jsonParse: false });
  } catch (error) {
    const isLate = /timestamp too (old|new)/.test(reasonOf(error)) && isSigned(webhook, body, headers);
    throw new StockstreamError(isLate ? 'PAYMENT_WEBHOOK_TOO_OLD' : 'PAYMENT_WEBHOOK_SIGNATURE_WRONG');
  }
}

function isSigned(webhook: Webhook, body: Buffer, headers: WebhookHeaders): boolean {
  const at = new Date(Number(headers['webhook-timestamp']) * 1_000);
  const signature = webhook.sign(String(headers['webhook-id']), at, body);
  return String(headers['webhook-signature']).split(' ').includes(signature);
}

interface Fields {
  readonly [name: string]: unknown;
}

function parsed(body: Buffer): Fields {
  try {
    const value: unknown = JSON.parse(body.toString());
    if (typeof value === 'object' && value !== null) return value as Fields;
  } catch {
    // The parser's words would repeat the body.
  }
  throw notUnderstood('it is not a JSON object');
}

function notUnderstood(reason: string): StockstreamError {
  return new StockstreamError('PAYMENT_WEBHOOK_NOT_UNDERSTOOD', { reason });
}
