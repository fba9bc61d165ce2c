// Until when an order is held, for the countdown of the checkout page: asked every few seconds by everybody who pays, so
// one small record answers. Where there is none (it has vanished, it isn't there yet, its store is away), the order does.
import { isStockstreamError } from '../../base/errors.ts';
import type { ExpiryRecord } from '../../views/expiry/expiry-records.ts';
import { principalOf } from '../auth.ts';
import { Refusal } from '../refusal.ts';
import { type App, about, config, type Gateway } from '../route.ts';
import { OrderExpiry } from '../shapes/order-expiry.ts';
import { OrderParams } from '../shapes/orders.ts';
import { visibleOrder } from './orders.ts';

export function orderExpiryRoute(app: App, gateway: Gateway): void {
  const { clock } = gateway;
  app.get(
    '/v1/orders/:id/expiry',
    {
      ...config(['shopper', 'operator'], ['ORDER_NOT_FOUND', 'ORDER_NOT_YET_VISIBLE']),
      schema: {
        ...about(
          'Orders',
          'Until when an order is held',
          'For a countdown. The order itself decides: it is cancelled a moment after its time is over, and goes on without an end once it is paid.',
        ),
        params: OrderParams,
        response: { 200: OrderExpiry },
      },
    },
    async (request) => {
      const { userId, role } = principalOf(request);
      const { id: orderId } = request.params;
      const record = await recordOf(gateway, orderId);
      if (record && role !== 'operator' && record.customerId !== userId) throw new Refusal('ORDER_NOT_FOUND');
      const { status, expiresAt } = record ?? (await visibleOrder(gateway, request, orderId));
      const isHeld = status === 'created' || status === 'reserved';
      return { orderId, status, expiresAt, remainingMs: isHeld ? Math.max(0, expiresAt - clock.now()) : 0 };
    },
  );
}

async function recordOf({ expiry }: Gateway, orderId: string): Promise<ExpiryRecord | undefined> {
  try {
    return await expiry.get(orderId);
  } catch (error) {
    if (isStockstreamError(error, 'EXPIRY_UNAVAILABLE')) return undefined;
    throw error;
  }
}
