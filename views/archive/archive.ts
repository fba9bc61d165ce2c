// The archive port: orders that have ended, as the documents of the `orders` collection held them, for years. It is
// asked in three ways alone: by order id, for a customer's orders, for orders by status, time and seller. Nothing here
// decides when an order moves; mover.ts does.
import { assert } from '../../base/assert.ts';
import type { StoredDocument } from '../documents/documents.ts';

/** What the archive has under an order id. What was erased stays known, so that a replay doesn't bring it back. */
export type ArchiveEntry = StoredDocument | 'erased';

/** The newest first, by time of placing, then by order id. All conditions hold at once. */
export interface ArchiveQuery {
  readonly customerId?: string | undefined;
  /** Orders with a line of this seller. */
  readonly sellerId?: string | undefined;
  readonly status?: string | undefined;
  /** Placed then or later; milliseconds since the Unix epoch. */
  readonly from?: number | undefined;
  /** Placed before. */
  readonly to?: number | undefined;
  /** Goes on after this order, whether the archive has it or not. */
  readonly after?: ArchivePlace | undefined;
  /** 1 to 1,000. */
  readonly limit: number;
}

/** Where an order stands in the order of lists. */
export interface ArchivePlace {
  readonly placedAt: number;
  readonly orderId: string;
}

export interface ArchivePage {
  readonly orders: readonly StoredDocument[];
  /** Whether others follow. */
  readonly hasMore: boolean;
}

/** Every call throws ARCHIVE_UNAVAILABLE if the archive can't answer now or was closed: try again later. */
export interface Archive {
  /**
   * Keeps orders; resolves when every read finds them. One that is there at the same position or a newer one stays as
   * it is, and so does one that was erased. After a failure some may be there, or be there for lists alone: put all of
   * them again.
   */
  put(orders: readonly StoredDocument[]): Promise<void>;
  /** In the order of `orderIds`. */
  find(orderIds: readonly string[]): Promise<(ArchiveEntry | undefined)[]>;
  list(query: ArchiveQuery): Promise<ArchivePage>;
  /** Drops what is known of an order but its id, for good: it can't be put again. */
  erase(orderId: string): Promise<void>;
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** What an order is filed by. */
export interface FiledOrder extends ArchivePlace {
  readonly customerId: string;
  readonly status: string;
  readonly sellers: readonly string[];
}

/** Throws for what isn't a whole order: that is not to be archived. */
export function filingOf({ id: orderId, fields }: StoredDocument): FiledOrder {
  const { customerId, placedAt, status, sellers = [] } = fields;
  assert(typeof customerId === 'string' && typeof status === 'string', `order ${orderId} lacks its customer or status`);
  assert(typeof placedAt === 'number', `order ${orderId} lacks its time of placing`);
  return { orderId, customerId, placedAt, status, sellers: [...new Set(sellers as readonly string[])] };
}

export function checkLimit({ limit }: ArchiveQuery): void {
  assert(Number.isInteger(limit) && limit >= 1 && limit <= 1_000, 'a page has 1 to 1,000 orders');
}
