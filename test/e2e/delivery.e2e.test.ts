// Delivery through the whole program: what the demo's network promises to searches, product pages and orders; a hazardous
// good that flies nowhere; and a network that is uploaded through a kill.
import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { payment, Server, shipTo } from './server.ts';

const data = mkdtempSync(join(tmpdir(), 'stockstream-delivery-e2e-'));
const berlin = { ...shipTo, city: 'Berlin', postalCode: '10115' };
const reunion = { ...shipTo, city: 'Saint-Denis', postalCode: '97400', country: 'FR' };
let shop: Server;
let operator = '';
let seller = '';
let shopper = '';
let keys = 0;

before(async () => {
  shop = await Server.start(data);
  operator = await shop.logIn('operator@demo');
  seller = await shop.logIn('seller@demo');
  shopper = await shop.logIn('shopper@demo');
});
after(async () => {
  await shop.stop();
  await rm(data, { recursive: true });
});

async function eventually<T>(look: () => Promise<T | undefined>): Promise<T> {
  const until = performance.now() + 30_000;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    assert.ok(performance.now() < until, 'it did not happen in time');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const order = (productId: string, to: typeof shipTo) => {
  const headers = { 'idempotency-key': `delivery-${++keys}`, prefer: 'wait=20' };
  const body = { lines: [{ productId, quantity: 1 }], shipTo: to, payment };
  return shop.call('POST', '/v1/orders', { token: shopper, headers, body });
};

const found = async (text: string, { country, postalCode }: typeof shipTo) => {
  const { body } = await shop.call('GET', `/v1/search?q=${text}&country=${country}&postalCode=${postalCode}`);
  return body.hits as readonly { readonly listingId: string; readonly arrival?: { readonly from: string } }[];
};

test('a search tells by when its hits arrive, as the product’s page and its order do', async () => {
  const hits = await eventually(async () => {
    const some = await found('headphones', berlin);
    return some.length > 0 ? some : undefined;
  });
  for (const { arrival } of hits) assert.match(arrival?.from ?? '', /^\d{4}-\d\d-\d\d$/);
  const [{ listingId } = { listingId: '' }] = hits;
  const page = await shop.call('GET', `/v1/products/${listingId}/delivery?country=DE&postalCode=10115`);
  assert.equal(page.body.deliverable, true);
  const [best] = page.body.options;
  const placed = await order(listingId, berlin);
  assert.equal(placed.status, 201, JSON.stringify(placed.body));
  assert.deepEqual(placed.body.arrival, { from: best.from, to: best.to });
  const paid = await eventually(async () => {
    const { body } = await shop.call('GET', `/v1/orders/${placed.body.orderId}`, { token: shopper });
    return body.parcels?.length > 0 ? body : undefined;
  });
  assert.deepEqual([paid.parcels[0].warehouseId, paid.parcels[0].carrier], ['berlin', best.carrier]);
});

test('what may not fly is hidden and refused where only planes go', async () => {
  const product = {
    productId: 'acid',
    title: 'Quincunx acid',
    price: { amount: 900, currency: 'EUR' },
    hazardous: true,
  };
  const created = await shop.call('POST', '/v1/products', { token: seller, body: product });
  assert.equal(created.status, 201, JSON.stringify(created.body));
  const changes = [{ changeId: 'first', productId: 'acid', warehouseId: 'berlin', count: 5 }];
  await shop.call('POST', '/v1/stock-changes', { token: seller, body: { changes }, headers: { prefer: 'wait=20' } });
  await eventually(async () => ((await found('quincunx', berlin)).length === 1 ? true : undefined));
  assert.deepEqual(await found('quincunx', reunion), []);
  const refused = await order('acid', reunion);
  assert.deepEqual([refused.status, refused.body.code], [422, 'not_deliverable']);
  assert.equal((await order('acid', berlin)).body.status, 'reserved');
});

test('what lies in a warehouse that the network does not know goes everywhere', async () => {
  const product = { productId: 'yurt', title: 'Xylophonic yurt', price: { amount: 900, currency: 'EUR' } };
  await shop.call('POST', '/v1/products', { token: seller, body: product });
  const changes = [{ changeId: 'first', productId: 'yurt', warehouseId: 'w1', count: 5 }];
  await shop.call('POST', '/v1/stock-changes', { token: seller, body: { changes }, headers: { prefer: 'wait=20' } });
  const [hit] = await eventually(async () => {
    const hits = await found('xylophonic', reunion);
    return hits.length > 0 ? hits : undefined;
  });
  assert.equal(hit?.arrival, undefined);
  const { body } = await order('yurt', reunion);
  assert.deepEqual([body.status, body.arrival], ['reserved', undefined]);
});

test('a network is uploaded through a kill, and sent again stands as if nothing had happened', async () => {
  const count = 4_000;
  const warehouse = { country: 'NZ', timeZone: 'Pacific/Auckland', cutOff: '12:00' };
  await shop.call('PUT', '/v1/admin/logistics/warehouses/auckland', { token: operator, body: warehouse });
  const numbers = Array.from({ length: count }, (_, index) => String(index).padStart(4, '0'));
  const areas = numbers.map((number) => ({ areaId: `JP-${number}`, country: 'JP', postalCodes: [`999${number}`] }));
  const routes = numbers.map((number) => {
    const terms = { minDays: 2, maxDays: 3, maxWeightGrams: 900 };
    return { routeId: `r-${number}`, carrier: 'kiwi', warehouseId: 'auckland', areaId: `JP-${number}`, ...terms };
  });
  const send = async (kind: string, lines: readonly object[]) => {
    const response = await fetch(`${shop.url}/v1/admin/logistics/${kind}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${operator}`, 'content-type': 'application/x-ndjson' },
      body: lines.map((line) => JSON.stringify(line)).join('\n'),
    });
    return (await response.json()) as { applied: number };
  };
  const broken = send('areas', areas).catch(() => 'broken off');
  await new Promise((resolve) => setTimeout(resolve, 300));
  await shop.kill();
  await broken;
  shop = await Server.start(data);
  for (const [kind, lines] of Object.entries({ areas, routes })) {
    const report = await eventually(async () => {
      const sent = await send(kind, lines);
      return sent.applied === count ? sent : undefined;
    });
    assert.equal(report.applied, count);
  }
  const { body } = await shop.call('GET', '/v1/admin/logistics/routes?warehouseId=auckland&limit=2', {
    token: operator,
  });
  assert.deepEqual(
    body.routes.map(({ routeId }: { routeId: string }) => routeId),
    ['r-0000', 'r-0001'],
  );
  const reached = await eventually(async () => {
    const { body: state } = await shop.call('GET', '/v1/admin/logistics', { token: operator });
    return state.areas > count ? state : undefined;
  });
  assert.equal(reached.warehouses, 4);
});
