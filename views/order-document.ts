// An order as the `orders` collection keeps it, and as a reader is answered. Events can only replace whole fields of a
// document, so what happened to the lines stands beside them; `orderOf` puts the two together.
import type { Address, Allocation, DeliveryPromise, LineRefusalReason, Parcel } from '../schemas/types.generated.ts';
import { dateOf } from './delivery/days.ts';
import type { StoredDocument } from './documents/documents.ts';

export type OrderStatus =
  | 'created'
  | 'reserved'
  | 'placed'
  | 'in-transit'
  | 'delivered'
  | 'rejected'
  | 'cancelled'
  | 'refunded';

/** Amounts in the minor unit of `currency`, times in milliseconds since the Unix epoch. */
interface OrderFields {
  readonly orderId: string;
  readonly customerId: string;
  readonly status: OrderStatus;
  /** ISO 4217, of every amount. */
  readonly currency: string;
  readonly subtotal: number;
  readonly shipping: number;
  readonly tax: number;
  readonly total: { readonly amount: number; readonly currency: string };
  readonly shipTo: Address;
  /** `paid`: what was taken, less what was given back. */
  readonly payment: { readonly method: string; readonly paid: number };
  /** Who sells its lines, each once. */
  readonly sellers: readonly string[];
  /** Between which days all of it arrives, `YYYY-MM-DD`, as was promised when it was placed; if anything was. */
  readonly arrival?: { readonly from: string; readonly to: string };
  /** Once it is paid; before that, empty. */
  readonly parcels: readonly Parcel[];
  /** Whether a person looks, or has looked, at it before it is paid. */
  readonly review: 'none' | 'waiting' | 'released' | 'refused';
  readonly placedAt: number;
  readonly expiresAt: number;
  readonly updatedAt: number;
  /** The steps of its life, oldest first. */
  readonly history: readonly OrderStep[];
}

/** `type` is the event's name; what else the step tells stands beside it. */
export interface OrderStep {
  readonly sequence: number;
  readonly type: string;
  readonly at: number;
  readonly [detail: string]: unknown;
}

interface QuotedLine {
  readonly line: number;
  readonly productId: string;
  readonly quantity: number;
  readonly unitPrice: number;
  readonly sellerId: string;
}

/** What the document holds. */
export interface OrderDocument extends Omit<OrderFields, 'payment' | 'arrival'> {
  readonly payment: { readonly method: string };
  /** Beside `payment`, for it changes alone. */
  readonly paid: number;
  readonly lines: readonly QuotedLine[];
  /** Of the delivery network, by warehouse; empty without one. Documents from before there was one have none. */
  readonly promises?: readonly DeliveryPromise[];
  /** Once every line was held; before that, empty. */
  readonly reserved: readonly { readonly line: number; readonly allocations: readonly Allocation[] }[];
  /** Once at least one was refused; before that, empty. */
  readonly refused: readonly { readonly line: number; readonly reason: LineRefusalReason }[];
}

/** `pending` until the order is decided; `released` for units that are free again, because the order has ended. */
export type AnsweredLine = QuotedLine &
  (
    | { readonly status: 'pending' | 'released' | 'returned' }
    | { readonly status: 'reserved' | 'paid'; readonly allocations: readonly Allocation[] }
    | { readonly status: 'refused'; readonly reason: LineRefusalReason }
  );

export interface OrderAnswer extends OrderFields {
  readonly lines: readonly AnsweredLine[];
}

/** A document of the `orders` collection as GET /v1/orders/{id} answers it. */
export function orderOf({ fields }: StoredDocument): OrderAnswer {
  const { lines, reserved, refused, paid, payment, promises = [], ...order } = fields as unknown as OrderDocument;
  const answer = (line: QuotedLine): AnsweredLine => {
    const refusal = refused.find((each) => each.line === line.line);
    if (refusal) return { ...line, status: 'refused', reason: refusal.reason };
    if (order.status === 'rejected' || order.status === 'cancelled') return { ...line, status: 'released' };
    if (order.status === 'refunded') return { ...line, status: 'returned' };
    const hold = reserved.find((each) => each.line === line.line);
    if (!hold) return { ...line, status: 'pending' };
    return { ...line, status: order.status === 'reserved' ? 'reserved' : 'paid', allocations: hold.allocations };
  };
  const arrival = isGivenUp(order.status) ? undefined : arrivalOf(promises, reserved);
  return { ...order, payment: { ...payment, paid }, ...(arrival && { arrival }), lines: lines.map(answer) };
}

/** When the last of the warehouses that send it arrives; as long as that isn't decided, the soonest of all. */
export function arrivalOf(
  promises: readonly DeliveryPromise[],
  reserved: OrderDocument['reserved'],
): OrderAnswer['arrival'] {
  const senders = new Set(reserved.flatMap(({ allocations }) => allocations.map(({ warehouseId }) => warehouseId)));
  const meant =
    senders.size === 0 ? promises.slice(0, 1) : promises.filter(({ warehouseId }) => senders.has(warehouseId));
  if (meant.length === 0) return undefined;
  const last = (day: 'fromDay' | 'toDay') => dateOf(Math.max(...meant.map((promise) => promise[day])));
  return { from: last('fromDay'), to: last('toDay') };
}

function isGivenUp(status: OrderStatus): boolean {
  return status === 'rejected' || status === 'cancelled' || status === 'refunded';
}
