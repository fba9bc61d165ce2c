// The archive port on Cassandra, for any number of workers and gateways. Nothing is read before it is written but an
// order's place, and no write depends on another's moment: each carries the order's position in the log as its
// timestamp, so the newest state wins however often and in whichever order states are put. What a crash leaves half done
// is found by lists alone, as a hint that leads nowhere or as an order that is there, and a retry completes it.
import type { StoredDocument } from '../../documents/documents.ts';
import {
  type Archive,
  type ArchiveEntry,
  type ArchivePage,
  type ArchiveQuery,
  checkLimit,
  type FiledOrder,
  filingOf,
} from '../archive.ts';
import { bucketOf, monthOf, type Scope } from './buckets.ts';
import { inParallel } from './in-parallel.ts';
import { listPlaces, type Placed } from './lists.ts';
import { type Row, Session, type SessionOptions } from './session.ts';

interface Place extends Placed {
  readonly status: string | undefined;
  /** -1 while the order isn't whole. */
  readonly position: number;
  readonly isErased: boolean;
}

/** Above the position of any order. */
const forGood = BigInt(Number.MAX_SAFE_INTEGER);
/** Orders that are written or read at a time. */
const width = 32;
/** Buckets that were noted lately; noting one again costs a write. */
const rememberedBuckets = 100_000;

/** @throws ARCHIVE_UNAVAILABLE, ARCHIVE_REFUSED */
export async function openCassandraArchive(options: SessionOptions): Promise<Archive> {
  return new CassandraArchive(await Session.open(options));
}

class CassandraArchive implements Archive {
  readonly #session: Session;
  readonly #noted = new Set<string>();

  constructor(session: Session) {
    this.#session = session;
  }

  async put(orders: readonly StoredDocument[]): Promise<void> {
    const filed = orders.map((order) => ({ order, filing: filingOf(order) }));
    await inParallel(width, filed, ({ order, filing }) => this.#putOne(order, filing));
  }

  /**
   * The place without a position, so that an erasure finds whatever was begun; then the lists; then the position: whoever
   * finds that finds all.
   */
  async #putOne({ position, fields }: StoredDocument, filing: FiledOrder): Promise<void> {
    const before = await this.#place(filing.orderId);
    if (before?.isErased || (before !== undefined && before.position >= position)) return;
    const { orderId, customerId, placedAt, status } = filing;
    const at = timestampOf(position);
    const when = new Date(placedAt);
    if (before === undefined) {
      await this.#session.run(
        'INSERT INTO $.places (order_id, customer_id, placed_at) VALUES (?, ?, ?) USING TIMESTAMP 1',
        [orderId, customerId, when],
      );
    }
    await Promise.all(scopesOf(filing).map((scope) => this.#note(scope, placedAt)));
    await Promise.all([
      this.#session.run(
        `INSERT INTO $.orders (customer_id, month, placed_at, order_id, status, position, content)
         VALUES (?, ?, ?, ?, ?, ?, ?) USING TIMESTAMP ?`,
        [customerId, monthOf(placedAt), when, orderId, status, BigInt(position), JSON.stringify(fields), at],
      ),
      ...hintsOf(filing).map((scope) => this.#hint(scope, filing, at)),
    ]);
    const old = before?.status;
    if (old !== undefined && old !== status) await this.#unhint(`status/${old}`, filing, at);
    await this.#session.run('INSERT INTO $.places (order_id, status, position) VALUES (?, ?, ?) USING TIMESTAMP ?', [
      orderId,
      status,
      BigInt(position),
      at,
    ]);
  }

  async find(orderIds: readonly string[]): Promise<(ArchiveEntry | undefined)[]> {
    return await inParallel(width, orderIds, async (orderId) => {
      const place = await this.#place(orderId);
      if (place?.isErased) return 'erased';
      return place && place.position >= 0 ? await this.#read(place) : undefined;
    });
  }

  async list(query: ArchiveQuery): Promise<ArchivePage> {
    checkLimit(query);
    const { customerId, sellerId, status, limit } = query;
    const orders: StoredDocument[] = [];
    for await (const places of listPlaces(this.#session, query)) {
      const found = await inParallel(width, places, (place) => place.order ?? this.#read(place));
      for (const order of found) {
        if (order === undefined) continue;
        const filing = filingOf(order);
        const isMeant =
          (customerId === undefined || filing.customerId === customerId) &&
          (sellerId === undefined || filing.sellers.includes(sellerId)) &&
          (status === undefined || filing.status === status);
        if (isMeant) orders.push(order);
      }
      if (orders.length > limit) break;
    }
    return { orders: orders.slice(0, limit), hasMore: orders.length > limit };
  }

  /** The mark first: nothing is put any more then, and what a put has in hand is older than the deletions. */
  async erase(orderId: string): Promise<void> {
    await this.#session.run('INSERT INTO $.places (order_id, erased) VALUES (?, true) USING TIMESTAMP ?', [
      orderId,
      forGood,
    ]);
    const place = await this.#place(orderId);
    if (place?.customerId === undefined) return;
    const order = await this.#read(place);
    const { customerId, placedAt, status } = place;
    const filing = order === undefined ? { ...place, status: status ?? '', sellers: [] } : filingOf(order);
    const hints: Scope[] = [...hintsOf(filing), ...(status === undefined ? [] : [`status/${status}` as const])];
    await Promise.all(hints.map((scope) => this.#unhint(scope, filing, forGood)));
    await this.#session.run(
      'DELETE FROM $.orders USING TIMESTAMP ? WHERE customer_id = ? AND month = ? AND placed_at = ? AND order_id = ?',
      [forGood, customerId, monthOf(placedAt), new Date(placedAt), orderId],
    );
    // The place keeps the mark alone.
    await this.#session.run(
      'DELETE customer_id, placed_at, status, position FROM $.places USING TIMESTAMP ? WHERE order_id = ?',
      [forGood, orderId],
    );
  }

  async ping(): Promise<void> {
    await this.#session.run('SELECT order_id FROM $.places WHERE order_id = ?', ['ping']);
  }

  async close(): Promise<void> {
    await this.#session.close();
  }

  async #place(orderId: string): Promise<Place | undefined> {
    const [row] = await this.#session.run(
      'SELECT customer_id, placed_at, status, position, erased FROM $.places WHERE order_id = ?',
      [orderId],
    );
    if (row === undefined) return undefined;
    const { customer_id: customerId, placed_at: placedAt, status, position, erased } = row;
    return {
      orderId,
      customerId: customerId ?? undefined,
      placedAt: Number(placedAt),
      status: status ?? undefined,
      position: position === null ? -1 : Number(position),
      isErased: erased === true,
    };
  }

  async #read({ orderId, customerId, placedAt }: Placed): Promise<StoredDocument | undefined> {
    const [row] = await this.#session.run(
      `SELECT order_id, content, position FROM $.orders
       WHERE customer_id = ? AND month = ? AND placed_at = ? AND order_id = ?`,
      [customerId, monthOf(placedAt), new Date(placedAt), orderId],
    );
    return row && documentOf(row);
  }

  /** Says that a bucket has something. Never taken back. */
  async #note(scope: Scope, placedAt: number): Promise<void> {
    const bucket = bucketOf(scope, placedAt);
    const key = `${scope} ${bucket}`;
    if (this.#noted.has(key)) return;
    await this.#session.run('INSERT INTO $.buckets (scope, bucket) VALUES (?, ?) USING TIMESTAMP 1', [scope, bucket]);
    if (this.#noted.size >= rememberedBuckets) this.#noted.clear();
    this.#noted.add(key);
  }

  async #hint(scope: Scope, { orderId, customerId, placedAt, status }: FiledOrder, at: bigint): Promise<void> {
    await this.#session.run(
      `INSERT INTO $.listed (scope, bucket, placed_at, order_id, customer_id, status) VALUES (?, ?, ?, ?, ?, ?)
       USING TIMESTAMP ?`,
      [scope, bucketOf(scope, placedAt), new Date(placedAt), orderId, customerId, status, at],
    );
  }

  async #unhint(scope: Scope, { orderId, placedAt }: FiledOrder, at: bigint): Promise<void> {
    await this.#session.run(
      'DELETE FROM $.listed USING TIMESTAMP ? WHERE scope = ? AND bucket = ? AND placed_at = ? AND order_id = ?',
      [at, scope, bucketOf(scope, placedAt), new Date(placedAt), orderId],
    );
  }
}

/** The lists that have an order beside its customer's. */
function hintsOf({ status, sellers }: FiledOrder): Scope[] {
  return ['all', `status/${status}`, ...sellers.map((seller) => `seller/${seller}` as const)];
}

function scopesOf(filing: FiledOrder): Scope[] {
  return [`customer/${filing.customerId}`, ...hintsOf(filing)];
}

/** Cassandra has no timestamp 0. */
function timestampOf(position: number): bigint {
  return BigInt(position) + 1n;
}

function documentOf({ order_id: id, content, position }: Row): StoredDocument {
  return { id, fields: JSON.parse(content), position: Number(position) };
}
