// What the MongoDB documents send: any replay leaves what a plain fold leaves, in few statements, whatever comes between.
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type Document, Long } from 'mongodb';
import { isStockstreamError } from '../../../base/errors.ts';
import { silentLogger } from '../../../base/logger.ts';
import type { Documents } from '../../../views/documents/documents.ts';
import { openMongoDocuments } from '../../../views/documents/mongo/mongo-documents.ts';
import { replaysChangeNothing } from '../../conformance/documents-model.ts';
import { insert, remove, upsert } from '../../conformance/documents-writes.ts';
import { type Answer, fakeMongo } from './fake-mongo.ts';
import { Statements } from './statements.ts';

async function opened(t: TestContext, answer: Answer): Promise<Documents> {
  const documents = openMongoDocuments({ url: await fakeMongo(t, answer), logger: silentLogger });
  t.after(() => documents.close());
  return documents;
}

/** Counts the `update` commands and their statements. */
function counting(statements: Statements) {
  const counts = { commands: 0, statements: 0 };
  const answer = (command: Document) => {
    if ('update' in command) {
      counts.commands++;
      counts.statements += command.updates.length;
    }
    return statements.run(command);
  };
  return { counts, answer };
}

test('thousands of records of one document are one statement, an order from its first event, too', async (t) => {
  const statements = new Statements();
  const { counts, answer } = counting(statements);
  const documents = await opened(t, answer);
  await documents.apply(Array.from({ length: 3_000 }, (_, offset) => upsert(offset, 'p1', { free: offset })));
  assert.deepEqual(statements.documents.get('p1'), { _id: 'p1', _position: 2_999, free: 2_999 });
  assert.deepEqual(counts, { commands: 1, statements: 1 });
  await documents.apply([
    upsert(0, 'o1', { status: 'created', history: [1] }),
    { ...upsert(1, 'o1', { status: 'reserved' }), append: { history: 2 } },
    { ...upsert(2, 'o1', { status: 'cancelled' }), append: { history: 3 } },
  ]);
  assert.deepEqual(counts, { commands: 2, statements: 2 });
  await documents.apply([upsert(3, 'o1', {}), upsert(4, 'o1', { a: 1 }), remove(5, 'o1'), upsert(4, 'o1', {})]);
  assert.deepEqual(statements.documents.get('o1'), { _id: 'o1', _position: 5, _deleted: true });
  assert.deepEqual(counts, { commands: 3, statements: 3 });
});

test('appends to one document keep their order, a command after the other', async (t) => {
  const statements = new Statements();
  const { counts, answer } = counting(statements);
  const documents = await opened(t, answer);
  const step = (offset: number, id: string) => ({ ...upsert(offset, id, {}), append: { history: offset } });
  await documents.apply([step(0, 'o1'), step(1, 'o2'), step(2, 'o1'), step(3, 'o3'), step(4, 'o1')]);
  assert.deepEqual(statements.documents.get('o1')?.history, [0, 2, 4]);
  assert.deepEqual(counts, { commands: 3, statements: 5 });
});

test('many documents go in commands of a bounded size', async (t) => {
  const { counts, answer } = counting(new Statements());
  const documents = await opened(t, answer);
  await documents.apply(Array.from({ length: 1_000 }, (_, offset) => upsert(offset, `o${offset}`, { offset })));
  assert.deepEqual(counts, { commands: 10, statements: 1_000 });
});

test('a document that another writer makes that very moment is updated, unless it is newer', async (t) => {
  for (const [between, expected] of [
    [4, { _id: 'o1', _position: 5, mine: true }],
    [6, { _id: 'o1', _position: 6 }],
  ] as const) {
    const statements = new Statements();
    let isFirst = true;
    const documents = await opened(t, (command) => {
      if (isFirst) {
        isFirst = false;
        statements.documents.set('o1', { _id: 'o1', _position: between });
        return { ok: 1, n: 0, nModified: 0, writeErrors: [{ index: 0, code: 11000, errmsg: 'E11000' }] };
      }
      return statements.run(command);
    });
    await documents.apply([upsert(5, 'o1', { mine: true })]);
    assert.deepEqual(statements.documents.get('o1'), expected);
  }
});

test('a server that stops at its first error gets the rest again', async (t) => {
  const statements = new Statements();
  statements.documents.set('o0', { _id: 'o0', _position: 100 });
  statements.documents.set('o2', { _id: 'o2', _position: 100 });
  const documents = await opened(t, (command) => {
    if (!('update' in command)) return statements.run(command);
    for (const [index, statement] of command.updates.entries()) {
      const answer = statements.run({ ...command, updates: [statement] });
      if (answer.writeErrors) return { ...answer, writeErrors: [{ ...answer.writeErrors[0], index }] };
    }
    return { ok: 1, n: command.updates.length, nModified: 0 };
  });
  await documents.apply([0, 1, 2, 3].map((offset) => upsert(offset, `o${offset}`, { offset })));
  assert.deepEqual([...statements.documents.keys()].sort(), ['o0', 'o1', 'o2', 'o3']);
  assert.deepEqual(statements.documents.get('o0'), { _id: 'o0', _position: 100 });
});

test('an insert gives way to a document however old, and not to a deleted one', async (t) => {
  const statements = new Statements();
  statements.documents.set('a', { _id: 'a', _position: 1, name: 'first' });
  statements.documents.set('b', { _id: 'b', _position: 1, _deleted: true });
  const documents = await opened(t, (command) => statements.run(command));
  await documents.apply([insert(5, 'a', { name: 'second' }), insert(6, 'b', { name: 'afresh' })]);
  assert.deepEqual(statements.documents.get('a'), { _id: 'a', _position: 1, name: 'first' });
  assert.deepEqual(statements.documents.get('b'), { _id: 'b', _position: 6, name: 'afresh' });
});

test('a document that is always there and never found is given up for now', async (t) => {
  let commands = 0;
  const documents = await opened(t, (command) => {
    commands++;
    if ('find' in command) return { ok: 1, cursor: { id: Long.ZERO, ns: 'shop.orders', firstBatch: [] } };
    return { ok: 1, n: 0, nModified: 0, writeErrors: [{ index: 0, code: 11000, errmsg: 'E11000' }] };
  });
  await assert.rejects(documents.apply([upsert(0, 'o1', {})]), (error) =>
    isStockstreamError(error, 'DOCUMENTS_UNAVAILABLE'),
  );
  assert.ok(commands < 10);
});

test('any replay leaves what a plain fold leaves', async (t) => {
  const statements = new Statements();
  const url = await fakeMongo(t, (command) => statements.run(command));
  await replaysChangeNothing(() => ({
    open: () => openMongoDocuments({ url, logger: silentLogger }),
    remove: async () => statements.documents.clear(),
  }));
});
