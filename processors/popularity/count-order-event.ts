// What was bought and what has arrived, told to the products: from the parcels of an order that is paid, and once it is
// delivered. What is sent back takes nothing away: it was wanted, and who had it may say what they think of it.
import type { OrderEvent, Parcel, ProductActivity } from '../../schemas/types.generated.ts';
import type { Context, Processor } from '../../streams/api.ts';
import { requireKey } from '../require-key.ts';

interface OrderActivityWiring {
  readonly stores: object;
  readonly outputs: { readonly productActivity: ProductActivity };
  readonly timers: never;
}

export const countOrderEvent: Processor<OrderEvent, OrderActivityWiring> = {
  name: 'count-order-event',
  tags: ['OrderPlaced', 'OrderDelivered'],

  process(record, context) {
    const { orderId, event } = record.value;
    requireKey(record, orderId);
    if (event.type === 'OrderPlaced') tell(context, record.value, { kind: 'ordered', parcels: event.parcels });
    if (event.type === 'OrderDelivered') tell(context, record.value, { kind: 'delivered', parcels: event.parcels });
  },
};

/** A product may be in several parcels. */
function tell(
  { forward }: Context<OrderActivityWiring>,
  { orderId, customerId: shopperId, at }: OrderEvent,
  { kind, parcels }: { kind: 'ordered' | 'delivered'; parcels: readonly Parcel[] },
): void {
  const units = new Map<string, number>();
  for (const { productId, quantity } of parcels.flatMap(({ lines }) => lines)) {
    units.set(productId, (units.get(productId) ?? 0) + quantity);
  }
  for (const [productId, quantity] of units) {
    forward('productActivity', productId, { productId, variantId: '', shopperId, kind, quantity, orderId, at });
  }
}
