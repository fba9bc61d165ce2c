// To the customer: the money is on its way back.
import { amountOf, linesOf } from './phrases.ts';
import type { Template } from './template.ts';

export const orderRefunded: Template = ({ orderId, amount, currency, lines }) => ({
  subject: 'Your refund is on its way',
  blocks: [
    `We have paid ${amountOf(amount, currency)} back to you. It goes the way that you paid, and may take a few days to show on your account.`,
    linesOf(lines),
    `Order number: ${orderId}`,
  ],
});
