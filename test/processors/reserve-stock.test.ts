// Given a product that isn't an order's lead, when the order reserves, releases or commits it, then each has effect once.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { reserveStock } from '../../processors/reserve-stock.ts';
import type { ReservationCommand } from '../../schemas/types.generated.ts';
import { taskWith } from './fixtures.ts';
import { sentTo, type TestTask } from './test-task.ts';

const reserve = (quantity: number, warehouses: readonly string[] = []): ReservationCommand['command'] => {
  const quote = { unitPrice: 1000, currency: 'EUR', weightGrams: 500, productVersion: 1 };
  return { type: 'ReserveStock', quantity, ...quote, warehouses, notFrom: [] };
};
const release = { type: 'ReleaseStock' } as const;
const commit = { type: 'CommitStock' } as const;

function ask(task: TestTask, command: ReservationCommand['command'], more: Partial<ReservationCommand> = {}) {
  const order = { orderId: 'o~lamp', productId: 'shade', leadProductId: 'lamp', customerId: 'ann', line: 2, at: 1 };
  task.process(reserveStock, 'shade', { ...order, command, ...more });
  return task.take();
}

const outcomes = (sent: ReturnType<TestTask['take']>) =>
  sentTo(sent, 'reservationReplies').map(({ outcome }) => outcome);
const shelf = (task: TestTask) => task.stores.stock.get('shade')!;

describe('given 5 shades', () => {
  const five = () => taskWith({ shade: { east: 5 } });
  const held = { type: 'StockHeld', allocations: [{ warehouseId: 'east', quantity: 3 }] };

  test('when 3 are reserved, then they are held and the reply goes to the lead', () => {
    const task = five();
    const sent = ask(task, reserve(3));
    const reply = { orderId: 'o~lamp', productId: 'shade', line: 2, at: task.now, outcome: held, attempt: 0 };
    assert.deepEqual(
      sent.filter(({ topic }) => topic === 'reservationReplies'),
      [{ topic: 'reservationReplies', key: 'lamp', value: reply }],
    );
    assert.deepEqual(
      sentTo(sent, 'stockLevels').map(({ held, free }) => [held, free]),
      [[3, 2]],
    );
  });

  test('when the same is reserved twice, then the answer is the same and nothing more is held', () => {
    const task = five();
    ask(task, reserve(3));
    const again = ask(task, reserve(4));
    assert.deepEqual(outcomes(again), [held]);
    assert.equal(again.length, 1);
    assert.equal(shelf(task).warehouses[0]?.held, 3);
  });

  test('when 6 are reserved, then none is held, and so it stays for that order', () => {
    const task = five();
    const refused = { type: 'StockRefused', reason: 'insufficient_stock', free: 5 };
    assert.deepEqual(outcomes(ask(task, reserve(6))), [refused]);
    assert.deepEqual(outcomes(ask(task, reserve(1))), [refused]);
    assert.deepEqual(ask(task, release), []);
    assert.equal(shelf(task).warehouses[0]?.held, 0);
    assert.deepEqual(outcomes(ask(task, reserve(1), { orderId: 'p~lamp' })).length, 1);
  });

  test('when held units are released, twice, then they are free again, once; and no late reserve takes them', () => {
    const task = five();
    ask(task, reserve(3));
    assert.deepEqual(
      sentTo(ask(task, release), 'stockLevels').map(({ held, free }) => [held, free]),
      [[0, 5]],
    );
    assert.deepEqual(ask(task, release), []);
    assert.deepEqual(ask(task, reserve(3)), []);
    assert.equal(shelf(task).warehouses[0]?.held, 0);
  });

  test('when the release comes without its reserve, then the reserve that comes after it takes nothing', () => {
    const task = five();
    assert.deepEqual(ask(task, release), []);
    assert.deepEqual(ask(task, reserve(3)), []);
    assert.equal(shelf(task).warehouses[0]?.held, 0);
  });

  test('when held units are committed, twice, then they leave, once, and cannot come back', () => {
    const task = five();
    ask(task, reserve(3));
    const [level] = sentTo(ask(task, commit), 'stockLevels');
    assert.deepEqual([level?.onHand, level?.held, level?.committed, level?.takenIn], [2, 0, 3, 5]);
    for (const command of [commit, release, reserve(3)]) assert.deepEqual(ask(task, command), []);
    assert.equal(shelf(task).committed, 3);
  });

  test('when units are committed that nobody holds, then it is a fault', () => {
    const task = five();
    assert.throws(() => ask(task, commit), /holds shade when it is paid/);
    ask(task, release);
    assert.throws(() => ask(task, commit), /holds shade when it is paid/);
  });
});

test('when the product is unknown, then it is refused', () => {
  const unknown = { type: 'StockRefused', reason: 'unknown_product', free: 0 };
  assert.deepEqual(outcomes(ask(taskWith({}), reserve(1))), [unknown]);
});

test('when there is a limit a customer, then it holds over all orders of the customer, and only of this one', () => {
  const task = taskWith({ shade: { east: 9 } }, { customerLimit: 3 });
  const reasons = (sent: ReturnType<TestTask['take']>) =>
    outcomes(sent).map((outcome) => (outcome.type === 'StockRefused' ? outcome.reason : 'held'));
  assert.deepEqual(reasons(ask(task, reserve(2))), ['held']);
  assert.deepEqual(reasons(ask(task, reserve(2), { orderId: 'p~lamp' })), ['customer_limit']);
  assert.deepEqual(reasons(ask(task, reserve(2), { orderId: 'q~lamp', customerId: 'bob' })), ['held']);
  assert.deepEqual(reasons(ask(task, reserve(1), { orderId: 'r~lamp' })), ['held']);
  ask(task, release);
  assert.deepEqual(reasons(ask(task, reserve(2), { orderId: 's~lamp' })), ['held']);
  ask(task, commit, { orderId: 's~lamp' });
  assert.deepEqual(reasons(ask(task, reserve(1), { orderId: 't~lamp' })), ['customer_limit'], 'bought units count');
});

test('when the key is another product, then it is a fault', () => {
  const task = taskWith({ shade: { east: 1 } });
  assert.throws(() => ask(task, reserve(1), { productId: 'lamp' }), { code: 'RECORD_MISROUTED' });
});
