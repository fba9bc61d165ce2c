// Walks a list bucket by bucket, the newest first. Which list: the narrowest that a query names. A customer's has the
// orders themselves, the others have hints of where they are; the caller reads those and keeps what is meant.
import type { StoredDocument } from '../../documents/documents.ts';
import type { ArchivePlace, ArchiveQuery } from '../archive.ts';
import { bucketOf, type Scope } from './buckets.ts';
import type { Row, Session } from './session.ts';

/** Where an order is, and the order if it was read already. */
export interface Placed extends ArchivePlace {
  readonly customerId: string;
  readonly order?: StoredDocument;
}

/** The last moment that a date can say. */
const endOfTime = 8.64e15;
/** Buckets are looked up so many at a time. */
const bucketsAtOnce = 500;

export async function* listPlaces(session: Session, query: ArchiveQuery): AsyncGenerator<readonly Placed[]> {
  const { from = 0, to = endOfTime, after, status, limit } = query;
  const scope = scopeOf(query);
  const isCustomers = scope.startsWith('customer/');
  // What comes next is before this place.
  let before: ArchivePlace = { placedAt: to, orderId: '' };
  if (after !== undefined && isBefore(after, before)) before = after;
  for await (const bucket of bucketsOf(session, scope, { from, before })) {
    for (;;) {
      const rows = await session.run(isCustomers ? ordersOfCustomer : listed, [
        isCustomers ? query.customerId! : scope,
        bucket,
        new Date(before.placedAt),
        before.orderId,
        new Date(from),
        limit + 1,
      ]);
      // Of a hint only the status is known before the order is read; a customer's row is the order.
      yield rows.filter((row) => status === undefined || row.status === status).map(placeOf);
      const last = rows.at(-1);
      if (last === undefined || rows.length <= limit) break;
      before = placeOf(last);
    }
  }
}

const slice = '(placed_at, order_id) < (?, ?) AND (placed_at) >= (?) LIMIT ?';
const ordersOfCustomer = `
  SELECT order_id, customer_id, placed_at, status, content, position FROM $.orders
  WHERE customer_id = ? AND month = ? AND ${slice}`;
const listed = `
  SELECT order_id, customer_id, placed_at, status FROM $.listed WHERE scope = ? AND bucket = ? AND ${slice}`;

function scopeOf({ customerId, sellerId, status }: ArchiveQuery): Scope {
  if (customerId !== undefined) return `customer/${customerId}`;
  if (sellerId !== undefined) return `seller/${sellerId}`;
  return status === undefined ? 'all' : `status/${status}`;
}

/** Those that have anything, from the newest that is asked for to the oldest. */
async function* bucketsOf(
  session: Session,
  scope: Scope,
  { from, before }: { readonly from: number; readonly before: ArchivePlace },
): AsyncGenerator<number> {
  const oldest = bucketOf(scope, from);
  for (let newest = bucketOf(scope, before.placedAt); newest >= oldest; ) {
    const rows = await session.run(
      'SELECT bucket FROM $.buckets WHERE scope = ? AND bucket <= ? AND bucket >= ? LIMIT ?',
      [scope, newest, oldest, bucketsAtOnce],
    );
    for (const { bucket } of rows) yield bucket;
    if (rows.length < bucketsAtOnce) return;
    newest = rows.at(-1)!.bucket - 1;
  }
}

function placeOf(row: Row): Placed {
  const { order_id: orderId, customer_id: customerId, placed_at: placedAt, content, position } = row;
  const place = { orderId, customerId, placedAt: Number(placedAt) };
  if (content === undefined) return place;
  return { ...place, order: { id: orderId, fields: JSON.parse(content), position: Number(position) } };
}

function isBefore(one: ArchivePlace, other: ArchivePlace): boolean {
  return one.placedAt < other.placedAt || (one.placedAt === other.placedAt && one.orderId < other.orderId);
}
