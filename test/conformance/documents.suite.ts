// What every adapter of the documents port must do. Registers its tests when called; an adapter gives places to open.
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { isStockstreamError } from '../../base/errors.ts';
import type { Documents } from '../../views/documents/documents.ts';
import { cursors, finds } from './documents-find.ts';
import { type MakeDocumentsPlace, pagesAreTheSortedList, replaysChangeNothing } from './documents-model.ts';
import { idsOf, insert, query, remove, upsert } from './documents-writes.ts';

export function documentsSuite(name: string, makePlace: MakeDocumentsPlace): void {
  const open = async (t: TestContext) => {
    const place = makePlace();
    const documents = await place.open();
    t.after(async () => {
      await documents.close();
      await place.remove();
    });
    await documents.open(collections);
    return documents;
  };
  describe(`${name}: writes`, () => writes(open));
  describe(`${name}: guards`, () => guards(open));
  describe(`${name}: find`, () => finds(open));
  describe(`${name}: cursors`, () => cursors(open));
  describe(`${name}: collections`, () => life(open, makePlace));
  it(`${name}: any replay leaves what a plain fold leaves`, () => replaysChangeNothing(makePlace));
  it(`${name}: the pages of any find are the sorted list`, async (t) => pagesAreTheSortedList(await open(t)));
}

type Open = (t: TestContext) => Promise<Documents>;

const collections = [
  {
    name: 'orders',
    indexes: [
      { name: 'byCustomer', fields: ['customerId', 'placedAt'] },
      { name: 'byTotal', fields: ['total.amount'] },
    ],
  },
  { name: 'users', indexes: [] },
];

function writes(open: Open): void {
  it('makes a document, then replaces the given fields and no others', async (t) => {
    const documents = await open(t);
    await documents.apply([
      upsert(0, 'o1', { status: 'created', customerId: 'c1', total: { amount: 5, currency: 'EUR' } }),
    ]);
    await documents.apply([upsert(1, 'o1', { status: 'placed', total: { amount: 7 } })]);
    assert.deepEqual(await documents.get('orders', 'o1'), {
      id: 'o1',
      fields: { status: 'placed', customerId: 'c1', total: { amount: 7 } },
      position: 1,
    });
  });

  it('appends one element to each array, making it if it is missing', async (t) => {
    const documents = await open(t);
    await documents.apply([
      { ...upsert(0, 'o1', { status: 'a' }), append: { history: { step: 1 } } },
      { ...upsert(1, 'o1', {}), append: { history: { step: 2 }, notes: ['a', 'list'] } },
      { ...upsert(2, 'o1', { status: 'b' }), append: { notes: null } },
    ]);
    assert.deepEqual((await documents.get('orders', 'o1'))?.fields, {
      status: 'b',
      history: [{ step: 1 }, { step: 2 }],
      notes: [['a', 'list'], null],
    });
  });

  it('lets the first insert win', async (t) => {
    const documents = await open(t);
    await documents.apply([
      insert(0, 'a@example.org', { name: 'first' }),
      insert(1, 'a@example.org', { name: 'second' }),
    ]);
    await documents.apply([insert(2, 'a@example.org', { name: 'third' })]);
    assert.deepEqual(await documents.get('users', 'a@example.org'), {
      id: 'a@example.org',
      fields: { name: 'first' },
      position: 0,
    });
  });

  it('takes a deleted document out of every read, and starts afresh after it', async (t) => {
    const documents = await open(t);
    await documents.apply([upsert(0, 'o1', { status: 'a', customerId: 'c1' }), upsert(1, 'o2', { status: 'a' })]);
    await documents.apply([remove(2, 'o1'), remove(3, 'never')]);
    assert.equal(await documents.get('orders', 'o1'), undefined);
    assert.deepEqual(
      (await documents.getMany('orders', ['o1', 'o2'])).map((each) => each?.id),
      [undefined, 'o2'],
    );
    assert.deepEqual(await idsOf(documents, { where: {} }), ['o2']);
    assert.equal(await documents.count('orders'), 1);
    await documents.apply([
      upsert(4, 'o1', { status: 'b' }),
      { ...insert(5, 'never', { status: 'c' }), collection: 'orders' },
    ]);
    assert.deepEqual((await documents.get('orders', 'o1'))?.fields, { status: 'b' });
    assert.deepEqual((await documents.get('orders', 'never'))?.fields, { status: 'c' });
  });

  it('forgets what nothing was written to since, with its position', async (t) => {
    const documents = await open(t);
    await documents.apply([
      { ...upsert(3, 'o1', { status: 'a' }), append: { history: 3 } },
      upsert(4, 'o2', { status: 'a' }),
      upsert(5, 'o3', { status: 'a' }),
      remove(6, 'o4'),
    ]);
    const read = { o1: 3, o2: 3, o3: 6, o4: 6, never: 3 };
    await documents.forget(
      'orders',
      Object.entries(read).map(([id, position]) => ({ id, position })),
    );
    await documents.forget('orders', []);
    assert.deepEqual(await idsOf(documents, { where: {} }), ['o2', 'o3']);
    // The next write, however old, starts afresh; but what was deleted is still guarded.
    await documents.apply([{ ...upsert(2, 'o1', {}), append: { history: 2 } }, upsert(5, 'o4', { status: 'b' })]);
    assert.deepEqual(await documents.get('orders', 'o1'), { id: 'o1', fields: { history: [2] }, position: 2 });
    assert.equal(await documents.get('orders', 'o4'), undefined);
  });

  it('keeps every kind of JSON, and text of every kind', async (t) => {
    const documents = await open(t);
    const text = 'Zoë “x” \'y\' "z" \\ \n\t % ; -- 漢字 🛒';
    const fields = {
      text,
      empty: '',
      nothing: null,
      truth: [true, false],
      numbers: [0, -1, 1.5, 1e-9, 2 ** 53 - 1, -(2 ** 53) + 1],
      nested: { deep: [{ deeper: { deepest: [[], {}, [text]] } }] },
    };
    await documents.apply([upsert(0, text, fields)]);
    assert.deepEqual(await documents.get('orders', text), { id: text, fields, position: 0 });
    assert.deepEqual(await idsOf(documents, { where: { text } }), [text]);
  });

  it('keeps nested keys as they are', async (t) => {
    const documents = await open(t);
    const attributes = { 'a.b': '1', $c: '2', '': '3', 'd e': '4', '%2E': '5', '%': '6', $ref: '7', $id: '8' };
    await documents.apply([{ ...upsert(0, 'o1', { attributes }), append: { list: { $each: [attributes] } } }]);
    assert.deepEqual((await documents.get('orders', 'o1'))?.fields, { attributes, list: [{ $each: [attributes] }] });
  });

  it('keeps a hundred fields, and a value of a megabyte', async (t) => {
    const documents = await open(t);
    const fields = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`field_${index}`, index]));
    const large = 'x'.repeat(1 << 20);
    await documents.apply([upsert(0, 'o1', fields), upsert(1, 'o1', { large })]);
    assert.deepEqual((await documents.get('orders', 'o1'))?.fields, { ...fields, large });
  });

  it('applies thousands of writes at once', async (t) => {
    const documents = await open(t);
    const batch = Array.from({ length: 3_000 }, (_, offset) => upsert(offset, `o${offset % 300}`, { offset }));
    await documents.apply(batch);
    assert.equal(await documents.count('orders'), 300);
    assert.deepEqual((await documents.get('orders', 'o299'))?.fields, { offset: 2_999 });
    await documents.apply([]);
  });

  it('refuses names that are not names, wherever they come', async (t) => {
    const documents = await open(t);
    for (const name of [
      "a'b",
      'a"b',
      'a.b',
      '$a',
      '_a',
      '1a',
      'a b',
      '',
      'id',
      'ä',
      'a-b',
      'a;DROP TABLE orders',
      'x'.repeat(64),
    ]) {
      await assert.rejects(documents.apply([upsert(0, 'o1', { [name]: 1 })]), /not a valid name/, name);
      await assert.rejects(
        documents.apply([{ ...upsert(0, 'o1', {}), append: { [name]: 1 } }]),
        /not a valid name/,
        name,
      );
      await assert.rejects(documents.apply([insert(0, 'o1', { [name]: 1 })]), /not a valid name/, name);
      if (['a.b', 'id'].includes(name)) continue;
      await assert.rejects(documents.get(name, 'o1'), /not a valid name/, name);
      await assert.rejects(idsOf(documents, { where: { [name]: 1 } }), /not a valid name/, name);
      await assert.rejects(
        idsOf(documents, { where: {}, sort: { field: name, direction: 'asc' } }),
        /not a valid name/,
        name,
      );
    }
    assert.equal(await documents.count('orders'), 0);
  });

  it('refuses to set and append to one field', async (t) => {
    const documents = await open(t);
    await assert.rejects(documents.apply([{ ...upsert(0, 'o1', { a: [] }), append: { a: 1 } }]), /not both/);
  });
}

function guards(open: Open): void {
  it('ignores writes that are older than the document, or as old', async (t) => {
    const documents = await open(t);
    await documents.apply([{ ...upsert(5, 'o1', { status: 'five' }), append: { history: 5 } }]);
    const expected = await documents.get('orders', 'o1');
    for (const offset of [0, 4, 5]) {
      await documents.apply([{ ...upsert(offset, 'o1', { status: 'old' }), append: { history: offset } }]);
      await documents.apply([remove(offset, 'o1')]);
      await documents.apply([{ ...insert(offset, 'o1', { status: 'old' }), collection: 'orders' }]);
      assert.deepEqual(await documents.get('orders', 'o1'), expected);
    }
    await documents.apply([{ ...upsert(6, 'o1', { status: 'six' }), append: { history: 6 } }]);
    assert.deepEqual((await documents.get('orders', 'o1'))?.fields, { status: 'six', history: [5, 6] });
  });

  it('does not bring a deleted document back by an older write', async (t) => {
    const documents = await open(t);
    const log = [upsert(0, 'o1', { status: 'a' }), upsert(1, 'o1', { status: 'b' }), remove(2, 'o1')];
    await documents.apply(log);
    await documents.apply(log);
    await documents.apply(log.slice(0, 2));
    assert.equal(await documents.get('orders', 'o1'), undefined);
    await documents.apply([{ ...insert(1, 'o1', { status: 'c' }), collection: 'orders' }]);
    assert.equal(await documents.get('orders', 'o1'), undefined);
  });

  it('takes position 0, and positions beyond 32 bits', async (t) => {
    const documents = await open(t);
    await documents.apply([
      upsert(0, 'o1', { a: 1 }),
      upsert(2 ** 40, 'o1', { a: 2 }),
      upsert(2 ** 40 - 1, 'o1', { a: 3 }),
    ]);
    assert.deepEqual(await documents.get('orders', 'o1'), { id: 'o1', fields: { a: 2 }, position: 2 ** 40 });
  });
}

function life(open: Open, makePlace: MakeDocumentsPlace): void {
  it('are apart from each other', async (t) => {
    const documents = await open(t);
    await documents.apply([upsert(0, 'same', { a: 1 }), insert(7, 'same', { b: 2 })]);
    assert.deepEqual((await documents.get('orders', 'same'))?.fields, { a: 1 });
    assert.deepEqual((await documents.get('users', 'same'))?.fields, { b: 2 });
    await documents.clear('users');
    assert.equal(await documents.count('users'), 0);
    assert.equal(await documents.count('orders'), 1);
  });

  it('forget positions when they are cleared, so that the log can be replayed into them', async (t) => {
    const documents = await open(t);
    const log = [upsert(0, 'o1', { a: 1 }), upsert(1, 'o2', { a: 2 }), remove(2, 'o1'), upsert(3, 'o2', { a: 3 })];
    await documents.apply(log);
    const before = await documents.find('orders', query);
    await documents.clear('orders');
    assert.equal(await documents.count('orders'), 0);
    assert.equal(await documents.get('orders', 'o2'), undefined);
    await documents.apply(log);
    assert.deepEqual(await documents.find('orders', query), before);
  });

  it('keep their documents over closing, and when indexes change', async (t) => {
    const place = makePlace();
    t.after(() => place.remove());
    const first = await place.open();
    await first.open(collections);
    await first.apply([upsert(0, 'o1', { customerId: 'c1', placedAt: 1, city: 'Oslo' })]);
    await first.close();
    for (const fields of [['city'], ['city', 'placedAt'], ['placedAt']]) {
      const again = await place.open();
      await again.open([{ name: 'orders', indexes: [{ name: 'byCity', fields }] }]);
      assert.deepEqual(await idsOf(again, { where: { city: 'Oslo' } }), ['o1']);
      await again.apply([upsert(0, 'o1', { city: 'replayed' })]);
      assert.equal((await again.get('orders', 'o1'))?.fields.city, 'Oslo');
      await again.close();
    }
  });

  it('answer a ping until they are closed, and nothing after', async (t) => {
    const documents = await open(t);
    await documents.ping();
    await documents.close();
    await documents.close();
    const unavailable = (error: unknown) => isStockstreamError(error, 'DOCUMENTS_UNAVAILABLE');
    await assert.rejects(documents.ping(), unavailable);
    await assert.rejects(documents.get('orders', 'o1'), unavailable);
    await assert.rejects(documents.apply([upsert(0, 'o1', {})]), unavailable);
  });
}
