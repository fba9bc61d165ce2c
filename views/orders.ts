// order-events -> the `orders` collection: the order as it stands, with its history.
import { unreachable } from '../base/assert.ts';
import type { OrderCreated, OrderEvent } from '../schemas/types.generated.ts';
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
    default:
      return unreachable(event);
  }
}

function created({ lines, currency, totals, shipTo, paymentMethod, placedAt, expiresAt }: OrderCreated) {
  const { subtotal, shipping, tax, total } = totals;
  return {
    status: 'created',
    currency,
    lines: lines.map(({ line, productId, quantity, unitPrice }) => ({ line, productId, quantity, unitPrice })),
    subtotal,
    shipping,
    tax,
    total: { amount: total, currency },
    shipTo,
    payment: { method: paymentMethod },
    placedAt,
    expiresAt,
  } as const;
}

function adding(step: OrderStep) {
  return { append: { history: toJson(step) } };
}
