// Until when an order is held, as the outside reads it.
import { Type } from 'typebox';
import { Time } from './common.ts';

export const OrderExpiry = Type.Object(
  {
    orderId: Type.String(),
    status: Type.String({ description: "The order's.", examples: ['reserved'] }),
    expiresAt: Time,
    remainingMs: Type.Integer({
      description:
        'Milliseconds until then by the clock of the gateway; 0 when the time is over, or nothing is awaited.',
      examples: [899_000],
    }),
  },
  { description: 'Until when its stock is held.' },
);
