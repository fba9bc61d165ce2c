// An order on its way to being paid: stock first, then the question whether it looks like fraud, then the money.
import { assert } from '../../base/assert.ts';
import type { CancelReason, LineAnswer, OrderFacts, ReservedLine } from '../../schemas/types.generated.ts';
import { again, later } from './later.ts';
import { commitAndSend } from './parcels.ts';
import {
  type Circumstances,
  checkoutOf,
  type Effect,
  type Ended,
  first,
  noEnd,
  noMoney,
  noParcels,
  noReview,
  noStock,
  type Row,
  type Step,
  stays,
} from './saga.ts';

/** An order with this much is looked at by a person before it is paid. */
export const reviewFrom = 60;
/** For how long stock is held for a review, in milliseconds; after it, for the payment, as long as at first. */
const reviewMillis = 24 * 3_600_000;

/** Where an order's answers lead: waiting for more, rejected, or held. */
export function answered(facts: OrderFacts, answers: readonly LineAnswer[], { now }: Circumstances): Step {
  if (answers.length < facts.lines.length) {
    return { phase: { type: 'AwaitingReservations', facts, answers }, effects: [] };
  }
  if (answers.some(({ outcome }) => outcome.type === 'StockRefused')) {
    const refused = facts.lines.flatMap(({ line, productId }) => {
      const outcome = answers.find((answer) => answer.productId === productId)?.outcome;
      return outcome?.type === 'StockRefused' ? [{ line, productId, reason: outcome.reason }] : [];
    });
    return {
      phase: { type: 'Rejected', endedAt: now },
      effects: [
        { effect: 'release', answers },
        { effect: 'keepForGood' },
        { effect: 'tell', event: { type: 'OrderRejected', lines: refused } },
      ],
    };
  }
  const reserved = reservedLines(facts, answers);
  const tell: Effect = {
    effect: 'tell',
    event: { type: 'OrderReserved', lines: reserved, expiresAt: facts.expiresAt },
  };
  if (facts.checkout === null) {
    const allocations = reserved[0]?.allocations ?? [];
    return { phase: { type: 'Reserved', facts, allocations }, effects: [tell] };
  }
  return { phase: { type: 'Assessing', facts, reserved }, effects: [tell, { effect: 'assessRisk' }] };
}

/** Whether a line was asked about and had no answer yet. */
export function isNew({ facts, answers }: Asked, { productId }: LineAnswer): boolean {
  const isAsked = facts.lines.some((line) => line.productId === productId);
  return isAsked && !answers.some((known) => known.productId === productId);
}

interface Asked {
  readonly facts: OrderFacts;
  readonly answers: readonly LineAnswer[];
}

/** The lines of an order all of whose answers are holds. */
export function reservedLines(facts: OrderFacts, answers: readonly LineAnswer[]): ReservedLine[] {
  return facts.lines.map(({ line, productId, quantity }) => {
    const outcome = answers.find((answer) => answer.productId === productId)?.outcome;
    assert(outcome?.type === 'StockHeld', 'every line is held');
    return { line, productId, quantity, allocations: outcome.allocations };
  });
}

export const AwaitingReservations: Row<'AwaitingReservations'> = {
  ...noReview,
  ...noMoney,
  ...noParcels,
  LineAnswered: ({ facts, answers }, { answer }, circumstances) => {
    if (!isNew({ facts, answers }, answer)) return undefined;
    return answered(facts, [...answers, answer], circumstances);
  },
  CancelAsked: ({ facts, answers }, { reason }, at) => giveUp(facts, answers, reason, at),
  HoldExpired: ({ facts, answers }, _, at) => giveUp(facts, answers, 'expired', at),
};

/** Of an order that isn't paid through us: somebody else takes it on, or it expires. */
export const Reserved: Row<'Reserved'> = {
  ...noStock,
  ...noReview,
  ...noMoney,
  ...noParcels,
  CancelAsked: ({ facts, allocations }, { reason }, at) => giveUp(facts, leadAnswer(facts, allocations), reason, at),
  HoldExpired: ({ facts, allocations }, _, at) => giveUp(facts, leadAnswer(facts, allocations), 'expired', at),
};

export const Assessing: Row<'Assessing'> = {
  ...noStock,
  ...noMoney,
  ...noParcels,
  RiskAssessed: ({ facts, reserved }, { score, findings }, { now }) => {
    if (score < reviewFrom) return authorize(facts, reserved);
    const expiresAt = now + reviewMillis;
    return {
      phase: { type: 'InReview', facts: { ...facts, expiresAt }, reserved },
      effects: [
        { effect: 'expireAt', at: expiresAt },
        { effect: 'tell', event: { type: 'OrderHeldForReview', score, findings, expiresAt } },
      ],
    };
  },
  Reviewed: stays,
  CancelAsked: ({ facts, reserved }, { reason }, at) => giveUp(facts, heldAnswers(reserved), reason, at),
  HoldExpired: ({ facts, reserved }, _, at) => giveUp(facts, heldAnswers(reserved), 'expired', at),
};

export const InReview: Row<'InReview'> = {
  ...noStock,
  ...noMoney,
  ...noParcels,
  RiskAssessed: stays,
  Reviewed: ({ facts, reserved }, { release, actor, note }, at) => {
    const expiresAt = at.now + checkoutOf(facts).holdMillis;
    const tell: Effect = { effect: 'tell', event: { type: 'OrderReviewed', release, actor, note, expiresAt } };
    if (!release) return first(tell, giveUp(facts, heldAnswers(reserved), 'fraud_suspected', at));
    const step = authorize({ ...facts, expiresAt }, reserved);
    return { phase: step.phase, effects: [{ effect: 'expireAt', at: expiresAt }, tell, ...step.effects] };
  },
  CancelAsked: ({ facts, reserved }, { reason }, at) => giveUp(facts, heldAnswers(reserved), reason, at),
  HoldExpired: ({ facts, reserved }, _, at) => giveUp(facts, heldAnswers(reserved), 'expired', at),
};

export const Authorizing: Row<'Authorizing'> = {
  ...noStock,
  ...noReview,
  ...noMoney,
  ...noParcels,
  Authorized: ({ facts, reserved }, { reference }) => capture(facts, reserved, reference),
  Captured: ({ facts, reserved }, { reference, amount }, at) =>
    commitAndSend(facts, reserved, { reference, amount, ...at }),
  Declined: (phase, _, at) => unpaid(phase, at),
  // Let go by the provider itself.
  Voided: (phase, _, at) => unpaid(phase, at),
  CancelAsked: ({ facts, reserved }, { reason }, at) => giveUpPaying(facts, reserved, reason, at),
  HoldExpired: ({ facts, reserved }, _, at) => giveUpPaying(facts, reserved, 'expired', at),
};

/** Too late to cancel: the money is as good as taken, and the order is placed in a moment. */
export const Capturing: Row<'Capturing'> = {
  ...noStock,
  ...noReview,
  ...noMoney,
  ...noParcels,
  ...noEnd,
  Captured: ({ facts, reserved }, { reference, amount }, at) =>
    commitAndSend(facts, reserved, { reference, amount, ...at }),
  CaptureRefused: ({ facts, reserved }, _, at) => giveUpPaying(facts, reserved, 'payment_failed', at),
  Voided: ({ facts, reserved }, _, at) => giveUpPaying(facts, reserved, 'payment_failed', at),
  Unanswered: (phase, { verb }) => (verb === 'capture' ? later(phase, phase.tries) : undefined),
  RetryDue: (phase) => again(phase, 'capture', phase.paymentReference),
};

/** The hold has no end from here on: the money is set aside. */
export function capture(facts: OrderFacts, reserved: readonly ReservedLine[], reference: string): Step {
  return {
    phase: { type: 'Capturing', facts, reserved, paymentReference: reference, tries: 0 },
    effects: [{ effect: 'keepForGood' }, { effect: 'ask', verb: 'capture', reference }],
  };
}

function authorize(facts: OrderFacts, reserved: readonly ReservedLine[]): Step {
  return { phase: { type: 'Authorizing', facts, reserved }, effects: [{ effect: 'ask', verb: 'authorize' }] };
}

function unpaid(
  { facts, reserved }: { readonly facts: OrderFacts; readonly reserved: readonly ReservedLine[] },
  { now }: Circumstances,
): Step {
  const reason = 'payment_failed';
  return {
    phase: { type: 'CancelledUnpaid', facts, reason, endedAt: now },
    effects: ending(heldAnswers(reserved), reason),
  };
}

/** Nothing was asked of the provider yet: nothing but the stock is to be given back. */
function giveUp(facts: OrderFacts, answers: readonly LineAnswer[], reason: CancelReason, { now }: Circumstances): Step {
  return { phase: { type: 'Cancelled', facts, reason, endedAt: now }, effects: ending(answers, reason) };
}

/** The provider was asked: money may be set aside by now. */
function giveUpPaying(
  facts: OrderFacts,
  reserved: readonly ReservedLine[],
  reason: CancelReason,
  { now }: Circumstances,
): Step {
  const { phase, effects } = voiding({ facts, reason, endedAt: now });
  return { phase, effects: [...ending(heldAnswers(reserved), reason), ...effects] };
}

/** The provider lets go of what is or may be set aside. */
export function voiding({ facts, reason, endedAt }: Ended): Step {
  return {
    phase: { type: 'CancelledVoiding', facts, reason, paymentReference: '', tries: 0, endedAt },
    effects: [{ effect: 'ask', verb: 'void' }],
  };
}

function ending(answers: readonly LineAnswer[], reason: CancelReason): Effect[] {
  return [
    { effect: 'release', answers },
    { effect: 'keepForGood' },
    { effect: 'tell', event: { type: 'OrderCancelled', reason } },
  ];
}

function heldAnswers(reserved: readonly ReservedLine[]): LineAnswer[] {
  return reserved.map(({ productId, allocations }) => ({ productId, outcome: { type: 'StockHeld', allocations } }));
}

function leadAnswer({ lines: [lead] }: OrderFacts, allocations: ReservedLine['allocations']): LineAnswer[] {
  return lead ? [{ productId: lead.productId, outcome: { type: 'StockHeld', allocations } }] : [];
}
