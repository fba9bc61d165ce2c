// The simulated provider's signed news: each kind is understood, whatever is wrong is refused.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Webhook } from 'standardwebhooks';
import { isStockstreamError } from '../../../base/errors.ts';
import { simulatedWebhook } from '../../../effects/payments/simulator/webhook.ts';

const webhookSecret = `whsec_${Buffer.from('a secret of the tests').toString('base64')}`;

describe("the simulator's signed news", () => {
  const webhook = simulatedWebhook(webhookSecret);
  const orderId = `${'A'.repeat(22)}~p1`;
  const signed = (body: string, { at = new Date(), secret = webhookSecret } = {}) => {
    return {
      'webhook-id': 'n1',
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': new Webhook(secret).sign('n1', at, body),
    };
  };
  const read = (fields: object, change = {}) => {
    const body = JSON.stringify(fields);
    return webhook.read(Buffer.from(body), signed(body, change));
  };
  const news = { orderId, reference: 'sim_x', amount: 5, reason: 'no', occurredAt: 1_790_000_000_000 };

  const outcomes: [type: string, outcome: object][] = [
    ['payment.authorized', { type: 'PaymentAuthorized', paymentReference: 'sim_x' }],
    ['payment.declined', { type: 'PaymentDeclined', reason: 'no' }],
    ['payment.captured', { type: 'PaymentCaptured', paymentReference: 'sim_x', amount: 5 }],
    ['payment.voided', { type: 'PaymentVoided' }],
    ['payment.refunded', { type: 'PaymentRefunded', amount: 5 }],
  ];
  for (const [type, outcome] of outcomes) {
    test(`${type} is understood`, () => {
      const expected = { resultId: 'simulator/n1', requestId: '', orderId, at: news.occurredAt, outcome };
      assert.deepEqual(read({ ...news, type }), expected);
    });
  }

  test('what does not concern us is nothing', () => {
    assert.equal(read({ ...news, type: 'payout.paid' }), undefined);
    assert.equal(read({ ...news, type: 'payment.disputed' }), undefined);
  });

  test('a card number in a reason is withheld', () => {
    const result = read({ ...news, type: 'payment.declined', reason: 'card 4111 1111 1111 1111 is stolen' });
    assert.ok(result?.outcome.type === 'PaymentDeclined' && /^withheld/.test(result.outcome.reason));
  });

  const throws = (work: () => unknown, code: Parameters<typeof isStockstreamError>[1]) =>
    assert.throws(work, (error) => isStockstreamError(error, code));

  test('what cannot be read is refused', () => {
    throws(() => webhook.read(Buffer.from('{'), signed('{')), 'PAYMENT_WEBHOOK_NOT_UNDERSTOOD');
    throws(() => webhook.read(Buffer.from('[]x'), signed('[]x')), 'PAYMENT_WEBHOOK_NOT_UNDERSTOOD');
    const type = 'payment.captured';
    for (const part of ['orderId', 'reference', 'amount', 'occurredAt']) {
      throws(() => read({ ...news, type, [part]: undefined }), 'PAYMENT_WEBHOOK_NOT_UNDERSTOOD');
    }
    throws(() => read({ ...news }), 'PAYMENT_WEBHOOK_NOT_UNDERSTOOD');
  });

  test('what is signed with another secret, or was changed since, is refused', () => {
    const secret = `whsec_${Buffer.from('another secret').toString('base64')}`;
    throws(() => read({ ...news, type: 'payment.voided' }, { secret }), 'PAYMENT_WEBHOOK_SIGNATURE_WRONG');
    const headers = signed('{"a":1}');
    throws(() => webhook.read(Buffer.from('{"a":2}'), headers), 'PAYMENT_WEBHOOK_SIGNATURE_WRONG');
  });

  test('what was signed long ago, or in the future, is refused; badly signed and old is badly signed', () => {
    const body = { ...news, type: 'payment.voided' };
    const secret = `whsec_${Buffer.from('another secret').toString('base64')}`;
    for (const offset of [-600_000, 600_000]) {
      const at = new Date(Date.now() + offset);
      throws(() => read(body, { at }), 'PAYMENT_WEBHOOK_TOO_OLD');
      throws(() => read(body, { at, secret }), 'PAYMENT_WEBHOOK_SIGNATURE_WRONG');
    }
  });
});
