// Orders through the gateway: placing, reading, listing, cancelling.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { topics } from '../../schemas/topics.ts';
import { eventually, orderBody, TestGateway } from './test-gateway.ts';

const refusals: [name: string, lines: object[], code: string, paths: string[]][] = [
  [
    'an unknown product',
    [
      { productId: 'p1', quantity: 1 },
      { productId: 'what', quantity: 1 },
    ],
    'product_unavailable',
    ['/lines/1'],
  ],
  ['a deleted product', [{ productId: 'gone', quantity: 1 }], 'product_unavailable', ['/lines/0']],
  [
    'different currencies',
    [
      { productId: 'p1', quantity: 1 },
      { productId: 'yen', quantity: 1 },
    ],
    'currencies_differ',
    ['/lines/1'],
  ],
  [
    'too many of one product in all',
    [
      { productId: 'p1', quantity: 999 },
      { productId: 'p1', quantity: 1 },
    ],
    'quantity_out_of_range',
    ['/lines/0'],
  ],
];

const invalid: [name: string, body: object][] = [
  ['a field that is not known', { coupon: 'x' }],
  ['a price', { lines: [{ productId: 'p1', quantity: 1, unitPrice: 1 }] }],
  ['no lines', { lines: [] }],
  ['101 lines', { lines: Array.from({ length: 101 }, (_, index) => ({ productId: `p${index}`, quantity: 1 })) }],
  ['quantity 0', { lines: [{ productId: 'p1', quantity: 0 }] }],
  ['quantity 1000', { lines: [{ productId: 'p1', quantity: 1_000 }] }],
  ['half a unit', { lines: [{ productId: 'p1', quantity: 0.5 }] }],
  ['a quantity as text', { lines: [{ productId: 'p1', quantity: '1' }] }],
  ['a bad product id', { lines: [{ productId: 'a b', quantity: 1 }] }],
  ['a country in words', { shipTo: { ...orderBody.shipTo, country: 'Germany' } }],
  ['a name of 201 characters', { shipTo: { ...orderBody.shipTo, name: 'x'.repeat(201) } }],
  ['a control character', { shipTo: { ...orderBody.shipTo, name: 'a\u0000b' } }],
  ['no payment', { payment: undefined }],
];

describe('orders', () => {
  let shop: TestGateway;
  before(async () => {
    shop = await TestGateway.open();
    await shop.offer({ p1: 1_000, p2: 1_000, none: 0 });
    await shop.offer({ yen: 10 }, { price: { amount: 500, currency: 'JPY' } });
    await shop.offer({ gone: 10 });
    await shop.call('DELETE', '/v1/products/gone', { headers: shop.bearer('seller', 'seller') });
  });
  after(() => shop.close());

  test('without Prefer the answer is 202 at once, with the priced order', async () => {
    const { status, headers, body } = await shop.order({ lines: [{ productId: 'p1', quantity: 2 }] });
    assert.equal(status, 202);
    assert.equal(headers.location, `/v1/orders/${body.orderId}`);
    assert.equal(headers['preference-applied'], undefined);
    const { orderId, placedAt, expiresAt, updatedAt, ...rest } = body;
    assert.match(orderId, /^[A-Za-z0-9_-]{22}~p1$/);
    assert.equal(expiresAt, placedAt + 15 * 60_000);
    assert.equal(updatedAt, placedAt);
    assert.deepEqual(rest, {
      customerId: 's1',
      status: 'created',
      lines: [{ line: 1, productId: 'p1', quantity: 2, unitPrice: 1_000, sellerId: 'seller', status: 'pending' }],
      currency: 'EUR',
      subtotal: 2_000,
      shipping: 490,
      tax: 473,
      total: { amount: 2_963, currency: 'EUR' },
      shipTo: orderBody.shipTo,
      payment: { method: 'card', paid: 0 },
      parcels: [],
      review: 'none',
      history: [],
    });
  });

  test('with Prefer: wait the answer is 201 with the reserved order, as GET answers it', async () => {
    const placed = await shop.order({ headers: { prefer: 'wait=5' } });
    assert.equal(placed.status, 201);
    assert.equal(placed.headers['preference-applied'], 'wait=5');
    assert.equal(placed.body.status, 'reserved');
    assert.deepEqual(placed.body.lines[0].allocations, [{ warehouseId: 'w1', quantity: 1 }]);
    assert.deepEqual(
      placed.body.history.map(({ type }: { type: string }) => type),
      ['OrderCreated', 'OrderReserved'],
    );
    const inView = await eventually(() => shop.documents.get('orders', placed.body.orderId));
    assert.ok(inView);
    const read = await shop.call('GET', placed.headers.location ?? '', { headers: shop.bearer('s1', 'shopper') });
    assert.deepEqual(read.body, placed.body);
  });

  test('a refused order is 201, too, with the reason a line', async () => {
    const lines = [
      { productId: 'p1', quantity: 1 },
      { productId: 'none', quantity: 1 },
    ];
    const { status, body } = await shop.order({ lines, headers: { prefer: 'respond-async, wait=5' } });
    assert.equal(status, 201);
    assert.equal(body.status, 'rejected');
    assert.deepEqual(
      body.lines.map((line: { status: string; reason?: string }) => [line.status, line.reason]),
      [
        ['released', undefined],
        ['refused', 'insufficient_stock'],
      ],
    );
  });

  test('not decided in time is 202; the decision shows later', async () => {
    shop.decider.pause();
    const { status, headers, body } = await shop.order({ headers: { prefer: 'wait=1' } });
    assert.equal(status, 202);
    assert.equal(body.status, 'created');
    shop.decider.resume();
    await eventually(async () => {
      const read = await shop.call('GET', headers.location ?? '', { headers: shop.bearer('s1', 'shopper') });
      return read.body.status === 'reserved' || undefined;
    });
  });

  test('lines of one product are merged into the first', async () => {
    const lines = [
      { productId: 'p2', quantity: 1 },
      { productId: 'p1', quantity: 2 },
      { productId: 'p2', quantity: 3 },
    ];
    const { body } = await shop.order({ lines });
    assert.deepEqual(
      body.lines.map(({ line, productId, quantity }: { line: number; productId: string; quantity: number }) => [
        line,
        productId,
        quantity,
      ]),
      [
        [1, 'p2', 4],
        [2, 'p1', 2],
      ],
    );
    assert.match(body.orderId, /~p2$/);
  });

  for (const [name, lines, code, paths] of refusals) {
    test(`${name} is 422 with the places, and nothing is written`, async () => {
      const before = await shop.count(topics.orders);
      const { status, headers, body } = await shop.order({ lines });
      assert.equal(status, 422);
      assert.equal(headers['content-type'], 'application/problem+json');
      assert.equal(body.code, code);
      assert.deepEqual(
        body.errors.map(({ path }: { path: string }) => path),
        paths,
      );
      assert.equal(await shop.count(topics.orders), before);
    });
  }

  test('a product that comes in variants is 422: one of them is to be chosen', async () => {
    await shop.offer({ shirt: 0 });
    const variants = [{ productId: 'shirt-m', options: { size: 'M' } }];
    const headers = shop.bearer('seller', 'seller');
    await shop.call('PATCH', '/v1/products/shirt', { headers, payload: { variants } });
    const { status, body } = await shop.order({ lines: [{ productId: 'shirt', quantity: 1 }] });
    assert.deepEqual([status, body.code], [422, 'product_unavailable']);
    assert.match(body.errors[0].message, /choose_variant/);
    const chosen = await shop.order({ lines: [{ productId: 'shirt-m', quantity: 1 }] });
    assert.equal(chosen.status, 202);
  });

  test('an order that costs too much is 422', async () => {
    await shop.offer({ dear: 10 }, { price: { amount: 100_000_000_000, currency: 'EUR' } });
    const { status, body } = await shop.order({ lines: [{ productId: 'dear', quantity: 1 }] });
    assert.deepEqual([status, body.code], [422, 'amount_out_of_range']);
  });

  test('a product in a currency without shipping rates is 422', async () => {
    // No seller can offer one; a currency may have been given up, though.
    const set = { productId: 'odd', sellerId: 'seller', status: 'active', price: { amount: 1, currency: 'XXX' } };
    const position = { topic: 'products', partition: 0, offset: 1 };
    await shop.documents.apply([{ kind: 'upsert', collection: 'products', id: 'odd', position, set }]);
    const { status, body } = await shop.order({ lines: [{ productId: 'odd', quantity: 1 }] });
    assert.deepEqual([status, body.code], [422, 'unsupported_currency']);
  });

  for (const [name, body] of invalid) {
    test(`${name} is refused as invalid`, async () => {
      const before = await shop.count(topics.orders);
      const answer = await shop.order({ body });
      assert.deepEqual([answer.status, answer.body.code], [400, 'request_invalid']);
      assert.ok(answer.body.errors.length > 0);
      assert.equal(await shop.count(topics.orders), before);
    });
  }

  test('lists the own orders by pages, the newest first, by status and time', async () => {
    const shopper = 'lister';
    const ids: string[] = [];
    for (let count = 0; count < 5; count++) {
      const lines = [{ productId: count === 2 ? 'none' : 'p1', quantity: 1 }];
      ids.push((await shop.order({ shopper, lines, headers: { prefer: 'wait=5' } })).body.orderId);
      await shop.order({ shopper: 'somebody else' });
    }
    const headers = shop.bearer(shopper, 'shopper');
    const list = (query: string) => shop.call('GET', `/v1/orders?${query}`, { headers });
    await eventually(async () => (await list('')).body.orders.length === 5 || undefined);
    const seen: { orderId: string; placedAt: number }[] = [];
    let cursor = '';
    do {
      const { body } = await list(`limit=2${cursor && `&cursor=${cursor}`}`);
      seen.push(...body.orders);
      cursor = body.cursor ?? '';
    } while (cursor);
    assert.deepEqual(seen.map(({ orderId }) => orderId).toSorted(), ids.toSorted());
    assert.deepEqual(
      seen,
      seen.toSorted((one, other) => other.placedAt - one.placedAt),
    );
    const rejected = await list('status=rejected');
    assert.deepEqual(
      rejected.body.orders.map(({ orderId }: { orderId: string }) => orderId),
      [ids[2]],
    );
    const from = seen[2]!.placedAt;
    const since = await list(`from=${from}`);
    assert.equal(since.body.orders.length, seen.filter(({ placedAt }) => placedAt >= from).length);
    const iso = await list(`to=${new Date(from).toISOString()}`);
    assert.equal(iso.body.orders.length, seen.filter(({ placedAt }) => placedAt < from).length);
    for (const [query, code] of [
      ['cursor=nonsense', 'documents_cursor_invalid'],
      ['status=lost', 'request_invalid'],
      ['limit=0', 'request_invalid'],
      ['limit=many', 'request_invalid'],
      ['from=2026-99-99', 'request_invalid'],
      ['colour=red', 'request_invalid'],
    ] as const) {
      const { status, body } = await list(query);
      assert.deepEqual([status, body.code], [400, code], query);
    }
    const operator = shop.bearer('o1', 'operator');
    const all = await shop.call('GET', '/v1/orders?limit=200', { headers: operator });
    assert.ok(all.body.orders.length > 5);
    const one = await shop.call('GET', `/v1/orders?customerId=${shopper}`, { headers: operator });
    assert.equal(one.body.orders.length, 5);
    const trick = await shop.call('GET', `/v1/orders?customerId=s1`, { headers });
    assert.deepEqual(
      trick.body.orders.map(({ customerId }: { customerId: string }) => customerId),
      Array(5).fill(shopper),
    );
  });

  test('another shopper does not see the order, an operator does', async () => {
    const { body } = await shop.order({ headers: { prefer: 'wait=5' } });
    const read = (headers: object) => shop.call('GET', `/v1/orders/${body.orderId}`, { headers: { ...headers } });
    assert.equal((await read(shop.bearer('s2', 'shopper'))).body.code, 'order_not_found');
    assert.equal((await read(shop.bearer('o1', 'operator'))).status, 200);
    const cancel = await shop.call('POST', `/v1/orders/${body.orderId}/cancel`, {
      headers: shop.bearer('s2', 'shopper'),
    });
    assert.equal(cancel.body.code, 'order_not_found');
  });

  test('an order is cancelled once; a rejected one is not', async () => {
    const placed = await shop.order({ headers: { prefer: 'wait=5' } });
    const url = `/v1/orders/${placed.body.orderId}/cancel`;
    const headers = { ...shop.bearer('s1', 'shopper'), prefer: 'wait=5' };
    const cancelled = await shop.call('POST', url, { headers });
    assert.deepEqual([cancelled.status, cancelled.body.status], [200, 'cancelled']);
    assert.equal(cancelled.body.history.at(-1).reason, 'by_customer');
    const again = await shop.call('POST', url, { headers });
    assert.deepEqual([again.status, again.body.status], [200, 'cancelled']);
    const rejected = await shop.order({ lines: [{ productId: 'none', quantity: 1 }], headers: { prefer: 'wait=5' } });
    const refused = await shop.call('POST', `/v1/orders/${rejected.body.orderId}/cancel`, { headers });
    assert.deepEqual([refused.status, refused.body.code], [409, 'order_ended']);
  });

  test('cancelling without Prefer is 202 with the order as it stands; an operator cancels for the shop', async () => {
    const placed = await shop.order({ headers: { prefer: 'wait=5' } });
    const url = `/v1/orders/${placed.body.orderId}`;
    const headers = shop.bearer('o1', 'operator');
    const asked = await shop.call('POST', `${url}/cancel`, { headers, payload: {} });
    assert.deepEqual([asked.status, asked.body.status], [202, 'reserved']);
    const cancelled = await eventually(async () => {
      const { body } = await shop.call('GET', url, { headers });
      return body.status === 'cancelled' ? body : undefined;
    });
    assert.equal(cancelled.history.at(-1).reason, 'by_operator');
  });
});
