// A paid order: one parcel a warehouse, on its way, delivered, and perhaps back again.

import { returnWindowMs } from '../../schemas/stores.ts';
import type { OrderFacts, Parcel, ParcelStatus, ReservedLine } from '../../schemas/types.generated.ts';
import { carrierFor } from '../choose-carrier.ts';
import { again, later } from './later.ts';
import {
  type Circumstances,
  noEnd,
  noMoney,
  noReview,
  noStock,
  type PhaseOf,
  type Row,
  type Step,
  stays,
} from './saga.ts';

interface PaidCircumstances extends Circumstances {
  readonly reference: string;
  /** In the minor unit of the order's currency. */
  readonly amount: number;
}

/** The money is there: the units leave the stock and are packed. */
export function commitAndSend(
  facts: OrderFacts,
  reserved: readonly ReservedLine[],
  { orderId, reference, amount }: PaidCircumstances,
): Step {
  const parcels = parcelsOf(orderId, facts, reserved);
  return {
    phase: { type: 'Placed', facts, reserved, parcels, paymentReference: reference },
    effects: [
      { effect: 'keepForGood' },
      { effect: 'commit', reserved },
      { effect: 'tell', event: { type: 'OrderPlaced', paymentReference: reference, amount, parcels } },
      { effect: 'sendParcels', parcels },
    ],
  };
}

/** One a warehouse, in the order in which the lines name them. */
function parcelsOf(orderId: string, facts: OrderFacts, reserved: readonly ReservedLine[]): Parcel[] {
  const contents = new Map<string, Parcel['lines'][number][]>();
  for (const { productId, allocations } of reserved) {
    for (const { warehouseId, quantity } of allocations) {
      const lines = contents.get(warehouseId) ?? [];
      contents.set(warehouseId, lines);
      lines.push({ productId, quantity });
    }
  }
  const { checkout } = facts;
  const country = checkout?.shipTo.country ?? '';
  const promised = (from: string) => checkout?.promises.find(({ warehouseId }) => warehouseId === from)?.carrier;
  return [...contents].map(([warehouseId, lines]) => ({
    shipmentId: `${orderId}/${warehouseId}`,
    warehouseId,
    carrier: promised(warehouseId) ?? carrierFor({ country, weightGrams: weightOf(lines, facts) }),
    trackingCode: '',
    status: 'requested',
    lines,
  }));
}

/** Of all that is in a parcel. */
export function weightOf(lines: Parcel['lines'], facts: OrderFacts): number {
  return lines.reduce((sum, { productId, quantity }) => {
    return sum + quantity * (facts.lines.find((line) => line.productId === productId)?.weightGrams ?? 0);
  }, 0);
}

const paid = { ...noStock, ...noReview, ...noMoney, ...noEnd };

export const Placed: Row<'Placed'> = { ...paid, ParcelNews: onTheWay, ReturnAsked: stays };
export const InTransit: Row<'InTransit'> = { ...paid, ParcelNews: onTheWay, ReturnAsked: stays };

export const Delivered: Row<'Delivered'> = {
  ...paid,
  // A tracking code may still come.
  ParcelNews: (phase, news) => {
    const parcels = moved(phase.parcels, news, 'delivered');
    return parcels && { phase: { ...phase, parcels }, effects: [] };
  },
  ReturnAsked: ({ facts, reserved, parcels, paymentReference, endedAt }, { reason }, { now }) => {
    if (now - endedAt > returnWindowMs) return undefined;
    return {
      phase: { type: 'Returning', facts, reserved, parcels, paymentReference },
      effects: [
        { effect: 'tell', event: { type: 'ReturnRequested', reason } },
        { effect: 'fetchParcels', parcels: parcels.filter(({ status }) => status === 'delivered') },
      ],
    };
  },
};

export const Returning: Row<'Returning'> = {
  ...paid,
  ReturnAsked: stays,
  ParcelNews: (phase, news) => {
    const parcels = moved(phase.parcels, news, 'returned');
    if (parcels === undefined) return undefined;
    if (parcels.every(({ status }) => status === 'returned')) return back({ ...phase, parcels });
    return { phase: { ...phase, parcels }, effects: [{ effect: 'tell', event: { type: 'ParcelMoved', parcels } }] };
  },
};

export const Refunding: Row<'Refunding'> = {
  ...paid,
  ParcelNews: stays,
  ReturnAsked: stays,
  Refunded: ({ facts }, { amount }, { now }) => ({
    phase: { type: 'Refunded', facts, endedAt: now },
    effects: [{ effect: 'keepForGood' }, { effect: 'tell', event: { type: 'OrderRefunded', amount } }],
  }),
  Unanswered: (phase, { verb }) => (verb === 'refund' ? later(phase, phase.tries) : undefined),
  RetryDue: (phase) => again(phase, 'refund'),
};

export const Refunded: Row<'Refunded'> = { ...paid, ParcelNews: stays, ReturnAsked: stays };

/** News of a parcel of an order that is placed or on its way. */
function onTheWay(
  phase: PhaseOf<'Placed'> | PhaseOf<'InTransit'>,
  news: Parameters<Row<'Placed'>['ParcelNews']>[1],
  { now }: Circumstances,
): Step | undefined {
  const parcels = moved(phase.parcels, news, 'returned');
  if (parcels === undefined) return undefined;
  const { facts, reserved, paymentReference } = phase;
  const order = { facts, reserved, parcels, paymentReference };
  // Nobody could be found to take it: everything came back by itself.
  if (parcels.every(({ status }) => status === 'returned')) return back(order);
  if (parcels.every(({ status }) => rank(status) >= rank('delivered'))) {
    return {
      phase: { type: 'Delivered', ...order, endedAt: now },
      effects: [{ effect: 'tell', event: { type: 'OrderDelivered', parcels } }],
    };
  }
  const isMoving = parcels.some(({ status }) => rank(status) >= rank('in_transit'));
  if (phase.type === 'Placed' && isMoving) {
    return {
      phase: { type: 'InTransit', ...order },
      effects: [{ effect: 'tell', event: { type: 'OrderInTransit', parcels } }],
    };
  }
  return { phase: { ...phase, parcels }, effects: [{ effect: 'tell', event: { type: 'ParcelMoved', parcels } }] };
}

function back({ facts, reserved, parcels }: Omit<PhaseOf<'Returning'>, 'type'>): Step {
  return {
    phase: { type: 'Refunding', facts, tries: 0 },
    effects: [
      { effect: 'restock', reserved },
      { effect: 'tell', event: { type: 'OrderReturned', parcels } },
      { effect: 'ask', verb: 'refund' },
    ],
  };
}

/** The parcels after the news, undefined if it is none: a parcel never goes back to where it was, nor past `furthest`. */
function moved(
  parcels: readonly Parcel[],
  { shipmentId, status, carrier, trackingCode }: Parameters<Row<'Placed'>['ParcelNews']>[1],
  furthest: ParcelStatus,
): Parcel[] | undefined {
  const before = parcels.find((parcel) => parcel.shipmentId === shipmentId);
  if (before === undefined) return undefined;
  // Whoever brings back what was never asked for says so when it is there.
  const isAsked = status !== 'returning';
  const isFurther = isAsked && rank(status) > rank(before.status) && rank(status) <= rank(furthest);
  const isCode = trackingCode !== '' && before.trackingCode === '';
  if (!isFurther && !isCode) return undefined;
  const after = {
    ...before,
    status: isFurther ? status : before.status,
    carrier: carrier === '' ? before.carrier : carrier,
    trackingCode: isCode ? trackingCode : before.trackingCode,
  };
  return parcels.map((parcel) => (parcel === before ? after : parcel));
}

const way: readonly ParcelStatus[] = ['requested', 'packed', 'in_transit', 'delivered', 'returning', 'returned'];

function rank(status: ParcelStatus): number {
  return way.indexOf(status);
}
