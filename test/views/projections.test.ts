// Given records, then writes: what each projection makes of its topic, and what a reader is answered.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { orderFromEvents } from '../../gateway/order-answer.ts';
import { noImport } from '../../schemas/catalog-defaults.ts';
import type { OrderEvent, Product, StockLevel } from '../../schemas/types.generated.ts';
import type { Projection } from '../../streams/api.ts';
import { projectCatalogChanges } from '../../views/catalog-changes.ts';
import type { DocumentWrite, JsonObject } from '../../views/documents/documents.ts';
import { projectMails } from '../../views/mails.ts';
import { type AnsweredLine, orderOf } from '../../views/order-document.ts';
import { projectOrders } from '../../views/orders.ts';
import { projectProducts } from '../../views/products.ts';
import { projectStock } from '../../views/stock.ts';
import { projectStockChanges } from '../../views/stock-changes.ts';
import { projectUsers } from '../../views/users.ts';
import { projectZeroResults } from '../../views/zero-results.ts';
import { orderCancelled, orderCreated, orderEvent, orderRejected, orderReserved } from './order-events.ts';

const position = { topic: 'topic', partition: 3, offset: 17 };

describe('orders', () => {
  test('a created order is a whole document', () => {
    assert.deepEqual(writesOf(projectOrders, orderEvent('o1', 1, orderCreated)), [
      {
        kind: 'upsert',
        collection: 'orders',
        id: 'o1',
        position,
        set: {
          orderId: 'o1',
          customerId: 'carl',
          status: 'created',
          currency: 'EUR',
          lines: [
            { line: 1, productId: 'lamp', quantity: 2, unitPrice: 1000, sellerId: 'sally' },
            { line: 2, productId: 'desk', quantity: 1, unitPrice: 9000, sellerId: 'sally' },
          ],
          subtotal: 11_000,
          shipping: 500,
          tax: 2185,
          total: { amount: 13_685, currency: 'EUR' },
          shipTo: orderCreated.shipTo,
          promises: [],
          sellers: ['sally'],
          payment: { method: 'card' },
          paid: 0,
          parcels: [],
          review: 'none',
          placedAt: 1_000,
          expiresAt: 900_000,
          updatedAt: 1_001,
          reserved: [],
          refused: [],
          history: [{ sequence: 1, type: 'OrderCreated', at: 1_001 }],
        },
      },
    ]);
  });

  test('an order arrives when the last of those arrives who send it; one that was given up does not', () => {
    const promise = { carrier: 'express', notLines: [] };
    const promises = [
      { ...promise, warehouseId: 'east', fromDay: 20_000, toDay: 20_001 },
      { ...promise, warehouseId: 'west', fromDay: 20_001, toDay: 20_003 },
    ];
    const created = { ...orderCreated, promises };
    const after = (...events: readonly OrderEvent['event'][]) => {
      const all = events.map((event, index) => orderEvent('o1', index + 1, event));
      return orderFromEvents(all)?.arrival;
    };
    assert.deepEqual(after(created), { from: '2024-10-04', to: '2024-10-05' });
    assert.deepEqual(after(created, orderReserved), { from: '2024-10-05', to: '2024-10-07' });
    assert.equal(after(created, orderReserved, orderCancelled), undefined);
    assert.equal(after(orderCreated), undefined);
  });

  test('a reserved order says where its units lie', () => {
    const [write] = writesOf(projectOrders, orderEvent('o1', 2, orderReserved));
    const reserved = [
      { line: 1, allocations: [{ warehouseId: 'east', quantity: 2 }] },
      { line: 2, allocations: [{ warehouseId: 'west', quantity: 1 }] },
    ];
    const step = { sequence: 2, type: 'OrderReserved', at: 1_002, expiresAt: 900_500 };
    assert.deepEqual(changeOf(write), {
      set: { status: 'reserved', expiresAt: 900_500, reserved, updatedAt: 1_002 },
      append: { history: step },
    });
  });

  test('a rejected order says why', () => {
    const [write] = writesOf(projectOrders, orderEvent('o1', 2, orderRejected));
    const lines = [{ line: 2, productId: 'desk', reason: 'insufficient_stock' }];
    assert.deepEqual(changeOf(write), {
      set: { status: 'rejected', refused: [{ line: 2, reason: 'insufficient_stock' }], updatedAt: 1_002 },
      append: { history: { sequence: 2, type: 'OrderRejected', at: 1_002, lines } },
    });
  });

  test('a cancelled order says on whose behalf', () => {
    const [write] = writesOf(projectOrders, orderEvent('o1', 3, orderCancelled));
    assert.deepEqual(changeOf(write), {
      set: { status: 'cancelled', updatedAt: 1_003 },
      append: { history: { sequence: 3, type: 'OrderCancelled', at: 1_003, reason: 'expired' } },
    });
  });

  const [lamp, desk] = orderCreated.lines.map(({ line, productId, quantity, unitPrice, sellerId }) => {
    return { line, productId, quantity, unitPrice, sellerId };
  });
  const answers: readonly [OrderEvent['event'][], Partial<AnsweredLine>[]][] = [
    [[orderCreated], [{ status: 'pending' }, { status: 'pending' }]],
    [
      [orderCreated, orderReserved],
      [
        { status: 'reserved', allocations: [{ warehouseId: 'east', quantity: 2 }] },
        { status: 'reserved', allocations: [{ warehouseId: 'west', quantity: 1 }] },
      ],
    ],
    [
      [orderCreated, orderRejected],
      [{ status: 'released' }, { status: 'refused', reason: 'insufficient_stock' }],
    ],
    [
      [orderCreated, orderReserved, orderCancelled],
      [{ status: 'released' }, { status: 'released' }],
    ],
  ];
  for (const [events, lines] of answers) {
    test(`the lines of an order after ${events.map(({ type }) => type).join(', ')}`, () => {
      const { reserved, refused, ...answer } = {
        reserved: undefined,
        refused: undefined,
        ...orderOf(documentOf(events)),
      };
      assert.deepEqual(answer.lines, [
        { ...lamp, ...lines[0] },
        { ...desk, ...lines[1] },
      ]);
      assert.deepEqual([reserved, refused], [undefined, undefined], 'the parts are not answered');
      assert.deepEqual(
        answer.history.map(({ type }) => type),
        events.map(({ type }) => type),
      );
    });
  }
});

test('products and stock levels are documents as they stand', () => {
  const price = { amount: 1000, currency: 'EUR' };
  const product: Product = {
    productId: 'lamp',
    sellerId: 'sally',
    title: 'A lamp',
    description: 'It shines.',
    category: 'home/light',
    brand: '',
    price,
    images: [],
    attributes: { 'bulb.type': 'E27' },
    productType: '',
    language: 'en',
    hazardous: false,
    variants: [],
    variantOf: null,
    options: {},
    weightGrams: 500,
    customerLimit: null,
    status: 'deleted',
    version: 4,
    createdAt: 1,
    updatedAt: 2,
  };
  assert.deepEqual(writesOf(projectProducts, product), [
    { kind: 'upsert', collection: 'products', id: 'lamp', position, set: product },
  ]);
  const warehouses = [{ warehouseId: 'east', onHand: 5, held: 2 }];
  const level: StockLevel = {
    productId: 'lamp',
    onHand: 5,
    held: 2,
    free: 3,
    committed: 1,
    takenIn: 6,
    warehouses,
    version: 9,
    at: 3,
  };
  assert.deepEqual(writesOf(projectStock, level), [
    { kind: 'upsert', collection: 'stock', id: 'lamp', position, set: level },
  ]);
});

test('a text without results is listed as long as somebody looked for it within the day', () => {
  const missed = { query: 'flux capacitor', language: 'en', lastDay: 3, at: 5 };
  const place = { collection: 'zeroResults', id: 'flux capacitor', position };
  assert.deepEqual(writesOf(projectZeroResults, missed), [{ kind: 'upsert', ...place, set: missed }]);
  assert.deepEqual(writesOf(projectZeroResults, { ...missed, lastDay: 0 }), [{ kind: 'delete', ...place }]);
});

test('the first registration of an address is kept', () => {
  const event = { type: 'UserRegistered', name: 'Ann', passwordHash: '$argon2id$', role: 'shopper' } as const;
  const set = {
    userId: 'u1',
    email: 'ann@example.org',
    name: 'Ann',
    passwordHash: '$argon2id$',
    role: 'shopper',
    registeredAt: 5,
  };
  assert.deepEqual(writesOf(projectUsers, { userId: 'u1', email: 'ann@example.org', at: 5, event }), [
    { kind: 'insert', collection: 'users', id: 'ann@example.org', position, set },
  ]);
});

test('what a person chooses about mails is a field of the account', () => {
  const event = { type: 'NotificationsChosen', orderMails: false } as const;
  assert.deepEqual(writesOf(projectUsers, { userId: 'u1', email: 'ann@example.org', at: 5, event }), [
    { kind: 'upsert', collection: 'users', id: 'ann@example.org', position, set: { orderMails: false } },
  ]);
});

test('the first outcome of a notification is kept', () => {
  const mail = {
    notificationId: 'o1/3/carl',
    orderId: 'o1',
    userId: 'carl',
    to: 'carl@example.com',
    kind: 'order_placed',
    subject: 'Your order is confirmed',
    text: 'Hello,',
    at: 5,
  };
  const outcomes = [
    [{ type: 'MailSent' }, { status: 'sent' }],
    [{ type: 'MailSuppressed' }, { status: 'suppressed' }],
    [
      { type: 'MailRefused', reason: '550 no such user' },
      { status: 'refused', reason: '550 no such user' },
    ],
    [{ type: 'MailWithoutAddress' }, { status: 'no_address' }],
  ] as const;
  for (const [outcome, result] of outcomes) {
    assert.deepEqual(writesOf(projectMails, { ...mail, outcome }), [
      { kind: 'insert', collection: 'outbox', id: 'o1/3/carl', position, set: { ...mail, ...result } },
    ]);
  }
});

test('a stock change was applied or refused', () => {
  const change = { changeId: 'c/1', productId: 'lamp', warehouseId: 'east', sellerId: 'sally', at: 5, ...noImport };
  const written = { kind: 'insert', collection: 'stockChanges', id: 'lamp/c/1', position };
  assert.deepEqual(
    writesOf(projectStockChanges, { ...change, outcome: { type: 'StockChanged', before: 1, after: 4 } }),
    [{ ...written, set: { ...change, status: 'applied', before: 1, after: 4 } }],
  );
  const refused = { type: 'StockChangeRefused', reason: 'below_held' } as const;
  assert.deepEqual(writesOf(projectStockChanges, { ...change, outcome: refused }), [
    { ...written, set: { ...change, status: 'refused', reason: 'below_held' } },
  ]);
});

test('an edit of the catalogue was applied or refused', () => {
  const change = { changeId: 'c1', productId: 'lamp', sellerId: 'sally', at: 5, ...noImport };
  const written = { kind: 'insert', collection: 'catalogChanges', id: 'lamp/c1', position };
  assert.deepEqual(writesOf(projectCatalogChanges, { ...change, outcome: { type: 'ProductChanged', version: 2 } }), [
    { ...written, set: { ...change, status: 'applied', version: 2 } },
  ]);
  const refused = { type: 'CatalogChangeRefused', reason: 'not_owner' } as const;
  assert.deepEqual(writesOf(projectCatalogChanges, { ...change, outcome: refused }), [
    { ...written, set: { ...change, status: 'refused', reason: 'not_owner' } },
  ]);
});

function writesOf<V>(projection: Projection<V, DocumentWrite>, value: V): readonly DocumentWrite[] {
  return projection.project({ ...position, key: 'key', value, timestamp: 1, headers: [] });
}

function changeOf(write: DocumentWrite | undefined) {
  assert.ok(write?.kind === 'upsert');
  return { set: write.set, append: write.append };
}

/** The document that these events of one order leave. */
function documentOf(events: readonly OrderEvent['event'][]) {
  let fields: JsonObject = {};
  for (const [index, event] of events.entries()) {
    const { set, append } = changeOf(writesOf(projectOrders, orderEvent('o1', index + 1, event))[0]);
    fields = { ...fields, ...set };
    if (append) fields = { ...fields, history: [...(fields.history as JsonObject[]), append.history!] };
  }
  return { id: 'o1', fields, position: events.length };
}
