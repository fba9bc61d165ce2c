// Events of an order of two lamps and a desk, for the specs of views.
import type {
  OrderCancelled,
  OrderCreated,
  OrderEvent,
  OrderRejected,
  OrderReserved,
} from '../../schemas/types.generated.ts';

/** Each step is decided a millisecond after the one before; the first at 1,001. */
export function orderEvent(orderId: string, sequence: number, event: OrderEvent['event']): OrderEvent {
  return { orderId, sequence, customerId: 'carl', at: 1_000 + sequence, event };
}

export const orderCreated: OrderCreated = {
  type: 'OrderCreated',
  lines: [
    {
      line: 1,
      productId: 'lamp',
      quantity: 2,
      unitPrice: 1000,
      productVersion: 1,
      weightGrams: 500,
      sellerId: 'sally',
    },
    {
      line: 2,
      productId: 'desk',
      quantity: 1,
      unitPrice: 9000,
      productVersion: 4,
      weightGrams: 20_000,
      sellerId: 'sally',
    },
  ],
  currency: 'EUR',
  totals: { subtotal: 11_000, shipping: 500, tax: 2185, total: 13_685 },
  shipTo: { name: 'Carl', street: 'Way 1', city: 'Town', postalCode: '12345', country: 'DE' },
  paymentMethod: 'card',
  placedAt: 1_000,
  expiresAt: 900_000,
  promises: [],
};

export const orderReserved: OrderReserved = {
  type: 'OrderReserved',
  lines: [
    { line: 1, productId: 'lamp', quantity: 2, allocations: [{ warehouseId: 'east', quantity: 2 }] },
    { line: 2, productId: 'desk', quantity: 1, allocations: [{ warehouseId: 'west', quantity: 1 }] },
  ],
  expiresAt: 900_500,
};

export const orderRejected: OrderRejected = {
  type: 'OrderRejected',
  lines: [{ line: 2, productId: 'desk', reason: 'insufficient_stock' }],
};

export const orderCancelled: OrderCancelled = { type: 'OrderCancelled', reason: 'expired' };
