// What the view of orders knows where the tasks know no more: orders that they have forgotten, also those that have moved
// to the archive, and when something happened last.
import type { ForgottenOrder } from '../../processors/reconcile/compare-payments.ts';
import type { Archive } from '../../views/archive/archive.ts';
import { collections } from '../../views/collections.ts';
import type { Documents, StoredDocument } from '../../views/documents/documents.ts';
import { type OrderStatus, orderOf } from '../../views/order-document.ts';
import { wholeOrders } from './whole-orders.ts';

const page = 500;

export interface OrderPlaces {
  readonly documents: Documents;
  readonly archive: Archive;
}

/** By order id; without those that the view doesn't know either. */
export async function forgottenOrders(
  places: OrderPlaces,
  orderIds: readonly string[],
): Promise<Map<string, ForgottenOrder>> {
  const found = await read(places, orderIds);
  return new Map(
    found.map((document) => {
      const { customerId, total, status } = orderOf(document);
      return [document.id, { customerId, ...total, isPaid: isPaid(status) }];
    }),
  );
}

/** By order id, in milliseconds since the Unix epoch. */
export async function lastStepsIn(places: OrderPlaces, orderIds: readonly string[]): Promise<Map<string, number>> {
  const found = await read(places, orderIds);
  return new Map(found.map((document) => [document.id, orderOf(document).updatedAt]));
}

/** Undefined where its state would say, if it were known. */
function isPaid(status: OrderStatus): boolean | undefined {
  switch (status) {
    case 'placed':
    case 'in-transit':
    case 'delivered':
      return true;
    case 'rejected':
    case 'cancelled':
    case 'refunded':
      return false;
    default:
      return undefined;
  }
}

async function read(places: OrderPlaces, ids: readonly string[]): Promise<StoredDocument[]> {
  const orders: StoredDocument[] = [];
  for (let from = 0; from < ids.length; from += page) {
    const some = ids.slice(from, from + page);
    const found = await places.documents.getMany(collections.orders.name, some);
    for (const whole of await wholeOrders(places, some, found)) {
      if ('document' in whole && whole.document !== undefined) orders.push(whole.document);
    }
  }
  return orders;
}
