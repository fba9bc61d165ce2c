// The simulated provider: the suite of the port, and what is its own: late and repeated news that outlive the process.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type Clock, systemClock } from '../../../base/clock.ts';
import { isStockstreamError } from '../../../base/errors.ts';
import { silentLogger } from '../../../base/logger.ts';
import { SteppedClock } from '../../../base/stepped-clock.ts';
import type { PaymentResult, Payments, TellPayment } from '../../../effects/payments/payments.ts';
import type { Rates } from '../../../effects/payments/simulator/behaviours.ts';
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

  test('knows its payments and tells its news after a kill', async () => {
    const file = newFile();
    const program = fileURLToPath(new URL('simulator-process.ts', import.meta.url));
    const child = spawn(process.execPath, [program, file], { stdio: ['ignore', 'pipe', 'inherit'] });
    const exited = once(child, 'exit');
    await once(child.stdout, 'data');
    child.kill('SIGKILL');
    await exited;
    const { tell, until } = listener();
    // One that was told but not taken is told again a little later.
    const clock = new SteppedClock(Date.now() + 60_000);
    const payments = open({ file, clock, tell });
    await step(clock, 0);
    const [news] = await until(1);
    assert.equal(news?.outcome.type, 'PaymentAuthorized');
    const listed: string[] = [];
    for await (const { status } of payments.list(0)) listed.push(status);
    assert.deepEqual(listed, ['authorized', 'authorized']);
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
