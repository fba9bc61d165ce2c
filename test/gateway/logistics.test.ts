// The delivery network through the gateway: set by operators, one part at a time and many at once; and what it then means
// for product pages and orders.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { systemClock } from '../../base/clock.ts';
import { topics } from '../../schemas/topics.ts';
import { eventually, TestGateway } from './test-gateway.ts';

const base = '/v1/admin/logistics';
const berlin = { name: 'Berlin', country: 'DE', postalCode: '10115', timeZone: 'Europe/Berlin', cutOff: '14:00' };
const express = {
  carrier: 'express',
  warehouseId: 'w1',
  areaId: 'berlin',
  minDays: 1,
  maxDays: 1,
  maxWeightGrams: 5_000,
};

describe('the delivery network', () => {
  let shop: TestGateway;
  before(async () => {
    shop = await TestGateway.open();
  });
  after(() => shop.close());

  const call = (method: 'GET' | 'PUT' | 'DELETE' | 'POST', path: string, payload?: object | string, headers = {}) => {
    const operator = shop.bearer('olga', 'operator');
    return shop.call(method, `${base}${path}`, { headers: { ...operator, ...headers }, ...(payload && { payload }) });
  };

  test('a part that was set is read as it was set, with what was not said', async () => {
    const set = await call('PUT', '/warehouses/w1', berlin);
    assert.equal(set.status, 200, set.text);
    const { updatedAt: _, ...warehouse } = set.body;
    const workDays = ['mon', 'tue', 'wed', 'thu', 'fri'];
    assert.deepEqual(warehouse, { warehouseId: 'w1', ...berlin, handlingDays: 0, workDays, closed: false });
    assert.deepEqual((await call('GET', '/warehouses/w1')).body, set.body);

    const area = await call('PUT', '/areas/berlin', { country: 'DE', postalCodes: ['1 0', '12000..12999'] });
    assert.deepEqual(area.body.postalCodes, ['10', '12000..12999']);
    const route = await call('PUT', '/routes/r1', { ...express, holidays: ['2026-12-24'] });
    assert.deepEqual(route.body.holidays, ['2026-12-24']);
    assert.deepEqual(route.body.workDays, [...workDays, 'sat']);
    const calendar = await call('PUT', '/calendars/DE', { holidays: ['2026-12-26', '2026-12-25'] });
    assert.deepEqual(calendar.body.holidays, ['2026-12-25', '2026-12-26']);
    const routes = (await call('GET', '/routes?areaId=berlin&warehouseId=w1')).body.routes;
    assert.deepEqual(routes, [route.body]);
    assert.deepEqual((await call('GET', '/routes?areaId=nowhere')).body.routes, []);
    assert.deepEqual((await call('GET', '/areas')).body.areas, [area.body]);
  });

  test('the same key has the effect of one', async () => {
    const key = { 'idempotency-key': 'area-1' };
    const first = await call('PUT', '/areas/once', { country: 'FR' }, key);
    await call('PUT', '/areas/once', { country: 'NL' });
    const again = await call('PUT', '/areas/once', { country: 'FR' }, key);
    assert.deepEqual(again.body, first.body);
    assert.equal((await call('GET', '/areas/once')).body.country, 'NL');
    assert.equal((await call('DELETE', '/areas/once')).status, 204);
    assert.equal((await call('GET', '/areas/once')).body.code, 'network_part_not_found');
  });

  test('what makes no sense is refused with the reason', async () => {
    const codes = [
      await call('PUT', '/routes/r2', { ...express, areaId: 'nowhere' }),
      await call('PUT', '/routes/r2', { ...express, minDays: 2 }),
      await call('DELETE', '/warehouses/w1'),
      await call('DELETE', '/routes/r2'),
      await call('PUT', '/warehouses/w2', { ...berlin, timeZone: 'Mars/Olympus' }),
      await call('PUT', '/areas/a2', { country: 'DE', postalCodes: ['10115-14199'] }),
      await call('PUT', '/calendars/DE', { holidays: ['2026-02-30'] }),
      await call('PUT', '/warehouses/w2', { ...berlin, cutOff: '25:00' }),
    ].map(({ status, body }) => `${status} ${body.code}: ${body.detail}`);
    assert.deepEqual(codes, [
      '422 network_change_refused: The delivery network can not be changed so: unknown_area.',
      '422 network_change_refused: The delivery network can not be changed so: invalid_days.',
      '409 network_part_in_use: Routes begin or end at warehouse w1.',
      '404 network_part_not_found: The delivery network has no route r2.',
      '400 request_invalid: The request does not fit its contract: /timeZone is not a time zone that is known here.',
      '400 request_invalid: The request does not fit its contract: /postalCodes/0 is neither like `10` nor like `10115..14199`.',
      '400 request_invalid: The request does not fit its contract: /holidays/0 is not a day.',
      `400 request_invalid: The request does not fit its contract: /cutOff must match pattern "^([01]\\d|2[0-3]):[0-5]\\d$".`,
    ]);
  });

  test('many lines come at once, and each is told about', async () => {
    const areas = [
      { areaId: 'bulk-1', country: 'AT' },
      { areaId: 'bulk-2', country: 'Austria' },
      { areaId: 'once', remove: true },
      { areaId: 'bulk-3', country: 'AT', postalCodes: ['8'] },
    ];
    const ndjson = { 'content-type': 'application/x-ndjson' };
    const report = await call('POST', '/areas', areas.map((line) => JSON.stringify(line)).join('\n'), ndjson);
    assert.deepEqual([report.body.applied, report.body.refused, report.body.undecided], [2, 2, 0], report.text);
    assert.deepEqual(
      report.body.errors.map(({ line, code }: { line: number; code: string }) => `${line} ${code}`),
      ['2 bulk_line_invalid', '3 network_part_not_found'],
    );
    const routes = [
      'routeId,carrier,warehouseId,areaId,minDays,maxDays,maxWeightGrams,hazardous,workDays,cutOff,holidays,remove',
      'c1,express,w1,bulk-1,1,2,30000,true,mon tue,10:30,2026-12-24 2026-12-31,',
      'c2,express,w1,bulk-1,1,2,heavy,,,,,',
      'c3,express,w9,bulk-1,1,2,30000,,,,,',
      'c1,,,,,,,,,,,true',
      'c4,express,w1,bulk-3,1,2,30000,,,,,',
    ];
    const csv = await call('POST', '/routes', routes.join('\n'), { 'content-type': 'text/csv' });
    assert.deepEqual([csv.body.applied, csv.body.refused], [3, 2], csv.text);
    const known = await eventually(async () => {
      const { body } = await call('GET', '/routes?warehouseId=w1&limit=10');
      const ids = body.routes.map(({ routeId }: { routeId: string }) => routeId);
      return ids.includes('c4') ? ids : undefined;
    });
    assert.deepEqual(known, ['c4', 'r1']);
  });

  test('it is for operators', async () => {
    const seller = await shop.call('GET', base, { headers: shop.bearer('sally', 'seller') });
    assert.equal(seller.status, 403);
  });
});

describe('what the network means for shoppers', () => {
  // A Monday, ten in the morning in Berlin.
  const clock = { ...systemClock, now: () => Date.UTC(2026, 2, 2, 9) };
  let shop: TestGateway;
  before(async () => {
    shop = await TestGateway.open({ deps: { clock } });
  });
  after(() => shop.close());

  const put = async (path: string, payload: object) => {
    const answer = await shop.call('PUT', `${base}${path}`, { headers: shop.bearer('olga', 'operator'), payload });
    assert.equal(answer.status, 200, answer.text);
  };
  const delivery = async (productId: string, query: string) => {
    const { body } = await shop.call('GET', `/v1/products/${productId}/delivery?${query}`, {});
    return { deliverable: body.deliverable, dates: body.options?.map(({ from, to }: Dates) => `${from} ${to}`) };
  };
  interface Dates {
    readonly from: string;
    readonly to: string;
  }

  test('as long as there is none, everything goes everywhere and nothing is promised', async () => {
    await shop.offer({ lamp: 10 }, { weightGrams: 1_000 });
    await shop.offer({ acid: 10 }, { weightGrams: 1_000, hazardous: true });
    assert.deepEqual(await delivery('lamp', 'country=FR&postalCode=44000'), { deliverable: true, dates: [] });
    assert.deepEqual(await delivery('lamp', 'country=FR&quantity=11'), { deliverable: false, dates: [] });
    const placed = await shop.order({ lines: [{ productId: 'lamp', quantity: 1 }] });
    assert.equal(placed.status, 202);
  });

  test('once there is one, it says what goes where and when', async () => {
    await put('/warehouses/w1', berlin);
    await put('/areas/berlin', { country: 'DE', postalCodes: ['1'] });
    await put('/areas/germany', { country: 'DE' });
    await put('/routes/r1', express);
    await put('/routes/r2', {
      ...express,
      carrier: 'parcel-post',
      areaId: 'germany',
      maxDays: 3,
      maxWeightGrams: 31_500,
    });
    await eventually(async () => ((await delivery('lamp', 'country=FR')).deliverable ? undefined : true));
    assert.deepEqual(await delivery('lamp', 'country=DE&postalCode=10115'), {
      deliverable: true,
      dates: ['2026-03-03 2026-03-03'],
    });
    assert.deepEqual((await delivery('lamp', 'country=DE&postalCode=80331')).dates, ['2026-03-03 2026-03-05']);
    // Six lamps are too heavy for the express.
    assert.deepEqual((await delivery('lamp', 'country=DE&postalCode=10115&quantity=6')).deliverable, false);
    assert.deepEqual((await delivery('acid', 'country=DE&postalCode=80331')).deliverable, false);
    assert.deepEqual((await delivery('lamp', 'country=DE&postalCode=80331&cash=true')).deliverable, false);
    assert.equal((await shop.call('GET', '/v1/products/ghost/delivery?country=DE', {})).status, 404);
  });

  test('an order that nobody delivers is refused, with the lines', async () => {
    const lines = ['lamp', 'acid'].map((productId) => ({ productId, quantity: 1 }));
    const refused = await shop.order({ lines });
    assert.deepEqual([refused.status, refused.body.code], [422, 'not_deliverable']);
    assert.deepEqual(refused.body.errors, [{ path: '/lines/1', message: 'line 2: not_deliverable' }]);
    const shipTo = { name: 'A', street: 'B', city: 'C', postalCode: '44000', country: 'FR' };
    const abroad = await shop.order({ lines: lines.slice(0, 1), body: { shipTo } });
    assert.deepEqual(abroad.body.errors, [{ path: '/lines/0', message: 'line 1: not_deliverable' }]);
    const placed = await shop.order({ lines: lines.slice(0, 1), headers: { prefer: 'wait=5' } });
    assert.equal(placed.status, 201, placed.text);
    assert.deepEqual(placed.body.arrival, { from: '2026-03-03', to: '2026-03-03' });
    const path = `/v1/orders/${placed.body.orderId}`;
    const shown = await shop.call('GET', path, { headers: shop.bearer('s1', 'shopper') });
    assert.deepEqual(shown.body.arrival, placed.body.arrival);
  });

  test('a warehouse that the network does not know is bound by nothing', async () => {
    const changes = [{ changeId: 'elsewhere', productId: 'acid', warehouseId: 'elsewhere', count: 1 }];
    const headers = { ...shop.bearer('seller', 'seller'), prefer: 'wait=5' };
    const changed = await shop.call('POST', '/v1/stock-changes', { headers, payload: { changes } });
    assert.equal(changed.body.changes[0].status, 'applied', changed.text);
    // The test's shop has one place for all stock, so that is where the acid lies now.
    await shop.append(topics.stockLevels, 'acid', {
      ...{ productId: 'acid', onHand: 1, held: 0, free: 1, committed: 0, takenIn: 1, version: 9, at: 1 },
      warehouses: [{ warehouseId: 'elsewhere', onHand: 1, held: 0 }],
    });
    const expected = { deliverable: true, dates: [] };
    await eventually(async () => {
      const found = await delivery('acid', 'country=FR');
      return found.deliverable ? (assert.deepEqual(found, expected) ?? true) : undefined;
    });
    const placed = await shop.order({ lines: [{ productId: 'acid', quantity: 1 }] });
    assert.deepEqual([placed.status, placed.body.arrival], [202, undefined], placed.text);
  });

  test('a network that is suspended stands in nobody’s way', async () => {
    await put('', { suspended: true });
    await eventually(async () => ((await delivery('acid', 'country=FR')).deliverable ? true : undefined));
    const state = await shop.call('GET', base, { headers: shop.bearer('olga', 'operator') });
    assert.deepEqual(state.body, { suspended: true, warehouses: 1, areas: 2 });
  });

  test('a gateway that starts later knows it', async () => {
    await put('', { suspended: false });
    const app = await shop.another();
    const { body } = await shop.call('GET', '/v1/products/lamp/delivery?country=FR', { app });
    assert.equal(body.deliverable, false);
    const ready = await shop.call('GET', '/health/ready', { app });
    const part = ready.body.parts.find(({ name }: { name: string }) => name === 'delivery network');
    assert.equal(part.healthy, true);
  });
});
