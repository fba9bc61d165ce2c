// What a mover moves and what it leaves, and how it waits, fails and stops.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { pino } from 'pino';
import { StockstreamError } from '../../../base/errors.ts';
import { SteppedClock } from '../../../base/stepped-clock.ts';
import type { Archive } from '../../../views/archive/archive.ts';
import { type MoverOptions, OrderMover } from '../../../views/archive/mover.ts';
import { openSqliteArchive } from '../../../views/archive/sqlite/sqlite-archive.ts';
import { collections } from '../../../views/collections.ts';
import type { JsonObject } from '../../../views/documents/documents.ts';
import { openSqliteDocuments } from '../../../views/documents/sqlite/sqlite-documents.ts';

const minute = 60_000;

async function setUp(t: TestContext, change: Partial<MoverOptions> = {}) {
  const documents = openSqliteDocuments({ file: ':memory:' });
  await documents.open([collections.orders]);
  const archive = openSqliteArchive({ file: ':memory:' });
  const clock = new SteppedClock(10 * minute);
  const seen = { moved: 0, lag: -1, orphans: -1, failures: [] as unknown[] };
  const mover = new OrderMover({
    documents,
    archive,
    clock,
    logger: pino({ level: 'silent' }),
    archiveAfterMs: minute,
    intervalMs: 1_000,
    owns: () => true,
    figures: {
      moved: (count) => {
        seen.moved += count;
      },
      lag: (milliseconds) => {
        seen.lag = milliseconds;
      },
      orphans: (count) => {
        seen.orphans = count;
      },
    },
    onFailure: (error) => seen.failures.push(error),
    ...change,
  });
  t.after(async () => {
    await mover.stop();
    await Promise.all([documents.close(), archive.close()]);
  });
  let offset = 0;
  const write = (id: string, set: JsonObject, append?: JsonObject) => {
    const position = { topic: 'order-events', partition: 0, offset: offset++ };
    return documents.apply([{ kind: 'upsert', collection: 'orders', id, position, set, ...(append && { append }) }]);
  };
  const order = (id: string, status: string, more: JsonObject = {}) => {
    const history = [{ sequence: 1, type: 'OrderCreated', at: 1 }];
    return write(id, { customerId: 'carl', status, placedAt: 1, updatedAt: 5 * minute, paid: 0, history, ...more });
  };
  /** Where each order is. */
  const places = async (...ids: string[]) => {
    const archived = await archive.find(ids);
    const living = await documents.getMany('orders', ids);
    return ids.map((_, index) => [living[index] && 'documents', archived[index] && 'archive'].filter(Boolean).join());
  };
  return { documents, archive, clock, mover, seen, write, order, places };
}

test('moves what has ended and is old enough, and nothing else', async (t) => {
  const { mover, order, places, seen } = await setUp(t);
  for (const status of ['created', 'reserved', 'placed', 'in-transit']) await order(`living-${status}`, status);
  for (const status of ['rejected', 'cancelled', 'refunded', 'delivered']) await order(`ended-${status}`, status);
  await order('owed', 'cancelled', { paid: 500 });
  await order('young', 'delivered', { updatedAt: 9 * minute });
  await order('oldest', 'delivered', { updatedAt: 2 * minute });
  await mover.sweep();
  assert.deepEqual(await places('living-created', 'living-reserved', 'living-placed', 'living-in-transit'), [
    ...Array(4).fill('documents'),
  ]);
  assert.deepEqual(await places('ended-rejected', 'ended-cancelled', 'ended-refunded', 'ended-delivered', 'oldest'), [
    ...Array(5).fill('archive'),
  ]);
  assert.deepEqual(await places('owed', 'young'), ['documents', 'documents']);
  assert.deepEqual([seen.moved, seen.lag, seen.orphans], [5, 7 * minute, 0]);
  await mover.sweep();
  assert.deepEqual([seen.moved, seen.lag], [5, 0]);
});

test('moves more than a page, and leaves what others own', async (t) => {
  const { mover, order, documents, places } = await setUp(t, { owns: (id) => id !== 'theirs' });
  await order('theirs', 'delivered');
  for (let count = 0; count < 450; count++) await order(`o${count}`, 'delivered');
  await mover.sweep();
  assert.equal(await documents.count('orders'), 1);
  assert.deepEqual(await places('theirs', 'o0', 'o449'), ['documents', 'archive', 'archive']);
});

test('late changes reach the archive; those that fit no order stay and are told', async (t) => {
  const { mover, order, write, archive, documents, seen } = await setUp(t);
  await order('o1', 'delivered');
  await mover.sweep();
  await write('o1', { updatedAt: 9 * minute }, { history: { sequence: 2, type: 'ReturnRequested', at: 2 } });
  await write('o1', { status: 'refunded' }, { history: { sequence: 3, type: 'OrderRefunded', at: 3 } });
  await write('unknown', { status: 'refunded' }, { history: { sequence: 3, type: 'OrderRefunded', at: 3 } });
  await mover.sweep();
  const [o1] = await archive.find(['o1']);
  assert.ok(o1 !== undefined && o1 !== 'erased');
  const { history, ...fields } = o1.fields;
  assert.deepEqual(fields, { customerId: 'carl', status: 'refunded', placedAt: 1, updatedAt: 9 * minute, paid: 0 });
  assert.deepEqual(
    (history as readonly { sequence: number }[]).map(({ sequence }) => sequence),
    [1, 2, 3],
  );
  assert.equal(await documents.get('orders', 'o1'), undefined);
  assert.equal(seen.orphans, 1);
  // A step is missing in between: that is not to be put together.
  await write('o1', { status: 'placed' }, { history: { sequence: 5, type: 'OrderPlaced', at: 5 } });
  await mover.sweep();
  assert.equal(seen.orphans, 2);
  assert.deepEqual(await archive.find(['o1']), [o1]);
});

test('what was erased leaves the documents, too, also after a rebuild of the view', async (t) => {
  const { mover, order, write, archive, documents } = await setUp(t);
  await order('o1', 'delivered');
  await mover.sweep();
  await archive.erase('o1');
  await write('o1', { status: 'refunded' }, { history: { sequence: 2, type: 'OrderRefunded', at: 2 } });
  await mover.sweep();
  assert.equal(await documents.count('orders'), 0);
  await order('o1', 'delivered');
  await mover.sweep();
  assert.equal(await documents.count('orders'), 0);
  assert.deepEqual(await archive.find(['o1']), ['erased']);
});

/** An archive that fails as it is told, until it is told otherwise. */
function failing(archive: Archive): Archive & { failure: unknown; failed: PromiseWithResolvers<void> } {
  const puts = { failure: undefined as unknown, failed: Promise.withResolvers<void>() };
  return Object.assign(Object.create(archive) as Archive, puts, {
    async put(this: typeof puts, orders: Parameters<Archive['put']>[0]) {
      if (this.failure === undefined) return await archive.put(orders);
      this.failed.resolve();
      throw this.failure;
    },
    find: archive.find.bind(archive),
    close: archive.close.bind(archive),
  });
}

test('waits while the archive is away, goes on by itself, and stops at once', async (t) => {
  const archive = failing(openSqliteArchive({ file: ':memory:' }));
  const { mover, order, documents, clock, seen } = await setUp(t, { archive });
  await order('o1', 'delivered');
  archive.failure = new StockstreamError('ARCHIVE_UNAVAILABLE', { reason: 'no answer' });
  mover.start();
  await archive.failed.promise;
  while (clock.nextTimerAt() === undefined) await new Promise(setImmediate);
  assert.match(mover.waitingFor ?? '', /no answer/);
  assert.equal(await documents.count('orders'), 1);
  archive.failure = undefined;
  clock.step(1_000);
  while (clock.nextTimerAt() === undefined) await new Promise(setImmediate);
  assert.equal(mover.waitingFor, undefined);
  assert.equal(await documents.count('orders'), 0);
  await mover.stop();
  assert.deepEqual(seen.failures, []);
  await archive.close();
});

test('tells of what will not pass, once, and ends', async (t) => {
  const archive = failing(openSqliteArchive({ file: ':memory:' }));
  const { mover, order, seen } = await setUp(t, { archive });
  await order('o1', 'delivered');
  archive.failure = new StockstreamError('ARCHIVE_REFUSED', { reason: 'no right to write' });
  mover.start();
  await archive.failed.promise;
  await mover.stop();
  assert.deepEqual(seen.failures, [archive.failure]);
  assert.match(mover.waitingFor ?? '', /no right/);
  await archive.close();
});
