// To the customer: the order was cancelled, why, and what becomes of the money.
import type { CancelReason } from '../../../schemas/types.generated.ts';
import { linesOf } from './phrases.ts';
import type { Template } from './template.ts';

const reasons: { readonly [Reason in CancelReason]: string } = {
  other: 'Your order has been cancelled.',
  expired: 'Your order has been cancelled, because it was not paid in time.',
  by_customer: 'Your order has been cancelled, as you asked.',
  by_operator: 'Our team has cancelled your order.',
  payment_failed: 'Your order has been cancelled, because the payment did not go through.',
  fraud_suspected: 'Your order has been cancelled, because we could not verify the payment.',
};

/** A reason of a newer program is none that can be told. */
function reasonIn(reason: string): string {
  return Object.hasOwn(reasons, reason) ? reasons[reason as CancelReason] : reasons.other;
}

export const orderCancelled: Template = ({ orderId, reason, lines }) => ({
  subject: 'Your order has been cancelled',
  blocks: [
    reasonIn(reason),
    linesOf(lines),
    `Order number: ${orderId}`,
    'You do not pay for it: an amount that was set aside is released, and one that was taken is paid back.',
  ],
});
