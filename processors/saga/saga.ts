// The words of the saga: what an order can be, what can happen to it, and what is then to be done. The table in
// table.ts says which leads to which; perform.ts does it. All of it is pure.
import type {
  CancelReason,
  LineAnswer,
  OrderEvent,
  OrderFacts,
  OrderState,
  Parcel,
  ParcelStatus,
  PaymentVerb,
  ReservedLine,
} from '../../schemas/types.generated.ts';

export type Phase = OrderState['phase'];
export type PhaseName = Phase['type'];
export type PhaseOf<Name extends PhaseName> = Extract<Phase, { readonly type: Name }>;

/** What can happen to an order that was accepted. */
export type Happening =
  /** The task of a line's product has answered. `limited`: of the lead's own units, whether they count against a limit. */
  | { readonly type: 'LineAnswered'; readonly answer: LineAnswer; readonly limited: boolean }
  | { readonly type: 'CancelAsked'; readonly reason: CancelReason }
  | { readonly type: 'HoldExpired' }
  | { readonly type: 'RiskAssessed'; readonly score: number; readonly findings: readonly string[] }
  | { readonly type: 'Reviewed'; readonly release: boolean; readonly actor: string; readonly note: string }
  | { readonly type: 'Authorized'; readonly reference: string }
  | { readonly type: 'Declined' }
  | { readonly type: 'Captured'; readonly reference: string; readonly amount: number }
  | { readonly type: 'CaptureRefused' }
  | { readonly type: 'Voided' }
  | { readonly type: 'NothingToVoid' }
  | { readonly type: 'VoidTooLate' }
  | { readonly type: 'Refunded'; readonly amount: number }
  | { readonly type: 'Unanswered'; readonly verb: PaymentVerb }
  | { readonly type: 'RetryDue' }
  | {
      readonly type: 'ParcelNews';
      readonly shipmentId: string;
      readonly status: ParcelStatus;
      readonly carrier: string;
      readonly trackingCode: string;
    }
  | { readonly type: 'ReturnAsked'; readonly reason: string };
export type HappeningName = Happening['type'];
type HappeningOf<Name extends HappeningName> = Extract<Happening, { readonly type: Name }>;

/** What is to be done, in this order, before the order stands in its new phase. */
export type Effect =
  /** Tells the world, and whom it concerns by mail. */
  | { readonly effect: 'tell'; readonly event: OrderEvent['event'] }
  /** Gives back what is held. Lines without an answer, too: theirs may be a hold. */
  | { readonly effect: 'release'; readonly answers: readonly LineAnswer[] }
  /** What is held leaves the stock. */
  | { readonly effect: 'commit'; readonly reserved: readonly ReservedLine[] }
  /** What left is on hand again. */
  | { readonly effect: 'restock'; readonly reserved: readonly ReservedLine[] }
  /** Asks for the stock of every line again. Products that the order's task owns answer at once, others by their topic. */
  | { readonly effect: 'retake' }
  | { readonly effect: 'assessRisk' }
  | { readonly effect: 'ask'; readonly verb: PaymentVerb; readonly reference?: string }
  /** Asks the last question again after a while, the longer the more tries there were. */
  | { readonly effect: 'askLater'; readonly tries: number }
  | { readonly effect: 'expireAt'; readonly at: number }
  | { readonly effect: 'keepForGood' }
  | { readonly effect: 'sendParcels'; readonly parcels: readonly Parcel[] }
  | { readonly effect: 'fetchParcels'; readonly parcels: readonly Parcel[] };

/** `facts` of the phase may be older than what the effects make of them: perform.ts brings them up to date. */
export interface Step {
  readonly phase: Phase;
  readonly effects: readonly Effect[];
}

/** What a step may know beside phase and happening. */
export interface Circumstances {
  readonly orderId: string;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
}

/** A step that does `effect` before all else. */
export function first(effect: Effect, { phase, effects }: Step): Step {
  return { phase, effects: [effect, ...effects] };
}

/** Undefined: nothing is to be done, and the order stays as it is. */
export type Transition<P extends PhaseName, H extends HappeningName> = (
  phase: PhaseOf<P>,
  happening: HappeningOf<H>,
  circumstances: Circumstances,
) => Step | undefined;

/** One phase's answers to all that can happen. */
export type Row<P extends PhaseName> = { readonly [H in HappeningName]: Transition<P, H> };

/** What can't change a phase: it is late, doubled, or not for it. */
export const stays = (): undefined => undefined;

/** For rows: groups of happenings that a phase doesn't know. */
export const noStock = { LineAnswered: stays } as const;
export const noReview = { RiskAssessed: stays, Reviewed: stays } as const;
export const noMoney = {
  Authorized: stays,
  Declined: stays,
  Captured: stays,
  CaptureRefused: stays,
  Voided: stays,
  NothingToVoid: stays,
  VoidTooLate: stays,
  Refunded: stays,
  Unanswered: stays,
  RetryDue: stays,
} as const;
export const noParcels = { ParcelNews: stays, ReturnAsked: stays } as const;
export const noEnd = { CancelAsked: stays, HoldExpired: stays } as const;

/** What every order that was given up has. */
export interface Ended {
  readonly facts: OrderFacts;
  readonly reason: CancelReason;
  /** Milliseconds since the Unix epoch. */
  readonly endedAt: number;
}

/** The checkout of an order that is paid through us. */
export function checkoutOf({ checkout }: OrderFacts) {
  return checkout ?? { amount: 0, currency: '', method: '', token: '', email: '', warehouses: [], holdMillis: 0 };
}
