// Asks the payment provider for each payment request, and tells the answer. Every request gets one: a provider that
// doesn't answer in the end is told as PaymentUnanswered, one that finds the request wrong as the "no" that fits. What
// the provider says later by itself comes another way.
import { unreachable } from '../../base/assert.ts';
import type { Clock } from '../../base/clock.ts';
import { isStockstreamError, reasonOf, StockstreamError } from '../../base/errors.ts';
import { leadProductOf } from '../../schemas/ids.ts';
import type { Topics } from '../../schemas/topics.ts';
import type { PaymentRequest, PaymentVerb } from '../../schemas/types.generated.ts';
import type { Effect, Forwarded, Record } from '../../streams/api.ts';
import type { PaymentQuestion, PaymentResult, Payments } from './payments.ts';
import { safeReason } from './reason.ts';

export interface PayParts {
  readonly payments: Payments;
  readonly topics: Pick<Topics, 'paymentResults'>;
  readonly clock: Clock;
}

type Outcome = PaymentResult['outcome'];

/** The effect of topic `payment-requests`. */
export function payOrders({ payments, topics, clock }: PayParts): Effect<PaymentRequest> {
  const tell = ({ key, topic, value }: Record<PaymentRequest>, outcome: Outcome): readonly Forwarded[] => {
    const { requestId, orderId } = value;
    const lead = leadProductOf(orderId);
    if (lead === undefined) throw new StockstreamError('RECORD_MISROUTED', { key, topic, expected: orderId });
    const resultId = `${requestId}/${outcome.type}`;
    const at = clock.now();
    const result: PaymentResult = { resultId, requestId, orderId, at, outcome: withSafeReason(outcome) };
    return [{ topic: topics.paymentResults, key: lead, value: result }];
  };
  return {
    name: 'pay',

    async perform(record, signal) {
      try {
        return tell(record, await ask(payments, record.value, signal));
      } catch (error) {
        if (!isStockstreamError(error, 'PAYMENTS_REFUSED')) throw error;
        return tell(record, refusal(record.value, wordsOf(error)));
      }
    },

    giveUp: (record, error) => tell(record, unanswered(record.value, wordsOf(error))),
    timeoutMs: 15_000,
    tries: 6,
    // Of a product that everybody wants, many orders are paid at the same time.
    laneOf: ({ value }) => value.orderId,
    concurrency: 64,
  };
}

async function ask(payments: Payments, request: PaymentRequest, signal: AbortSignal): Promise<Outcome> {
  const { requestId, orderId, customerId, command } = request;
  const { amount, currency } = command;
  const question: PaymentQuestion = { requestId, orderId, customerId, amount, currency };
  switch (command.type) {
    case 'AuthorizePayment':
      return await payments.authorize({ ...question, method: command.method, token: command.token }, signal);
    case 'CapturePayment':
      return await payments.capture({ ...question, paymentReference: command.paymentReference }, signal);
    case 'VoidPayment':
      return await payments.void(question, signal);
    case 'RefundPayment':
      return await payments.refund(question, signal);
    default:
      return unreachable(command);
  }
}

/** What a request comes to that the provider will never take. */
function refusal(request: PaymentRequest, reason: string): Outcome {
  switch (request.command.type) {
    case 'AuthorizePayment':
      return { type: 'PaymentDeclined', reason };
    case 'CapturePayment':
      return { type: 'CaptureRefused', reason };
    // Money may still be where it should not be: that is no "no", but a case for reconciliation.
    case 'VoidPayment':
    case 'RefundPayment':
      return unanswered(request, reason);
    default:
      return unreachable(request.command);
  }
}

const verbs = {
  AuthorizePayment: 'authorize',
  CapturePayment: 'capture',
  VoidPayment: 'void',
  RefundPayment: 'refund',
} as const satisfies { readonly [Command in PaymentRequest['command']['type']]: PaymentVerb };

function unanswered({ command }: PaymentRequest, reason: string): Outcome {
  return { type: 'PaymentUnanswered', verb: verbs[command.type], reason };
}

/** The provider's own words; the message of the error around them names the order, which the result does anyway. */
function wordsOf(error: unknown): string {
  const reason = isStockstreamError(error) ? error.details.reason : undefined;
  return typeof reason === 'string' ? reason : reasonOf(error);
}

/** The last gate: whatever an adapter or an error says, nothing like a card number reaches the log. */
function withSafeReason(outcome: Outcome): Outcome {
  return 'reason' in outcome ? { ...outcome, reason: safeReason(outcome.reason) } : outcome;
}
