// What the payment provider tells. The provider's own documentation has the shapes; here they are taken as bytes.
import { Type } from 'typebox';
import { signatureHeaders } from '../signed-body.ts';

/** Those of the provider that is configured. */
export const paymentSignatures = {
  'stripe-signature': Type.Optional(Type.String({ description: 'Of Stripe, with its time.' })),
  'webhook-id': Type.Optional(signatureHeaders['webhook-id']),
  'webhook-timestamp': Type.Optional(signatureHeaders['webhook-timestamp']),
  'webhook-signature': Type.Optional(signatureHeaders['webhook-signature']),
};

const example = {
  type: 'payment.authorized',
  orderId: 'uJ2qqzV1n1s0y8b1dT1m5w~tv-55',
  reference: 'sim_0Yd3kq',
  occurredAt: 1_790_000_000_000,
};

/** It documents alone: the bytes are read once their signature fits. */
export const PaymentNewsBody = Type.Unsafe<Buffer>({
  type: 'object',
  additionalProperties: true,
  description: 'An event of the payment provider.',
  examples: [example],
  'x-stream': true,
});

export const PaymentNewsReport = Type.Object(
  { accepted: Type.Integer({ description: '1 if it is of an order and safe, 0 if it is of none.' }) },
  { description: 'It need not be told again.', examples: [{ accepted: 1 }] },
);
