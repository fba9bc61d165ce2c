// To the customer: everything has arrived.
import { linesOf } from './phrases.ts';
import type { Template } from './template.ts';

export const orderDelivered: Template = ({ orderId, lines }) => ({
  subject: 'Your order has been delivered',
  blocks: [
    'Your order has been delivered. We hope that you like it.',
    linesOf(lines),
    `Order number: ${orderId}`,
    'If something is missing or not as it should be, please answer to this mail.',
  ],
});
