// To the customer: the order is paid and will be sent.
import { amountOf, linesOf } from './phrases.ts';
import type { Template } from './template.ts';

export const orderPlaced: Template = ({ orderId, amount, currency, lines }) => ({
  subject: 'Your order is confirmed',
  blocks: [
    'Thank you for your order. Your payment has arrived, and we are getting your parcel ready.',
    linesOf(lines),
    `Total: ${amountOf(amount, currency)}`,
    `Order number: ${orderId}`,
    'We will write again when it is on its way.',
  ],
});
