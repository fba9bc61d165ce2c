// A card number that somebody types where it does not belong, or that a provider repeats in its words, leaves no trace:
// in no topic, dead letter, view, log line or file. What the orders' own task keeps comes from those topics alone.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { after, before, describe, test } from 'node:test';
import { type Logger, pino } from 'pino';
import { Registry } from 'prom-client';
import Stripe from 'stripe';
import { systemClock } from '../../../base/clock.ts';
import { systemRandom } from '../../../base/random.ts';
import { payOrders } from '../../../effects/payments/pay.ts';
import type { Payments } from '../../../effects/payments/payments.ts';
import { openSimulatedPayments } from '../../../effects/payments/simulator/simulated-payments.ts';
import { openStripePayments } from '../../../effects/payments/stripe/stripe-payments.ts';
import { stripeWebhook } from '../../../effects/payments/stripe/webhook.ts';
import { topics } from '../../../schemas/topics.ts';
import type { PaymentRequest, PaymentResult } from '../../../schemas/types.generated.ts';
import { effectTask } from '../../../streams/effect.ts';
import { EffectThread } from '../../../streams/effect-thread.ts';
import { createEffectMetrics } from '../../../streams/metrics.ts';
import { eventually, TestGateway } from '../../gateway/test-gateway.ts';
import { FakeStripe } from './fake-stripe.ts';

const card = '4111111111111111';
const forms = [card, '4111 1111 1111 1111', '4111-1111-1111-1111'];
const webhookSecret = 'whsec_of_the_tests';
const orderOf = (number: number) => `${String(number).padStart(22, 'A')}~p1`;

/** The bytes as text, without what may stand between the digits of a card number. */
const packed = (bytes: Buffer | string | null | undefined) => String(bytes ?? '').replace(/[\s-]/g, '');

interface Scene {
  readonly shop: TestGateway;
  readonly logger: Logger;
  /** What was logged. */
  readonly lines: readonly string[];
  /** Of files that adapters write. */
  readonly directory: string;
}

/** Performs the requests of the log with `payments`, as a worker does, but gives up sooner; then closes it. */
async function pay({ shop, logger }: Scene, name: string, payments: Payments, requests: readonly PaymentRequest[]) {
  for (const request of requests) await shop.append(topics.paymentRequests, 'p1', request);
  const before = await shop.count(topics.paymentResults);
  const effect = { ...payOrders({ payments, topics, clock: systemClock }), name, tries: 2 };
  const thread = new EffectThread({
    log: shop.log,
    clock: systemClock,
    random: systemRandom,
    task: effectTask(topics.paymentRequests, effect),
    appId: 'test',
    instanceId: name,
    deadLetters: topics.deadLetters,
    codeVersion: 'test',
    metrics: createEffectMetrics(new Registry()),
    logger,
    onFailure: (error) => assert.fail(String(error)),
  });
  thread.start();
  // Each provider is another effect, which begins with the first request of the log.
  const asked = await shop.count(topics.paymentRequests);
  const isDone = async () => (await shop.count(topics.paymentResults)) >= before + asked || undefined;
  await eventually(isDone, 20_000);
  await thread.stop();
  await payments.close();
}

function authorize(number: number, token: string): PaymentRequest {
  const orderId = orderOf(number);
  const command = { type: 'AuthorizePayment', method: 'card', token, amount: 1_999, currency: 'EUR' } as const;
  return { requestId: `${orderId}/authorize-1`, orderId, customerId: 'c1', at: 1, command };
}

async function everything({
  shop,
  directory,
  lines,
}: Scene): Promise<{ readonly results: PaymentResult[]; readonly texts: string[] }> {
  const results: PaymentResult[] = [];
  const texts: string[] = [];
  for (const { name, partitions } of Object.values(topics)) {
    const places = Array.from({ length: partitions }, (_, partition) => ({ topic: name, partition }));
    let left = (await shop.log.admin.offsets(places, 'latest')).reduce((sum, end) => sum + end, 0);
    const fetcher = shop.log.fetcher();
    for (const place of places) fetcher.assign(place, 0);
    while (left > 0) {
      for (const { batches } of await fetcher.poll({ maxWaitMs: 100, maxBytes: 1 << 20 })) {
        for (const batch of batches) {
          left -= batch.count;
          for (const { key, value, headers } of batch.records()) {
            texts.push(packed(key), packed(value), ...headers.map((header) => packed(header.value)));
            if (name === topics.paymentResults.name) results.push(topics.paymentResults.serde.decode(value!));
          }
        }
      }
    }
    await fetcher.close();
  }
  const files = readdirSync(directory).map((file) => readFileSync(join(directory, file)).toString('latin1'));
  return { results, texts: [...texts, ...files.map(packed), ...lines.map(packed)] };
}

describe('a card number', () => {
  const directory = mkdtempSync(join(tmpdir(), 'payments-'));
  const lines: string[] = [];
  const sink = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  const logger = pino({ level: 'trace' }, sink);
  let shop: TestGateway;
  let stripe: FakeStripe;
  before(async () => {
    stripe = await FakeStripe.open();
    const paymentWebhook = stripeWebhook(webhookSecret, systemClock);
    shop = await TestGateway.open({ deps: { logger, paymentWebhook } });
  });
  after(async () => {
    await shop.close();
    await stripe.close();
    rmSync(directory, { recursive: true });
  });

  test('leaves no trace', async () => {
    const scene: Scene = { shop, logger, lines, directory };
    await shop.offer({ p1: 5 });
    for (const token of forms) {
      const refused = await shop.order({ body: { payment: { method: 'card', token } } });
      assert.deepEqual([refused.status, refused.body.code], [422, 'card_number_refused']);
    }

    const error = { message: `card ${card} was refused`, decline_code: `4111 1111 1111 1111` };
    stripe.troubles.push({ status: 402, error: { ...error, type: 'card_error' } });
    stripe.troubles.push({ status: 400, error: { ...error, type: 'invalid_request_error', code: card } });
    for (let tries = 0; tries < 2; tries++)
      stripe.troubles.push({ status: 500, error: { ...error, type: 'api_error' } });
    const requests = [1, 2, 3].map((number) => authorize(number, 'pm_card_visa'));
    await pay(scene, 'stripe', openStripePayments({ key: 'sk_test_x', url: stripe.url }), requests);

    const last_payment_error = { message: `4111-1111-1111-1111 is stolen` };
    const intent = {
      id: 'pi_1',
      metadata: { orderId: orderOf(4) },
      status: 'requires_payment_method',
      last_payment_error,
    };
    const timestamp = Math.floor(Date.now() / 1000);
    const event = { id: 'evt_1', type: 'payment_intent.payment_failed', created: timestamp, data: { object: intent } };
    const payload = JSON.stringify(event);
    const header = Stripe.webhooks.generateTestHeaderString({ payload, secret: webhookSecret, timestamp });
    const headers = { 'content-type': 'application/json', 'stripe-signature': header };
    assert.equal((await shop.call('POST', '/v1/payments/webhook', { payload, headers })).status, 200);
    const garbled = { ...headers, 'stripe-signature': `t=${timestamp},v1=${card}` };
    assert.equal((await shop.call('POST', '/v1/payments/webhook', { payload, headers: garbled })).status, 400);

    const file = join(directory, 'payments.sqlite');
    const simulated = { file, clock: systemClock, logger, tell: undefined, rates: {}, latencyMs: 0 };
    await pay(scene, 'simulator', openSimulatedPayments(simulated), [
      authorize(5, 'tok_decline'),
      authorize(6, 'tok_success'),
    ]);

    const { results, texts } = await everything(scene);
    const told = results.map(
      ({ orderId, outcome }) => `${Number(orderId.slice(0, 22).replaceAll('A', ''))} ${outcome.type}`,
    );
    assert.ok(
      ['1 PaymentDeclined', '2 PaymentDeclined', '3 PaymentUnanswered', '4 PaymentDeclined'].every((each) =>
        told.includes(each),
      ),
      told.join(),
    );
    assert.ok(texts.some((text) => text.includes('sim_')) && lines.length > 0);
    assert.deepEqual(
      texts.filter((text) => text.includes(card)),
      [],
    );
    assert.ok(results.every(({ outcome }) => !('reason' in outcome) || !packed(outcome.reason).includes('4111')));
  });
});
