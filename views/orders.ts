// order-events -> the `orders` collection: the order as it stands, with its history.
import { unreachable } from '../base/assert.ts';
import type { OrderCreated, OrderEvent, Parcel } from '../schemas/types.generated.ts';
import type { Projection } from '../streams/api.ts';
import { collections } from './collections.ts';
import { positionOf, toJson } from './document-write.ts';
import type { DocumentWrite } from './documents/documents.ts';
import type { OrderDocument, OrderStep } from './order-document.ts';

export const projectOrders: Projection<OrderEvent, DocumentWrite> = {
  name: 'orders',

  project(record) {
    const { set, append } = changeOf(record.value);
    const { orderId: id, at: updatedAt } = record.value;
    const position = positionOf(record);
    const collection = collections.orders.name;
    return [
      { kind: 'upsert', collection, id, position, set: toJson({ ...set, updatedAt }), ...(append && { append }) },
    ];
  },
};

interface Change {
  readonly set: Partial<OrderDocument>;
  readonly append?: { readonly history: ReturnType<typeof toJson> };
}

/** The first event sets every field; later ones replace what changed and add to the history. */
function changeOf({ orderId, customerId, sequence, at, event }: OrderEvent): Change {
  const step = { sequence, type: event.type, at };
  switch (event.type) {
    case 'OrderCreated':
      return { set: { orderId, customerId, ...created(event), reserved: [], refused: [], history: [step] } };
    case 'OrderReserved': {
      const { expiresAt } = event;
      const reserved = event.lines.map(({ line, allocations }) => ({ line, allocations }));
      return { set: { status: 'reserved', expiresAt, reserved }, ...adding({ ...step, expiresAt }) };
    }
    case 'OrderRejected': {
      const { lines } = event;
      const refused = lines.map(({ line, reason }) => ({ line, reason }));
      return { set: { status: 'rejected', refused }, ...adding({ ...step, lines }) };
    }
    case 'OrderCancelled':
      return { set: { status: 'cancelled' }, ...adding({ ...step, reason: event.reason }) };
    case 'OrderReinstated': {
      const reserved = event.lines.map(({ line, allocations }) => ({ line, allocations }));
      return { set: { status: 'reserved', reserved }, ...adding(step) };
    }
    case 'OrderHeldForReview': {
      const { score, findings, expiresAt } = event;
      return { set: { review: 'waiting', expiresAt }, ...adding({ ...step, score, findings, expiresAt }) };
    }
    case 'OrderReviewed': {
      const { release, actor, note, expiresAt } = event;
      const review = release ? 'released' : 'refused';
      return { set: { review, expiresAt }, ...adding({ ...step, release, actor, note }) };
    }
    default:
      return changeOfPaid(event, step);
  }
}

type PaidEvent = Exclude<
  OrderEvent['event'],
  {
    readonly type:
      | 'OrderCreated'
      | 'OrderReserved'
      | 'OrderRejected'
      | 'OrderCancelled'
      | 'OrderReinstated'
      | 'OrderHeldForReview'
      | 'OrderReviewed';
  }
>;

/** What happens once there was money. */
function changeOfPaid(event: PaidEvent, step: OrderStep): Change {
  switch (event.type) {
    case 'OrderPlaced': {
      const { parcels, amount, paymentReference } = event;
      return {
        set: { status: 'placed', parcels, paid: amount },
        ...adding({ ...step, amount, paymentReference, parcels: whereabouts(parcels) }),
      };
    }
    case 'ParcelMoved':
      return { set: { parcels: event.parcels }, ...adding({ ...step, parcels: whereabouts(event.parcels) }) };
    case 'OrderInTransit':
      return {
        set: { status: 'in-transit', parcels: event.parcels },
        ...adding({ ...step, parcels: whereabouts(event.parcels) }),
      };
    case 'OrderDelivered':
      return {
        set: { status: 'delivered', parcels: event.parcels },
        ...adding({ ...step, parcels: whereabouts(event.parcels) }),
      };
    case 'PaymentReturned':
      return { set: { paid: 0 }, ...adding({ ...step, refunded: event.refunded, amount: event.amount }) };
    case 'ReturnRequested':
      return { set: {}, ...adding({ ...step, reason: event.reason }) };
    case 'OrderReturned':
      return { set: { parcels: event.parcels }, ...adding({ ...step, parcels: whereabouts(event.parcels) }) };
    case 'OrderRefunded':
      return { set: { status: 'refunded', paid: 0 }, ...adding({ ...step, amount: event.amount }) };
    default:
      return unreachable(event);
  }
}

function created({ lines, currency, totals, shipTo, paymentMethod, placedAt, expiresAt, promises }: OrderCreated) {
  const { subtotal, shipping, tax, total } = totals;
  return {
    status: 'created',
    currency,
    lines: lines.map(({ line, productId, quantity, unitPrice, sellerId }) => {
      return { line, productId, quantity, unitPrice, sellerId };
    }),
    sellers: sellersOf(lines),
    subtotal,
    shipping,
    tax,
    total: { amount: total, currency },
    shipTo,
    promises,
    payment: { method: paymentMethod },
    paid: 0,
    parcels: [],
    review: 'none',
    placedAt,
    expiresAt,
  } as const;
}

/** Each once. */
export function sellersOf(lines: OrderCreated['lines']): string[] {
  return [...new Set(lines.map(({ sellerId }) => sellerId).filter((sellerId) => sellerId !== ''))];
}

/** What a step tells of parcels: what is in them stands in the order. */
function whereabouts(parcels: readonly Parcel[]) {
  return parcels.map(({ shipmentId, carrier, trackingCode, status }) => ({
    shipmentId,
    carrier,
    trackingCode,
    status,
  }));
}

function adding(step: OrderStep) {
  return { append: { history: toJson(step) } };
}
