// Given some stock, when a seller changes it, then it is changed or refused, and said so once for good.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { applyStockChange } from '../../processors/apply-stock-change.ts';
import type { StockChange } from '../../schemas/types.generated.ts';
import { count, delta, orderOf, stockChange, submit, taskWith } from './fixtures.ts';
import { sentTo, type TestTask } from './test-task.ts';

function apply(task: TestTask, change: StockChange['change'], more: Partial<StockChange> = {}) {
  task.process(applyStockChange, 'lamp', stockChange('lamp', 'east', change, more));
  return task.take();
}

const outcomes = (sent: ReturnType<TestTask['take']>) => sentTo(sent, 'stockEvents').map(({ outcome }) => outcome);
const refused = (reason: string) => [{ type: 'StockChangeRefused', reason }];

/** 5 lamps, 2 of them held. */
function lamps(): TestTask {
  const task = taskWith({ lamp: { east: 5 } });
  submit(task, orderOf({ lamp: 2 }));
  task.take();
  return task;
}

describe('given 5 lamps of which 2 are held', () => {
  test('when 3 come in, then there are 8, and the level and the event say so', () => {
    const task = lamps();
    const sent = apply(task, delta(3));
    assert.deepEqual(sentTo(sent, 'stockEvents'), [
      {
        changeId: stockChange('lamp', 'east', delta(3)).changeId,
        productId: 'lamp',
        warehouseId: 'east',
        sellerId: 'sally',
        at: task.now,
        importId: '',
        importLine: 0,
        outcome: { type: 'StockChanged', before: 5, after: 8 },
      },
    ]);
    assert.deepEqual(
      sentTo(sent, 'stockLevels').map(({ onHand, held, free, takenIn, version }) => [
        onHand,
        held,
        free,
        takenIn,
        version,
      ]),
      [[8, 2, 6, 8, 3]],
    );
  });

  test('when a count says 2, then there are 2; when it says 1, it is refused, for 2 are held', () => {
    const task = lamps();
    assert.deepEqual(outcomes(apply(task, count(2))), [{ type: 'StockChanged', before: 5, after: 2 }]);
    assert.equal(task.stores.stock.get('lamp')?.takenIn, 2);
    const sent = apply(task, count(1));
    assert.deepEqual(outcomes(sent), refused('below_held'));
    assert.deepEqual(sentTo(sent, 'stockLevels'), []);
  });

  test('when more go out than are free, then it is refused', () => {
    assert.deepEqual(outcomes(apply(lamps(), delta(-4))), refused('below_held'));
    assert.deepEqual(outcomes(apply(lamps(), delta(-6))), refused('below_zero'));
    assert.deepEqual(outcomes(apply(lamps(), count(-1))), refused('below_zero'));
  });

  test('when the same change comes again, even with another body, then the same event is sent again and nothing else', () => {
    const task = lamps();
    const [first] = sentTo(apply(task, delta(3)), 'stockEvents');
    task.now += 5000;
    const again = apply(task, delta(9), { changeId: first!.changeId });
    assert.deepEqual(again, [{ topic: 'stockEvents', key: 'lamp', value: first }]);
    assert.equal(task.stores.stock.get('lamp')?.warehouses[0]?.onHand, 8);
  });

  test('when a refused change comes again, then it is refused again, though it would fit by now', () => {
    const task = lamps();
    const first = apply(task, delta(-4));
    apply(task, delta(10));
    assert.deepEqual(apply(task, delta(-4)), first);
  });

  test('when it comes from another seller, for an unknown product, or is beyond reason, then it is refused', () => {
    assert.deepEqual(outcomes(apply(lamps(), delta(1), { sellerId: 'sam' })), refused('not_owner'));
    assert.deepEqual(outcomes(apply(taskWith({}), delta(1))), refused('unknown_product'));
    assert.deepEqual(outcomes(apply(lamps(), delta(1_000_000_000))), refused('out_of_range'));
  });

  test('when a change is not above the last sequence of its warehouse, then it is stale', () => {
    const task = lamps();
    assert.deepEqual(outcomes(apply(task, count(9), { sequence: 4 })), [{ type: 'StockChanged', before: 5, after: 9 }]);
    assert.deepEqual(outcomes(apply(task, count(7), { sequence: 4 })), refused('stale_sequence'));
    assert.deepEqual(outcomes(apply(task, count(6), { sequence: 3 })), refused('stale_sequence'));
    assert.deepEqual(outcomes(apply(task, count(10))), [{ type: 'StockChanged', before: 9, after: 10 }], 'unchecked');
    assert.deepEqual(outcomes(apply(task, count(8), { sequence: 4, changeId: 'late' })), refused('stale_sequence'));
    const west = { warehouseId: 'west', sequence: 1 };
    assert.deepEqual(outcomes(apply(task, count(3), west)), [{ type: 'StockChanged', before: 0, after: 3 }]);
    assert.deepEqual(outcomes(apply(task, count(11), { sequence: 5 })), [
      { type: 'StockChanged', before: 10, after: 11 },
    ]);
  });

  test('when a warehouse is new, then it takes its place by name; the 201st is refused', () => {
    const task = lamps();
    apply(task, count(1), { warehouseId: 'b', changeId: 'b' });
    apply(task, count(1), { warehouseId: 'z', changeId: 'z' });
    const names = () => task.stores.stock.get('lamp')!.warehouses.map(({ warehouseId }) => warehouseId);
    assert.deepEqual(names(), ['b', 'east', 'z']);
    for (let at = 3; at < 200; at++) apply(task, count(1), { warehouseId: `w${at}`, changeId: `w${at}` });
    assert.equal(names().length, 200);
    assert.deepEqual(outcomes(apply(task, count(1), { warehouseId: 'one-more' })), refused('too_many_warehouses'));
    assert.deepEqual(outcomes(apply(task, count(6))), [{ type: 'StockChanged', before: 5, after: 6 }]);
  });
});

test('when the key is another product, then it is a fault', () => {
  assert.throws(() => apply(lamps(), delta(1), { productId: 'shade' }), { code: 'RECORD_MISROUTED' });
});
