// The Stripe adapter against a Stripe that remembers: the suite of the port, the kinds of failure, what is asked, events.
import assert from 'node:assert/strict';
import { after, afterEach, beforeEach, describe, test } from 'node:test';
import Stripe from 'stripe';
import { systemClock } from '../../../base/clock.ts';
import type { ErrorCode } from '../../../base/error-catalogue.ts';
import { isStockstreamError } from '../../../base/errors.ts';
import type { Payments, VoidAnswer } from '../../../effects/payments/payments.ts';
import { openStripePayments } from '../../../effects/payments/stripe/stripe-payments.ts';
import { stripeWebhook } from '../../../effects/payments/stripe/webhook.ts';
import { paymentsSuite } from '../../conformance/payments.suite.ts';
import { FakeStripe, type Trouble } from './fake-stripe.ts';

const webhookSecret = 'whsec_of_the_tests';
const never = new AbortController().signal;
const orderId = 'AAAAAAAAAAAAAAAAAAAAAA~p1';
const question = { requestId: 'r1', orderId, customerId: 'c1', amount: 1_999, currency: 'EUR' };

function open(url: string): Payments {
  return openStripePayments({ key: 'sk_test_of_the_tests', url });
}

let suites: FakeStripe[] = [];

paymentsSuite('Stripe', {
  async open() {
    const fake = await FakeStripe.open();
    suites.push(fake);
    return open(fake.url);
  },
  webhook: stripeWebhook(webhookSecret, systemClock),
  tokens: {
    success: 'pm_card_visa',
    decline: 'pm_declined',
    silent: 'pm_silent',
    lost: 'pm_lost',
    failing: 'pm_failing',
    lapsed: 'pm_lapsed',
    pending: 'pm_processing',
  },
});
after(async () => {
  for (const fake of suites) await fake.close();
  suites = [];
});

describe('the Stripe adapter', () => {
  let fake: FakeStripe;
  let payments: Payments;
  beforeEach(async () => {
    fake = await FakeStripe.open();
    payments = open(fake.url);
  });
  afterEach(async () => {
    await payments.close();
    await fake.close();
  });
  const authorize = (token = 'pm_card_visa', method = 'card') =>
    payments.authorize({ ...question, method, token }, never);

  test('asks for an authorization alone, at once, without the customer, and says whose it is', async () => {
    await authorize();
    const [asked = ''] = fake.asked;
    for (const part of [
      'POST /v1/payment_intents',
      'amount=1999',
      'currency=eur',
      'capture_method=manual',
      'confirm=true',
      'off_session=true',
      'payment_method=pm_card_visa',
      `transfer_group=${orderId}`,
      `metadata[orderId]=${orderId}`,
      'metadata[customerId]=c1',
      'metadata[requestId]=r1',
    ]) {
      assert.ok(asked.includes(part), `${part} in ${asked}`);
    }
  });

  test('takes the older form of a token, and wallets', async () => {
    assert.equal((await authorize('tok_visa', 'wallet')).type, 'PaymentAuthorized');
    assert.equal(fake.asked[0], 'POST /v1/payment_methods type=card&card[token]=tok_visa');
    assert.match(fake.asked[1] ?? '', /payment_method=pm_of_tok_visa/);
  });

  test('offers no invoices, and asks nobody', async () => {
    const answer = await authorize('any', 'invoice');
    assert.deepEqual(answer, { type: 'PaymentDeclined', reason: 'payment by invoice is not offered' });
    assert.deepEqual(fake.asked, []);
  });

  const troubles: [name: string, trouble: Trouble, code: ErrorCode][] = [
    ['a bad request', { status: 400, error: { type: 'invalid_request_error', message: 'No.' } }, 'PAYMENTS_REFUSED'],
    [
      'an unknown payment method',
      { status: 404, error: { type: 'invalid_request_error', code: 'resource_missing' } },
      'PAYMENTS_REFUSED',
    ],
    [
      'a wrong key',
      { status: 401, error: { type: 'invalid_request_error', message: 'Key.' } },
      'PAYMENTS_UNAUTHORIZED',
    ],
    ['a key without rights', { status: 403, error: { message: 'Rights.' } }, 'PAYMENTS_UNAUTHORIZED'],
    ['a key that is in use', { status: 409, error: { type: 'idempotency_error' } }, 'PAYMENTS_UNAVAILABLE'],
    ['a key of other parameters', { status: 400, error: { type: 'idempotency_error' } }, 'PAYMENTS_UNAVAILABLE'],
    ['a lock', { status: 400, error: { type: 'invalid_request_error', code: 'lock_timeout' } }, 'PAYMENTS_UNAVAILABLE'],
    ['too many requests', { status: 429, error: { type: 'invalid_request_error' } }, 'PAYMENTS_UNAVAILABLE'],
    ['an outage', { status: 500, error: { type: 'api_error' } }, 'PAYMENTS_UNAVAILABLE'],
    ['a proxy that is lost', { status: 502, error: { message: 'Bad gateway' } }, 'PAYMENTS_UNAVAILABLE'],
  ];
  for (const [name, trouble, code] of troubles) {
    test(`${name} is ${code}, asked once`, async () => {
      fake.troubles.push(trouble);
      await assert.rejects(authorize(), (error) => isStockstreamError(error, code));
      assert.equal(fake.asked.length, 1);
      assert.equal((await authorize()).type, 'PaymentAuthorized');
    });
  }

  test('a server that is gone is PAYMENTS_UNAVAILABLE', async () => {
    await fake.close();
    await assert.rejects(authorize(), (error) => isStockstreamError(error, 'PAYMENTS_UNAVAILABLE'));
    fake = await FakeStripe.open();
  });

  test('a declined card is told with its codes; a card number in the words is withheld', async () => {
    const answer = await authorize('pm_declined');
    assert.deepEqual(answer, { type: 'PaymentDeclined', reason: 'card_declined/generic_decline: Declined.' });
    fake.troubles.push({ status: 402, error: { type: 'card_error', message: 'card 4111 1111 1111 1111 is lost' } });
    const withheld = await payments.authorize({ ...question, requestId: 'r2', method: 'card', token: 'pm_x' }, never);
    assert.ok(withheld.type === 'PaymentDeclined' && /^withheld/.test(withheld.reason));
  });

  test('nothing of an error carries a card number', async () => {
    fake.troubles.push({ status: 500, error: { type: 'api_error', message: 'card 4111111111111111' } });
    await assert.rejects(authorize(), (error) => {
      assert.ok(isStockstreamError(error) && error.cause === undefined);
      return !`${error.stack} ${JSON.stringify(error)}`.includes('4111');
    });
  });

  test('a confirmation that the customer would have to give is a no', async () => {
    const error = { type: 'card_error', code: 'authentication_required', message: 'Authenticate.' };
    fake.troubles.push({ status: 402, error });
    const answer = await authorize();
    assert.ok(answer.type === 'PaymentDeclined' && answer.reason.startsWith('authentication_required'));
  });

  test('a void whose payment was taken meanwhile looks again', async () => {
    const answer = await authorize();
    assert.ok(answer.type === 'PaymentAuthorized');
    const { paymentReference } = answer;
    const letGo = (): Promise<VoidAnswer> => payments.void({ ...question, requestId: 'v1' }, never);
    const error = { type: 'invalid_request_error', code: 'payment_intent_unexpected_state', message: 'State.' };
    fake.troubles.push({ status: 400, error, on: /cancel$/ });
    await assert.rejects(letGo(), (thrown) => isStockstreamError(thrown, 'PAYMENTS_UNAVAILABLE'));
    await payments.capture({ ...question, requestId: 'c1', paymentReference }, never);
    assert.deepEqual(await letGo(), { type: 'VoidTooLate', amount: 1_999 });
  });

  test('a refund is known again after its key is forgotten', async () => {
    const answer = await authorize();
    assert.ok(answer.type === 'PaymentAuthorized');
    await payments.capture({ ...question, requestId: 'c1', paymentReference: answer.paymentReference }, never);
    const part = { ...question, requestId: 'b1', amount: 300 };
    assert.deepEqual(await payments.refund(part, never), { type: 'PaymentRefunded', amount: 300 });
    const asked = fake.asked.length;
    assert.deepEqual(await payments.refund(part, never), { type: 'PaymentRefunded', amount: 300 });
    assert.ok(fake.asked.slice(asked).every((line) => line.startsWith('GET')));
  });
});

describe('an event of Stripe', () => {
  const webhook = stripeWebhook(webhookSecret, systemClock);
  const created = Math.floor(Date.now() / 1000);
  const signed = (payload: string, { secret = webhookSecret, timestamp = created } = {}) => {
    return { 'stripe-signature': Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp }) };
  };
  const read = (type: string, object: object, change = {}) => {
    const event = { id: 'evt_1', object: 'event', api_version: '2026-01-01', type, created, data: { object } };
    const payload = JSON.stringify(event);
    return webhook.read(Buffer.from(payload), signed(payload, change));
  };
  const intent = { id: 'pi_1', object: 'payment_intent', metadata: { orderId }, status: 'requires_capture' };
  const charge = { id: 'ch_1', object: 'charge', metadata: { orderId }, captured: true, amount_refunded: 700 };
  const declined = { code: 'card_declined', decline_code: 'lost_card', message: 'No.' };

  const outcomes: [type: string, object: object, outcome: object | undefined][] = [
    ['payment_intent.amount_capturable_updated', intent, { type: 'PaymentAuthorized', paymentReference: 'pi_1' }],
    ['payment_intent.amount_capturable_updated', { ...intent, status: 'canceled' }, undefined],
    [
      'payment_intent.succeeded',
      { ...intent, status: 'succeeded', amount_received: 1_999 },
      { type: 'PaymentCaptured', paymentReference: 'pi_1', amount: 1_999 },
    ],
    [
      'payment_intent.payment_failed',
      { ...intent, status: 'requires_payment_method', last_payment_error: declined },
      { type: 'PaymentDeclined', reason: 'card_declined/lost_card: No.' },
    ],
    ['payment_intent.canceled', { ...intent, status: 'canceled' }, { type: 'PaymentVoided' }],
    ['charge.refunded', charge, { type: 'PaymentRefunded', amount: 700 }],
    ['charge.refunded', { ...charge, captured: false }, undefined],
    ['payment_intent.succeeded', { ...intent, metadata: {}, amount_received: 5 }, undefined],
    ['customer.created', { id: 'cus_1', object: 'customer' }, undefined],
  ];
  for (const [type, object, outcome] of outcomes) {
    test(`${type} of ${JSON.stringify(object)} is ${JSON.stringify(outcome)}`, () => {
      const expected = outcome && { resultId: 'stripe/evt_1', requestId: '', orderId, at: created * 1_000, outcome };
      assert.deepEqual(read(type, object), expected);
    });
  }

  const throws = (work: () => unknown, code: ErrorCode) => {
    assert.throws(work, (error) => isStockstreamError(error, code));
  };

  test('is refused with a wrong signature, or an old one', () => {
    const type = 'payment_intent.canceled';
    throws(() => read(type, intent, { secret: 'whsec_another' }), 'PAYMENT_WEBHOOK_SIGNATURE_WRONG');
    throws(() => read(type, intent, { timestamp: created - 600 }), 'PAYMENT_WEBHOOK_TOO_OLD');
    const both = { secret: 'whsec_another', timestamp: created - 600 };
    throws(() => read(type, intent, both), 'PAYMENT_WEBHOOK_SIGNATURE_WRONG');
  });

  test('is refused if it is none, however well it is signed', () => {
    for (const payload of ['{"a":', 'null', '[]', '{}', '{"object":"v2.core.event"}']) {
      throws(() => webhook.read(Buffer.from(payload), signed(payload)), 'PAYMENT_WEBHOOK_NOT_UNDERSTOOD');
    }
  });
});
