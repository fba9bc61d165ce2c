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

interface ReserveWiring {
  readonly stores: HoldStores & { readonly holds: HoldState };
  readonly outputs: HoldOutputs & { readonly reservationReplies: ReservationReply };
  readonly timers: never;
}

type ReserveContext = Context<ReserveWiring>;

export const reserveStock: Processor<ReservationCommand, ReserveWiring> = {
  name: 'reserve-stock',

  process(record, context) {
    const { value } = record;
    requireKey(record, value.productId);
    const hold = context.stores.holds.get(holdKey(value));
    const { attempt } = value;
    // What belongs to an attempt that is over has been dealt with.
    if (hold !== undefined && attempt < hold.attempt) return;
    const before = hold !== undefined && attempt > hold.attempt ? anew(hold.phase) : hold?.phase;
    const after = decide(context, value, before);
    if (after === hold?.phase && attempt === hold.attempt) return;
    context.stores.holds.put(holdKey(value), { line: value.line, phase: after, attempt });
  },

  prefetch: ({ key, value }) => ({ holds: [holdKey(value)], stock: [key] }),
};

type Phase = HoldState['phase'];

/** Where a later attempt begins: what has ended counts as never been. */
function anew(phase: Phase): Phase | undefined {
  return phase.type === 'HoldReleased' || phase.type === 'HoldRefused' ? undefined : phase;
}

function decide(context: ReserveContext, asked: ReservationCommand, before: Phase | undefined): Phase {
  switch (asked.command.type) {
    case 'ReserveStock':
      return reserve(context, asked, asked.command, before);
    case 'ReleaseStock':
      return release(context, asked, before);
    case 'CommitStock':
      return commit(context, asked, before);
    case 'RestockStock':
      return restock(context, asked, asked.command.allocations, before);
    default:
      return unreachable(asked.command);
  }
}

function reserve(
  context: ReserveContext,
  asked: ReservationCommand,
  command: ReserveStock,
  before: Phase | undefined,
): Phase {
  switch (before?.type) {
    case undefined: {
      const { outcome, limited } = takeHold(context, asked, command);
      reply(context, asked, outcome);
      if (outcome.type === 'StockHeld') return { type: 'HoldOpen', allocations: outcome.allocations, limited };
      return { type: 'HoldRefused', reason: outcome.reason, free: outcome.free, endedAt: context.now };
    }
    case 'HoldOpen':
      reply(context, asked, { type: 'StockHeld', allocations: before.allocations });
      return before;
    case 'HoldRefused':
      reply(context, asked, { type: 'StockRefused', reason: before.reason, free: before.free });
      return before;
    case 'HoldReleased':
    case 'HoldCommitted':
    case 'HoldReturned':
      // The order has gone on: nobody waits for an answer.
      return before;
    default:
      return unreachable(before);
  }
}

function release(context: ReserveContext, asked: ReservationCommand, before: Phase | undefined): Phase {
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

function commit(context: ReserveContext, { orderId, productId }: ReservationCommand, before: Phase | undefined): Phase {
  if (before?.type === 'HoldCommitted' || before?.type === 'HoldReturned') return before;
  assert(before?.type === 'HoldOpen', `order ${orderId} holds ${productId} when it is paid`);
  const { allocations, limited } = before;
  commitHeld(context, productId, allocations);
  return { type: 'HoldCommitted', allocations, limited, endedAt: context.now };
}

/** A hold that was committed so long ago that it is forgotten comes back, too: then the command says what. */
function restock(
  context: ReserveContext,
  asked: ReservationCommand,
  allocations: readonly Allocation[],
  before: Phase | undefined,
): Phase {
  if (before !== undefined && before.type !== 'HoldCommitted') return before;
  restockHeld(context, asked, before ?? { allocations, limited: false });
  return { type: 'HoldReturned', endedAt: context.now };
}

function reply(context: ReserveContext, asked: ReservationCommand, outcome: StockHeld | StockRefused): void {
  const { orderId, productId, leadProductId, line, attempt } = asked;
  context.forward('reservationReplies', leadProductId, { orderId, productId, line, at: context.now, outcome, attempt });
}

function holdKey({ productId, orderId }: ReservationCommand): string {
  return `${productId}/${orderId}`;
}
