// What operators look at: the streams and views; and what machines ask: health and figures.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { CheckpointReport } from '../../gateway/checkpoints.ts';
import type { Operations } from '../../gateway/operations.ts';
import { idleOperations, TestGateway } from './test-gateway.ts';

const node = { processor: 'accept-order', stores: ['orders'], outputs: ['order-events'] };
let report: CheckpointReport;
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
  checkpoints: { ...idleOperations.checkpoints, create: async () => report },
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
    assert.deepEqual((await get('/v1/admin/checkpoints')).body, await operations.checkpoints.list());
  });

  test('take checkpoints, and are told of each task that has none', async () => {
    const taken = [{ task: 'shop_0', id: '1', isNew: true, bytes: 9 }];
    report = { checkpoints: taken, missed: [] };
    assert.deepEqual((await post('/v1/admin/checkpoints')).body, { checkpoints: taken });
    const missed = [{ task: 'shop_1', reason: 'moving', detail: 'nobody has it' }] as const;
    report = { checkpoints: taken, missed };
    const { status, body, headers } = await post('/v1/admin/checkpoints');
    assert.deepEqual([status, body.code, headers['retry-after']], [503, 'checkpoints_incomplete', '1']);
    assert.match(headers['content-type'] ?? '', /problem\+json/);
    assert.deepEqual([body.checkpoints, body.missed], [taken, missed]);
    assert.match(body.detail, /^Of 1 of 2 tasks .*shop_1 moving \(nobody has it\)/);
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
