// What the payment provider said, to the order's saga. The same news twice, late or out of order changes nothing more.
import { unreachable } from '../base/assert.ts';
import { leadProductOf } from '../schemas/ids.ts';
import type { PaymentResult } from '../schemas/types.generated.ts';
import type { Processor } from '../streams/api.ts';
import { type OrderWiring, prefetchOrder } from './order-state.ts';
import { requireKey } from './require-key.ts';
import { happen, requestIdOf } from './saga/perform.ts';
import type { Happening } from './saga/saga.ts';

export const applyPaymentResult: Processor<PaymentResult, OrderWiring> = {
  name: 'apply-payment-result',

  process(record, context) {
    const { orderId, requestId, outcome } = record.value;
    const lead = leadProductOf(orderId);
    requireKey(record, lead);
    const phase = context.stores.orders.get(orderId)?.phase;
    if (phase === undefined) {
      // Nobody remembers the order, so nobody will deliver it: what is set aside for it is let go.
      if (outcome.type !== 'PaymentAuthorized') return;
      const command = { type: 'VoidPayment', amount: 0, currency: '' } as const;
      const stray = { requestId: `${orderId}/void-stray`, orderId, customerId: '', at: context.now, command };
      return context.forward('paymentRequests', record.key, stray);
    }
    const attempt = 'facts' in phase ? phase.facts.attempt : 0;
    if (isAnswerToThePast(orderId, requestId, outcome, attempt)) return;
    happen(context, orderId, happeningOf(outcome));
  },

  prefetch: prefetchOrder,
};

/** What was left open, or not there, when it was asked in an earlier attempt says nothing of this one. */
function isAnswerToThePast(
  orderId: string,
  requestId: string,
  outcome: PaymentResult['outcome'],
  attempt: number,
): boolean {
  if (requestId === '') return false;
  if (outcome.type === 'NothingToVoid') return requestId !== requestIdOf(orderId, 'void', attempt);
  if (outcome.type === 'CaptureRefused') return requestId !== requestIdOf(orderId, 'capture', attempt);
  if (outcome.type === 'PaymentUnanswered') return requestId !== requestIdOf(orderId, outcome.verb, attempt);
  return false;
}

function happeningOf(outcome: PaymentResult['outcome']): Happening {
  switch (outcome.type) {
    case 'PaymentAuthorized':
      return { type: 'Authorized', reference: outcome.paymentReference };
    case 'PaymentDeclined':
      return { type: 'Declined' };
    case 'PaymentCaptured':
      return { type: 'Captured', reference: outcome.paymentReference, amount: outcome.amount };
    case 'CaptureRefused':
      return { type: 'CaptureRefused' };
    case 'PaymentVoided':
      return { type: 'Voided' };
    case 'NothingToVoid':
      return { type: 'NothingToVoid' };
    case 'VoidTooLate':
      return { type: 'VoidTooLate' };
    case 'PaymentRefunded':
      return { type: 'Refunded', amount: outcome.amount };
    case 'PaymentUnanswered':
      return { type: 'Unanswered', verb: outcome.verb };
    default:
      return unreachable(outcome);
  }
}
