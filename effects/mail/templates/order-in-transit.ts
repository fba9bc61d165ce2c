// To the customer: the parcels are on their way, and how to follow them.
import { parcelsOf } from './phrases.ts';
import type { Template } from './template.ts';

export const orderInTransit: Template = ({ orderId, parcels }) => ({
  subject: 'Your order is on its way',
  blocks: [
    parcels.length > 1
      ? `Your order is on its way to you, in ${parcels.length} parcels:`
      : 'Your order is on its way to you:',
    parcelsOf(parcels),
    `Order number: ${orderId}`,
  ],
});
