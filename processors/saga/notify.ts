// Who is told of a step of an order's life: the customer of what concerns money and parcels, each seller of what is
// sold. One record a step and recipient, so that sending it can be made sure of.
import type { Notification, NotificationKind, OrderEvent } from '../../schemas/types.generated.ts';
import type { Order, OrderContext } from '../order-state.ts';

/** `order` as it is after the event. */
export function notify(context: OrderContext, order: Order, event: OrderEvent['event']): void {
  const { facts } = order;
  const { checkout, customerId, lines } = facts;
  const kind = kinds[event.type];
  if (checkout === null || kind === undefined) return;
  send(context, order, { kind, userId: customerId, email: checkout.email, event, lines });
  if (event.type !== 'OrderPlaced') return;
  for (const userId of new Set(lines.map(({ sellerId }) => sellerId).filter((sellerId) => sellerId !== ''))) {
    const own = lines.filter(({ sellerId }) => sellerId === userId);
    send(context, order, { kind: 'seller_order_placed', userId, email: '', event, lines: own });
  }
}

const kinds: { readonly [Type in OrderEvent['event']['type']]?: NotificationKind } = {
  OrderPlaced: 'order_placed',
  OrderCancelled: 'order_cancelled',
  OrderInTransit: 'order_in_transit',
  OrderDelivered: 'order_delivered',
  OrderRefunded: 'order_refunded',
};

interface News extends Pick<Notification, 'kind' | 'userId' | 'email' | 'lines'> {
  readonly event: OrderEvent['event'];
}

function send(context: OrderContext, { orderId, facts }: Order, { event, lines, ...to }: News): void {
  const { checkout, sequence } = facts;
  context.forward('notifications', to.userId, {
    ...to,
    notificationId: `${orderId}/${sequence}/${to.userId}`,
    orderId,
    at: context.now,
    amount: checkout?.amount ?? 0,
    currency: checkout?.currency ?? '',
    reason: event.type === 'OrderCancelled' ? event.reason : '',
    lines: lines.map(({ productId, quantity }) => ({ productId, quantity })),
    parcels: 'parcels' in event ? event.parcels : [],
  });
}
