// Whether an order looks like fraud: each rule speaks when it should and not otherwise; a check visits customer and token.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { assessRisk } from '../../processors/assess-risk.ts';
import { tokenIdOf } from '../../schemas/ids.ts';
import type { RiskCheck } from '../../schemas/types.generated.ts';
import { orderOf, submit, taskWith } from './fixtures.ts';
import { sentTo, TestTask } from './test-task.ts';

const hour = 3_600_000;
const now = 1_700_000_000_000;

function checkOf(more: Partial<RiskCheck> = {}): RiskCheck {
  return {
    orderId: 'uJ2qqzV1n1s0y8b1dT1m5w~lamp',
    at: now,
    customerId: 'ann',
    tokenId: 'token',
    amount: 1_000,
    currency: 'EUR',
    customerSince: now - 1_000 * hour,
    shipToCountry: 'DE',
    shipToPostalCode: '10115',
    billingCountry: '',
    billingPostalCode: '',
    score: 0,
    findings: [],
    subject: { type: 'RiskOfCustomer' },
    ...more,
  };
}

/** Of a provider, not one that is everybody's. */
const ownToken = 'pm_0123456789abcdefghij';
const paidOrder = orderOf(
  { lamp: 1 },
  { payment: { method: 'card', token: ownToken, collect: true, billingCountry: '', billingPostalCode: '' } },
);

const orderId = (number: number) => `${String(number).padStart(22, '0')}~lamp`;

/** Both steps of a check. Gives the verdict's findings and score. */
function assess(task: TestTask, check: RiskCheck) {
  task.process(assessRisk, check.customerId, check);
  const [forToken] = sentTo(task.take(), 'riskChecks');
  assert.ok(forToken);
  task.process(assessRisk, check.tokenId, forToken);
  const [verdict] = sentTo(task.take(), 'riskVerdicts');
  assert.ok(verdict);
  assert.equal(verdict.orderId, check.orderId);
  return { findings: [...verdict.findings], score: verdict.score };
}

describe('a usual order', () => {
  test('has no finding', () => {
    assert.deepEqual(assess(new TestTask(), checkOf()), { findings: [], score: 0 });
  });

  test('has none either if it is billed where it goes', () => {
    const check = checkOf({ billingCountry: 'DE', billingPostalCode: '10115' });
    assert.deepEqual(assess(new TestTask(), check), { findings: [], score: 0 });
  });
});

const single: readonly (readonly [finding: string[], Partial<RiskCheck>])[] = [
  [['large_amount'], { amount: 500_000 }],
  [['large_amount', 'very_large_amount'], { amount: 2_000_000 }],
  [['address_mismatch'], { billingCountry: 'FR' }],
  [['address_mismatch'], { billingCountry: 'DE', billingPostalCode: '80331' }],
  [['new_account'], { customerSince: now - hour }],
];
for (const [findings, more] of single) {
  test(`${JSON.stringify(more)} is ${findings.join(', ')}`, () => {
    assert.deepEqual(assess(new TestTask(), checkOf(more)).findings, findings);
  });
}

test("a test card is nobody's: how often it is used says nothing, and the verdict comes at once", () => {
  const task = new TestTask();
  for (let at = 0; at < 40; at++) {
    const check = checkOf({ orderId: orderId(at), tokenId: '', amount: at === 39 ? 500_000 : 1 });
    task.process(assessRisk, 'ann', check);
    const sent = task.take();
    assert.deepEqual(sentTo(sent, 'riskChecks'), []);
    assert.deepEqual(sentTo(sent, 'riskVerdicts')[0]?.findings, at === 39 ? ['large_amount'] : []);
  }
  assert.equal(task.stores.recentPayments.entries.size, 0);
});

test('many orders of a customer and a token within an hour add up, older ones and the same order again do not', () => {
  const task = new TestTask();
  for (let at = 0; at < 10; at++) {
    const { score } = assess(task, checkOf({ orderId: orderId(at), at: now + at }));
    assert.equal(score, 0, `order ${at}`);
  }
  const next = checkOf({ orderId: orderId(10), at: now + 10 });
  const both = { findings: ['many_orders_by_customer', 'many_orders_by_token'], score: 70 };
  assert.deepEqual(assess(task, next), both);
  assert.deepEqual(assess(task, next), both, 'asked again, it is no further order');
  assert.equal(assess(task, checkOf({ orderId: orderId(11), at: now + 2 * hour })).score, 0);
});

test('a token of several customers waits for a person by itself', () => {
  const task = new TestTask();
  for (const [at, customerId] of ['ann', 'bob', 'carl'].entries()) {
    assert.equal(assess(task, checkOf({ orderId: orderId(at), customerId })).score, 0);
  }
  const { findings, score } = assess(task, checkOf({ orderId: orderId(9), customerId: 'dora' }));
  assert.deepEqual([findings, score], [['token_of_several_customers'], 60]);
});

test('no more is remembered than the rules look at', () => {
  const task = new TestTask();
  for (let at = 0; at < 80; at++) assess(task, checkOf({ orderId: orderId(at), at: now + at }));
  assert.equal(task.stores.recentPayments.get('customer/ann')?.orders.length, 50);
});

test('a check under another key is refused', () => {
  assert.throws(() => new TestTask().process(assessRisk, 'bob', checkOf()), { code: 'RECORD_MISROUTED' });
});

describe("where customer and card are the same task's", () => {
  test('the verdict comes in one step, as it does in two', () => {
    const [atOnce, apart] = [new TestTask(undefined, () => true), new TestTask()];
    for (let at = 0; at < 12; at++) {
      const check = checkOf({ orderId: orderId(at), amount: at % 2 === 0 ? 500_000 : 1_000 });
      atOnce.process(assessRisk, check.customerId, check);
      const sent = atOnce.take();
      assert.deepEqual(sentTo(sent, 'riskChecks'), []);
      const [verdict] = sentTo(sent, 'riskVerdicts');
      assert.deepEqual({ findings: verdict?.findings, score: verdict?.score }, assess(apart, check));
    }
    assert.deepEqual(atOnce.stores.recentPayments.entries, apart.stores.recentPayments.entries);
  });

  test("an order's own task asks itself, and the payment is asked for with the order", () => {
    const task = taskWith({ lamp: { east: 5 } }, {}, ['ann', tokenIdOf(ownToken)]);
    submit(task, paidOrder);
    const sent = task.take();
    assert.deepEqual([...sentTo(sent, 'riskChecks'), ...sentTo(sent, 'riskVerdicts')], []);
    assert.deepEqual(
      sentTo(sent, 'paymentRequests').map(({ command }) => command.type),
      ['AuthorizePayment'],
    );
    assert.equal(task.stores.orders.get(paidOrder.orderId)?.phase.type, 'Authorizing');
    assert.equal(task.stores.recentPayments.entries.size, 2);
  });

  test('what looks like fraud is looked at by a person', () => {
    const task = taskWith({ lamp: { east: 50 } }, {}, ['ann', tokenIdOf(ownToken)]);
    const payment = { ...paidOrder.payment, billingCountry: 'FR', billingPostalCode: '1' };
    const phases = Array.from({ length: 12 }, (_, at) => {
      submit(task, { ...paidOrder, orderId: orderId(at), payment, customerSince: task.now - 1 });
      return task.stores.orders.get(orderId(at))?.phase.type;
    });
    assert.equal(phases[0], 'Authorizing');
    assert.equal(phases.at(-1), 'InReview');
  });
});
