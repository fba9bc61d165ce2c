// The Stripe adapter against stripe-mock, which checks every question against Stripe's own description of its API and
// answers with examples. It remembers nothing, so what answers say of an order's course is the other test's matter.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { isStockstreamError } from '../../../base/errors.ts';
import type { Payments, ProviderPayment } from '../../../effects/payments/payments.ts';
import { openStripePayments } from '../../../effects/payments/stripe/stripe-payments.ts';
import { services } from '../../services.ts';

const never = new AbortController().signal;

/** The mock behind a server that says of each example of a charge that it was captured: else nothing is refunded. */
const capturing = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { authorization = '', 'content-type': type = '' } = request.headers;
  const headers = { authorization, ...(type && { 'content-type': type }) };
  const body = chunks.length > 0 ? Buffer.concat(chunks) : null;
  const answer = await fetch(`${services.stripe}${request.url}`, { method: request.method ?? '', headers, body });
  const text = await answer.text();
  response.writeHead(answer.status, { 'content-type': 'application/json' });
  response.end(
    text.replace(/"captured":\s*false/g, '"captured": true').replace(/"amount_captured":\s*0/g, '"amount_captured": 9'),
  );
});

function open(url: string): Payments {
  return openStripePayments({ key: 'sk_test_123', url });
}

describe('Stripe takes the question', () => {
  const payments = open(services.stripe);
  let captured: Payments;
  before(async () => {
    await new Promise<void>((resolve) => capturing.listen(0, '127.0.0.1', resolve));
    captured = open(`http://127.0.0.1:${(capturing.address() as AddressInfo).port}`);
  });
  after(async () => {
    await payments.close();
    await captured.close();
    capturing.close();
  });
  const question = (verb: string) => {
    const orderId = 'AAAAAAAAAAAAAAAAAAAAAA~p1';
    return { requestId: `${orderId}/${verb}-1`, orderId, customerId: 'c1', amount: 1_999, currency: 'EUR' };
  };
  /** The mock's examples are in no state that any question leads to: an answer is what counts, not which. */
  const isAnswer = (answer: { readonly type: string }) =>
    assert.match(answer.type, /^(Payment|Capture|NothingTo|Void)/);

  for (const [method, token] of [
    ['card', 'pm_card_visa'],
    ['wallet', 'tok_visa'],
  ] as const) {
    test(`to authorize a ${method} by ${token}`, async () => {
      isAnswer(await payments.authorize({ ...question('authorize'), method, token }, never));
    });
  }

  test('to capture', async () => {
    isAnswer(await payments.capture({ ...question('capture'), paymentReference: 'pi_123' }, never));
  });

  test('to void', async () => {
    isAnswer(await payments.void(question('void'), never));
  });

  test('to void what was captured', async () => {
    assert.deepEqual(await captured.void(question('void'), never), { type: 'VoidTooLate', amount: 9 });
  });

  test('to refund', async () => {
    isAnswer(await captured.refund(question('refund'), never));
  });

  test('but not to refund what was not captured', async () => {
    const asked = payments.refund(question('refund'), never);
    await assert.rejects(asked, (error) => isStockstreamError(error, 'PAYMENTS_REFUSED'));
  });

  test('to list', async () => {
    const found: ProviderPayment[] = [];
    for await (const payment of payments.list(0)) found.push(payment);
    assert.ok(found.every(({ orderId }) => orderId !== ''));
  });

  test('but not one that its description does not have', async () => {
    const wrong = payments.authorize({ ...question('authorize'), method: 'card', token: 'pm_x', amount: 1.5 }, never);
    await assert.rejects(wrong, (error) => isStockstreamError(error, 'PAYMENTS_REFUSED'));
  });
});
