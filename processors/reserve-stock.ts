// Holds, releases and commits the stock of a product for orders whose lead is another product. One hold a product and
// order: the same command again gets the same answer and changes nothing.
//
//   (none) --ReserveStock--> HoldOpen --ReleaseStock--> HoldReleased
//      |                        '------CommitStock----> HoldCommitted
//      |---ReserveStock--> HoldRefused
//      '---ReleaseStock--> HoldReleased   (a reserve that was set aside and is replayed later then takes nothing)
import { assert, unreachable } from '../base/assert.ts';
import type {
  HoldState,
  ReservationCommand,
  ReservationReply,
  ReserveStock,
  StockHeld,
  StockRefused,
} from '../schemas/types.generated.ts';
import type { Context, Processor } from '../streams/api.ts';
import { commitHeld, giveBack, type HoldOutputs, type HoldStores, takeHold } from './holds.ts';
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
    const before = context.stores.holds.get(holdKey(value))?.phase;
    const after = decide(context, value, before);
    if (after !== before) context.stores.holds.put(holdKey(value), { line: value.line, phase: after });
  },

  prefetch: ({ key, value }) => ({ holds: [holdKey(value)], stock: [key] }),
};

type Phase = HoldState['phase'];

function decide(context: ReserveContext, asked: ReservationCommand, before: Phase | undefined): Phase {
  switch (asked.command.type) {
    case 'ReserveStock':
      return reserve(context, asked, asked.command, before);
    case 'ReleaseStock':
      return release(context, asked, before);
    case 'CommitStock':
      return commit(context, asked, before);
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
      return before;
    default:
      return unreachable(before);
  }
}

function commit(context: ReserveContext, { orderId, productId }: ReservationCommand, before: Phase | undefined): Phase {
  if (before?.type === 'HoldCommitted') return before;
  assert(before?.type === 'HoldOpen', `order ${orderId} holds ${productId} when it is paid`);
  const { allocations } = before;
  commitHeld(context, productId, allocations);
  return { type: 'HoldCommitted', allocations, endedAt: context.now };
}

function reply(context: ReserveContext, asked: ReservationCommand, outcome: StockHeld | StockRefused): void {
  const { orderId, productId, leadProductId, line } = asked;
  context.forward('reservationReplies', leadProductId, { orderId, productId, line, at: context.now, outcome });
}

function holdKey({ productId, orderId }: ReservationCommand): string {
  return `${productId}/${orderId}`;
}
