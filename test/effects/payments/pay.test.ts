// The effect: each command asks its question, each answer is told under one id, and what never works is a "no".
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { StockstreamError } from '../../../base/errors.ts';
import { SteppedClock } from '../../../base/stepped-clock.ts';
import { payOrders } from '../../../effects/payments/pay.ts';
import type { PaymentResult, Payments } from '../../../effects/payments/payments.ts';
import { topics } from '../../../schemas/topics.ts';
import type { PaymentRequest } from '../../../schemas/types.generated.ts';
import type { Record } from '../../../streams/api.ts';

const orderId = 'AAAAAAAAAAAAAAAAAAAAAA~p1';
const never = new AbortController().signal;
const clock = new SteppedClock();
const sum = { amount: 1_999, currency: 'EUR' };

const commands: readonly PaymentRequest['command'][] = [
  { type: 'AuthorizePayment', method: 'card', token: 'tok_1', ...sum },
  { type: 'CapturePayment', paymentReference: 'ref', ...sum },
  { type: 'VoidPayment', ...sum },
  { type: 'RefundPayment', ...sum },
];

function recordOf(command: PaymentRequest['command'], order = orderId): Record<PaymentRequest> {
  const value = { requestId: `${order}/x-1`, orderId: order, customerId: 'c1', at: 1, command };
  const place = { topic: topics.paymentRequests.name, partition: 0, offset: 0, timestamp: 1, headers: [] };
  return { ...place, key: 'p1', value };
}

/** A provider whose every answer is `answer`, or that fails with it. */
function effectWith(answer: unknown) {
  const asked: [verb: string, question: object][] = [];
  const ask = (verb: string) => async (question: object) => {
    asked.push([verb, question]);
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const verbs = { authorize: ask('authorize'), capture: ask('capture'), void: ask('void'), refund: ask('refund') };
  const effect = payOrders({ payments: verbs as unknown as Payments, topics, clock });
  const perform = async (command: PaymentRequest['command'], order = orderId) => {
    const told = await effect.perform(recordOf(command, order), never);
    return told.map(({ topic, key, value }) => ({ topic: topic.name, key, value: value as PaymentResult }));
  };
  return { asked, effect, perform };
}

const refused = (reason: string) => new StockstreamError('PAYMENTS_REFUSED', { request: 'r', reason });

describe('a payment request', () => {
  test('asks its question with all that belongs to it', async () => {
    const { asked, perform } = effectWith({ type: 'NothingToVoid' });
    for (const command of commands) await perform(command);
    const question = { requestId: `${orderId}/x-1`, orderId, customerId: 'c1', ...sum };
    assert.deepEqual(asked, [
      ['authorize', { ...question, method: 'card', token: 'tok_1' }],
      ['capture', { ...question, paymentReference: 'ref' }],
      ['void', question],
      ['refund', question],
    ]);
  });

  test('has its answer told under one id, keyed by the lead product', async () => {
    const outcome = { type: 'PaymentAuthorized', paymentReference: 'ref' } as const;
    const { perform } = effectWith(outcome);
    const requestId = `${orderId}/x-1`;
    const value = { resultId: `${requestId}/PaymentAuthorized`, requestId, orderId, at: clock.now(), outcome };
    assert.deepEqual(await perform(commands[0]!), [{ topic: topics.paymentResults.name, key: 'p1', value }]);
    clock.step(5);
    const [again] = await perform(commands[0]!);
    assert.equal(again?.value.resultId, value.resultId);
  });

  const refusals = [
    { type: 'PaymentDeclined', reason: 'no such currency' },
    { type: 'CaptureRefused', reason: 'no such currency' },
    { type: 'PaymentUnanswered', verb: 'void', reason: 'no such currency' },
    { type: 'PaymentUnanswered', verb: 'refund', reason: 'no such currency' },
  ];
  for (const [index, outcome] of refusals.entries()) {
    test(`that the provider will never take is ${outcome.type}: ${commands[index]?.type}`, async () => {
      const { perform } = effectWith(refused('no such currency'));
      assert.deepEqual((await perform(commands[index]!))[0]?.value.outcome, outcome);
    });
  }

  for (const code of ['PAYMENTS_UNAVAILABLE', 'PAYMENTS_UNAUTHORIZED', 'PAYMENTS_STORAGE_FAILED'] as const) {
    test(`that fails with ${code} fails`, async () => {
      const error = new StockstreamError(code, { reason: 'x' });
      await assert.rejects(effectWith(error).perform(commands[0]!), error);
    });
  }

  test('that nobody answers is told as such in the end', () => {
    const { effect } = effectWith(undefined);
    const verbs = ['authorize', 'capture', 'void', 'refund'];
    for (const [index, verb] of verbs.entries()) {
      const error = new StockstreamError('PAYMENTS_UNAVAILABLE', { request: 'r', reason: 'no answer came' });
      const [told] = effect.giveUp(recordOf(commands[index]!), error) ?? [];
      const { outcome } = told!.value as PaymentResult;
      assert.deepEqual(outcome, { type: 'PaymentUnanswered', verb, reason: 'no answer came' });
    }
  });

  test('of no order is a dead letter', async () => {
    const { perform } = effectWith({ type: 'PaymentVoided' });
    await assert.rejects(perform(commands[2]!, 'not an order'), { code: 'RECORD_MISROUTED' });
  });

  test('never tells a card number, whatever the provider says; long words are cut', async () => {
    const card = 'the card 4111 1111 1111 1111 was refused';
    const outcomes = [
      (await effectWith({ type: 'PaymentDeclined', reason: card }).perform(commands[0]!))[0]?.value.outcome,
      (await effectWith(refused(card)).perform(commands[1]!))[0]?.value.outcome,
      (effectWith(undefined).effect.giveUp(recordOf(commands[3]!), new Error(card)) ?? [])[0]?.value,
    ];
    assert.ok(!JSON.stringify(outcomes).includes('4111'));
    const long = await effectWith({ type: 'PaymentDeclined', reason: 'no '.repeat(500) }).perform(commands[0]!);
    const { outcome } = long[0]?.value ?? {};
    assert.ok(outcome?.type === 'PaymentDeclined' && outcome.reason.length <= 300);
  });
});
