// What the view of orders knows where the tasks know no more: orders that they have forgotten, and when something
// happened last.
import type { ForgottenOrder } from '../../processors/reconcile/compare-payments.ts';
import { collections } from '../../views/collections.ts';
import type { Documents, StoredDocument } from '../../views/documents/documents.ts';
import { type OrderStatus, orderOf } from '../../views/order-document.ts';

const page = 500;

/** By order id; without those that the view doesn't know either. */
export async function forgottenOrders(
  documents: Documents,
  orderIds: readonly string[],
): Promise<Map<string, ForgottenOrder>> {
  const found = await read(documents, orderIds);
  return new Map(
    found.map((document) => {
      const { customerId, total, status } = orderOf(document);
      return [document.id, { customerId, ...total, isPaid: isPaid(status) }];
    }),
  );
}

/** By order id, in milliseconds since the Unix epoch. */
export async function lastStepsIn(documents: Documents, orderIds: readonly string[]): Promise<Map<string, number>> {
  const found = await read(documents, orderIds);
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

async function read(documents: Documents, ids: readonly string[]): Promise<StoredDocument[]> {
  const found: StoredDocument[] = [];
  for (let from = 0; from < ids.length; from += page) {
    const some = await documents.getMany(collections.orders.name, ids.slice(from, from + page));
    found.push(...some.filter((document) => document !== undefined));
  }
  return found;
}
