// Orders move while events come, readers read, movers die at any of their steps and the view starts over, all in any
// interleaving: whoever reads sees each order once and whole, never older than what was there when he asked.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { pino } from 'pino';
import { SteppedClock } from '../../../base/stepped-clock.ts';
import type { OrderEvent } from '../../../schemas/types.generated.ts';
import type { Archive } from '../../../views/archive/archive.ts';
import { OrderMover } from '../../../views/archive/mover.ts';
import { OrderReader } from '../../../views/archive/read-orders.ts';
import { openSqliteArchive } from '../../../views/archive/sqlite/sqlite-archive.ts';
import { collections } from '../../../views/collections.ts';
import type { Documents, StoredDocument } from '../../../views/documents/documents.ts';
import { openSqliteDocuments } from '../../../views/documents/sqlite/sqlite-documents.ts';
import { projectOrders } from '../../../views/orders.ts';
import { orderCancelled, orderCreated, orderEvent, orderRejected, orderReserved } from '../order-events.ts';

type Event = OrderEvent['event'];

const returned = { type: 'PaymentReturned', refunded: true, amount: 5 } as const satisfies Event;
const reinstated = { type: 'OrderReinstated', lines: orderReserved.lines } as const satisfies Event;
const placed = { type: 'OrderPlaced', paymentReference: 'p', amount: 5, parcels: [] } as const satisfies Event;
const delivered = { type: 'OrderDelivered', parcels: [] } as const satisfies Event;
const asked = { type: 'ReturnRequested', reason: 'too big' } as const satisfies Event;
const refunded = { type: 'OrderRefunded', amount: 5 } as const satisfies Event;

/** With late news, and orders that live again after their end. */
const lives: readonly (readonly Event[])[] = [
  [orderCreated, orderReserved],
  [orderCreated, orderRejected],
  [orderCreated, orderReserved, orderCancelled, returned],
  [orderCreated, orderReserved, orderCancelled, reinstated, placed, delivered],
  [orderCreated, orderReserved, placed, delivered, asked, refunded],
  [orderCreated, orderReserved, placed, delivered, delivered, asked, refunded],
];

/** One log of all orders' events in some order; offsets are its places. */
const anyLog = fc
  .record({
    lives: fc.array(fc.constantFrom(...lives), { minLength: 1, maxLength: 4 }),
    turns: fc.array(fc.nat(), { minLength: 30, maxLength: 30 }),
  })
  .map(({ lives: chosen, turns }) => {
    const told = chosen.map((life, index) => ({ orderId: `order-${index}~lamp`, life, next: 0 }));
    const log: OrderEvent[] = [];
    for (const turn of turns) {
      const open = told.filter(({ life, next }) => next < life.length);
      const order = open[turn % Math.max(1, open.length)];
      if (order === undefined) break;
      log.push(orderEvent(order.orderId, order.next + 1, order.life[order.next]!));
      order.next++;
    }
    return log;
  });

/** What several actors do; how their steps interleave is the scheduler's. */
const anyPlan = fc.record({
  log: anyLog,
  /** How many events each apply takes, how far back it begins again, and whether the view is emptied before. */
  applies: fc.array(fc.record({ on: fc.integer({ min: 1, max: 6 }), back: fc.nat(4), rebuild: fc.nat(9) }), {
    maxLength: 8,
  }),
  /** After how many calls each mover dies. */
  movers: fc.array(fc.nat(40), { minLength: 1, maxLength: 4 }),
  reads: fc.array(fc.constantFrom('get' as const, 'list' as const, 'pages' as const), { maxLength: 8 }),
});

class Killed extends Error {}

test('however orders move, each is read once, whole and not older than before', async () => {
  await fc.assert(
    fc.asyncProperty(anyPlan, fc.scheduler(), async (plan, scheduler) => {
      const shop = new Shop(plan.log, scheduler);
      await shop.open();
      try {
        const actors = [
          shop.applyAll(plan.applies),
          ...plan.movers.map((calls) => shop.moveUntilKilled(calls)),
          shop.readAll(plan.reads),
        ];
        await scheduler.waitFor(Promise.all(actors));
        await shop.assertComesToRest();
      } finally {
        await shop.close();
      }
    }),
    { numRuns: 60 },
  );
});

const never = () => {};

/** Documents, archive and the log in between, with all calls in the scheduler's hands. */
class Shop {
  readonly #log: readonly OrderEvent[];
  readonly #scheduler: fc.Scheduler;
  readonly #documents = openSqliteDocuments({ file: ':memory:' });
  readonly #archive = openSqliteArchive({ file: ':memory:' });
  /** How far the view has read. It goes back when it starts over, and readers may then see what was before. */
  #position = 0;
  #returns = 0;
  /** The furthest that a batch went, be it applied or not yet. */
  #begun = 0;

  constructor(log: readonly OrderEvent[], scheduler: fc.Scheduler) {
    this.#log = log;
    this.#scheduler = scheduler;
  }

  async open(): Promise<void> {
    await this.#documents.open([collections.orders]);
  }

  async close(): Promise<void> {
    await Promise.all([this.#documents.close(), this.#archive.close()]);
  }

  async applyAll(applies: readonly { on: number; back: number; rebuild: number }[]): Promise<void> {
    const documents = scheduled(this.#documents, this.#scheduler, never);
    for (const { on, back, rebuild } of applies) {
      if (back > 0 || rebuild === 0) {
        this.#returns++;
        this.#position = rebuild === 0 ? 0 : Math.max(0, this.#position - back);
      }
      if (rebuild === 0) await documents.clear(collections.orders.name);
      await this.#apply(documents, on);
    }
    await this.#apply(documents, this.#log.length);
  }

  async #apply(documents: Documents, count: number): Promise<void> {
    const from = this.#position;
    const to = Math.min(this.#log.length, from + count);
    const writes = this.#log.slice(from, to).flatMap((value, index) => {
      const source = { topic: 'order-events', partition: 0, offset: from + index, timestamp: value.at, headers: [] };
      return projectOrders.project({ ...source, key: value.orderId, value });
    });
    this.#begun = Math.max(this.#begun, to);
    await documents.apply(writes);
    this.#position = to;
  }

  async moveUntilKilled(calls: number): Promise<void> {
    let left = calls;
    const die = () => {
      if (left-- <= 0) throw new Killed();
    };
    const mover = this.#mover(
      scheduled(this.#documents, this.#scheduler, die),
      scheduled(this.#archive, this.#scheduler, die),
    );
    await mover.sweep().catch((error) => {
      if (!(error instanceof Killed)) throw error;
    });
  }

  #mover(documents: Documents, archive: Archive, orphans: (count: number) => void = never): OrderMover {
    return new OrderMover({
      documents,
      archive,
      clock: new SteppedClock(),
      logger: pino({ level: 'silent' }),
      archiveAfterMs: 0,
      intervalMs: 1,
      owns: () => true,
      figures: { moved: never, lag: never, orphans },
      onFailure: never,
    });
  }

  async readAll(reads: readonly ('get' | 'list' | 'pages')[]): Promise<void> {
    const reader = new OrderReader(
      scheduled(this.#documents, this.#scheduler, never),
      scheduled(this.#archive, this.#scheduler, never),
    );
    for (const read of reads) {
      const [position, returns] = [this.#position, this.#returns];
      const found = await (read === 'get' ? this.#getAll(reader) : listAll(reader, read === 'pages' ? 1 : 100));
      // Late changes show in lists a sweep later.
      this.#assertSeen(found, this.#returns === returns ? position : 0, { isFresh: read === 'get' });
    }
  }

  async #getAll(reader: OrderReader): Promise<readonly StoredDocument[]> {
    const ids = [...new Set(this.#log.map(({ orderId }) => orderId))];
    const found = await Promise.all(ids.map((id) => reader.get(id)));
    return found.filter((each) => each !== undefined);
  }

  /** Each order as some number of its events leave it: at least those that `applied` has, at most those begun. */
  #assertSeen(found: readonly StoredDocument[], applied: number, { isFresh = true } = {}): void {
    assert.equal(new Set(found.map(({ id }) => id)).size, found.length, 'each order once');
    const seen = new Map(found.map((order) => [order.id, order]));
    for (const orderId of new Set(this.#log.slice(0, applied).map((event) => event.orderId))) {
      assert.ok(seen.has(orderId), `${orderId} is missing`);
    }
    for (const [orderId, { position, fields }] of seen) {
      const last = this.#log.slice(0, applied).findLastIndex((event) => event.orderId === orderId);
      assert.ok(position >= last || !isFresh, `${orderId} is older than it was: ${position}, ${last}`);
      assert.ok(position < this.#begun);
      assert.deepEqual(fields, this.#foldOf(orderId, position));
    }
  }

  #foldOf(orderId: string, position: number) {
    const events = this.#log.slice(0, position + 1).filter((event) => event.orderId === orderId);
    let fields: { [field: string]: unknown } = {};
    for (const value of events) {
      const source = { topic: '', partition: 0, offset: 0, timestamp: 0, headers: [], key: orderId };
      const [write] = projectOrders.project({ ...source, value });
      assert.ok(write?.kind === 'upsert');
      const history = write.append && [...(fields.history as unknown[]), write.append.history];
      fields = { ...fields, ...write.set, ...(history && { history }) };
    }
    return fields;
  }

  /** What has ended is in the archive alone, the rest in the documents or there; a further sweep changes nothing. */
  async assertComesToRest(): Promise<void> {
    const reader = new OrderReader(this.#documents, this.#archive);
    await this.#mover(this.#documents, this.#archive, (orphans) => assert.equal(orphans, 0)).sweep();
    const found = await this.#getAll(reader);
    this.#assertSeen(found, this.#log.length);
    assert.deepEqual(sorted(await listAll(reader, 3)), sorted(found));
    for (const { id, fields } of found) {
      const [archived] = await this.#archive.find([id]);
      const document = await this.#documents.get(collections.orders.name, id);
      const hasEnded = fields.status !== 'reserved' && fields.status !== 'placed' && fields.status !== 'created';
      const isOpen = fields.status === 'cancelled' && fields.paid !== 0;
      if (hasEnded && !isOpen) assert.ok(archived !== undefined && document === undefined, `${id} is in one place`);
      else assert.ok(archived !== undefined || document !== undefined);
    }
  }
}

async function listAll(reader: OrderReader, limit: number): Promise<readonly StoredDocument[]> {
  const found: StoredDocument[] = [];
  let cursor: string | undefined;
  do {
    const page = await reader.list({ customerId: 'carl', limit, cursor });
    assert.ok(page.orders.length <= limit);
    assert.ok(page.cursor === undefined || page.orders.length === limit);
    found.push(...page.orders);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return found;
}

function sorted(orders: readonly StoredDocument[]): StoredDocument[] {
  return orders.toSorted((one, other) => (one.id < other.id ? -1 : 1));
}

/** Each call waits for its turn, is done, and waits again before its caller hears of it; `step` may throw in between. */
function scheduled<Port extends object>(port: Port, scheduler: fc.Scheduler, step: () => void): Port {
  return new Proxy(port, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return async (...args: unknown[]) => {
        await scheduler.schedule(Promise.resolve(), `before ${String(name)}`);
        step();
        const result: unknown = await Reflect.apply(member, target, args);
        await scheduler.schedule(Promise.resolve(), `after ${String(name)}`);
        step();
        return result;
      };
    },
  });
}
