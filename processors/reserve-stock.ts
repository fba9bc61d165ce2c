// Holds, releases, commits and restocks the stock of a product for orders whose lead is another product. One hold a
// product and order: the same command again gets the same answer and changes nothing. A later attempt (the order was
// paid after its end) begins anew where the hold has ended.
//
//   (none) --ReserveStock--> HoldOpen --ReleaseStock--> HoldReleased
//      |                        '------CommitStock----> HoldCommitted --RestockStock--> HoldReturned
//      |---ReserveStock--> HoldRefused
//      '---ReleaseStock--> HoldReleased   (a reserve that was set aside and is replayed later then takes nothing)
import { assert, unreachable } from '../base/assert.ts';
import type {
  Allocation,
  HoldState,
  ReservationCommand,
  ReservationReply,
  ReserveStock,
  StockHeld,
  StockRefused,
} from '../schemas/types.generated.ts';
import type { Context, Processor } from '../streams/api.ts';
import { commitHeld, giveBack, type HoldOutputs, type HoldStores, restockHeld, takeHold } from './holds.ts';
import { requireKey } from './require-key.ts';

export interface ObeyStores extends HoldStores {
  readonly holds: HoldState;
}

type ObeyContext = Context<{ stores: ObeyStores; outputs: HoldOutputs; timers: never }>;

interface ReserveWiring {
  readonly stores: ObeyStores;
  readonly outputs: HoldOutputs & { readonly reservationReplies: ReservationReply };
  readonly timers: never;
}

export const reserveStock: Processor<ReservationCommand, ReserveWiring> = {
  name: 'reserve-stock',

  process(record, context) {
    const { value } = record;
    requireKey(record, value.productId);
    const outcome = obey(context, value);
    if (outcome === undefined) return;
    const { orderId, productId, leadProductId, line, attempt } = value;
    context.forward('reservationReplies', leadProductId, {
      orderId,
      productId,
      line,
      at: context.now,
      outcome,
      attempt,
    });
  },

  prefetch: ({ key, value }) => ({ holds: [holdKey(value)], stock: [key] }),
};

type Phase = HoldState['phase'];
type Outcome = StockHeld | StockRefused;

/** A phase, and the answer if somebody waits for it. */
interface Decision {
  readonly phase: Phase;
  readonly outcome?: Outcome;
}

/** Does what an order asks of a product that this task owns. Gives the answer, if somebody waits for it. */
export function obey(context: ObeyContext, asked: ReservationCommand): Outcome | undefined {
  const { holds } = context.stores;
  const { line, attempt } = asked;
  const key = holdKey(asked);
  const hold = holds.get(key);
  // What belongs to an attempt that is over has been dealt with.
  if (hold !== undefined && attempt < hold.attempt) return undefined;
  const before = hold !== undefined && attempt > hold.attempt ? anew(hold.phase) : hold?.phase;
  const { phase, outcome } = decide(context, asked, before);
  if (phase !== hold?.phase || attempt !== hold.attempt) holds.put(key, { line, phase, attempt });
  return outcome;
}

/** Where a later attempt begins: what has ended counts as never been. */
function anew(phase: Phase): Phase | undefined {
  return phase.type === 'HoldReleased' || phase.type === 'HoldRefused' ? undefined : phase;
}

function decide(context: ObeyContext, asked: ReservationCommand, before: Phase | undefined): Decision {
  switch (asked.command.type) {
    case 'ReserveStock':
      return reserve(context, asked, asked.command, before);
    case 'ReleaseStock':
      return { phase: release(context, asked, before) };
    case 'CommitStock':
      return { phase: commit(context, asked, before) };
    case 'RestockStock':
      return { phase: restock(context, asked, asked.command.allocations, before) };
    default:
      return unreachable(asked.command);
  }
}

function reserve(
  context: ObeyContext,
  asked: ReservationCommand,
  command: ReserveStock,
  before: Phase | undefined,
): Decision {
  switch (before?.type) {
    case undefined: {
      const { outcome, limited } = takeHold(context, asked, command);
      if (outcome.type === 'StockHeld') {
        return { phase: { type: 'HoldOpen', allocations: outcome.allocations, limited }, outcome };
      }
      const { reason, free } = outcome;
      return { phase: { type: 'HoldRefused', reason, free, endedAt: context.now }, outcome };
    }
    case 'HoldOpen':
      return { phase: before, outcome: { type: 'StockHeld', allocations: before.allocations } };
    case 'HoldRefused':
      return { phase: before, outcome: { type: 'StockRefused', reason: before.reason, free: before.free } };
    case 'HoldReleased':
    case 'HoldCommitted':
    case 'HoldReturned':
      // The order has gone on: nobody waits for an answer.
      return { phase: before };
    default:
      return unreachable(before);
  }
}

function release(context: ObeyContext, asked: ReservationCommand, before: Phase | undefined): Phase {
  switch (before?.type) {
    case 'HoldOpen':
      giveBack(context, asked, before);
      return { type: 'HoldReleased', endedAt: context.now };
    case undefined:
      return { type: 'HoldReleased', endedAt: context.now };
    case 'HoldRefused':
    case 'HoldReleased':
    case 'HoldCommitted':
    case 'HoldReturned':
      return before;
    default:
      return unreachable(before);
  }
}

function commit(context: ObeyContext, { orderId, productId }: ReservationCommand, before: Phase | undefined): Phase {
  if (before?.type === 'HoldCommitted' || before?.type === 'HoldReturned') return before;
  assert(before?.type === 'HoldOpen', `order ${orderId} holds ${productId} when it is paid`);
  const { allocations, limited } = before;
  commitHeld(context, productId, allocations);
  return { type: 'HoldCommitted', allocations, limited, endedAt: context.now };
}

/** A hold that was committed so long ago that it is forgotten comes back, too: then the command says what. */
function restock(
  context: ObeyContext,
  asked: ReservationCommand,
  allocations: readonly Allocation[],
  before: Phase | undefined,
): Phase {
  if (before !== undefined && before.type !== 'HoldCommitted') return before;
  restockHeld(context, asked, before ?? { allocations, limited: false });
  return { type: 'HoldReturned', endedAt: context.now };
}

/** In the store `holds`. */
export function holdKey({ productId, orderId }: Pick<ReservationCommand, 'productId' | 'orderId'>): string {
  return `${productId}/${orderId}`;
}
