// Requests with an idempotency key: one effect, one answer, whatever is repeated, raced or lost.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { StockstreamError } from '../../base/errors.ts';
import type { Idempotency } from '../../gateway/idempotency/idempotency.ts';
import type { Log } from '../../log/log.ts';
import { topics } from '../../schemas/topics.ts';
import { delegateLog } from '../log/delegates.ts';
import { orderBody, TestGateway } from './test-gateway.ts';

describe('idempotent requests', () => {
  let shop: TestGateway;
  before(async () => {
    shop = await TestGateway.open();
    await shop.offer({ p1: 100_000, p2: 100_000 });
  });
  after(() => shop.close());

  test('a repeated order gets the first answer byte for byte, and is one order', async () => {
    const headers = { 'idempotency-key': 'repeat' };
    const first = await shop.order({ headers });
    const orders = await shop.count(topics.orders);
    const second = await shop.order({ headers: { ...headers, prefer: 'wait=3' } });
    assert.equal(second.status, 202);
    assert.equal(second.text, first.text);
    assert.equal(second.headers.location, first.headers.location);
    assert.equal(second.headers['content-type'], first.headers['content-type']);
    assert.deepEqual(
      [first.headers['idempotent-replayed'], second.headers['idempotent-replayed']],
      [undefined, 'true'],
    );
    assert.equal(await shop.count(topics.orders), orders);
  });

  test('a key is per customer', async () => {
    const headers = { 'idempotency-key': 'shared' };
    const one = await shop.order({ headers, shopper: 's1' });
    const other = await shop.order({ headers, shopper: 's2' });
    assert.notEqual(one.body.orderId, other.body.orderId);
    assert.equal(other.headers['idempotent-replayed'], undefined);
  });

  test('a key that is used for another body or another route is refused', async () => {
    const headers = { 'idempotency-key': 'reused' };
    const placed = await shop.order({ headers });
    const changed = await shop.order({ headers, lines: [{ productId: 'p1', quantity: 2 }] });
    assert.deepEqual([changed.status, changed.body.code], [422, 'idempotency_key_reused']);
    const url = `/v1/orders/${placed.body.orderId}/cancel`;
    const cancel = await shop.call('POST', url, { headers: { ...shop.bearer('s1', 'shopper'), ...headers } });
    assert.deepEqual([cancel.status, cancel.body.code], [422, 'idempotency_key_reused']);
  });

  const badKeys: [key: string | undefined, code: string][] = [
    [undefined, 'idempotency_key_missing'],
    ['', 'idempotency_key_invalid'],
    ['a b', 'idempotency_key_invalid'],
    ['é', 'idempotency_key_invalid'],
    ['x'.repeat(256), 'idempotency_key_invalid'],
  ];
  for (const [key, code] of badKeys) {
    test(`key ${JSON.stringify(key)?.slice(0, 20)} is ${code}`, async () => {
      const headers = { ...shop.bearer('s1', 'shopper'), ...(key !== undefined && { 'idempotency-key': key }) };
      const { status, body } = await shop.call('POST', '/v1/orders', { headers, payload: orderBody });
      assert.deepEqual([status, body.code], [400, code]);
    });
  }

  test('a key of 255 characters will do', async () => {
    assert.equal((await shop.order({ headers: { 'idempotency-key': '~'.repeat(255) } })).status, 202);
  });

  test('while the first runs, a repetition is told to come back', async () => {
    shop.decider.pause();
    const headers = { 'idempotency-key': 'slow', prefer: 'wait=2' };
    const first = shop.order({ headers });
    const second = await shop.order({ headers });
    assert.deepEqual(
      [second.status, second.body.code, second.headers['retry-after']],
      [409, 'idempotency_key_busy', '1'],
    );
    shop.decider.resume();
    const third = await shop.order({ headers: { 'idempotency-key': 'slow' } }).then(async (early) => {
      await first;
      return early.status === 409 ? shop.order({ headers: { 'idempotency-key': 'slow' } }) : early;
    });
    assert.equal(third.text, (await first).text);
  });

  test('a refused request gives its key back', async () => {
    const headers = { 'idempotency-key': 'second-try' };
    const refused = await shop.order({ headers, lines: [{ productId: 'nothing', quantity: 1 }] });
    assert.equal(refused.status, 422);
    assert.equal((await shop.order({ headers })).status, 202);
  });

  test('any race of repetitions makes one order and one answer', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.boolean(), { minLength: 2, maxLength: 8 }), async (waits) => {
        const key = `race-${run++}`;
        const before = await shop.count(topics.orders);
        const answers = await Promise.all(
          waits.map((wait) => shop.order({ headers: { 'idempotency-key': key, ...(wait && { prefer: 'wait=5' }) } })),
        );
        const done = answers.filter(({ status }) => status < 300);
        assert.ok(done.length >= 1);
        assert.ok(answers.every(({ status }) => status < 300 || status === 409));
        assert.equal(new Set(done.map(({ text }) => text)).size, 1);
        assert.equal(done.filter(({ headers }) => headers['idempotent-replayed'] === undefined).length, 1);
        assert.equal(await shop.count(topics.orders), before + 1);
      }),
      { numRuns: 40 },
    );
  });

  test('with all records lost the same request is still the same order', async () => {
    const other = await shop.another();
    const headers = { 'idempotency-key': 'lost', prefer: 'wait=5' };
    const first = await shop.order({ headers });
    const start = performance.now();
    const second = await shop.order({ headers, app: other });
    assert.ok(performance.now() - start < 4_000, 'what is decided already is not waited for');
    assert.equal(second.headers['idempotent-replayed'], undefined);
    assert.equal(second.body.orderId, first.body.orderId);
    assert.equal(second.body.history.length, 2);
  });

  test('a stock change by key is taken once', async () => {
    const headers = { ...shop.bearer('seller', 'seller'), 'idempotency-key': 'stock' };
    const payload = { changes: [{ changeId: 'by-key', productId: 'p2', warehouseId: 'w1', delta: 1 }] };
    const before = await shop.count(topics.stockChanges);
    const first = await shop.call('POST', '/v1/stock-changes', { headers, payload });
    const second = await shop.call('POST', '/v1/stock-changes', { headers, payload });
    assert.equal(second.text, first.text);
    assert.equal(second.headers['idempotent-replayed'], 'true');
    assert.equal(await shop.count(topics.stockChanges), before + 1);
  });
});

describe('a request that fails', () => {
  test('because the store of keys is away is refused with 503; the rest goes on, and health says why', async (t) => {
    const shop = await TestGateway.open();
    t.after(() => shop.close());
    await shop.offer({ p1: 10 });
    const away = () => Promise.reject(new StockstreamError('IDEMPOTENCY_UNAVAILABLE', { reason: 'it is gone' }));
    const app = await shop.another({ idempotency: { ...shop.deps.idempotency, claim: away, ping: away } });
    const { status, headers, body } = await shop.order({ app });
    assert.deepEqual([status, headers['retry-after'], body.code], [503, '1', 'idempotency_unavailable']);
    assert.equal((await shop.call('GET', '/v1/products/p1', { app })).status, 200);
    const health = await shop.call('GET', '/health/ready', { app });
    const detail = 'The idempotency records cannot be reached now: it is gone.';
    assert.deepEqual([health.status, health.body.status], [200, 'degraded']);
    const part = health.body.parts.find(({ name }: { name: string }) => name === 'idempotency');
    assert.deepEqual(part, { name: 'idempotency', healthy: false, detail });
  });

  test('by a 5xx gives its key back; a store of keys that fails later does not spoil the answer', async () => {
    const failing = { append: false, complete: false };
    const shop = await TestGateway.open();
    await shop.offer({ p1: 10 });
    const app = await shop.another({
      log: failingLog(shop.log, () => failing.append),
      idempotency: failingIdempotency(shop.deps.idempotency, () => failing.complete),
    });
    const headers = { 'idempotency-key': 'flaky' };
    failing.append = true;
    const failed = await shop.order({ app, headers });
    assert.deepEqual([failed.status, failed.body.code], [500, 'internal_error']);
    assert.ok(!failed.text.includes('away'), 'the reason is for the log, not for the caller');
    failing.append = false;
    failing.complete = true;
    assert.equal((await shop.order({ app, headers })).status, 202);
    await shop.close();
  });
});

/** The log, whose appends fail while `isAway`. */
function failingLog(log: Log, isAway: () => boolean): Log {
  return {
    ...delegateLog(log),
    async producer() {
      const producer = await log.producer();
      return {
        close: () => producer.close(),
        append: async (topic, partition, batch) => {
          if (isAway()) throw new Error('the log is away');
          return producer.append(topic, partition, batch);
        },
      };
    },
  };
}

/** The records, which can't be completed while `isFull`. */
function failingIdempotency(idempotency: Idempotency, isFull: () => boolean): Idempotency {
  return {
    claim: (request, leaseMs) => idempotency.claim(request, leaseMs),
    renew: (request, token, leaseMs) => idempotency.renew(request, token, leaseMs),
    ping: () => idempotency.ping(),
    release: (request, token) => idempotency.release(request, token),
    close: () => idempotency.close(),
    complete: async (request, token, answer) => {
      if (isFull()) throw new Error('no room');
      return idempotency.complete(request, token, answer);
    },
  };
}
