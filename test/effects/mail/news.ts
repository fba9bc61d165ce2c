// News of an order, as the saga tells it.
import type { Notification } from '../../../schemas/types.generated.ts';

export const news: Notification = {
  notificationId: 'uJ2qqzV1n1s0y8b1dT1m5w~lamp/4/carl',
  orderId: 'uJ2qqzV1n1s0y8b1dT1m5w~lamp',
  at: Date.UTC(2026, 10, 21, 8),
  userId: 'carl',
  email: 'carl@example.com',
  kind: 'order_placed',
  amount: 123_450,
  currency: 'EUR',
  reason: '',
  lines: [
    { productId: 'lamp', quantity: 2 },
    { productId: 'desk', quantity: 1 },
  ],
  parcels: [],
};
