// What the payment provider tells by itself, signed. It is passed on as it comes: which news is new, the order's own task
// decides. Answered once the log has it, so that a provider that hears nothing can simply tell it again.
import { Type } from 'typebox';
import { leadProductOf } from '../../schemas/ids.ts';
import { topics } from '../../schemas/topics.ts';
import { Refusal } from '../refusal.ts';
import { type App, about, config, type Gateway } from '../route.ts';
import { PaymentNewsBody, PaymentNewsReport, paymentSignatures } from '../shapes/payments.ts';
import { keepBytes } from '../signed-body.ts';

/** Its body parser is for its own route alone: give it a scope of its own. */
export function paymentRoutes(scope: App, { writer, paymentWebhook }: Gateway): void {
  keepBytes(scope);
  scope.post(
    '/v1/payments/webhook',
    {
      ...config('public', [
        'PAYMENT_WEBHOOK_SIGNATURE_WRONG',
        'PAYMENT_WEBHOOK_TOO_OLD',
        'PAYMENT_WEBHOOK_NOT_UNDERSTOOD',
        'WEBHOOK_SECRET_MISSING',
      ]),
      schema: {
        ...about(
          'Payments',
          'Tell what became of a payment',
          'For the payment provider, signed in its way; no token is needed. Telling the same twice, late or out of order does no harm. News that are not of an order are taken and left alone.',
        ),
        headers: Type.Object(paymentSignatures),
        body: PaymentNewsBody,
        response: { 200: PaymentNewsReport },
      },
    },
    async ({ body, headers }) => {
      if (!paymentWebhook) throw new Refusal('WEBHOOK_SECRET_MISSING', { retryAfter: 60 });
      const result = paymentWebhook.read(Buffer.isBuffer(body) ? body : Buffer.alloc(0), headers);
      const lead = result && leadProductOf(result.orderId);
      if (!result || lead === undefined) return { accepted: 0 };
      await writer.append(topics.paymentResults, lead, result);
      return { accepted: 1 };
    },
  );
}
