// The fold of a view's writes agrees with what a documents adapter keeps of them, whole or from the middle on; and any
// change of a document is told.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import type { Documents, DocumentWrite } from '../../views/documents/documents.ts';
import { openSqliteDocuments } from '../../views/documents/sqlite/sqlite-documents.ts';
import { DocumentFold } from '../../views/fold.ts';

const collection = 'things';
const position = (offset: number) => ({ topic: 't', partition: 0, offset });

const kinds = fc.oneof(
  fc.record({ kind: fc.constant('upsert'), set: fc.record({ a: fc.nat(3), log: fc.constant([]) }) }),
  fc.record({
    kind: fc.constant('upsert'),
    set: fc.record({
      b: fc.oneof(
        fc.nat(3),
        fc.constant(null),
        fc.array(fc.nat(2)).map((deep) => ({ deep })),
      ),
    }),
    append: fc.record({ log: fc.nat(9) }),
  }),
  fc.record({ kind: fc.constant('insert'), set: fc.record({ c: fc.string() }) }),
  fc.record({ kind: fc.constant('delete') }),
);
const writes = fc
  .array(fc.tuple(fc.constantFrom('x', 'y', 'z'), kinds), { maxLength: 30 })
  .map((each) =>
    each.map(([id, write], offset) => ({ collection, id, position: position(offset), ...write }) as DocumentWrite),
  );

describe('a fold of writes', () => {
  let documents: Documents;
  before(async () => {
    documents = openSqliteDocuments({ file: ':memory:' });
    await documents.open([{ name: collection, indexes: [] }]);
  });
  after(() => documents.close());

  test('agrees with the documents, from the beginning or from any record on', async () => {
    await fc.assert(
      fc.asyncProperty(writes, fc.nat(30), async (all, from) => {
        await documents.clear(collection);
        await documents.apply(all);
        const whole = new DocumentFold(true);
        const part = new DocumentFold(false);
        for (const write of all) whole.apply(write);
        for (const write of all.slice(from)) part.apply(write);
        for (const id of ['x', 'y', 'z']) {
          const document = await documents.get(collection, id);
          assert.equal(whole.compare(id, document), undefined);
          assert.equal(part.compare(id, document), undefined);
          const made = whole.whole(id);
          assert.deepEqual(made?.fields, document?.fields);
        }
      }),
      { numRuns: 300 },
    );
  });
});

const made: DocumentWrite = { collection, id: 'x', position: position(4), kind: 'upsert', set: { a: 1, log: [] } };
const grown: DocumentWrite = { ...made, position: position(6), set: { b: { c: [1] } }, append: { log: 2 } };
const right = { id: 'x', position: 6, fields: { a: 1, b: { c: [1] }, log: [2] } };

const wrong: readonly (readonly [name: string, document: typeof right | undefined, told: RegExp])[] = [
  ['is missing', undefined, /position 6 \| none/],
  ['stands at another position', { ...right, position: 4 }, /position 6 \| position 4/],
  ['has another value', { ...right, fields: { ...right.fields, b: { c: [2] } } }, /b: .*\[1\].* \| b: .*\[2\]/],
  ['has another list', { ...right, fields: { ...right.fields, log: [2, 2] } }, /log: \[2\] \| log: /],
  ['lacks a field', { ...right, fields: { b: { c: [1] }, log: [2] } as never }, /a: 1 \| a: absent/],
  ['has a field too many', { ...right, fields: { ...right.fields, z: 1 } as never }, /z: absent \| z: 1/],
];

describe('it tells when a document', () => {
  for (const [name, document, told] of wrong) {
    test(name, () => {
      const fold = new DocumentFold(true);
      for (const write of [made, grown]) fold.apply(write);
      assert.equal(fold.compare('x', right), undefined);
      const { expected = '', found = '' } = fold.compare('x', document) ?? {};
      assert.match(`${expected} | ${found}`, told);
    });
  }

  test('should not be there', () => {
    assert.deepEqual(new DocumentFold(true).compare('x', right)?.found, 'one at position 6');
    assert.equal(new DocumentFold(false).compare('x', right), undefined);
    const deleted = new DocumentFold(true);
    deleted.apply({ collection, id: 'x', position: position(7), kind: 'delete' });
    assert.equal(deleted.compare('x', right)?.expected, 'no document: it was deleted');
  });

  test('differs in what is known of it, from the middle on', () => {
    const fold = new DocumentFold(false);
    fold.apply(grown);
    assert.equal(fold.compare('x', { ...right, fields: { ...right.fields, a: 9, log: [1, 2] } }), undefined);
    assert.match(fold.compare('x', { ...right, fields: { ...right.fields, log: [2, 1] } })?.found ?? '', /log/);
    assert.equal(fold.whole('x'), undefined);
  });

  test('differs in what nobody should read', () => {
    const fold = new DocumentFold(true);
    fold.apply({ ...made, set: { passwordHash: 'one' } });
    const difference = fold.compare('x', { id: 'x', position: 4, fields: { passwordHash: 'two' } });
    assert.deepEqual(difference, { expected: 'passwordHash: (hidden)', found: 'passwordHash: (hidden)' });
  });
});
