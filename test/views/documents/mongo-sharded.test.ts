// What the MongoDB documents send could be sent to a sharded cluster, whose shard key is the id: a write names its
// document, nothing but the id is unique, and there is no transaction.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Document, Long } from 'mongodb';
import { silentLogger } from '../../../base/logger.ts';
import { collections } from '../../../views/collections.ts';
import { openMongoDocuments } from '../../../views/documents/mongo/mongo-documents.ts';
import { insert, remove, upsert } from '../../conformance/documents-writes.ts';
import { fakeMongo } from './fake-mongo.ts';
import { Statements } from './statements.ts';

const indexesOfTheId = {
  ok: 1,
  cursor: {
    id: Long.ZERO,
    ns: 'shop.things',
    firstBatch: [
      { v: 2, key: { _id: 1 }, name: '_id_' },
      { v: 2, key: { _id: 'hashed' }, name: '_id_hashed' },
    ],
  },
};

test('every statement is one that a router takes', async (t) => {
  const sent: Document[] = [];
  const statements = new Statements();
  const answer = (command: Document) => {
    sent.push(command);
    if ('delete' in command) return { ok: 1, n: 1 };
    return 'listIndexes' in command ? indexesOfTheId : statements.run(command);
  };
  const told: unknown[] = [];
  const logger = { ...silentLogger, info: (...what: unknown[]) => told.push(what), warn: silentLogger.warn };
  const documents = openMongoDocuments({ url: await fakeMongo(t, answer), logger });
  t.after(() => documents.close());
  await documents.open(Object.values(collections));
  assert.deepEqual(told, [], 'the index of the shard key is no surprise');
  await documents.apply([
    upsert(0, 'a', { x: 1 }),
    insert(1, 'b', { x: 1 }),
    { ...upsert(2, 'a', {}), append: { list: 1 } },
    { ...upsert(3, 'a', {}), append: { list: 2 } },
    remove(4, 'b'),
    remove(5, 'c'),
  ]);
  await documents.apply([upsert(0, 'a', { x: 2 })]);
  await documents.forget('things', [{ id: 'a', position: 3 }]);
  await documents.clear('things');

  for (const command of sent) {
    assert.ok(!('startTransaction' in command) && !('autocommit' in command), 'no transaction');
    for (const { q, multi } of command.updates ?? []) {
      assert.equal(typeof q._id, 'string');
      assert.ok(!multi);
    }
    for (const { q, limit } of command.deletes ?? []) {
      const isAll = limit === 0 && Object.keys(q).length === 0;
      assert.ok(isAll || typeof q._id === 'string', 'one document by its id, or all');
    }
    for (const { name, unique } of command.indexes ?? []) assert.ok(!unique, name);
  }
  const kinds = new Set(
    sent.flatMap((command) => ['update', 'delete', 'createIndexes'].filter((kind) => kind in command)),
  );
  assert.deepEqual(kinds, new Set(['update', 'delete', 'createIndexes']));
});
