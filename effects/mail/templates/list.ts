// The one list of templates, by the kind of news. Adding a kind is a file, a line here, and its exact words in the test.
import type { NotificationKind } from '../../../schemas/types.generated.ts';
import { orderCancelled } from './order-cancelled.ts';
import { orderDelivered } from './order-delivered.ts';
import { orderInTransit } from './order-in-transit.ts';
import { orderPlaced } from './order-placed.ts';
import { orderRefunded } from './order-refunded.ts';
import { sellerOrderPlaced } from './seller-order-placed.ts';
import type { Template } from './template.ts';

/** The kinds that this program knows. */
export type Known = Exclude<NotificationKind, 'other'>;

export const templates: { readonly [Kind in Known]: Template } = {
  order_placed: orderPlaced,
  order_cancelled: orderCancelled,
  order_in_transit: orderInTransit,
  order_delivered: orderDelivered,
  order_refunded: orderRefunded,
  seller_order_placed: sellerOrderPlaced,
};

/** What a person may do without. What tells of money, bought, not sold or paid back, always comes. */
const optional: ReadonlySet<Known> = new Set(['order_in_transit', 'order_delivered', 'seller_order_placed']);

export function mayOptOut(kind: Known): boolean {
  return optional.has(kind);
}
