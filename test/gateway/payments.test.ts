// The payment webhook: what is taken, that it is in the log when it is answered, and every way to be refused. The news
// are the simulated provider's, but for one test that has a provider of its own.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Webhook } from 'standardwebhooks';
import { StockstreamError } from '../../base/errors.ts';
import { simulatedWebhook } from '../../effects/payments/simulator/webhook.ts';
import type { Log } from '../../log/log.ts';
import { topics } from '../../schemas/topics.ts';
import type { PaymentResult } from '../../schemas/types.generated.ts';
import { type Answered, TestGateway } from './test-gateway.ts';

const secret = `whsec_${Buffer.from('a secret of the tests, 32 bytes.').toString('base64')}`;
const orderId = 'uJ2qqzV1n1s0y8b1dT1m5w~tv-55';
const news = { type: 'payment.authorized', orderId, reference: 'sim_1', occurredAt: 1_790_000_000_000 };

function signed(body: string, { at = Date.now(), by = secret, id = 'msg_1' } = {}) {
  return {
    'content-type': 'application/json; charset=utf-8',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at / 1000)),
    'webhook-signature': new Webhook(by).sign(id, new Date(at), body),
  };
}

/** All that the topic has, by key. */
async function resultsIn(log: Log): Promise<[key: string, result: PaymentResult][]> {
  const { name, partitions, serde } = topics.paymentResults;
  const places = Array.from({ length: partitions }, (_, partition) => ({ topic: name, partition }));
  const total = (await log.admin.offsets(places, 'latest')).reduce((sum, end) => sum + end, 0);
  const fetcher = log.fetcher();
  for (const place of places) fetcher.assign(place, 0);
  const results: [string, PaymentResult][] = [];
  while (results.length < total) {
    for (const { batches } of await fetcher.poll({ maxWaitMs: 1_000, maxBytes: 1 << 20 })) {
      for (const { key, value } of batches.flatMap((batch) => [...batch.records()])) {
        results.push([String(key), serde.decode(value!)]);
      }
    }
  }
  await fetcher.close();
  return results;
}

describe('the payment webhook', () => {
  let shop: TestGateway;
  before(async () => {
    const paymentWebhook = simulatedWebhook(secret);
    shop = await TestGateway.open({ settings: { bodyBytes: 10_000 }, deps: { paymentWebhook } });
  });
  after(() => shop.close());
  const post = (payload: string, headers: object): Promise<Answered> =>
    shop.call('POST', '/v1/payments/webhook', { payload, headers: { ...headers } });
  const tell = (body: object, change: Parameters<typeof signed>[1] = {}) => {
    const payload = JSON.stringify(body);
    return post(payload, signed(payload, change));
  };
  const count = () => shop.count(topics.paymentResults);

  test('puts news into the log, keyed by the lead product, before it answers', async () => {
    const answer = await tell(news);
    assert.deepEqual([answer.status, answer.body], [200, { accepted: 1 }]);
    const outcome = { type: 'PaymentAuthorized', paymentReference: 'sim_1' };
    const result = { resultId: 'simulator/msg_1', requestId: '', orderId, at: news.occurredAt, outcome };
    assert.deepEqual(await resultsIn(shop.log), [['tv-55', result]]);
  });

  test('takes and leaves alone what is not of an order', async () => {
    const before = await count();
    for (const body of [
      { ...news, type: 'payout.paid' },
      { ...news, orderId: 'of another shop' },
    ]) {
      const answer = await tell(body);
      assert.deepEqual([answer.status, answer.body], [200, { accepted: 0 }]);
    }
    assert.equal(await count(), before);
  });

  const cases: [name: string, call: () => Promise<Answered>, status: number, code: string][] = [
    ['no signature', () => post('{}', { 'content-type': 'application/json' }), 400, 'payment_webhook_signature_wrong'],
    [
      'another secret',
      () => tell(news, { by: Buffer.from('another').toString('base64') }),
      400,
      'payment_webhook_signature_wrong',
    ],
    [
      'a body that was changed',
      () => post(JSON.stringify({ ...news, reference: 'x' }), signed(JSON.stringify(news))),
      400,
      'payment_webhook_signature_wrong',
    ],
    [
      'another id than was signed',
      () => post(JSON.stringify(news), { ...signed(JSON.stringify(news)), 'webhook-id': 'msg_2' }),
      400,
      'payment_webhook_signature_wrong',
    ],
    ['what was recorded', () => tell(news, { at: Date.now() - 600_000 }), 400, 'payment_webhook_too_old'],
    ['what says nothing', () => tell({}), 400, 'payment_webhook_not_understood'],
    ['no JSON', () => post('{"a":', signed('{"a":')), 400, 'payment_webhook_not_understood'],
    ['no body', () => post('', signed('')), 400, 'payment_webhook_not_understood'],
    [
      'a form',
      () => post('a=b', { 'content-type': 'application/x-www-form-urlencoded' }),
      415,
      'content_type_unsupported',
    ],
    ['a large body', () => tell({ ...news, reason: 'x'.repeat(11_000) }), 413, 'body_too_large'],
  ];
  for (const [name, call, status, code] of cases) {
    test(`refuses ${name} with ${code}, and writes nothing`, async () => {
      const before = await count();
      const answer = await call();
      assert.deepEqual([answer.status, answer.body.code], [status, code]);
      assert.equal(answer.headers['content-type'], 'application/problem+json');
      assert.equal(await count(), before);
    });
  }

  test('has the bytes as they came', async () => {
    const bodies: string[] = [];
    const app = await shop.another({
      paymentWebhook: {
        read(body, headers) {
          bodies.push(`${headers['stripe-signature']} ${body}`);
          return undefined;
        },
      },
    });
    const payload = '{"a" : 1,\n"b":"ü"}';
    const headers = { 'content-type': 'application/json', 'stripe-signature': 't=1' };
    assert.equal((await shop.call('POST', '/v1/payments/webhook', { app, payload, headers })).status, 200);
    assert.deepEqual(bodies, [`t=1 ${payload}`]);
  });

  test('is told again later if the log is away', async () => {
    const log = { ...shop.log, admin: shop.log.admin, fetcher: () => shop.log.fetcher() } as Log;
    const producer = await shop.log.producer();
    log.producer = async () => ({
      ...producer,
      append: async () => {
        throw new StockstreamError('LOG_UNAVAILABLE', { action: 'write', reason: 'too few replicas' });
      },
      close: () => producer.close(),
    });
    const app = await shop.another({ log });
    const payload = JSON.stringify(news);
    const answer = await shop.call('POST', '/v1/payments/webhook', { app, payload, headers: signed(payload) });
    assert.deepEqual([answer.status, answer.body.code], [503, 'log_unavailable']);
  });
});

test('without a secret, the payment webhook asks to be told again later', async () => {
  const shop = await TestGateway.open();
  const payload = JSON.stringify(news);
  const answer = await shop.call('POST', '/v1/payments/webhook', { payload, headers: signed(payload) });
  assert.deepEqual([answer.status, answer.body.code], [503, 'webhook_secret_missing']);
  assert.ok(answer.headers['retry-after']);
  await shop.close();
});
