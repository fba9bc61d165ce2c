// What every adapter of the payments port must do, on a provider that remembers. Time is stepped; no test waits.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { isStockstreamError } from '../../base/errors.ts';
import type { Payments, PaymentWebhook, ProviderPayment } from '../../effects/payments/payments.ts';

export interface PaymentsAdapter {
  /** A provider without payments. */
  open(): Promise<Payments>;
  readonly webhook: PaymentWebhook;
  /** Tokens by what comes of them. */
  readonly tokens: {
    readonly success: string;
    readonly decline: string;
    /** Never answers; nothing is set aside. */
    readonly silent: string;
    /** Set aside, but the first answer is lost. */
    readonly lost: string;
    /** Fails at least once in a way that passes, then works. */
    readonly failing: string;
    /** Set aside, but gone when it is to be taken. */
    readonly lapsed: string;
    /** Still thinking. */
    readonly pending: string;
  };
}

const orderId = 'AAAAAAAAAAAAAAAAAAAAAA~p1';
const never = new AbortController().signal;

export function paymentsSuite(name: string, { open, tokens, webhook }: PaymentsAdapter): void {
  describe(`${name} as payments`, () => {
    let payments: Payments;
    beforeEach(async () => {
      payments = await open();
    });
    afterEach(() => payments.close());

    const question = (requestId: string, amount = 1_999) => {
      return { requestId: `${orderId}/${requestId}`, orderId, customerId: 'c1', amount, currency: 'EUR' };
    };
    const authorize = (token: string, requestId = 'authorize-1', signal = never) =>
      payments.authorize({ ...question(requestId), method: 'card', token }, signal);
    const authorized = async (token = tokens.success, requestId = 'authorize-1') => {
      const answer = await authorize(token, requestId);
      assert.equal(answer.type, 'PaymentAuthorized');
      return answer.type === 'PaymentAuthorized' ? answer.paymentReference : '';
    };
    const capture = (paymentReference: string, amount = 1_999, requestId = 'capture-1') =>
      payments.capture({ ...question(requestId, amount), paymentReference }, never);
    const letGo = (requestId = 'void-1') => payments.void(question(requestId), never);
    const refund = (amount = 1_999, requestId = 'refund-1') => payments.refund(question(requestId, amount), never);
    const listed = async (since = 0) => {
      const found: ProviderPayment[] = [];
      for await (const payment of payments.list(since)) found.push(payment);
      return found.map(({ updatedAt, reference, ...rest }) => rest);
    };
    const sums = { orderId, authorized: 1_999, captured: 0, refunded: 0, currency: 'EUR' };

    test('sets money aside, takes it, gives it back', async () => {
      const paymentReference = await authorized();
      assert.deepEqual(await listed(), [{ ...sums, status: 'authorized' }]);
      assert.deepEqual(await capture(paymentReference), { type: 'PaymentCaptured', paymentReference, amount: 1_999 });
      assert.deepEqual(await listed(), [{ ...sums, captured: 1_999, status: 'captured' }]);
      assert.deepEqual(await refund(), { type: 'PaymentRefunded', amount: 1_999 });
      assert.deepEqual(await listed(), [{ ...sums, captured: 1_999, refunded: 1_999, status: 'refunded' }]);
    });

    test('lets go of what is set aside', async () => {
      await authorized();
      assert.deepEqual(await letGo(), { type: 'PaymentVoided' });
      assert.equal((await listed())[0]?.status, 'voided');
    });

    test('gives the first answer to each question that is asked again, and does it once', async () => {
      const reference = await authorized();
      assert.equal(await authorized(), reference);
      const taken = await capture(reference);
      assert.deepEqual(await capture(reference), taken);
      assert.deepEqual(await letGo(), { type: 'VoidTooLate', amount: 1_999 });
      const back = await refund(500);
      assert.deepEqual(back, { type: 'PaymentRefunded', amount: 500 });
      assert.deepEqual(await refund(500), back);
      assert.deepEqual(await letGo(), { type: 'VoidTooLate', amount: 1_999 });
      assert.deepEqual(await authorized(), reference);
      assert.deepEqual(await listed(), [{ ...sums, captured: 1_999, refunded: 500, status: 'captured' }]);
    });

    test('a void that is asked again after it was done is done', async () => {
      await authorized();
      assert.deepEqual([await letGo(), await letGo()], [{ type: 'PaymentVoided' }, { type: 'PaymentVoided' }]);
    });

    test('gives back in parts, and never more than was taken', async () => {
      await capture(await authorized());
      assert.deepEqual(await refund(1_500, 'refund-1'), { type: 'PaymentRefunded', amount: 1_500 });
      assert.deepEqual(await refund(1_500, 'refund-2'), { type: 'PaymentRefunded', amount: 499 });
      assert.deepEqual(await refund(1_500, 'refund-2'), { type: 'PaymentRefunded', amount: 499 });
      assert.deepEqual(await listed(), [{ ...sums, captured: 1_999, refunded: 1_999, status: 'refunded' }]);
    });

    test('takes less than was set aside, not more', async () => {
      const paymentReference = await authorized();
      assert.equal((await capture(paymentReference, 2_000)).type, 'CaptureRefused');
      const taken = await capture(paymentReference, 900, 'capture-2');
      assert.deepEqual(taken, { type: 'PaymentCaptured', paymentReference, amount: 900 });
      assert.deepEqual(await letGo(), { type: 'VoidTooLate', amount: 900 });
    });

    test('takes nothing once it was let go', async () => {
      const reference = await authorized();
      await letGo();
      assert.equal((await capture(reference)).type, 'CaptureRefused');
    });

    test('takes once, also if another question asks for it', async () => {
      const reference = await authorized();
      const taken = await capture(reference);
      assert.deepEqual(await capture(reference, 1_999, 'capture-2'), taken);
      assert.equal((await listed())[0]?.captured, 1_999);
    });

    test('refuses to take what it does not know', async () => {
      assert.equal((await capture('nothing_of_that_name')).type, 'CaptureRefused');
    });

    test('has nothing to let go of and nothing to give back where nothing was', async () => {
      assert.deepEqual(await letGo(), { type: 'NothingToVoid' });
      await assert.rejects(refund(), (error) => isStockstreamError(error, 'PAYMENTS_REFUSED'));
      await authorize(tokens.decline);
      assert.deepEqual(await letGo('void-2'), { type: 'NothingToVoid' });
    });

    test('declines with a reason, and again', async () => {
      const answer = await authorize(tokens.decline);
      assert.ok(answer.type === 'PaymentDeclined' && answer.reason.length > 0);
      assert.deepEqual(await authorize(tokens.decline), answer);
      const declined = await listed();
      assert.ok(declined.every(({ status, authorized }) => status === 'declined' && authorized === 0));
    });

    test('still thinking is no answer', async () => {
      const answer = await authorize(tokens.pending);
      assert.ok(answer.type === 'PaymentUnanswered' && answer.verb === 'authorize');
    });

    test('the caller need not wait', async () => {
      const caller = new AbortController();
      const asked = authorize(tokens.silent, 'authorize-1', caller.signal);
      caller.abort();
      await assert.rejects(asked, (error) => isStockstreamError(error, 'PAYMENTS_UNAVAILABLE'));
      assert.deepEqual(await letGo(), { type: 'NothingToVoid' });
    });

    test('asked again after a lost answer, tells what it was; nothing is set aside twice', async () => {
      const caller = new AbortController();
      const asked = authorize(tokens.lost, 'authorize-1', caller.signal);
      while ((await listed()).length === 0) await new Promise((resolve) => setImmediate(resolve));
      caller.abort();
      await assert.rejects(asked, (error) => isStockstreamError(error, 'PAYMENTS_UNAVAILABLE'));
      await authorized(tokens.lost);
      assert.deepEqual(await listed(), [{ ...sums, status: 'authorized' }]);
      assert.deepEqual(await letGo(), { type: 'PaymentVoided' });
    });

    test('what passes fails as such, and works when it is asked again', async () => {
      const isPassing = (error: unknown) => isStockstreamError(error, 'PAYMENTS_UNAVAILABLE');
      await assert.rejects(authorize(tokens.failing), isPassing);
      for (let tries = 0; tries < 10; tries++) {
        const reference = await authorized(tokens.failing).catch(() => undefined);
        if (reference) return;
      }
      assert.fail('it never works');
    });

    test('what is gone cannot be taken', async () => {
      const reference = await authorized(tokens.lapsed);
      const refused = await capture(reference);
      assert.ok(refused.type === 'CaptureRefused' && refused.reason.length > 0);
      assert.deepEqual(await capture(reference), refused);
    });

    test('a token that is a card number is refused, and the refusal does not repeat it', async () => {
      const card = '4111111111111111';
      const refused = authorize(card);
      await assert.rejects(
        refused,
        (error) => isStockstreamError(error, 'PAYMENTS_REFUSED') && !error.message.includes(card),
      );
      assert.deepEqual(await listed(), []);
    });

    test('lists nothing of what is older', async () => {
      await authorized();
      assert.deepEqual(await listed(Date.now() + 86_400_000), []);
    });

    test('unsigned news are refused', () => {
      const body = Buffer.from('{"type":"payment.authorized"}');
      for (const headers of [{}, { 'webhook-signature': 'v1,x' }, { 'stripe-signature': 't=1,v1=x' }]) {
        assert.throws(
          () => webhook.read(body, headers),
          (error) => isStockstreamError(error, 'PAYMENT_WEBHOOK_SIGNATURE_WRONG'),
        );
      }
    });

    test('once closed, what is under way fails', async () => {
      const asked = authorize(tokens.silent);
      const failed = assert.rejects(asked, (error) => isStockstreamError(error, 'PAYMENTS_UNAVAILABLE'));
      await payments.close();
      await failed;
    });
  });
}
