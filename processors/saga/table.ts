// The table of the saga: each phase's row answers everything that can happen. The compiler knows when a cell is missing.
//
//   AwaitingReservations --all held--> Assessing --> [InReview] --> Authorizing --> Capturing --captured--> Placed
//      | a line is refused              |               |             |    |           |                     |
//      v                                v               v             |    | declined  | refused             v
//   Rejected                        Cancelled <---------+             |    v           |                 InTransit
//                                       ^      cancelled, expired     | CancelledUnpaid|                     |
//                                       |                             v    |  ^        v                     v
//                                       +--- voided --- CancelledVoiding <-|--|-- (asks to void)         Delivered
//                                       |                  |               |  | nothing to void              | returned
//                                       |                  | too late      v  |                              v
//                                       +-- refunded -- CancelledRefunding    Retaking (paid late)       Returning
//                                                                             |  all held: Capturing         |
//                                                                             |  else: CancelledVoiding      v
//   Reserved (not paid through us) -- cancelled, expired --> Cancelled                      Refunding --> Refunded
import * as before from './before-payment.ts';
import * as cancelled from './cancelled.ts';
import * as paid from './parcels.ts';
import type { Circumstances, Happening, Phase, PhaseName, Row, Step } from './saga.ts';

export const table: { readonly [P in PhaseName]: Row<P> } = {
  AwaitingReservations: before.AwaitingReservations,
  Reserved: before.Reserved,
  Assessing: before.Assessing,
  InReview: before.InReview,
  Authorizing: before.Authorizing,
  Capturing: before.Capturing,
  Rejected: cancelled.Rejected,
  Cancelled: cancelled.Cancelled,
  CancelledEarly: cancelled.CancelledEarly,
  CancelledUnpaid: cancelled.CancelledUnpaid,
  CancelledVoiding: cancelled.CancelledVoiding,
  CancelledRefunding: cancelled.CancelledRefunding,
  Retaking: cancelled.Retaking,
  Placed: paid.Placed,
  InTransit: paid.InTransit,
  Delivered: paid.Delivered,
  Returning: paid.Returning,
  Refunding: paid.Refunding,
  Refunded: paid.Refunded,
};

/** Undefined if the order stays as it is. */
export function next(phase: Phase, happening: Happening, circumstances: Circumstances): Step | undefined {
  // Row and phase belong together by construction, which the type of an index can't say.
  const transition = table[phase.type][happening.type] as (
    phase: Phase,
    happening: Happening,
    circumstances: Circumstances,
  ) => Step | undefined;
  return transition(phase, happening, circumstances);
}
