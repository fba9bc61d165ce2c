// To the seller: some of their products were sold.
import { linesOf } from './phrases.ts';
import type { Template } from './template.ts';

export const sellerOrderPlaced: Template = ({ orderId, lines }) => ({
  subject: 'You have sold something',
  blocks: [
    'An order with products of yours has been paid:',
    linesOf(lines),
    `Order number: ${orderId}`,
    'The units have left your stock.',
  ],
});
