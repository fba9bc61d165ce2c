// What operators look at: the streams, dead letters, views; and what machines ask: health and figures.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Operations } from '../../gateway/operations.ts';
import { RecordBatchBuilder } from '../../log/record-batch-builder.ts';
import { noImport } from '../../schemas/catalog-defaults.ts';
import { topics } from '../../schemas/topics.ts';
import type { StockChange } from '../../schemas/types.generated.ts';
import { deadLetter } from '../../streams/dead-letter.ts';
import { idleOperations, TestGateway } from './test-gateway.ts';

const node = { processor: 'accept-order', stores: ['orders'], outputs: ['order-events'] };
const operations: Operations = {
  ...idleOperations,
  topologies: async () => [
    {
      name: 'shop',
      partitions: 8,
      nodes: [
        { ...node, source: { kind: 'topic', name: 'orders' } },
        { ...node, processor: 'expire-holds', source: { kind: 'timer', name: 'hold-expiry' } },
      ],
    },
  ],
  tasks: async () => [{ id: 'shop_0', topology: 'shop', partition: 0, state: 'running', owner: 'w1' }],
  lag: async () => [
    { kind: 'view', name: 'orders', topic: 'order-events', partition: 0, committed: null, end: 7, lag: 7 },
  ],
  rebuildView: async (name) => name === 'orders',
};

describe('operators', () => {
  let shop: TestGateway;
  let isHealthy = true;
  before(async () => {
    const health = async () => [{ name: 'shop', healthy: isHealthy, ...(!isHealthy && { detail: 'restoring' }) }];
    shop = await TestGateway.open({ deps: { operations: { ...operations, health } } });
  });
  after(() => shop.close());
  const get = (url: string, headers: object = {}) =>
    shop.call('GET', url, { headers: { ...shop.bearer('o', 'operator'), ...headers } });
  const post = (url: string, payload?: object) =>
    shop.call('POST', url, { headers: shop.bearer('o', 'operator'), ...(payload && { payload }) });

  test('see the topology as JSON, text and Mermaid', async () => {
    const json = await get('/v1/admin/topology');
    assert.deepEqual(json.body.topologies, await operations.topologies());
    for (const answer of [
      await get('/v1/admin/topology?format=text'),
      await get('/v1/admin/topology', { accept: 'text/plain' }),
    ]) {
      assert.match(answer.headers['content-type'] ?? '', /^text\/plain/);
      assert.match(answer.text, /Topology: shop \(8 tasks\)\n {2}Source: orders --> accept-order\n {4}stores: orders/);
      assert.match(answer.text, /Timer: hold-expiry --> expire-holds/);
    }
    for (const answer of [
      await get('/v1/admin/topology?format=mermaid'),
      await get('/v1/admin/topology', { accept: 'text/vnd.mermaid' }),
    ]) {
      assert.match(answer.headers['content-type'] ?? '', /^text\/vnd\.mermaid/);
      assert.match(answer.text, /^flowchart LR\n/);
      assert.match(answer.text, /k_orders\(\["orders"\]\) --> p_shop_accept_order\["accept-order"\]/);
    }
    assert.equal((await get('/v1/admin/topology?format=pdf')).status, 400);
  });

  test('see tasks and lag', async () => {
    assert.deepEqual((await get('/v1/admin/tasks')).body, { tasks: await operations.tasks() });
    assert.deepEqual((await get('/v1/admin/lag')).body, { lag: await operations.lag() });
  });

  test('rebuild a view', async () => {
    const rebuilt = await post('/v1/admin/views/orders/rebuild');
    assert.deepEqual([rebuilt.status, rebuilt.body], [202, { view: 'orders' }]);
    assert.equal((await post('/v1/admin/views/nothing/rebuild')).body.code, 'view_not_found');
  });

  test('a part that is away makes the gateway not ready, but alive', async () => {
    assert.equal((await get('/health/ready')).status, 200);
    isHealthy = false;
    const { status, body } = await get('/health/ready');
    isHealthy = true;
    assert.deepEqual([status, body.status], [503, 'not ready']);
    assert.deepEqual(body.parts.at(-1), { name: 'shop', healthy: false, detail: 'restoring' });
    assert.deepEqual((await get('/health/live')).body, { status: 'live' });
  });

  test('figures tell requests by route, orders and lags', async () => {
    await shop.offer({ p1: 5 });
    await shop.order({ headers: { prefer: 'wait=5' } });
    await get('/v1/nothing');
    const { text, headers } = await get('/metrics');
    assert.match(headers['content-type'] ?? '', /^text\/plain/);
    assert.match(text, /http_request_duration_seconds_count\{method="POST",route="\/v1\/orders",status="201"\} 1/);
    assert.match(text, /route="none",status="404"/);
    assert.match(text, /gateway_orders_accepted_total 1/);
    assert.match(text, /gateway_waiters 0/);
    assert.match(text, /gateway_event_tail_lag\{topic="order-events"\} 0/);
  });

  test('the address itself tells where to go on', async () => {
    assert.equal((await get('/')).body.links.documentation, '/docs');
    const page = await get('/', { accept: 'text/html,*/*' });
    assert.match(page.headers['content-type'] ?? '', /^text\/html/);
    assert.match(page.text, /href="\/docs"/);
  });
});

describe('dead letters', () => {
  let shop: TestGateway;
  const change: StockChange = {
    changeId: 'dead',
    productId: 'p1',
    warehouseId: 'w1',
    sellerId: 'seller',
    sequence: null,
    at: 1,
    ...noImport,
    change: { type: 'StockDelta', delta: 1 },
  };
  before(async () => {
    shop = await TestGateway.open();
    const bytes = Buffer.alloc(1_000);
    const sound = bytes.subarray(0, topics.stockChanges.serde.encode(change, bytes, 0));
    for (let count = 0; count < 7; count++) {
      const topic = count === 5 ? '' : count === 6 ? 'elsewhere' : topics.stockChanges.name;
      const value = count === 0 ? Buffer.from('garbage') : sound;
      const source = { topic, partition: 3, offset: 40 + count, timestamp: 5, key: 'p1', value };
      const headers = [{ key: 'trace', value: Buffer.from(`t${count}`) }];
      const error = new Error(count % 2 ? 'odd' : 'even');
      const code = count % 2 ? 'PROCESSOR_FAILED' : 'RECORD_UNDECODABLE';
      const letter = deadLetter(
        { ...source, headers },
        { error, code, processor: 'apply-stock-change', codeVersion: '1' },
      );
      const batch = new RecordBatchBuilder().append(1_000 + count, 'p1', letter.value, letter.headers);
      await shop.appendRaw(topics.deadLetters.name, batch);
    }
  });
  after(() => shop.close());
  const url = '/v1/admin/dead-letters';
  const call = (method: string, path: string, payload?: object) =>
    shop.call(method, `${url}${path}`, { headers: shop.bearer('o', 'operator'), ...(payload && { payload }) });

  test('are listed by pages, the newest first', async () => {
    const seen: { id: string }[] = [];
    let query = '?limit=3';
    for (let pages = 0; query && pages < 10; pages++) {
      const { body } = await call('GET', query);
      seen.push(...body.deadLetters);
      query = body.cursor ? `?limit=3&cursor=${body.cursor}` : '';
    }
    assert.deepEqual(
      seen.map(({ id }) => id),
      ['0-6', '0-5', '0-4', '0-3', '0-2', '0-1', '0-0'],
    );
    assert.deepEqual(seen[3], {
      id: '0-3',
      at: 1_003,
      code: 'PROCESSOR_FAILED',
      message: 'odd',
      processor: 'apply-stock-change',
      topic: 'stock-changes',
      partition: 3,
      offset: 43,
      timestamp: 5,
      key: 'p1',
    });
    assert.equal((await call('GET', '?cursor=x')).body.code, 'request_invalid');
    assert.equal((await call('GET', '?cursor=1.2.3')).body.code, 'request_invalid');
  });

  test('one is told as far as it can be decoded', async () => {
    const { body } = await call('GET', '/0-3');
    assert.deepEqual(body.value, change);
    assert.deepEqual(body.headers, [{ key: 'trace', value: 't3' }]);
    assert.equal(body.codeVersion, '1');
    const broken = await call('GET', '/0-0');
    assert.equal(Buffer.from(broken.body.bytes, 'base64').toString(), 'garbage');
    assert.match(broken.body.undecodable, /schema id/);
    assert.equal(broken.body.value, undefined);
  });

  test('one that is not there is 404', async () => {
    for (const id of ['0-7', '1-0', 'x', '0-x', '-1-0', '0-999999999999999']) {
      assert.equal((await call('GET', `/${id}`)).body.code, 'dead_letter_not_found', id);
    }
  });

  test('one is replayed to where it came from, as it was', async () => {
    const before = await shop.count(topics.stockChanges);
    const { status, body } = await call('POST', '/0-3/replay');
    assert.deepEqual([status, body], [202, { replayed: 1, skipped: 0 }]);
    assert.equal(await shop.count(topics.stockChanges), before + 1);
    for (const id of ['0-5', '0-6']) {
      assert.equal((await call('POST', `/${id}/replay`)).body.code, 'dead_letter_not_replayable', id);
    }
    assert.equal((await call('POST', '/0-9/replay')).body.code, 'dead_letter_not_found');
  });

  for (const [name, filter, report] of [
    ['all', {}, { replayed: 5, skipped: 2 }],
    ['by code', { code: 'PROCESSOR_FAILED' }, { replayed: 2, skipped: 1 }],
    ['by topic', { topic: 'stock-changes' }, { replayed: 5, skipped: 0 }],
    ['by processor', { processor: 'another' }, { replayed: 0, skipped: 0 }],
    ['by time', { from: '1002', to: '1004' }, { replayed: 2, skipped: 0 }],
    ['by a time in words', { from: '1970-01-01T00:00:01.004Z' }, { replayed: 1, skipped: 2 }],
  ] as const) {
    test(`are replayed ${name}`, async () => {
      const before = await shop.count(topics.stockChanges);
      const { status, body } = await call('POST', '/replay', filter);
      assert.deepEqual([status, body], [202, report]);
      assert.equal(await shop.count(topics.stockChanges), before + report.replayed);
    });
  }

  test('a replay by an unknown condition is refused', async () => {
    assert.equal((await call('POST', '/replay', { colour: 'red' })).body.code, 'request_invalid');
    assert.equal((await call('POST', '/replay', { from: '2026-02-99' })).body.code, 'request_invalid');
  });
});
