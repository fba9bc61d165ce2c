// Stock changes from sellers: as JSON all or nothing, in bulk line by line, with a report that names the broken ones.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { noImport } from '../../schemas/catalog-defaults.ts';
import { topics } from '../../schemas/topics.ts';
import { eventually, TestGateway } from './test-gateway.ts';

const change = (changeId: string, more: object = {}) => ({
  changeId,
  productId: 'p1',
  warehouseId: 'w1',
  delta: 1,
  ...more,
});

describe('stock changes', () => {
  let shop: TestGateway;
  before(async () => {
    shop = await TestGateway.open({ settings: { bulkBytes: 3_000_000, bodyBytes: 200_000 } });
    await shop.offer({ p1: 0, p2: 0 });
  });
  after(() => shop.close());

  const seller = (more: object = {}) => ({ ...shop.bearer('seller', 'seller'), ...more });
  const send = (payload: string | object, headers: object = {}) => {
    return shop.call('POST', '/v1/stock-changes', { headers: seller(headers), payload });
  };
  const bulk = (type: string, payload: string) => send(payload, { 'content-type': type });

  test('are taken as JSON', async () => {
    const { status, body } = await send({ changes: [change('j1'), change('j2', { productId: 'p2' })] });
    assert.equal(status, 202);
    assert.deepEqual(body, {
      accepted: 2,
      changes: [
        { changeId: 'j1', productId: 'p1' },
        { changeId: 'j2', productId: 'p2' },
      ],
    });
  });

  test('with Prefer: wait the outcomes are told', async () => {
    const { delta: _, ...counted } = change('w1', { count: 7 });
    const changes = [counted, change('w2', { delta: -100 }), change('w3', { productId: 'unknown' })];
    const { status, headers, body } = await send({ changes }, { prefer: 'wait=5' });
    assert.equal(status, 202);
    assert.equal(headers['preference-applied'], 'wait=5');
    assert.deepEqual(
      body.changes.map(({ status: each, after: to, reason }: { status: string; after?: number; reason?: string }) => [
        each,
        to ?? reason,
      ]),
      [
        ['applied', 7],
        ['refused', 'below_zero'],
        ['refused', 'unknown_product'],
      ],
    );
  });

  test("another seller's change of the same id is not taken for the own", async () => {
    shop.decider.pause();
    const before = await shop.count(topics.stockChanges);
    const sent = send({ changes: [change('theirs', { productId: 'theirs' })] }, { prefer: 'wait=1' });
    const outcome = { type: 'StockChanged', before: 0, after: 1 } as const;
    const event = {
      changeId: 'theirs',
      productId: 'theirs',
      warehouseId: 'w1',
      sellerId: 'other',
      at: 1,
      ...noImport,
      outcome,
    };
    await eventually(async () => (await shop.count(topics.stockChanges)) > before || undefined);
    await shop.append(topics.stockEvents, 'theirs', event);
    const { body } = await sent;
    shop.decider.resume();
    assert.deepEqual(body.changes, [{ changeId: 'theirs', productId: 'theirs' }]);
  });

  const wrong: [name: string, changes: object[], path: string][] = [
    ['neither delta nor count', [change('a'), change('b', { delta: undefined })], '/changes/1'],
    ['both delta and count', [change('a', { count: 1 })], '/changes/0'],
    ['a repeated changeId', [change('a'), change('b'), change('a')], '/changes/2'],
    ['no changes', [], '/changes'],
    ['half a unit', [change('a', { delta: 0.5 })], '/changes/0/delta'],
    ['a negative count', [{ ...change('a', { count: -1 }), delta: undefined }], '/changes/0/count'],
    ['an unknown field', [change('a', { colour: 'red' })], '/changes/0'],
    ['1001 changes', Array.from({ length: 1_001 }, (_, index) => change(`n${index}`)), '/changes'],
  ];
  for (const [name, changes, path] of wrong) {
    test(`${name} refuses the whole`, async () => {
      const before = await shop.count(topics.stockChanges);
      const { status, body } = await send({ changes });
      assert.deepEqual([status, body.code, body.errors[0].path], [400, 'request_invalid', path]);
      assert.equal(await shop.count(topics.stockChanges), before);
    });
  }

  test("another seller's product refuses the whole", async () => {
    const before = await shop.count(topics.stockChanges);
    const headers = shop.bearer('other', 'seller');
    const payload = { changes: [change('o1', { productId: 'new' }), change('o2')] };
    const { status, body } = await shop.call('POST', '/v1/stock-changes', { headers, payload });
    assert.deepEqual([status, body.code, body.errors[0].path], [403, 'not_owner', '/changes/1/productId']);
    assert.equal(await shop.count(topics.stockChanges), before);
  });

  test('NDJSON is taken line by line; broken lines are reported with their numbers', async () => {
    const before = await shop.count(topics.stockChanges);
    const lines = [
      JSON.stringify(change('n1')),
      '{"changeId":',
      '',
      JSON.stringify(change('n2', { delta: 'many' })),
      `${JSON.stringify(change('n3'))}\r`,
      JSON.stringify(change('n4', { count: 1 })),
      '"text"',
      JSON.stringify(change('n5', { note: 'x'.repeat(70_000) })),
      JSON.stringify(change('n6')),
    ];
    const { status, body } = await bulk('application/x-ndjson', lines.join('\n'));
    assert.equal(status, 202);
    assert.deepEqual([body.accepted, body.refused], [3, 5]);
    assert.deepEqual(
      body.errors.map(({ line, code }: { line: number; code: string }) => [line, code]),
      [
        [2, 'bulk_line_invalid'],
        [4, 'bulk_line_invalid'],
        [6, 'bulk_line_invalid'],
        [7, 'bulk_line_invalid'],
        [8, 'bulk_line_too_long'],
      ],
    );
    assert.match(body.errors[1].message, /delta must be integer/);
    assert.equal(await shop.count(topics.stockChanges), before + 3);
  });

  test('CSV is taken line by line; broken lines are reported with their numbers', async () => {
    const before = await shop.count(topics.stockChanges);
    const lines = [
      '\ufeffchangeId, productId,warehouseId,delta,count,sequence',
      'c1,p1,w1,5,,',
      'c2,p1,w1,,12,3',
      'c3,p1,w1,,,',
      'c4,p1,w1,1,2,',
      'c5,p1',
      '"c6","p1","w1",+3,,',
      '',
      'c7,p1,w1,1.5,,',
      'c8,p1,w"1,1,,',
      'c"8b,p1,w1,1,,',
      `c9,p1,${'w'.repeat(70_000)},1,,`,
      'c10,p1,w1,-2,,7',
    ];
    const { status, body } = await bulk('text/csv; charset=utf-8', lines.join('\r\n'));
    assert.equal(status, 202, JSON.stringify(body));
    assert.deepEqual(
      body.errors.map(({ line, code }: { line: number; code: string }) => [line, code]),
      [
        [4, 'bulk_line_invalid'],
        [5, 'bulk_line_invalid'],
        [6, 'bulk_line_invalid'],
        [9, 'bulk_line_invalid'],
        [10, 'bulk_line_invalid'],
        [11, 'bulk_line_invalid'],
        [12, 'bulk_line_too_long'],
      ],
    );
    assert.deepEqual([body.accepted, body.refused], [4, 7]);
    assert.equal(await shop.count(topics.stockChanges), before + 4);
    const outcome = await eventually(async () => {
      const { body: found } = await shop.call('GET', '/v1/stock-changes/c2', { headers: seller() });
      return found.status === 'applied' ? found : undefined;
    });
    assert.equal(outcome.after, 12);
  });

  for (const header of [
    'changeId,productId',
    'changeId,productId,warehouseId,delta,colour',
    'delta,delta,changeId,productId,warehouseId',
  ]) {
    test(`CSV under ${header} is refused`, async () => {
      const { status, body } = await bulk('text/csv', `${header}\n1,2,3,4,5\n`);
      assert.deepEqual([status, body.code], [400, 'bulk_header_invalid']);
    });
  }

  test('an empty upload is an empty report', async () => {
    assert.deepEqual((await bulk('text/csv', '')).body, { accepted: 0, refused: 0, errors: [] });
    assert.deepEqual((await bulk('application/x-ndjson', '\n\n')).body, { accepted: 0, refused: 0, errors: [] });
  });

  test("lines of another seller's products are reported, the others taken", async () => {
    const headers = { ...shop.bearer('other', 'seller'), 'content-type': 'application/x-ndjson' };
    const payload = [change('f1'), change('f2', { productId: 'mine' })].map((each) => JSON.stringify(each)).join('\n');
    const { body } = await shop.call('POST', '/v1/stock-changes', { headers, payload });
    assert.equal(body.accepted, 1);
    assert.deepEqual([body.errors[0].line, body.errors[0].code], [1, 'not_owner']);
  });

  test('a large upload is taken whole; its errors are told up to 1,000', async () => {
    const before = await shop.count(topics.stockChanges);
    const lines = Array.from({ length: 6_000 }, (_, index) =>
      index % 5 ? JSON.stringify(change(`big${index}`)) : 'x',
    );
    const { body } = await bulk('application/x-ndjson', lines.join('\n'));
    assert.deepEqual([body.accepted, body.refused, body.errors.length], [4_800, 1_200, 1_000]);
    assert.equal(await shop.count(topics.stockChanges), before + 4_800);
  });

  for (const type of ['application/x-ndjson', 'text/csv']) {
    test(`more than the limit as ${type} is 413, and what came before is taken`, async () => {
      const first = type === 'text/csv' ? 'changeId,productId,warehouseId,delta\n' : '';
      const { status, body } = await bulk(type, `${first}${`${'x'.repeat(3_000)},\n`.repeat(1_100)}`);
      assert.deepEqual([status, body.code], [413, 'body_too_large']);
    });
  }

  test('an outcome is told to its seller and to operators', async () => {
    await send({ changes: [change('told')] }, { prefer: 'wait=5' });
    const read = (headers: object, query = '') =>
      shop.call('GET', `/v1/stock-changes/told${query}`, { headers: { ...headers } });
    await eventually(async () => (await read(seller())).status === 200 || undefined);
    assert.equal((await read(seller(), '?productId=p1')).body.status, 'applied');
    assert.equal((await read(shop.bearer('o', 'operator'))).status, 200);
    for (const answer of [await read(shop.bearer('other', 'seller')), await read(seller(), '?productId=p2')]) {
      assert.deepEqual([answer.status, answer.body.code], [404, 'stock_change_not_found']);
    }
  });
});
