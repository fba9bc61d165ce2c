// How the simulated provider decides, over its ledger: what each question comes to and what it leaves in the books.
// Each function runs inside one transaction of the ledger.
import { createHash } from 'node:crypto';
import { StockstreamError } from '../../../base/errors.ts';
import type {
  Authorization,
  AuthorizeAnswer,
  Capture,
  CaptureAnswer,
  PaymentQuestion,
  RefundAnswer,
  VoidAnswer,
} from '../payments.ts';
import type { Behaviour } from './behaviours.ts';
import type { Entry, Ledger, News } from './ledger.ts';

/** What comes back: an answer, which may be lost on its way; nothing; or a failure that passes. */
export type Reply<Answer> =
  | { readonly kind: 'answers'; readonly answer: Answer; readonly isLost: boolean }
  | { readonly kind: 'silent' }
  | { readonly kind: 'fails' };

const refundFailures = 2;

/** Where a question meets the books: the ledger, the time, and the how manieth time it is asked. */
export interface Desk {
  readonly ledger: Ledger;
  readonly now: number;
  readonly tries: number;
}

export function authorizeAt(desk: Desk, question: Authorization, { kind, count }: Behaviour): Reply<AuthorizeAnswer> {
  const { ledger, now, tries } = desk;
  const payment = firstEntry(question, kind, now);
  const { reference, amount } = payment;
  const authorized: AuthorizeAnswer = { type: 'PaymentAuthorized', paymentReference: reference };
  const thinking: AuthorizeAnswer = { type: 'PaymentUnanswered', verb: 'authorize', reason: 'still being processed' };
  switch (kind) {
    case 'no_answer':
      return { kind: 'silent' };
    case 'error_500':
      if (tries <= count) return { kind: 'fails' };
      break;
    case 'decline':
      ledger.put({ ...payment, status: 'declined' });
      return answers<AuthorizeAnswer>({ type: 'PaymentDeclined', reason: 'the card was declined' });
    case 'pending':
      ledger.put(payment);
      return answers(thinking);
    case 'late_success':
      ledger.put(payment);
      ledger.addNews(newsOf(reference, now + count * 1_000, 1));
      return answers(thinking);
    case 'duplicate':
      ledger.addNews(newsOf(reference, now, 2));
      break;
    default:
      break;
  }
  ledger.put({ ...payment, status: 'authorized', authorized: amount });
  return answers(authorized, kind === 'timeout');
}

export function captureAt(desk: Desk, { orderId, paymentReference, amount }: Capture): Reply<CaptureAnswer> {
  const { ledger, now } = desk;
  const refused = (reason: string) => answers<CaptureAnswer>({ type: 'CaptureRefused', reason });
  const payment = ledger.get(paymentReference);
  if (payment?.orderId !== orderId) return refused('there is no such payment');
  const { status, authorized, captured, behaviour } = payment;
  const taken = (sum: number, isLost = false) =>
    answers<CaptureAnswer>({ type: 'PaymentCaptured', paymentReference, amount: sum }, isLost);
  if (status === 'captured' || status === 'refunded') return taken(captured);
  if (status !== 'authorized') return refused(`the payment is ${status}`);
  if (behaviour === 'capture_refused') {
    ledger.put({ ...payment, status: 'voided', updatedAt: now });
    return refused('the authorization has expired');
  }
  if (amount > authorized) return refused('more than was set aside');
  ledger.put({ ...payment, status: 'captured', captured: amount, updatedAt: now });
  return taken(amount, behaviour === 'capture_no_answer_then_works');
}

export function voidAt({ ledger, now }: Desk, { orderId }: PaymentQuestion): Reply<VoidAnswer> {
  const payments = ledger.ofOrder(orderId);
  const held = payments.filter(({ status }) => status === 'authorized');
  for (const payment of held) ledger.put({ ...payment, status: 'voided', updatedAt: now });
  const amount = payments.reduce((sum, { captured }) => sum + captured, 0);
  if (amount > 0) return answers<VoidAnswer>({ type: 'VoidTooLate', amount });
  return answers<VoidAnswer>({ type: held.length > 0 ? 'PaymentVoided' : 'NothingToVoid' });
}

/** @throws PAYMENTS_REFUSED if nothing was taken */
export function refundAt(desk: Desk, { requestId, orderId, amount }: PaymentQuestion): Reply<RefundAnswer> {
  const { ledger, now, tries } = desk;
  const payments = ledger.ofOrder(orderId).filter(({ captured }) => captured > 0);
  if (payments.length === 0) {
    throw new StockstreamError('PAYMENTS_REFUSED', { request: requestId, reason: 'nothing was taken for the order' });
  }
  const isFailing = payments.some(({ behaviour }) => behaviour === 'refund_error_500') && tries <= refundFailures;
  if (isFailing) return { kind: 'fails' };
  let left = amount;
  for (const payment of payments) {
    const given = Math.min(left, payment.captured - payment.refunded);
    const refunded = payment.refunded + given;
    const status = refunded === payment.captured ? 'refunded' : 'captured';
    if (given > 0) ledger.put({ ...payment, refunded, status, updatedAt: now });
    left -= given;
  }
  // All was given back before: that is what was asked for, too.
  const before = payments.reduce((sum, { refunded }) => sum + refunded, 0);
  return answers<RefundAnswer>({
    type: 'PaymentRefunded',
    amount: left < amount ? amount - left : Math.min(amount, before),
  });
}

/** Sets aside what news tell of. A payment that went another way meanwhile stays as it is. */
export function settleLate(ledger: Ledger, { reference }: News, now: number): Entry | undefined {
  return ledger.write(() => {
    const payment = ledger.get(reference);
    if (payment?.status !== 'pending') return payment;
    const settled: Entry = { ...payment, status: 'authorized', authorized: payment.amount, updatedAt: now };
    ledger.put(settled);
    return settled;
  });
}

function firstEntry(question: Authorization, behaviour: Behaviour['kind'], now: number): Entry {
  const { requestId, orderId, customerId, amount, currency } = question;
  // Not in hex, which now and then has so many digits in a row that it looks like a card number.
  const reference = `sim_${createHash('sha256').update(requestId).digest('base64url').slice(0, 22)}`;
  const sums = { amount, authorized: 0, captured: 0, refunded: 0, currency };
  return { reference, orderId, customerId, behaviour, status: 'pending', ...sums, updatedAt: now };
}

function newsOf(reference: string, dueAt: number, times: number): News {
  return { newsId: `${reference}/PaymentAuthorized`, reference, dueAt, times };
}

function answers<Answer>(answer: Answer, isLost = false): Reply<Answer> {
  return { kind: 'answers', answer, isLost };
}
