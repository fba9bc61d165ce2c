// What a phase of an order claims of the rest of the shop: which units its lead line holds, what stands behind its other
// lines in their own tasks, and what the payment provider must have. One switch over the phases for all checks.
import { unreachable } from '../../base/assert.ts';
import type { Allocation, LineAnswer, OrderFacts, OrderState, ReservedLine } from '../../schemas/types.generated.ts';

export type OrderPhase = OrderState['phase'];

/** What stands behind a line: an open hold, units that left, neither, or whatever is on its way. */
export type LineClaim = 'open' | 'committed' | 'ended' | 'any';

/** What the provider must have: nothing, what it likes while it was asked, the whole sum taken, or none of it any more. */
export type MoneyClaim = 'nothing' | 'asked' | 'taken';

export interface OrderClaims {
  /** Undefined where the phase has forgotten them. */
  readonly facts: OrderFacts | undefined;
  /** What the lead line holds. */
  readonly held: readonly Allocation[];
  /** Whether the lead line's units count as bought by the customer. */
  readonly counts: boolean;
  /** Of a line that is not the lead. */
  readonly lineOf: (productId: string) => LineClaim;
  readonly money: MoneyClaim;
  /** Whether the hold ends by itself: when `facts.expiresAt` has passed, the phase must. */
  readonly expires: boolean;
  /** Who has to do the next step, if that isn't the shop itself. */
  readonly waitsFor: 'provider' | 'parcel' | undefined;
  readonly paymentReference: string | undefined;
}

const nothing = { held: [], counts: false, expires: false, waitsFor: undefined, paymentReference: undefined } as const;
const ended = { ...nothing, lineOf: (): LineClaim => 'ended' };

export function claimsOf(phase: OrderPhase): OrderClaims {
  switch (phase.type) {
    case 'AwaitingReservations':
      return { ...nothing, ...answered(phase.facts, phase.answers), money: 'nothing', expires: true };
    case 'Reserved':
      // Its other lines were all held before it came to this.
      return { ...nothing, ...holding(phase.facts, phase.allocations), money: 'nothing', expires: true };
    case 'Assessing':
    case 'InReview':
      return { ...nothing, ...reserved(phase), money: 'nothing', expires: true };
    case 'Authorizing':
      return { ...nothing, ...reserved(phase), money: 'asked', expires: true, waitsFor: 'provider' };
    case 'Capturing': {
      const { paymentReference } = phase;
      return { ...nothing, ...reserved(phase), money: 'asked', waitsFor: 'provider', paymentReference };
    }
    case 'Retaking': {
      const { facts, answers, paymentReference } = phase;
      return { ...nothing, ...answered(facts, answers), money: 'asked', expires: true, paymentReference };
    }
    case 'Placed':
    case 'InTransit':
    case 'Delivered':
    case 'Returning': {
      const { facts, paymentReference } = phase;
      const waitsFor = phase.type === 'Delivered' ? undefined : 'parcel';
      return { ...nothing, facts, counts: true, lineOf: () => 'committed', money: 'taken', waitsFor, paymentReference };
    }
    case 'CancelledVoiding':
    case 'CancelledRefunding':
    case 'Refunding':
      return { ...ended, facts: phase.facts, money: 'asked', waitsFor: 'provider' };
    case 'Cancelled':
    case 'CancelledUnpaid':
    case 'Refunded':
      return { ...ended, facts: phase.facts, money: 'nothing' };
    case 'Rejected':
    case 'CancelledEarly':
      return { ...ended, facts: undefined, money: 'nothing' };
    default:
      return unreachable(phase);
  }
}

type Held = Pick<OrderClaims, 'facts' | 'held' | 'counts' | 'lineOf'>;

function holding(facts: OrderFacts, held: readonly Allocation[]): Held {
  return { facts, held, counts: held.length > 0, lineOf: () => 'open' };
}

function reserved({ facts, reserved: lines }: { facts: OrderFacts; reserved: readonly ReservedLine[] }): Held {
  const lead = facts.lines[0]?.productId;
  return holding(facts, lines.find(({ productId }) => productId === lead)?.allocations ?? []);
}

/** A line without an answer may be held by now, or not. */
function answered(facts: OrderFacts, answers: readonly LineAnswer[]): Held {
  const outcomes = new Map(answers.map(({ productId, outcome }) => [productId, outcome]));
  const lead = outcomes.get(facts.lines[0]?.productId ?? '');
  const lineOf = (productId: string): LineClaim => {
    const outcome = outcomes.get(productId);
    if (outcome === undefined) return 'any';
    return outcome.type === 'StockHeld' ? 'open' : 'ended';
  };
  return { ...holding(facts, lead?.type === 'StockHeld' ? lead.allocations : []), lineOf };
}
