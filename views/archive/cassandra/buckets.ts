// How lists are cut into partitions, so that none grows without bound: a customer's orders by month, a seller's by day,
// those of the whole shop and of a status by hour. A partition of an hour at 100 orders a second has 360,000 rows of
// about 100 bytes, one of a customer's month a few orders with their content.

/** What a list is of. Its text is a part of the key. */
export type Scope = `customer/${string}` | `seller/${string}` | `status/${string}` | 'all';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** Of a column of type `int`. */
const largest = 2 ** 31 - 1;

/** The number of the bucket that a moment falls into; a later moment never has a lower one. */
export function bucketOf(scope: Scope, milliseconds: number): number {
  if (scope.startsWith('customer/')) return monthOf(milliseconds);
  return Math.min(Math.floor(milliseconds / (scope.startsWith('seller/') ? dayMs : hourMs)), largest);
}

/** Months since the beginning of year 0, in UTC. */
export function monthOf(milliseconds: number): number {
  const date = new Date(milliseconds);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}
