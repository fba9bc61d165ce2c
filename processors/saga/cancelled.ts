// An order that has ended before it was placed, while its money may not have: what is set aside is let go, what was
// taken is given back, and a success that comes late takes the stock again if it is there.
import { capture, isNew, reservedLines, voiding } from './before-payment.ts';
import { again, later } from './later.ts';
import {
  checkoutOf,
  type Ended,
  first,
  noEnd,
  noMoney,
  noParcels,
  noReview,
  noStock,
  type PhaseOf,
  type Row,
  type Step,
} from './saga.ts';

/** So often a late success may bring an order back; after that its money goes back. */
const mostAttempts = 3;
/** For how long the answers of other partitions are waited for when the stock is taken again, in milliseconds. */
const retakeMillis = 60_000;

/** What no news can change: no money is the shop's, or ever was. */
const over = { ...noStock, ...noReview, ...noMoney, ...noParcels, ...noEnd };

export const Rejected: Row<'Rejected'> = over;
export const Cancelled: Row<'Cancelled'> = over;
/** Its order hasn't come yet: accept-order ends it when it does. */
export const CancelledEarly: Row<'CancelledEarly'> = over;

export const CancelledUnpaid: Row<'CancelledUnpaid'> = {
  ...over,
  Authorized: (phase, { reference }, { now }) => retake(phase, reference, now),
  // Taken at once: taking it again, once the stock is held, changes nothing.
  Captured: (phase, { reference }, { now }) => retake(phase, reference, now),
  Voided: (phase) => returned(phase, false),
  VoidTooLate: (phase) => refund(phase),
};

export const CancelledVoiding: Row<'CancelledVoiding'> = {
  ...over,
  // The question that is on its way may find it or not: its answer decides.
  Authorized: (phase, { reference }) => succeeded(phase, reference),
  Captured: (phase, { reference }) => succeeded(phase, reference),
  Voided: (phase) => returned(phase, false),
  NothingToVoid: (phase, _, { now }) => {
    const { facts, reason, endedAt } = phase;
    if (phase.paymentReference !== '') return retake(phase, phase.paymentReference, now);
    return { phase: { type: 'CancelledUnpaid', facts, reason, endedAt }, effects: [] };
  },
  VoidTooLate: (phase) => refund(phase),
  Unanswered: (phase, { verb }) => (verb === 'void' ? later(phase, phase.tries) : undefined),
  RetryDue: (phase) => again(phase, 'void'),
};

export const CancelledRefunding: Row<'CancelledRefunding'> = {
  ...over,
  Refunded: (phase) => returned(phase, true),
  Unanswered: (phase, { verb }) => (verb === 'refund' ? later(phase, phase.tries) : undefined),
  RetryDue: (phase) => again(phase, 'refund'),
};

export const Retaking: Row<'Retaking'> = {
  ...noReview,
  ...noMoney,
  ...noParcels,
  LineAnswered: (phase, { answer, limited }) => {
    const { facts, answers } = phase;
    if (!isNew(phase, answer)) return undefined;
    const [lead] = facts.lines;
    const isLead = answer.productId === lead?.productId;
    const now = { ...phase, facts: isLead ? { ...facts, limited } : facts, answers: [...answers, answer] };
    if (now.answers.length < facts.lines.length) return { phase: now, effects: [] };
    if (now.answers.some(({ outcome }) => outcome.type === 'StockRefused')) return letGo(now);
    const reserved = reservedLines(now.facts, now.answers);
    const { phase: capturing, effects } = capture(now.facts, reserved, phase.paymentReference);
    return {
      phase: capturing,
      effects: [{ effect: 'tell', event: { type: 'OrderReinstated', lines: reserved } }, ...effects],
    };
  },
  Voided: (phase) => first({ effect: 'release', answers: phase.answers }, returned(ended(phase), false)),
  CancelAsked: (phase) => letGo(phase),
  HoldExpired: (phase) => letGo(phase),
};

function succeeded(phase: PhaseOf<'CancelledVoiding'>, paymentReference: string): Step | undefined {
  return phase.paymentReference === paymentReference
    ? undefined
    : { phase: { ...phase, paymentReference }, effects: [] };
}

/** Takes the stock again, for it is paid. */
function retake({ facts, reason, endedAt }: Ended, paymentReference: string, now: number): Step {
  if (facts.attempt >= mostAttempts) {
    return voiding({ facts, reason, endedAt });
  }
  const anew = { ...facts, attempt: facts.attempt + 1, expiresAt: now + retakeMillis };
  return {
    phase: { type: 'Retaking', facts: anew, reason, answers: [], paymentReference },
    effects: [{ effect: 'expireAt', at: anew.expiresAt }, { effect: 'retake' }],
  };
}

/** The stock is gone, or somebody changed their mind: what is set aside is let go. */
function letGo(phase: PhaseOf<'Retaking'>): Step {
  const { phase: after, effects } = voiding(ended(phase));
  return {
    phase: after,
    effects: [{ effect: 'release', answers: phase.answers }, { effect: 'keepForGood' }, ...effects],
  };
}

function ended({ facts, reason }: PhaseOf<'Retaking'>): Ended {
  return { facts, reason, endedAt: facts.expiresAt - retakeMillis };
}

function refund({ facts, reason, endedAt }: Ended): Step {
  return {
    phase: { type: 'CancelledRefunding', facts, reason, tries: 0, endedAt },
    effects: [{ effect: 'keepForGood' }, { effect: 'ask', verb: 'refund' }],
  };
}

function returned({ facts, reason, endedAt }: Ended, refunded: boolean): Step {
  const event = { type: 'PaymentReturned', refunded, amount: checkoutOf(facts).amount } as const;
  return {
    phase: { type: 'Cancelled', facts, reason, endedAt },
    effects: [{ effect: 'keepForGood' }, { effect: 'tell', event }],
  };
}
