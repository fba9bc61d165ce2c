// Given some stock, when an order comes, then it is reserved, rejected, or its other lines are asked for.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { acceptOrder } from '../../processors/accept-order.ts';
import { applyOrderCommand } from '../../processors/apply-order-command.ts';
import { settleOrder } from '../../processors/settle-order.ts';
import { largestAmount } from '../../schemas/totals.ts';
import type { OrderLine, OrderSubmitted, RejectedLine } from '../../schemas/types.generated.ts';
import { address, linesOf, orderOf, submit, taskWith } from './fixtures.ts';
import { sentTo, type TestTask } from './test-task.ts';

const eventsOf = (task: TestTask) => sentTo(task.take(), 'orderEvents').map(({ event }) => event);

/** The rejected lines of an order that ends at once. */
function rejection(task: TestTask, order: OrderSubmitted): readonly RejectedLine[] {
  const before = task.stores.stock.get('lamp');
  submit(task, order);
  const [created, rejected, ...rest] = eventsOf(task);
  assert.equal(created?.type, 'OrderCreated');
  assert.ok(rejected?.type === 'OrderRejected', rejected?.type);
  assert.deepEqual(rest, []);
  assert.equal(task.stores.stock.get('lamp'), before, 'the stock is untouched');
  assert.deepEqual(task.stores.orders.get(order.orderId), { phase: { type: 'Rejected', endedAt: task.now } });
  assert.equal(task.holdExpiry.size, 0, 'no timer is left');
  return rejected.lines;
}

describe('given 5 lamps, when 2 are ordered alone', () => {
  const task = taskWith({ lamp: { east: 5 } });
  const order = orderOf({ lamp: 2 });
  submit(task, order);
  const sent = task.take();
  const expiresAt = task.now + order.holdMillis;

  test('then the order is created and reserved in one step', () => {
    const { orderId, customerId, lines, currency, totals, shipTo, placedAt } = order;
    const created = {
      type: 'OrderCreated',
      lines,
      currency,
      totals,
      shipTo,
      paymentMethod: 'card',
      placedAt,
      expiresAt,
      promises: [],
    };
    const allocations = [{ warehouseId: 'east', quantity: 2 }];
    const reserved = {
      type: 'OrderReserved',
      lines: [{ line: 1, productId: 'lamp', quantity: 2, allocations }],
      expiresAt,
    };
    assert.deepEqual(sentTo(sent, 'orderEvents'), [
      { orderId, sequence: 1, customerId, at: task.now, event: created },
      { orderId, sequence: 2, customerId, at: task.now, event: reserved },
    ]);
  });

  test('then nothing is asked elsewhere, 2 are held, and the hold has an end', () => {
    assert.deepEqual(sentTo(sent, 'reservations'), []);
    const [level] = sentTo(sent, 'stockLevels');
    assert.deepEqual([level?.onHand, level?.held, level?.free, level?.takenIn], [5, 2, 3, 5]);
    assert.deepEqual([...task.holdExpiry], [[order.orderId, expiresAt]]);
  });

  test('then the same order again changes nothing and sends nothing', () => {
    const stock = task.stores.stock.get('lamp');
    submit(task, { ...order, placedAt: order.placedAt + 5 });
    assert.deepEqual(task.take(), []);
    assert.equal(task.stores.stock.get('lamp'), stock);
  });
});

describe('given 5 lamps and nothing known of shades, when both are ordered', () => {
  const task = taskWith({ lamp: { east: 5 } });
  const order = orderOf({ lamp: 2, shade: 3 }, { warehouses: ['west', 'east'] });
  submit(task, order);
  const sent = task.take();

  test('then the lamps are held here and the shades asked for there', () => {
    assert.deepEqual(
      sentTo(sent, 'orderEvents').map(({ event }) => event.type),
      ['OrderCreated'],
    );
    assert.equal(task.stores.stock.get('lamp')?.warehouses[0]?.held, 2);
    const { orderId, customerId } = order;
    const quote = { unitPrice: 1000, currency: 'EUR', weightGrams: 500, productVersion: 1 };
    const command = { type: 'ReserveStock', quantity: 3, ...quote, warehouses: ['west', 'east'], notFrom: [] };
    assert.deepEqual(
      sent.filter(({ topic }) => topic === 'reservations'),
      [
        {
          topic: 'reservations',
          key: 'shade',
          value: {
            orderId,
            productId: 'shade',
            leadProductId: 'lamp',
            customerId,
            line: 2,
            at: task.now,
            attempt: 0,
            command,
          },
        },
      ],
    );
  });

  test('then it waits, with the lead answered', () => {
    const phase = task.stores.orders.get(order.orderId)?.phase;
    assert.ok(phase?.type === 'AwaitingReservations');
    assert.deepEqual(
      phase.answers.map(({ productId, outcome }) => [productId, outcome.type]),
      [['lamp', 'StockHeld']],
    );
  });
});

describe('given lamps, shades and bulbs of one task', () => {
  const shelves = { lamp: { east: 5 }, shade: { west: 3 }, bulb: { east: 1 } };
  const atHome = () => taskWith(shelves, {}, ['shade', 'bulb']);
  const heldOf = (task: TestTask) =>
    Object.keys(shelves).map((productId) => task.stores.stock.get(productId)?.warehouses[0]?.held);
  const phaseOf = (task: TestTask, { orderId }: OrderSubmitted) => task.stores.orders.get(orderId)?.phase.type;

  test('when all are ordered, then the order is reserved in one step, with a hold behind each other line', () => {
    const task = atHome();
    const order = orderOf({ lamp: 2, shade: 3, bulb: 1 });
    submit(task, order);
    const sent = task.take();
    assert.deepEqual([...new Set(sent.map(({ topic }) => topic))].sort(), ['orderEvents', 'stockLevels']);
    const [, reserved] = sentTo(sent, 'orderEvents').map(({ event }) => event);
    assert.ok(reserved?.type === 'OrderReserved');
    assert.deepEqual(
      reserved.lines.map(({ productId, quantity, allocations }) => [productId, quantity, allocations[0]?.warehouseId]),
      [
        ['lamp', 2, 'east'],
        ['shade', 3, 'west'],
        ['bulb', 1, 'east'],
      ],
    );
    assert.deepEqual(heldOf(task), [2, 3, 1]);
    for (const productId of ['shade', 'bulb'])
      assert.equal(task.stores.holds.get(`${productId}/${order.orderId}`)?.phase.type, 'HoldOpen');
  });

  test('when there are too few of one, then the order is rejected in one step, and nothing stays held', () => {
    const task = atHome();
    const order = orderOf({ lamp: 2, bulb: 2, shade: 3 });
    submit(task, order);
    const [, rejected] = eventsOf(task);
    assert.deepEqual(rejected, {
      type: 'OrderRejected',
      lines: [{ line: 2, productId: 'bulb', reason: 'insufficient_stock' }],
    });
    assert.deepEqual(heldOf(task), [0, 0, 0]);
    assert.equal(phaseOf(task, order), 'Rejected');
  });

  test('when one line is elsewhere, then only that is asked for; its answer settles the order', () => {
    const task = atHome();
    const order = orderOf({ lamp: 1, shade: 1, cable: 1 });
    submit(task, order);
    const asked = sentTo(task.take(), 'reservations');
    assert.deepEqual(
      asked.map(({ productId }) => productId),
      ['cable'],
    );
    assert.equal(phaseOf(task, order), 'AwaitingReservations');
    const outcome = { type: 'StockHeld', allocations: [{ warehouseId: 'east', quantity: 1 }] } as const;
    const { orderId } = order;
    task.process(settleOrder, 'lamp', { orderId, productId: 'cable', line: 3, at: task.now, outcome, attempt: 0 });
    assert.deepEqual(
      eventsOf(task).map(({ type }) => type),
      ['OrderReserved'],
    );
  });

  test('when it is cancelled, then all is given back at once', () => {
    const task = atHome();
    const order = orderOf({ lamp: 1, shade: 2 });
    submit(task, order);
    task.take();
    const command = { type: 'CancelOrder', reason: 'by_customer' } as const;
    task.process(applyOrderCommand, 'lamp', { commandId: 'c', orderId: order.orderId, actor: 'ann', at: 1, command });
    assert.deepEqual(sentTo(task.take(), 'reservations'), []);
    assert.deepEqual(heldOf(task), [0, 0, 0]);
    assert.equal(task.stores.holds.get(`shade/${order.orderId}`)?.phase.type, 'HoldReleased');
  });

  test('what will be read is said of them, and not of products that are elsewhere', () => {
    const order = orderOf({ lamp: 1, shade: 2, cable: 1 });
    const record = { topic: 't', partition: 0, offset: 0, key: 'lamp', value: order, timestamp: 1, headers: [] };
    assert.deepEqual(
      acceptOrder.prefetch?.(record, (key) => key === 'shade' || key === 'lamp'),
      { orders: [order.orderId], stock: ['lamp', 'shade'], holds: [`shade/${order.orderId}`], recentPayments: [] },
    );
  });
});

test('given too few lamps, when they are ordered with shades, then the shades are asked for all the same', () => {
  const task = taskWith({ lamp: { east: 1 } });
  submit(task, orderOf({ lamp: 2, shade: 3 }));
  const sent = task.take();
  assert.deepEqual(
    sentTo(sent, 'orderEvents').map(({ event }) => event.type),
    ['OrderCreated'],
  );
  assert.equal(sentTo(sent, 'reservations').length, 1);
});

test('given lines of one product, when they are ordered, then they are one line of their sum', () => {
  const task = taskWith({ lamp: { east: 5 } });
  const [lamp, shade, again] = linesOf({ lamp: 2, shade: 1, bulb: 3 }) as [OrderLine, OrderLine, OrderLine];
  submit(task, orderOf({}, { lines: [lamp, shade, { ...again, productId: 'lamp' }] }));
  const [created] = eventsOf(task);
  assert.ok(created?.type === 'OrderCreated');
  assert.deepEqual(
    created.lines.map(({ line, productId, quantity }) => [line, productId, quantity]),
    [
      [1, 'lamp', 5],
      [2, 'shade', 1],
    ],
  );
  assert.equal(task.stores.stock.get('lamp')?.warehouses[0]?.held, 5);
});

describe('when an order breaks a rule, then it is rejected with a reason a line', () => {
  const lampTask = () => taskWith({ lamp: { east: 500 } });
  const each = (order: OrderSubmitted, reason: string) =>
    order.lines.map(({ line, productId }) => ({ line, productId, reason }));
  const wish = { lamp: 1, shade: 2 };

  test('no lines', () => {
    const order = orderOf({}, { lines: [] });
    assert.deepEqual(rejection(lampTask(), order), [{ line: 1, productId: 'lamp', reason: 'no_lines' }]);
  });

  test('more than 100 lines: those beyond', () => {
    const products = ['lamp', ...Array.from({ length: 101 }, (_, at) => `p${at}`)];
    const order = orderOf(Object.fromEntries(products.map((productId) => [productId, 1])));
    const refused = rejection(lampTask(), order);
    assert.deepEqual(
      refused.map(({ line, reason }) => [line, reason]),
      [
        [101, 'too_many_lines'],
        [102, 'too_many_lines'],
      ],
    );
    const task = lampTask();
    submit(task, orderOf({}, { lines: order.lines.slice(0, 100) }));
    assert.equal(sentTo(task.take(), 'reservations').length, 99);
  });

  test('quantities outside 1 to 999, alone or together', () => {
    for (const quantity of [0, -1, 1000]) {
      const order = orderOf({ lamp: 1, shade: quantity });
      assert.deepEqual(rejection(lampTask(), order), [
        { line: 2, productId: 'shade', reason: 'quantity_out_of_range' },
      ]);
    }
    const lines = [...linesOf({ lamp: 500 }), ...linesOf({ lamp: 500 }).map((line) => ({ ...line, line: 2 }))];
    assert.deepEqual(
      rejection(lampTask(), orderOf({}, { lines })),
      each(orderOf({}, { lines }), 'quantity_out_of_range'),
    );
  });

  test('a first line that is not the lead, and ids that are none', () => {
    const order = orderOf(wish, { lines: linesOf({ shade: 2, lamp: 1 }), orderId: orderOf(wish).orderId });
    assert.deepEqual(rejection(lampTask(), order), [{ line: 1, productId: 'shade', reason: 'wrong_lead_product' }]);
    const strange = orderOf({ lamp: 1, 'a/b': 1 });
    assert.deepEqual(rejection(lampTask(), strange), [{ line: 2, productId: 'a/b', reason: 'unknown_product' }]);
  });

  test('one product at two prices', () => {
    const [one, two] = [...linesOf({ lamp: 1 }), ...linesOf({ lamp: 1 }, { line: 2, unitPrice: 900 })];
    const order = orderOf({}, { lines: [one!, two!] });
    assert.deepEqual(rejection(lampTask(), order), [{ line: 2, productId: 'lamp', reason: 'price_mismatch' }]);
  });

  const spoiled: readonly (readonly [reason: string, more: Partial<OrderSubmitted>])[] = [
    ['hold_time_out_of_range', { holdMillis: 0 }],
    ['hold_time_out_of_range', { holdMillis: 24 * 3_600_000 + 1 }],
    ['totals_mismatch', { totals: { subtotal: 1, shipping: 2, tax: 3, total: 6 } }],
    ['unsupported_country', { shipTo: { ...address, country: 'Germany' } }],
    ['unsupported_currency', { currency: 'XXX' }],
    ['amount_out_of_range', { lines: linesOf(wish, { unitPrice: largestAmount }) }],
  ];
  for (const [reason, more] of spoiled) {
    test(`${reason}: ${JSON.stringify(more).slice(0, 40)}`, () => {
      const order = orderOf(wish, more);
      assert.deepEqual(rejection(lampTask(), order), each(order, reason));
    });
  }
});

describe('when the lead itself is refused, then the order is rejected', () => {
  const reject = (order: OrderSubmitted, fields = {}) =>
    rejection(taskWith({ lamp: { east: 5 } }, fields), order).map(({ line, reason }) => [line, reason]);

  test('for want of stock', () => assert.deepEqual(reject(orderOf({ lamp: 6 })), [[1, 'insufficient_stock']]));

  test('for being unknown', () => assert.deepEqual(reject(orderOf({ ghost: 1 })), [[1, 'unknown_product']]));

  test('for another price or weight than this version has', () => {
    const cheap = orderOf({}, { lines: linesOf({ lamp: 1 }, { unitPrice: 1 }) });
    const light = orderOf({}, { lines: linesOf({ lamp: 1 }, { weightGrams: 1 }) });
    for (const order of [cheap, light]) assert.deepEqual(reject(order), [[1, 'price_mismatch']]);
  });

  test('for another currency', () => {
    assert.deepEqual(reject(orderOf({ lamp: 1 }, { currency: 'USD' })), [[1, 'currency_mismatch']]);
  });

  test('for a limit a customer', () => {
    assert.deepEqual(reject(orderOf({ lamp: 3 }), { customerLimit: 2 }), [[1, 'customer_limit']]);
  });
});

test('an order quoted from an older version is honoured', () => {
  const task = taskWith({ lamp: { east: 5 } });
  submit(task, orderOf({}, { lines: linesOf({ lamp: 1 }, { productVersion: 0, unitPrice: 800 }) }));
  assert.deepEqual(
    eventsOf(task).map(({ type }) => type),
    ['OrderCreated', 'OrderReserved'],
  );
});

test('a cancellation that overtook its order ends it as soon as it comes', () => {
  const task = taskWith({ lamp: { east: 5 } });
  const order = orderOf({ lamp: 1, shade: 1 });
  const command = { type: 'CancelOrder', reason: 'by_customer' } as const;
  task.process(applyOrderCommand, 'lamp', { commandId: 'c', orderId: order.orderId, actor: 'ann', at: 1, command });
  assert.deepEqual(task.take(), []);
  submit(task, order);
  submit(task, order);
  const sent = task.take();
  assert.deepEqual(
    sentTo(sent, 'orderEvents').map(({ sequence, event }) => [sequence, event.type]),
    [
      [1, 'OrderCreated'],
      [2, 'OrderCancelled'],
    ],
  );
  assert.equal(sent.length, 2, 'no stock was asked for');
  assert.equal(task.holdExpiry.size, 0);
});

test('an order under another key than its lead is a fault, for another task owns it', () => {
  const task = taskWith({ lamp: { east: 5 } });
  const order = orderOf({ lamp: 1 });
  assert.throws(() => task.process(acceptOrder, 'shade', order), { code: 'RECORD_MISROUTED' });
  assert.throws(() => task.process(acceptOrder, 'lamp', { ...order, orderId: 'lamp' }), { code: 'RECORD_MISROUTED' });
});

describe('given what the delivery network promised', () => {
  const promise = { carrier: 'express', fromDay: 20_000, toDay: 20_001, notLines: [] };
  const promises = [
    { ...promise, warehouseId: 'west' },
    { ...promise, warehouseId: 'east', notLines: [2] },
  ];
  const warehouses = promises.map(({ warehouseId }) => warehouseId);
  const notFrom = ['north'];

  test('then units come from where they arrive first, and not from where nothing leads there', () => {
    const task = taskWith({ lamp: { east: 9, north: 9, west: 1 } });
    submit(task, orderOf({ lamp: 2 }, { warehouses, promises, notFrom }));
    const [created, reserved] = sentTo(task.take(), 'orderEvents').map(({ event }) => event);
    assert.deepEqual(created?.type === 'OrderCreated' && created.promises, promises);
    assert.deepEqual(reserved?.type === 'OrderReserved' && reserved.lines[0]?.allocations, [
      { warehouseId: 'east', quantity: 2 },
    ]);
    const unbound = taskWith({ lamp: { elsewhere: 9, west: 1 } });
    submit(unbound, orderOf({ lamp: 2 }, { warehouses, promises, notFrom }));
    assert.equal(sentTo(unbound.take(), 'orderEvents').at(-1)?.event.type, 'OrderReserved');
    const scarce = taskWith({ lamp: { north: 9, west: 1 } });
    submit(scarce, orderOf({ lamp: 2 }, { warehouses, promises, notFrom }));
    assert.equal(sentTo(scarce.take(), 'orderEvents').at(-1)?.event.type, 'OrderRejected');
  });

  test('then a line is asked for only where it can be sent from', () => {
    const task = taskWith({ lamp: { east: 5 } });
    submit(task, orderOf({ lamp: 2, shade: 3 }, { warehouses, promises, notFrom }));
    const [{ command } = { command: undefined }] = sentTo(task.take(), 'reservations');
    assert.ok(command?.type === 'ReserveStock');
    assert.deepEqual([command.warehouses, command.notFrom], [['west'], ['north', 'east']]);
  });
});
