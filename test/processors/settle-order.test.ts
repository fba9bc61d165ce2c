// Given an order that waits for answers, when they come, then it is reserved or rejected; late ones change nothing.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { applyOrderCommand } from '../../processors/apply-order-command.ts';
import { expireHolds } from '../../processors/expire-holds.ts';
import { settleOrder } from '../../processors/settle-order.ts';
import type { OrderSubmitted, ReservationReply } from '../../schemas/types.generated.ts';
import { orderOf, submit, taskWith, type Wish } from './fixtures.ts';
import { sentTo, type TestTask } from './test-task.ts';

const held: ReservationReply['outcome'] = { type: 'StockHeld', allocations: [{ warehouseId: 'west', quantity: 1 }] };
const refused: ReservationReply['outcome'] = { type: 'StockRefused', reason: 'insufficient_stock', free: 0 };

function waiting(wish: Wish): { task: TestTask; order: OrderSubmitted } {
  const task = taskWith({ lamp: { east: 5 } });
  const order = orderOf(wish);
  submit(task, order);
  task.take();
  return { task, order };
}

function answer(task: TestTask, { orderId }: OrderSubmitted, productId: string, outcome: ReservationReply['outcome']) {
  task.process(settleOrder, 'lamp', { orderId, productId, line: 2, at: 1, outcome, attempt: 0 });
  return task.take();
}

function cancel(task: TestTask, { orderId }: OrderSubmitted) {
  const command = { type: 'CancelOrder', reason: 'by_customer' } as const;
  task.process(applyOrderCommand, 'lamp', { commandId: 'c', orderId, actor: 'ann', at: 1, command });
  return task.take();
}

const heldLamps = (task: TestTask) => task.stores.stock.get('lamp')?.warehouses[0]?.held;
const released = (sent: ReturnType<TestTask['take']>) =>
  sentTo(sent, 'reservations').map(({ productId, command }) => [productId, command.type]);

describe('given an order of three products', () => {
  const wish = { lamp: 2, shade: 1, bulb: 1 };

  test('when all are held, then it is reserved with all places', () => {
    const { task, order } = waiting(wish);
    assert.deepEqual(answer(task, order, 'bulb', held), [], 'one is still missing');
    const sent = answer(task, order, 'shade', held);
    const expiresAt = task.now + order.holdMillis;
    const west = [{ warehouseId: 'west', quantity: 1 }];
    assert.deepEqual(
      sentTo(sent, 'orderEvents').map(({ sequence, event }) => [sequence, event]),
      [
        [
          2,
          {
            type: 'OrderReserved',
            lines: [
              { line: 1, productId: 'lamp', quantity: 2, allocations: [{ warehouseId: 'east', quantity: 2 }] },
              { line: 2, productId: 'shade', quantity: 1, allocations: west },
              { line: 3, productId: 'bulb', quantity: 1, allocations: west },
            ],
            expiresAt,
          },
        ],
      ],
    );
    assert.equal(sent.length, 1);
    assert.equal(task.holdExpiry.get(order.orderId), expiresAt);
  });

  test('when one is refused, then it waits for the last answer, is rejected, and gives everything back', () => {
    const { task, order } = waiting(wish);
    assert.deepEqual(answer(task, order, 'shade', refused), [], 'every refused line is to have its reason');
    const sent = answer(task, order, 'bulb', held);
    assert.deepEqual(
      sentTo(sent, 'orderEvents').map(({ event }) => event),
      [{ type: 'OrderRejected', lines: [{ line: 2, productId: 'shade', reason: 'insufficient_stock' }] }],
    );
    assert.deepEqual(released(sent), [['bulb', 'ReleaseStock']]);
    assert.equal(heldLamps(task), 0);
    assert.equal(task.holdExpiry.size, 0);
    assert.deepEqual(task.stores.orders.get(order.orderId)?.phase, { type: 'Rejected', endedAt: task.now });
  });

  test('when the lead and another are refused, then both reasons are told', () => {
    const { task, order } = waiting({ lamp: 6, shade: 1 });
    const [event] = sentTo(answer(task, order, 'shade', { ...refused, reason: 'customer_limit' }), 'orderEvents');
    assert.deepEqual(event?.event, {
      type: 'OrderRejected',
      lines: [
        { line: 1, productId: 'lamp', reason: 'insufficient_stock' },
        { line: 2, productId: 'shade', reason: 'customer_limit' },
      ],
    });
    assert.equal(heldLamps(task), 0);
  });

  test('when an answer comes twice, or for a product that was not asked for, then it counts once or not', () => {
    const { task, order } = waiting(wish);
    answer(task, order, 'shade', held);
    assert.deepEqual(answer(task, order, 'shade', refused), []);
    assert.deepEqual(answer(task, order, 'ghost', refused), []);
    assert.deepEqual(
      sentTo(answer(task, order, 'bulb', held), 'orderEvents').map(({ event }) => event.type),
      ['OrderReserved'],
    );
    assert.deepEqual(answer(task, order, 'bulb', refused), [], 'it is decided');
  });

  test('when it is cancelled while answers are missing, then all is released at once and late answers change nothing', () => {
    const { task, order } = waiting(wish);
    answer(task, order, 'shade', refused);
    const sent = cancel(task, order);
    assert.deepEqual(
      sentTo(sent, 'orderEvents').map(({ event }) => event),
      [{ type: 'OrderCancelled', reason: 'by_customer' }],
    );
    assert.deepEqual(released(sent), [['bulb', 'ReleaseStock']], 'the refused line needs none');
    assert.equal(heldLamps(task), 0);
    assert.equal(task.holdExpiry.size, 0);
    const state = task.stores.orders.get(order.orderId);
    assert.deepEqual(answer(task, order, 'bulb', held), []);
    assert.deepEqual(cancel(task, order), []);
    assert.equal(task.stores.orders.get(order.orderId), state);
  });

  test('when its time is over while answers are missing, then it is cancelled as expired', () => {
    const { task, order } = waiting(wish);
    task.now += order.holdMillis;
    task.fireDue(expireHolds as never);
    const sent = task.take();
    assert.deepEqual(
      sentTo(sent, 'orderEvents').map(({ event }) => event),
      [{ type: 'OrderCancelled', reason: 'expired' }],
    );
    assert.deepEqual(released(sent), [
      ['shade', 'ReleaseStock'],
      ['bulb', 'ReleaseStock'],
    ]);
    assert.equal(heldLamps(task), 0);
  });
});

describe('given a reserved order', () => {
  test('when it is cancelled, then everything is given back, once', () => {
    const { task, order } = waiting({ lamp: 2, shade: 1 });
    answer(task, order, 'shade', held);
    const sent = cancel(task, order);
    assert.deepEqual(
      sentTo(sent, 'orderEvents').map(({ sequence, event }) => [sequence, event.type]),
      [[3, 'OrderCancelled']],
    );
    assert.deepEqual(released(sent), [['shade', 'ReleaseStock']]);
    assert.equal(heldLamps(task), 0);
    assert.deepEqual(cancel(task, order), []);
  });

  test('when its time is over, then it is cancelled as expired; not a moment before', () => {
    const { task, order } = waiting({ lamp: 2 });
    task.now += order.holdMillis - 1;
    task.fireDue(expireHolds as never);
    assert.deepEqual(task.take(), []);
    task.now += 1;
    task.fireDue(expireHolds as never);
    const [event] = sentTo(task.take(), 'orderEvents');
    assert.deepEqual(event?.event, { type: 'OrderCancelled', reason: 'expired' });
    assert.equal(heldLamps(task), 0);
  });

  test('when units count against a limit a customer, then cancelling gives the right to buy back', () => {
    const task = taskWith({ lamp: { east: 9 } }, { customerLimit: 2 });
    const order = orderOf({ lamp: 2 });
    submit(task, order);
    const more = { ...orderOf({ lamp: 1 }), orderId: order.orderId.replace(/^./, '_') };
    submit(task, more);
    assert.ok(sentTo(task.take(), 'orderEvents').some(({ event }) => event.type === 'OrderRejected'));
    cancel(task, order);
    assert.equal(task.stores.purchases.entries.size, 0);
    submit(task, { ...more, orderId: order.orderId.replace(/^./, '-') });
    assert.equal(sentTo(task.take(), 'orderEvents').at(-1)?.event.type, 'OrderReserved');
    assert.deepEqual([...task.stores.purchases.entries], [['lamp/ann', { quantity: 1 }]]);
  });
});

test('when an answer is for an order that nobody knows, or a return is asked for, then nothing happens', () => {
  const { task, order } = waiting({ lamp: 1 });
  assert.deepEqual(answer(task, orderOf({}, { orderId: order.orderId.replace(/^./, '_') }), 'shade', held), []);
  const command = { type: 'RequestReturn', reason: 'too bright' } as const;
  task.process(applyOrderCommand, 'lamp', { commandId: 'c', orderId: order.orderId, actor: 'ann', at: 1, command });
  assert.deepEqual(task.take(), []);
  assert.equal(heldLamps(task), 1);
});

test('when the timer of an order that has ended fires, then nothing happens', () => {
  const { task, order } = waiting({ lamp: 1 });
  cancel(task, order);
  task.timers['hold-expiry'].set(order.orderId, task.now);
  task.timers['hold-expiry'].set('unknown~lamp', task.now);
  task.fireDue(expireHolds as never);
  assert.deepEqual(task.take(), []);
});
