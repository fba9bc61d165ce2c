// An order is compared as its readers see it, wherever it is: in the documents, in the archive, or in both.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { wholeOrders } from '../../../app/reconcile/whole-orders.ts';
import type { Archive } from '../../../views/archive/archive.ts';
import { openSqliteArchive } from '../../../views/archive/sqlite/sqlite-archive.ts';
import { collections } from '../../../views/collections.ts';
import type { Documents, JsonObject } from '../../../views/documents/documents.ts';
import { openSqliteDocuments } from '../../../views/documents/sqlite/sqlite-documents.ts';

let documents: Documents;
let archive: Archive;
before(async () => {
  documents = openSqliteDocuments({ file: ':memory:' });
  await documents.open([collections.orders]);
  archive = openSqliteArchive({ file: ':memory:' });
});
after(() => Promise.all([documents.close(), archive.close()]));

const steps = (count: number) => Array.from({ length: count }, (_, index) => ({ sequence: index + 1 }));
const order = (id: string, position: number, status: string) => {
  const fields = { customerId: 'ann', placedAt: 1, status, sellers: [], history: steps(2) };
  return { id, position, fields };
};
const write = (id: string, offset: number, set: JsonObject, history?: JsonObject) => {
  const position = { topic: 't', partition: 0, offset };
  const append = history ? { append: { history } } : {};
  return documents.apply([{ kind: 'upsert', collection: collections.orders.name, id, position, set, ...append }]);
};
const ids = ['living', 'moved', 'late', 'erased', 'never', 'meanwhile'];

test('whatever the documents lack comes from the archive, with what came late', async () => {
  await write('living', 3, order('living', 3, 'placed').fields);
  await archive.put([order('moved', 5, 'delivered'), order('late', 6, 'cancelled'), order('erased', 7, 'cancelled')]);
  await archive.erase('erased');
  await write('late', 9, { status: 'refunded' }, { sequence: 3 });
  const found = await documents.getMany(collections.orders.name, ids);
  await write('meanwhile', 10, order('meanwhile', 10, 'created').fields);
  const whole = await wholeOrders({ documents, archive }, ids, found);
  const told = whole.map((each) => {
    if ('isErased' in each) return 'erased';
    const { status = '', history = [] } = each.document?.fields ?? {};
    return [status, (history as readonly unknown[]).length, each.document?.position, each.isArchived];
  });
  assert.deepEqual(told, [
    ['placed', 2, 3, false],
    ['delivered', 2, 5, true],
    ['refunded', 3, 9, true],
    'erased',
    ['', 0, undefined, false],
    ['created', 2, 10, false],
  ]);
});

test('the archive is not asked for what the documents have', async () => {
  const found = await documents.getMany(collections.orders.name, ['living']);
  const silent = { find: () => assert.fail('asked') } as unknown as Archive;
  assert.equal((await wholeOrders({ documents, archive: silent }, ['living'], found)).length, 1);
});
