// The gateway's queries are seeks in an index, on every page: a scan would grow with the shop.
import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { collections } from '../../../views/collections.ts';
import type { FindQuery } from '../../../views/documents/documents.ts';
import { findStatements } from '../../../views/documents/sqlite/find-statement.ts';
import { makeCollection } from '../../../views/documents/sqlite/schema.ts';

const database = new DatabaseSync(':memory:');
for (const collection of Object.values(collections)) makeCollection(database, collection);

const byCustomer = 'SEARCH orders USING INDEX orders.byCustomer';

test('pages of a customer seek in their index and are not sorted again', () => {
  const query = (direction: 'asc' | 'desc'): FindQuery => {
    return { where: { customerId: 'c1' }, sort: { field: 'placedAt', direction }, limit: 10 };
  };
  const known = { value: 17, id: 'o1' };
  const missing = { value: null, id: 'o1' };
  assert.deepEqual(plansOf(query('asc')), [`${byCustomer} (<expr>=?)`]);
  assert.deepEqual(plansOf(query('asc'), known), [`${byCustomer} (<expr>=? AND <expr>>?)`]);
  assert.deepEqual(plansOf(query('asc'), missing), [
    `${byCustomer} (<expr>=? AND <expr>=? AND id>?)`,
    `${byCustomer} (<expr>=?)`,
  ]);
  assert.deepEqual(plansOf(query('desc')), [`${byCustomer} (<expr>=?)`]);
  assert.deepEqual(plansOf(query('desc'), known), [
    `${byCustomer} (<expr>=? AND <expr><?)`,
    `${byCustomer} (<expr>=? AND <expr>=?)`,
  ]);
  assert.deepEqual(plansOf(query('desc'), missing), [`${byCustomer} (<expr>=? AND <expr>=? AND id<?)`]);
});

test('a range and a list seek as well', () => {
  const sort = { field: 'placedAt', direction: 'desc' } as const;
  const range = { where: { customerId: 'c1', placedAt: { gte: 5, lt: 9 } }, sort, limit: 10 };
  assert.match(plansOf(range)[0]!, /USING INDEX orders\.byCustomer \(<expr>=\? AND <expr>>\? AND <expr><\?\)/);
  const list = { where: { customerId: { in: ['c1', 'c2'] } }, sort, limit: 10 };
  assert.match(plansOf(list)[0]!, /USING INDEX orders\.byCustomer \(<expr>=\?\)/);
});

const newest = { field: 'placedAt', direction: 'desc' } as const;
const oldest = { field: 'updatedAt', direction: 'asc' } as const;
const byId = { field: 'id', direction: 'asc' } as const;
const gatewayQueries: readonly (readonly [keyof typeof collections, FindQuery])[] = [
  ['orders', { where: { customerId: 'c1' }, sort: newest, limit: 10 }],
  ['orders', { where: { customerId: 'c1', status: 'reserved', placedAt: { gte: 5 } }, sort: newest, limit: 10 }],
  ['orders', { where: { status: 'reserved' }, sort: newest, limit: 10 }],
  ['orders', { where: { placedAt: null }, sort: byId, limit: 10 }],
  ['orders', { where: { status: 'delivered', updatedAt: { lt: 5 } }, sort: oldest, limit: 10 }],
  ['orders', { where: {}, sort: newest, limit: 10 }],
  ['products', { where: { status: 'active', variantOf: null, category: 'home' }, sort: byId, limit: 10 }],
  ['products', { where: { status: 'active', variantOf: null, brand: 'Lux' }, sort: byId, limit: 10 }],
  ['products', { where: { status: 'active', variantOf: null, sellerId: 's1' }, sort: byId, limit: 10 }],
  ['products', { where: { status: 'active', variantOf: null }, sort: byId, limit: 10 }],
  ['products', { where: { status: 'active', variantOf: 'p1' }, sort: byId, limit: 10 }],
  ['stockChanges', { where: { changeId: 'c1' }, sort: { field: 'at', direction: 'desc' }, limit: 10 }],
];
for (const [collection, query] of gatewayQueries) {
  test(`an index gives ${collection} where ${JSON.stringify(query.where)} in order`, () => {
    const [plan, ...more] = plansOf(query, undefined, collection);
    assert.match(plan!, / USING INDEX /);
    assert.deepEqual(more, [], 'nothing is sorted');
  });
}

test('what is listed by category is not looked for among all products that are no variants', () => {
  const where = { status: 'active', variantOf: null, category: 'home' };
  const [plan] = plansOf({ where, sort: byId, limit: 10 }, undefined, 'products');
  assert.match(plan!, /USING INDEX products\.byCategory \(<expr>=\? AND <expr>=\?\)/);
});

test('an element of a list is looked for in the order asked, until there are enough', () => {
  const where = { sellers: { contains: 's1' }, placedAt: { gte: 0 } };
  assert.deepEqual(plansOf({ where, sort: newest, limit: 10 }), [
    'SEARCH orders USING INDEX orders.byTime (<expr>>?)',
    'SCAN json_each EXISTS VIRTUAL TABLE INDEX 3:',
  ]);
});

test('the index that is listed first is preferred, whatever was there before', () => {
  const { name } = collections.orders;
  const sort = { field: 'placedAt', direction: 'desc' } as const;
  const both = { where: { status: 'placed', customerId: 'c1' }, sort, limit: 10 };
  const byCustomer = { name: 'byCustomer', fields: ['customerId', 'placedAt'] };
  const byStatus = { name: 'byStatus', fields: ['status', 'placedAt'] };
  for (const [first, second] of [
    [byCustomer, byStatus],
    [byStatus, byCustomer],
    [byCustomer, byStatus],
  ] as const) {
    makeCollection(database, { name, indexes: [first, second] });
    assert.deepEqual(plansOf(both), [`SEARCH orders USING INDEX orders.${first.name} (<expr>=?)`]);
  }
});

function plansOf(query: FindQuery, after?: { value: number | null; id: string }, collection = 'orders'): string[] {
  return findStatements(collection, query, after).flatMap(({ sql, parameters }) =>
    database
      .prepare(`EXPLAIN QUERY PLAN ${sql}`)
      .all(...parameters, 10)
      .map(({ detail }) => String(detail)),
  );
}
