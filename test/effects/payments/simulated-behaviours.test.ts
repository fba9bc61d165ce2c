// What the simulated provider does with an order: by its token, or by rates.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Value } from 'typebox/value';
import { settings } from '../../../app/settings.ts';
import { behaviourKinds, behaviourOf, ratesIn } from '../../../effects/payments/simulator/behaviours.ts';

const orderOf = (number: number) => `${String(number).padStart(22, 'A')}~p1`;

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

  test('has a rate in the settings, whichever it is', () => {
    const { schema } = settings.simulatedPaymentRates;
    for (const kind of behaviourKinds) assert.ok(Value.Check(schema, [`${kind}=0.5`]), kind);
    for (const item of ['decline', 'decline=2', 'decline=-1', 'refuse=0.1'])
      assert.ok(!Value.Check(schema, [item]), item);
    assert.deepEqual(ratesIn(['decline=0.25', 'no_answer=1']), { decline: 0.25, no_answer: 1 });
    assert.deepEqual(ratesIn(), {});
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
