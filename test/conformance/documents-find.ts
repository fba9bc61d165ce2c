// The part of the documents suite about reading: conditions, order, pages and their cursors.
import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import { isStockstreamError } from '../../base/errors.ts';
import type { Documents, FindQuery, JsonObject } from '../../views/documents/documents.ts';
import { idsOf, query, remove, upsert } from './documents-writes.ts';

type Open = (t: TestContext) => Promise<Documents>;

export function finds(open: Open): void {
  const filled = async (t: TestContext) => {
    const documents = await open(t);
    const rows: [string, JsonObject][] = [
      ['o1', { customerId: 'c1', placedAt: 10, total: { amount: 300 }, gift: true }],
      ['o2', { customerId: 'c2', placedAt: 20, total: { amount: 100 }, gift: false }],
      ['o3', { customerId: 'c1', placedAt: 30, total: { amount: 200 }, gift: true }],
      ['o4', { customerId: 'c3', placedAt: 30, total: { amount: 50 } }],
      ['o5', { customerId: 'c1', placedAt: 40, total: {}, gift: null }],
    ];
    await documents.apply(rows.map(([id, fields], offset) => upsert(offset, id, fields)));
    return documents;
  };

  it('filters by equality, nested fields and ids too', async (t) => {
    const documents = await filled(t);
    assert.deepEqual(await idsOf(documents, { where: { customerId: 'c1' } }), ['o1', 'o3', 'o5']);
    assert.deepEqual(await idsOf(documents, { where: { customerId: 'c1', placedAt: 30 } }), ['o3']);
    assert.deepEqual(await idsOf(documents, { where: { 'total.amount': 50 } }), ['o4']);
    assert.deepEqual(await idsOf(documents, { where: { gift: true } }), ['o1', 'o3']);
    assert.deepEqual(await idsOf(documents, { where: { gift: false } }), ['o2']);
    assert.deepEqual(await idsOf(documents, { where: { id: 'o2' } }), ['o2']);
    assert.deepEqual(await idsOf(documents, { where: { customerId: 'nobody' } }), []);
  });

  it('finds null where a field is null or missing', async (t) => {
    const documents = await filled(t);
    assert.deepEqual(await idsOf(documents, { where: { gift: null } }), ['o4', 'o5']);
    assert.deepEqual(await idsOf(documents, { where: { 'total.amount': null } }), ['o5']);
    assert.deepEqual(await idsOf(documents, { where: { never: null } }), ['o1', 'o2', 'o3', 'o4', 'o5']);
  });

  it('filters by a list', async (t) => {
    const documents = await filled(t);
    assert.deepEqual(await idsOf(documents, { where: { customerId: { in: ['c2', 'c3', 'c9'] } } }), ['o2', 'o4']);
    assert.deepEqual(await idsOf(documents, { where: { placedAt: { in: [10, 40] } } }), ['o1', 'o5']);
    assert.deepEqual(await idsOf(documents, { where: { id: { in: ['o3', 'o1'] } } }), ['o1', 'o3']);
    assert.deepEqual(await idsOf(documents, { where: { customerId: { in: [] } } }), []);
  });

  it('filters by a range, the lower bound included, the upper one not', async (t) => {
    const documents = await filled(t);
    assert.deepEqual(await idsOf(documents, { where: { placedAt: { gte: 20, lt: 40 } } }), ['o2', 'o3', 'o4']);
    assert.deepEqual(await idsOf(documents, { where: { placedAt: { gte: 30 } } }), ['o3', 'o4', 'o5']);
    assert.deepEqual(await idsOf(documents, { where: { placedAt: { lt: 20 } } }), ['o1']);
    assert.deepEqual(await idsOf(documents, { where: { customerId: { gte: 'c2', lt: 'c3' } } }), ['o2']);
    assert.deepEqual(await idsOf(documents, { where: { 'total.amount': { lt: 150 } } }), ['o2', 'o4']);
    assert.deepEqual(await idsOf(documents, { where: { placedAt: {} } }), ['o1', 'o2', 'o3', 'o4', 'o5']);
  });

  it('filters by an element of a list', async (t) => {
    const documents = await open(t);
    const rows: [string, JsonObject][] = [
      ['o1', { sellers: ['ann', 'bob'], placedAt: 1 }],
      ['o2', { sellers: ['bob'], placedAt: 2 }],
      ['o3', { sellers: [], placedAt: 3 }],
      ['o4', { placedAt: 4, numbers: [1, 2], nested: { sellers: ['bob'] } }],
    ];
    await documents.apply(rows.map(([id, fields], offset) => upsert(offset, id, fields)));
    assert.deepEqual(await idsOf(documents, { where: { sellers: { contains: 'bob' } } }), ['o1', 'o2']);
    assert.deepEqual(await idsOf(documents, { where: { sellers: { contains: 'bob' }, placedAt: { gte: 2 } } }), ['o2']);
    assert.deepEqual(await idsOf(documents, { where: { sellers: { contains: 'b' } } }), []);
    assert.deepEqual(await idsOf(documents, { where: { numbers: { contains: 2 } } }), ['o4']);
    assert.deepEqual(await idsOf(documents, { where: { numbers: { contains: '2' } } }), []);
    assert.deepEqual(await idsOf(documents, { where: { 'nested.sellers': { contains: 'bob' } } }), ['o4']);
    await assert.rejects(idsOf(documents, { where: { "a'b": { contains: 'x' } } }), /not a valid name/);
    const newest = { field: 'placedAt', direction: 'desc' } as const;
    assert.deepEqual(await idsOf(documents, { where: { sellers: { contains: 'bob' } }, sort: newest }), ['o2', 'o1']);
  });

  it('sorts both ways, by the id among equals, null before every value', async (t) => {
    const documents = await filled(t);
    const sorted = (field: string, direction: 'asc' | 'desc') =>
      idsOf(documents, { where: {}, sort: { field, direction } });
    assert.deepEqual(await sorted('placedAt', 'asc'), ['o1', 'o2', 'o3', 'o4', 'o5']);
    assert.deepEqual(await sorted('placedAt', 'desc'), ['o5', 'o4', 'o3', 'o2', 'o1']);
    assert.deepEqual(await sorted('total.amount', 'asc'), ['o5', 'o4', 'o2', 'o3', 'o1']);
    assert.deepEqual(await sorted('total.amount', 'desc'), ['o1', 'o3', 'o2', 'o4', 'o5']);
  });

  it('answers many ids in the order asked', async (t) => {
    const documents = await filled(t);
    const found = await documents.getMany('orders', ['o3', 'missing', 'o1', 'o3']);
    assert.deepEqual(
      found.map((each) => each?.id),
      ['o3', undefined, 'o1', 'o3'],
    );
    assert.deepEqual(await documents.getMany('orders', []), []);
  });

  it('refuses pages of no or of too many documents', async (t) => {
    const documents = await filled(t);
    for (const limit of [0, -1, 1.5, 1_001]) {
      await assert.rejects(documents.find('orders', { ...query, limit }), /1 to 1000/);
    }
  });
}

export function cursors(open: Open): void {
  const filled = async (t: TestContext) => {
    const documents = await open(t);
    await documents.apply(
      Array.from({ length: 10 }, (_, offset) => upsert(offset, `o${offset}`, { placedAt: offset })),
    );
    return documents;
  };

  it('lead from page to page, and none from the last', async (t) => {
    const documents = await filled(t);
    const first = await documents.find('orders', query);
    assert.deepEqual(
      first.documents.map(({ id }) => id),
      ['o9', 'o8', 'o7'],
    );
    const second = await documents.find('orders', { ...query, limit: 7, cursor: first.cursor });
    assert.equal(second.documents.length, 7);
    assert.equal(second.cursor, undefined);
  });

  it('neither repeat nor skip while documents come and go', async (t) => {
    const documents = await filled(t);
    const first = await documents.find('orders', query);
    await documents.apply([
      upsert(10, 'new-top', { placedAt: 100 }),
      upsert(11, 'new-below', { placedAt: 6.5 }),
      { ...remove(12, 'o7') },
      { ...remove(13, 'o5') },
    ]);
    const second = await documents.find('orders', { ...query, cursor: first.cursor });
    assert.deepEqual(
      second.documents.map(({ id }) => id),
      ['new-below', 'o6', 'o4'],
    );
  });

  it('are refused if made up, cut, changed, or of another query', async (t) => {
    const documents = await filled(t);
    const { cursor } = await documents.find('orders', query);
    assert.ok(cursor);
    const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const [made, value] = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    const bad = [
      '',
      'nonsense',
      '!!',
      cursor.slice(0, -4),
      encoded(null),
      encoded({}),
      encoded([]),
      encoded([made, value]),
      encoded([made, value, 7]),
      encoded([made, {}, 'o1']),
      encoded(['other', value, 'o1']),
    ];
    for (const text of bad)
      await assert.rejects(documents.find('orders', { ...query, cursor: text }), invalidCursor, text);
    const others: FindQuery[] = [
      { ...query, where: { customerId: 'c1' } },
      { ...query, sort: { field: 'placedAt', direction: 'asc' } },
      { ...query, sort: { field: 'status', direction: 'desc' } },
    ];
    for (const other of others) await assert.rejects(documents.find('orders', { ...other, cursor }), invalidCursor);
    await assert.rejects(documents.find('users', { ...query, cursor }), invalidCursor);
  });
}

function invalidCursor(error: unknown): boolean {
  return isStockstreamError(error, 'DOCUMENTS_CURSOR_INVALID') && error.status === 400;
}
