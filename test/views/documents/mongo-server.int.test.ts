// The MongoDB documents on a real server, beyond what every adapter does: several writers at once, a line that breaks,
// indexes that stand there already.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { MongoClient } from 'mongodb';
import { isStockstreamError } from '../../../base/errors.ts';
import { silentLogger } from '../../../base/logger.ts';
import { systemRandom } from '../../../base/random.ts';
import { collections } from '../../../views/collections.ts';
import type { Documents } from '../../../views/documents/documents.ts';
import { openMongoDocuments } from '../../../views/documents/mongo/mongo-documents.ts';
import { remove, upsert } from '../../conformance/documents-writes.ts';
import { relay } from '../../relay.ts';

const port = 27017;
const specs = Object.values(collections);

function database(t: TestContext) {
  const name = `stockstream-test-${systemRandom.uuid()}`;
  const client = new MongoClient(`mongodb://127.0.0.1:${port}/${name}`);
  t.after(async () => {
    for (const collection of await client.db().collections()) await collection.drop();
    await client.close();
  });
  return { name, db: client.db() };
}

test('writers that take turns over the same stretches leave what one leaves', async (t) => {
  const { name } = database(t);
  for (const writes of ['guarded', 'scanning'] as const) {
    // One at a time: at the same moment only MongoDB itself keeps them apart, for FerretDB's updates aren't atomic.
    const writers = [1, 2, 3].map(() => openMongoDocuments({ url: urlOf(name), logger: silentLogger, writes }));
    t.after(() => Promise.all(writers.map((writer) => writer.close())));
    await writers[0]!.open(specs);
    await writers[0]!.clear('orders');
    await takeTurns(writers);
  }
});

/** Each goes on where it was, and back a little at times, as if it had been replaced and didn't know. */
async function takeTurns(writers: readonly Documents[]): Promise<void> {
  const step = (offset: number, id: string) => ({ ...upsert(offset, id, { offset }), append: { history: offset } });
  const log = Array.from({ length: 120 }, (_, offset) => step(offset, `o${offset % 7}`));
  const positions = writers.map(() => 0);
  while (positions.some((position) => position < log.length)) {
    for (const [index, writer] of writers.entries()) {
      const from = positions[index]!;
      positions[index] = from + 10 + index;
      await writer.apply(log.slice(Math.max(0, from - 8 * index), from + 10 + index));
    }
  }
  for (let id = 0; id < 7; id++) {
    const history = log.map(({ position }) => position.offset).filter((offset) => offset % 7 === id);
    const position = history.at(-1)!;
    const expected = { id: `o${id}`, position, fields: { offset: position, history } };
    assert.deepEqual(await writers[0]!.get('orders', `o${id}`), expected);
  }
}

test('a line that breaks is told, and mends by itself', async (t) => {
  const { name } = database(t);
  const line = await relay(t, port);
  const url = `mongodb://127.0.0.1:${line.port}/${name}?serverSelectionTimeoutMS=500`;
  const documents = openMongoDocuments({ url, logger: silentLogger });
  t.after(() => documents.close());
  await documents.open(specs);
  await documents.apply([upsert(0, 'o1', { a: 1 })]);
  line.cut();
  const unavailable = (error: unknown) => isStockstreamError(error, 'DOCUMENTS_UNAVAILABLE');
  await assert.rejects(documents.apply([upsert(1, 'o1', { a: 2 })]), unavailable);
  await assert.rejects(documents.get('orders', 'o1'), unavailable);
  line.mend();
  await documents.apply([upsert(0, 'o1', { a: 1 }), upsert(1, 'o1', { a: 2 })]);
  assert.deepEqual((await documents.get('orders', 'o1'))?.fields, { a: 2 });
});

test('indexes are made once; what differs from them is reported and left alone', async (t) => {
  const { name, db } = database(t);
  const orders = db.collection('orders');
  await orders.createIndexes([
    { name: 'byHand', key: { customerId: 1, placedAt: 1, _id: 1 } },
    { name: 'byStatus_status_placedAt', key: { status: -1 } },
    { name: 'ofTheShop', key: { 'total.amount': 1 } },
    { name: 'byTime_placedAt', key: { placedAt: 1, _id: 1 }, unique: true },
  ]);
  const before = await orders.listIndexes().toArray();
  const told: unknown[] = [];
  const tell = (details: object) => void told.push('index' in details && details.index);
  const logger = { ...silentLogger, info: tell, warn: tell };
  for (let start = 0; start < 2; start++) {
    const documents = openMongoDocuments({ url: urlOf(name), logger });
    await documents.open(specs);
    await documents.close();
    assert.deepEqual(told.splice(0).sort(), ['byStatus_status_placedAt', 'byTime_placedAt', 'ofTheShop']);
    const after = await orders.listIndexes().toArray();
    const named = (name: string) => after.find((index) => index.name === name);
    assert.deepEqual(
      before.map((index) => named(index.name)),
      before,
      'nothing that was there is touched',
    );
    // The catalogue's, but for byCustomer, which is there by another name, and the two that differ.
    const missing = collections.orders.indexes.filter(
      (index) => !after.some(({ name }) => name?.startsWith(index.name)),
    );
    assert.deepEqual(
      missing.map((index) => index.name),
      ['byCustomer'],
    );
    assert.equal(after.length, before.length + collections.orders.indexes.length - 3);
    const products = await db.collection('products').listIndexes().toArray();
    const keys = products.map(({ key }) => Object.keys(key).join()).sort();
    assert.deepEqual(keys, [
      '_id',
      'brand,variantOf,_id',
      'category,variantOf,_id',
      'sellerId,variantOf,_id',
      'variantOf,_id',
    ]);
  }
});

test('a view is emptied without losing its indexes', async (t) => {
  const { name, db } = database(t);
  const documents = openMongoDocuments({ url: urlOf(name), logger: silentLogger });
  t.after(() => documents.close());
  await documents.open(specs);
  await documents.apply([upsert(5, 'o1', { a: 1 }), remove(6, 'o2')]);
  const indexes = await db.collection('orders').listIndexes().toArray();
  await documents.clear('orders');
  assert.equal(await db.collection('orders').countDocuments(), 0);
  assert.deepEqual(await db.collection('orders').listIndexes().toArray(), indexes);
});

function urlOf(name: string): string {
  return `mongodb://127.0.0.1:${port}/${name}`;
}
