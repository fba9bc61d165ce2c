// Orders wherever they are: the documents have those that live, the archive those that have moved, and while one moves
// both have it. Who reads through here sees each order once, and whole.
//
// Why none is missed: the mover writes to the archive before it takes a document away. So what the documents lacked when
// they were asked, the archive has when it is asked after them.
import { StockstreamError } from '../../base/errors.ts';
import { collections } from '../collections.ts';
import { decodeCursor, encodeCursor } from '../documents/cursor.ts';
import type { Condition, Documents, FindQuery, StoredDocument } from '../documents/documents.ts';
import type { Archive, ArchivePlace } from './archive.ts';
import { isWhole, withLateChanges } from './late-changes.ts';

/** The newest first. All conditions hold at once. */
export interface OrderQuery {
  readonly customerId?: string | undefined;
  /** Orders with a line of this seller. */
  readonly sellerId?: string | undefined;
  readonly status?: string | undefined;
  /** Placed then or later; milliseconds since the Unix epoch. */
  readonly from?: number | undefined;
  /** Placed before. */
  readonly to?: number | undefined;
  /** 1 to 1,000. */
  readonly limit: number;
  /** As given by the page before, for the same query. */
  readonly cursor?: string | undefined;
}

export interface OrdersPage {
  readonly orders: readonly StoredDocument[];
  /** Undefined on the last page. */
  readonly cursor?: string | undefined;
}

const collection = collections.orders.name;

/** Every call throws DOCUMENTS_UNAVAILABLE or ARCHIVE_UNAVAILABLE if one of them can't answer now. */
export class OrderReader {
  readonly #documents: Documents;
  readonly #archive: Archive;

  constructor(documents: Documents, archive: Archive) {
    this.#documents = documents;
    this.#archive = archive;
  }

  /** As the documents have it, without a look into the archive: undefined for an order that has moved. */
  async living(orderId: string): Promise<StoredDocument | undefined> {
    const document = await this.#documents.get(collection, orderId);
    return document && isWhole(document) ? document : undefined;
  }

  async get(orderId: string): Promise<StoredDocument | undefined> {
    const document = await this.#documents.get(collection, orderId);
    if (document && isWhole(document)) return document;
    const [archived] = await this.#archive.find([orderId]);
    if (archived === 'erased') return undefined;
    // Neither had it: it may have come meanwhile.
    if (archived === undefined) return await this.living(orderId);
    return (document && withLateChanges(archived, document)) ?? archived;
  }

  /**
   * Late changes show here once the mover has put them into the archive.
   * @throws DOCUMENTS_CURSOR_INVALID for a cursor of another query
   */
  async list(query: OrderQuery): Promise<OrdersPage> {
    const { limit, cursor } = query;
    const find = findQueryOf(query);
    const after = cursor === undefined ? undefined : placeIn(find, cursor);
    const living = await this.#documents.find(collection, { ...find, cursor });
    const archived = await this.#archive.list({ ...query, after });
    const orders = newestStates([...living.documents, ...archived.orders]).sort(byPlace);
    const page = orders.slice(0, limit);
    const last = page.at(-1);
    const hasMore = orders.length > limit || living.cursor !== undefined || archived.hasMore;
    // The place of the last order, in the documents' own form: whichever of the two goes on after it.
    return { orders: page, ...(hasMore && last && { cursor: encodeCursor(collection, find, last) }) };
  }
}

/** Late changes have no time of placing, and no range of times finds them. */
function findQueryOf({ customerId, sellerId, status, from = 0, to, limit }: OrderQuery): FindQuery {
  const where: { [field: string]: Condition } = { placedAt: { gte: from, ...(to !== undefined && { lt: to }) } };
  if (customerId !== undefined) where.customerId = customerId;
  if (sellerId !== undefined) where.sellers = { contains: sellerId };
  if (status !== undefined) where.status = status;
  return { where, sort: { field: 'placedAt', direction: 'desc' }, limit };
}

function placeIn(find: FindQuery, cursor: string): ArchivePlace {
  const { value, id } = decodeCursor(collection, find, cursor);
  if (typeof value !== 'number') throw new StockstreamError('DOCUMENTS_CURSOR_INVALID');
  return { placedAt: value, orderId: id };
}

function newestStates(orders: readonly StoredDocument[]): StoredDocument[] {
  const newest = new Map<string, StoredDocument>();
  for (const order of orders) {
    const known = newest.get(order.id);
    if (known === undefined || known.position < order.position) newest.set(order.id, order);
  }
  return [...newest.values()];
}

function byPlace(one: StoredDocument, other: StoredDocument): number {
  return Number(other.fields.placedAt) - Number(one.fields.placedAt) || (one.id < other.id ? 1 : -1);
}
