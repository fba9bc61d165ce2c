// The simulated provider: the suite of the port, and what is its own: behaviours by rate, late and repeated news that
// outlive the process, signed news.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { Webhook } from 'standardwebhooks';
import { type Clock, systemClock } from '../../../base/clock.ts';
import { isStockstreamError } from '../../../base/errors.ts';
import { silentLogger } from '../../../base/logger.ts';
import { SteppedClock } from '../../../base/stepped-clock.ts';
import type { PaymentResult, Payments, TellPayment } from '../../../effects/payments/payments.ts';
import { behaviourOf, type Rates } from '../../../effects/payments/simulator/behaviours.ts';
import { openSimulatedPayments } from '../../../effects/payments/simulator/simulated-payments.ts';
import { simulatedWebhook } from '../../../effects/payments/simulator/webhook.ts';
import { paymentsSuite } from '../../conformance/payments.suite.ts';

const webhookSecret = `whsec_${Buffer.from('a secret of the tests').toString('base64')}`;
const never = new AbortController().signal;

interface Change {
  readonly file?: string;
  readonly clock?: Clock;
  readonly tell?: TellPayment;
  readonly rates?: Rates;
  readonly latencyMs?: number;
}

function open({ file = ':memory:', clock = systemClock, tell, rates = {}, latencyMs = 0 }: Change = {}): Payments {
  return openSimulatedPayments({ file, clock, logger: silentLogger, tell, rates, latencyMs });
}

paymentsSuite('the simulator', {
  open: async () => open(),
  webhook: simulatedWebhook(webhookSecret),
  tokens: {
    success: 'tok_success',
    decline: 'tok_decline',
    silent: 'tok_no_answer',
    lost: 'tok_timeout',
    failing: 'tok_error_500',
    lapsed: 'tok_capture_refused',
    pending: 'tok_pending',
  },
});

const orderOf = (number: number) => `${String(number).padStart(22, 'A')}~p1`;
const questionOf = (orderId: string, verb: string) => {
  return { requestId: `${orderId}/${verb}`, orderId, customerId: 'c1', amount: 1_000, currency: 'EUR' };
};
const authorize = (payments: Payments, token: string, orderId = orderOf(1), signal = never) =>
  payments.authorize({ ...questionOf(orderId, 'authorize-1'), method: 'card', token }, signal);
const letGo = (payments: Payments, attempt: number) => payments.void(questionOf(orderOf(1), `void-${attempt}`), never);

/** Steps once the simulator waits for its next look. */
async function step(clock: SteppedClock, milliseconds: number): Promise<void> {
  while (clock.nextTimerAt() === undefined) await new Promise((resolve) => setImmediate(resolve));
  clock.step(milliseconds);
}

/** What was told, and a way to wait for the next. */
function listener() {
  const told: PaymentResult[] = [];
  let heard = Promise.withResolvers<void>();
  const tell: TellPayment = async (result) => {
    told.push(result);
    heard.resolve();
    heard = Promise.withResolvers();
  };
  const until = async (count: number) => {
    while (told.length < count) await heard.promise;
    return told;
  };
  return { told, tell, until };
}

describe('the simulator by itself', () => {
  const directory = mkdtempSync(join(tmpdir(), 'payments-'));
  after(() => rmSync(directory, { recursive: true }));
  let files = 0;
  const newFile = () => join(directory, String(++files), 'payments.sqlite');

  test('tells a late success once it is time, after a void that found nothing', async () => {
    const clock = new SteppedClock();
    const { tell, told, until } = listener();
    const payments = open({ clock, tell });
    assert.equal((await authorize(payments, 'tok_late_success_30')).type, 'PaymentUnanswered');
    assert.deepEqual(await letGo(payments, 1), { type: 'NothingToVoid' });
    await step(clock, 29_000);
    assert.deepEqual(told, []);
    await step(clock, 1_000);
    const [news] = await until(1);
    assert.equal(news?.orderId, orderOf(1));
    assert.equal(news?.requestId, '');
    assert.equal(news?.outcome.type, 'PaymentAuthorized');
    assert.deepEqual(await letGo(payments, 2), { type: 'PaymentVoided' });
    assert.equal((await authorize(payments, 'tok_late_success_30')).type, 'PaymentUnanswered');
    await payments.close();
  });

  test('tells a success twice, as one piece of news', async () => {
    const clock = new SteppedClock();
    const { tell, until } = listener();
    const payments = open({ clock, tell });
    assert.equal((await authorize(payments, 'tok_duplicate')).type, 'PaymentAuthorized');
    await step(clock, 0);
    const [first, second] = await until(2);
    assert.deepEqual(second?.resultId, first?.resultId);
    assert.equal(first?.outcome.type, 'PaymentAuthorized');
    await payments.close();
  });

  test('tells what was due while it was closed', async () => {
    const file = newFile();
    const clock = new SteppedClock();
    const { tell, told, until } = listener();
    const before = open({ file, clock, tell });
    await authorize(before, 'tok_late_success_30');
    await before.close();
    clock.step(60_000);
    assert.deepEqual(told, []);
    const payments = open({ file, clock, tell });
    await step(clock, 0);
    assert.equal((await until(1))[0]?.outcome.type, 'PaymentAuthorized');
    await payments.close();
  });

  test('tells again what was not taken', async () => {
    const clock = new SteppedClock();
    const { tell, until } = listener();
    const refused = Promise.withResolvers<void>();
    let isDown = true;
    const payments = open({
      clock,
      async tell(result) {
        if (!isDown) return tell(result);
        refused.resolve();
        throw new Error('the log is away');
      },
    });
    await authorize(payments, 'tok_late_success_1');
    await step(clock, 1_000);
    await refused.promise;
    isDown = false;
    await step(clock, 2_000);
    assert.equal((await until(1)).length, 1);
    await payments.close();
  });

  test('one that tells nobody leaves the news to the others', async () => {
    const file = newFile();
    const clock = new SteppedClock();
    const { tell, until } = listener();
    const mute = open({ file, clock });
    const other = open({ file, clock, tell });
    await authorize(mute, 'tok_late_success_1');
    await step(clock, 10_000);
    assert.equal((await until(1)).length, 1);
    await mute.close();
    await other.close();
  });

  test('remembers its answers', async () => {
    const file = newFile();
    const before = open({ file });
    const answer = await authorize(before, 'tok_success');
    await before.close();
    const payments = open({ file });
    assert.deepEqual(await authorize(payments, 'tok_decline'), answer);
    await payments.close();
  });

  test('takes the money although the first answer is lost', async () => {
    const payments = open();
    const answer = await authorize(payments, 'tok_capture_no_answer_then_works');
    assert.ok(answer.type === 'PaymentAuthorized');
    const { paymentReference } = answer;
    const capture = (signal: AbortSignal) =>
      payments.capture({ ...questionOf(orderOf(1), 'capture-1'), paymentReference }, signal);
    const lost = new AbortController();
    const first = capture(lost.signal);
    lost.abort();
    await assert.rejects(first);
    assert.deepEqual(await letGo(payments, 1), { type: 'VoidTooLate', amount: 1_000 });
    assert.deepEqual(await capture(never), { type: 'PaymentCaptured', paymentReference, amount: 1_000 });
    await payments.close();
  });

  test('waits before each answer if told so', async () => {
    const clock = new SteppedClock();
    const payments = open({ clock, latencyMs: 200 });
    let isThere = false;
    const asked = authorize(payments, 'tok_success').then(() => {
      isThere = true;
    });
    clock.step(199);
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(isThere, false);
    clock.step(1);
    await asked;
    await payments.close();
  });

  test('a file that is no database is told as such', () => {
    const file = join(directory, 'broken.sqlite');
    writeFileSync(file, 'not a database, but long enough to be looked at as one. '.repeat(20));
    assert.throws(
      () => open({ file }),
      (error) => isStockstreamError(error, 'PAYMENTS_STORAGE_FAILED') && error.message.includes(file),
    );
  });

  test('keeps no token', async () => {
    const file = newFile();
    const payments = open({ file });
    await authorize(payments, 'tok_a-customers-own');
    await assert.rejects(authorize(payments, '4111 1111 1111 1111', orderOf(2)));
    await payments.close();
    const bytes = readFileSync(file).toString('latin1');
    assert.ok(bytes.includes(orderOf(1)) && !bytes.includes('tok_a') && !bytes.includes('4111'));
  });
});

describe('a behaviour', () => {
  test('goes by the token', () => {
    const rates = { decline: 1 };
    assert.deepEqual(behaviourOf('tok_success', 'o', rates), { kind: 'success', count: 0 });
    assert.deepEqual(behaviourOf('tok_late_success', 'o', {}), { kind: 'late_success', count: 5 });
    assert.deepEqual(behaviourOf('tok_late_success_90', 'o', {}), { kind: 'late_success', count: 90 });
    assert.deepEqual(behaviourOf('tok_error_500', 'o', {}), { kind: 'error_500', count: 2 });
    assert.deepEqual(behaviourOf('tok_error_500_7', 'o', {}), { kind: 'error_500', count: 7 });
    assert.deepEqual(behaviourOf('tok_visa', 'o', {}), { kind: 'success', count: 0 });
    assert.deepEqual(behaviourOf('tok_decline_or_so', 'o', {}), { kind: 'success', count: 0 });
  });

  test('goes by the rates for other tokens, always the same for an order', () => {
    const rates = { decline: 0.2, late_success: 0.1 };
    const orders = Array.from({ length: 2_000 }, (_, number) => orderOf(number));
    const kinds = orders.map((order) => behaviourOf('tok_visa', order, rates).kind);
    const share = (kind: string) => kinds.filter((each) => each === kind).length / kinds.length;
    assert.ok(Math.abs(share('decline') - 0.2) < 0.03 && Math.abs(share('late_success') - 0.1) < 0.03);
    assert.equal(share('decline') + share('late_success') + share('success'), 1);
    assert.deepEqual(
      orders.map((order) => behaviourOf('pm_other', order, rates).kind),
      kinds,
    );
    assert.equal(behaviourOf('tok_visa', orderOf(1), { decline: 1 }).kind, 'decline');
  });
});

describe("the simulator's signed news", () => {
  const webhook = simulatedWebhook(webhookSecret);
  const orderId = orderOf(7);
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
