// Several gateways on one Redis: a request that comes to any of them, at any time, has one effect and one answer; and
// what a dead gateway had claimed is free when its lease is over.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { FastifyInstance } from 'fastify';
import { systemClock } from '../../../base/clock.ts';
import { SteppedClock } from '../../../base/stepped-clock.ts';
import type { Idempotency } from '../../../gateway/idempotency/idempotency.ts';
import { leaseMs } from '../../../gateway/idempotency/lease.ts';
import { topics } from '../../../schemas/topics.ts';
import { eventually, TestGateway } from '../test-gateway.ts';
import { openRedis } from './redis-kit.ts';

/** The stores' time, so that leases end when a test says so. */
const time = new SteppedClock();
const stores: Idempotency[] = [];
let shop: TestGateway;
let other: FastifyInstance;

const openStore = async () => {
  const store = await openRedis({ clock: time });
  stores.push(store);
  return store;
};

before(async () => {
  shop = await TestGateway.open({ deps: { idempotency: await openRedis({ clock: time }) } });
  other = await shop.another({ idempotency: await openStore() });
  await shop.offer({ p1: 1_000 });
});
after(async () => {
  await shop.close();
  for (const store of stores) await store.close();
});

test('of requests with one key at two gateways at a time one is done; the others get its answer or 409', async () => {
  for (let round = 0; round < 20; round++) {
    const earlier = await shop.count(topics.orders);
    const headers = { 'idempotency-key': `race-${round}`, ...(round % 2 === 0 && { prefer: 'wait=5' }) };
    const gateways = Array.from({ length: 8 }, (_, index) => (index % 2 === 0 ? shop.app : other));
    const answers = await Promise.all(gateways.map((app) => shop.order({ app, headers })));
    const done = answers.filter(({ status }) => status < 300);
    const busy = answers.filter(({ status, body }) => status === 409 && body.code === 'idempotency_key_busy');
    assert.equal(done.length + busy.length, gateways.length);
    assert.equal(done.filter(({ headers: each }) => each['idempotent-replayed'] === undefined).length, 1);
    assert.equal(new Set(done.map(({ text }) => text)).size, 1);
    assert.equal(await shop.count(topics.orders), earlier + 1);
    const late = await Promise.all([shop.app, other].map((app) => shop.order({ app, headers })));
    assert.deepEqual(
      late.map(({ text }) => text),
      [done[0]?.text, done[0]?.text],
    );
  }
});

test('a key that one gateway knows is refused for another body at the other one', async () => {
  const headers = { 'idempotency-key': 'reused' };
  assert.equal((await shop.order({ headers })).status, 202);
  const changed = await shop.order({ app: other, headers, lines: [{ productId: 'p1', quantity: 2 }] });
  assert.deepEqual([changed.status, changed.body.code], [422, 'idempotency_key_reused']);
});

test('what a gateway had claimed when it died is free when its lease is over, and is the same order', async () => {
  // Time stands still for it: it renews nothing, ends nothing, and isn't heard of.
  const dead = await shop.another({
    idempotency: await openStore(),
    clock: new SteppedClock(systemClock.now()),
  });
  shop.decider.pause();
  const earlier = await shop.count(topics.orders);
  const headers = { 'idempotency-key': 'killed', prefer: 'wait=5' };
  const unheard = shop.order({ app: dead, headers });
  await eventually(async () => (await shop.count(topics.orders)) > earlier || undefined);

  time.step(leaseMs - 1);
  const early = await shop.order({ app: other, headers });
  assert.deepEqual([early.status, early.body.code, early.headers['retry-after']], [409, 'idempotency_key_busy', '1']);
  time.step(1);
  const taking = shop.order({ app: other, headers });
  await eventually(async () => (await shop.count(topics.orders)) > earlier + 1 || undefined);
  shop.decider.resume();
  const taken = await taking;
  assert.deepEqual([taken.status, taken.headers['idempotent-replayed']], [201, undefined]);

  // It wasn't dead after all: it has the same order, and its late answer changes nothing.
  assert.equal((await unheard).body.orderId, taken.body.orderId);
  const [one, two] = await Promise.all([shop.app, other].map((app) => shop.order({ app, headers })));
  assert.deepEqual([one?.text, two?.text], [taken.text, taken.text]);
});

test('a gateway that runs keeps its key for as long as it works', async () => {
  const clock = new SteppedClock(systemClock.now());
  const slow = await shop.another({ idempotency: await openStore(), clock });
  shop.decider.pause();
  const earlier = await shop.count(topics.orders);
  const headers = { 'idempotency-key': 'slow', prefer: 'wait=30' };
  const placing = shop.order({ app: slow, headers });
  await eventually(async () => (await shop.count(topics.orders)) > earlier || undefined);
  for (let second = 0; second < 25; second++) {
    time.step(1_000);
    clock.step(1_000);
    assert.equal((await shop.order({ app: other, headers })).status, 409);
  }
  shop.decider.resume();
  assert.equal((await placing).status, 201);
});

test('by the time of Redis itself a lease ends, too', async () => {
  const [one, two] = [await openRedis(), await openRedis()];
  stores.push(one, two);
  const request = { scope: 'real', key: 'time', fingerprint: 'f' };
  assert.equal((await one.claim(request, 60_000)).kind, 'claimed');
  const running = await two.claim(request, 60_000);
  assert.ok(running.kind === 'running' && running.leftMs > 50_000 && running.leftMs <= 60_000);
  const brief = { ...request, key: 'brief' };
  assert.equal((await one.claim(brief, 50)).kind, 'claimed');
  await eventually(async () => ((await two.claim(brief, 60_000)).kind === 'claimed' ? true : undefined));
});
