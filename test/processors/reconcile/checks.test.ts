// Each check finds what is planted for it, that alone, and nothing in a shop with nothing wrong.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isInSnapshot } from '../../../processors/reconcile/compare-stock.ts';
import type { Repair } from '../../../processors/reconcile/finding.ts';
import type { HoldState, OrderState, StockState } from '../../../schemas/types.generated.ts';
import {
  cancelled,
  capturing,
  cleanWorld,
  facts,
  findingsOf,
  now,
  one,
  payment,
  placed,
  steps,
  stockEvent,
  type World,
  waiting,
} from './facts.ts';

test('nothing is wrong in a clean shop', () => {
  assert.deepEqual(findingsOf(cleanWorld()), []);
});

type Plant = readonly [
  name: string,
  plant: (world: World) => void,
  ids: readonly string[],
  repair?: Repair['kind'] | undefined,
];

const changeStock = (world: World, change: (stock: StockState) => StockState) => {
  const { stock } = world.tasks.lamps;
  stock.set('lamp', change(stock.get('lamp')!));
};
const putOrder = (world: World, id: string, phase: OrderState['phase']) => world.tasks.lamps.orders.set(id, { phase });
const putHold = (world: World, orderId: string, phase: HoldState['phase']) => {
  world.tasks.ropes.holds.set(`rope/${orderId}`, { line: 2, phase, attempt: 0 });
};
const withEast = (stock: StockState, change: { onHand?: number; held?: number }): StockState => ({
  ...stock,
  warehouses: stock.warehouses.map((each) => ({ ...each, ...change })),
});
/** What a changed stock would have told, so that nothing but the stock itself is wrong. */
const toldToo = (world: World) => {
  const { warehouses, takenIn, committed } = world.tasks.lamps.stock.get('lamp')!;
  const last = world.levels.findIndex(({ value }) => value.productId === 'lamp' && value.version === 7);
  const onHand = warehouses.reduce((sum, each) => sum + each.onHand, 0);
  const held = warehouses.reduce((sum, each) => sum + each.held, 0);
  const value = { ...world.levels[last]!.value, warehouses, takenIn, committed, onHand, held, free: onHand - held };
  world.levels[last] = { value, isIn: 'yes' };
};

const plants: readonly Plant[] = [
  [
    'a unit that nobody holds is set aside',
    (world) => {
      changeStock(world, (stock) => withEast(stock, { held: 3 }));
      toldToo(world);
    },
    ['stock-held:lamp'],
    'correct-stock',
  ],
  [
    'a held unit is free',
    (world) => {
      changeStock(world, (stock) => withEast(stock, { held: 1 }));
      toldToo(world);
    },
    ['stock-held:lamp'],
    'correct-stock',
  ],
  [
    'units are held in a warehouse that the stock does not know',
    (world) => {
      const phase = world.tasks.lamps.orders.get(waiting)!.phase as Extract<OrderState['phase'], { type: 'Reserved' }>;
      putOrder(world, waiting, { ...phase, allocations: [...one, { warehouseId: 'moon', quantity: 1 }] });
    },
    ['stock-held:lamp'],
  ],
  [
    'a product with holds has no stock at all',
    (world) => {
      world.tasks.ropes.stock.delete('rope');
      world.levels.pop();
      world.stockEvents.pop();
    },
    ['stock-held:rope'],
  ],
  [
    'more is held than there is',
    (world) => {
      changeStock(world, (stock) => ({ ...withEast(stock, { onHand: 1 }), committed: 9 }));
      toldToo(world);
    },
    ['stock-law:lamp'],
  ],
  [
    'units vanished',
    (world) => {
      changeStock(world, (stock) => withEast(stock, { onHand: 8 }));
      toldToo(world);
    },
    ['stock-law:lamp'],
  ],
  [
    'a limit counts less than was bought',
    (world) => world.tasks.lamps.purchases.delete('lamp/ann'),
    ['purchase-limits:lamp/ann'],
  ],
  [
    'an order is past its expiry',
    (world) => {
      const late = facts(2, ['lamp', 'rope'], { expiresAt: now - 3_600_000, checkout: null });
      putOrder(world, waiting, { type: 'Reserved', facts: late, allocations: one });
    },
    [`order-overdue:${waiting}`],
    'cancel-order',
  ],
  [
    'a hold outlives its order',
    (world) => {
      putHold(world, cancelled, { type: 'HoldOpen', allocations: one, limited: false });
      world.tasks.ropes.stock.set('rope', withEast(world.tasks.ropes.stock.get('rope')!, { held: 2 }));
      world.levels.at(-1)!.value = {
        ...world.levels.at(-1)!.value,
        held: 2,
        free: 2,
        warehouses: [{ warehouseId: 'east', onHand: 4, held: 2 }],
      };
    },
    [`hold-order:rope/${cancelled}`],
    'release-hold',
  ],
  [
    'a paid hold was never committed',
    (world) => {
      putHold(world, placed, { type: 'HoldOpen', allocations: one, limited: false });
      world.tasks.ropes.stock.set('rope', withEast(world.tasks.ropes.stock.get('rope')!, { held: 2 }));
      world.levels.at(-1)!.value = {
        ...world.levels.at(-1)!.value,
        held: 2,
        free: 2,
        warehouses: [{ warehouseId: 'east', onHand: 4, held: 2 }],
      };
    },
    [`hold-order:rope/${placed}`],
  ],
  [
    'a paid order was not given its units',
    (world) => putHold(world, placed, { type: 'HoldReleased', endedAt: now }),
    [`order-hold:rope/${placed}`],
  ],
  [
    'the log tells of another level',
    (world) => {
      const { value } = world.levels[1]!;
      world.levels.push({ value: { ...value, free: value.free + 1 }, isIn: 'yes' });
    },
    ['stock-level:lamp'],
    'correct-stock',
  ],
  [
    'the log is ahead of the task',
    (world) => world.levels.push({ value: { ...world.levels[1]!.value, version: 8 }, isIn: 'yes' }),
    ['stock-level:lamp'],
    'correct-stock',
  ],
  ['a level was never told', (world) => world.levels.pop(), ['stock-level:rope'], 'correct-stock'],
  [
    'a level of a product that is not known',
    (world) => world.levels.push({ value: { ...world.levels[1]!.value, productId: 'ghost' }, isIn: 'yes' }),
    ['stock-level:ghost'],
  ],
  [
    'a stock change was told that the stock does not have',
    (world) => world.stockEvents.push({ value: stockEvent('lamp', 'second', 10, 14), isIn: 'yes' }),
    ['stock-ledger:lamp'],
  ],
  [
    'the sum of what was taken in is wrong, while the units are there',
    (world) => {
      changeStock(world, (stock) => ({ ...stock, takenIn: 11 }));
      toldToo(world);
    },
    ['stock-law:lamp', 'stock-ledger:lamp'],
    'correct-stock',
  ],
  [
    'a submitted order is lost',
    (world) => world.submitted.push({ orderId: 'lost~lamp', partition: 0, offset: 77 }),
    ['order-decided:lost~lamp'],
    'submit-again',
  ],
  ['a step is missing', (world) => world.orderEvents.splice(3, 1), [`order-history:${placed}`]],
  [
    'a step was told twice',
    (world) => world.orderEvents.splice(3, 0, world.orderEvents[3]!),
    [`order-history:${placed}`],
  ],
  ['the last step was not told', (world) => world.orderEvents.splice(4, 1), [`order-history:${placed}`]],
  [
    'an order went on in the log alone',
    (world) => world.orderEvents.push({ ...steps(waiting, ['OrderCreated', 'OrderReserved', 'OrderPlaced'])[2]! }),
    [`order-history:${waiting}`],
  ],
  [
    'an open order has no state',
    (world) => world.orderEvents.push(...steps('gone~lamp', ['OrderCreated', 'OrderReserved'])),
    ['order-history:gone~lamp'],
  ],
  ['an order has no steps', (world) => world.orderEvents.splice(5, 2), [`order-history:${cancelled}`]],
  ['a placed order was never paid', (world) => world.payments.splice(0, 1), [`payment-taken:${placed}`]],
  [
    'a placed order was paid too little',
    (world) => world.payments.splice(0, 1, payment(placed, { captured: 1_400, status: 'captured' })),
    [`payment-taken:${placed}`],
  ],
  [
    'a placed order was paid in other money',
    (world) => world.payments.splice(0, 1, payment(placed, { captured: 1_500, status: 'captured', currency: 'USD' })),
    [`payment-taken:${placed}`],
  ],
  [
    "a placed order's money is only set aside",
    (world) => world.payments.splice(0, 1, payment(placed)),
    [`payment-taken:${placed}`],
    'capture-payment',
  ],
  [
    'an order has ended and its money was taken',
    (world) => world.payments.push(payment(cancelled, { captured: 1_500, status: 'captured' })),
    [`payment-left:${cancelled}`],
    'refund-payment',
  ],
  [
    'an order has ended and its money is set aside',
    (world) => world.payments.push(payment(cancelled)),
    [`payment-left:${cancelled}`],
    'void-payment',
  ],
  [
    'an order that is not paid through us was paid',
    (world) => world.payments.push(payment(waiting, { captured: 5, status: 'captured' })),
    [`payment-left:${waiting}`],
  ],
  ['a payment without an order', (world) => world.payments.push(payment('ghost~lamp')), ['payment-unknown:ghost~lamp']],
  [
    'an old order was given back, its money was not',
    (world) => {
      world.forgotten.set('old~lamp', { customerId: 'bob', amount: 900, currency: 'EUR', isPaid: false });
      world.payments.push(payment('old~lamp', { captured: 900, status: 'captured' }));
    },
    ['payment-left:old~lamp'],
    'refund-payment',
  ],
  [
    'an old order was paid, its money went back',
    (world) => {
      world.forgotten.set('old~lamp', { customerId: 'bob', amount: 900, currency: 'EUR', isPaid: true });
      world.payments.push(payment('old~lamp', { captured: 900, refunded: 900, status: 'refunded' }));
    },
    ['payment-taken:old~lamp'],
  ],
];

describe('what is planted is found, that alone:', () => {
  for (const [name, plant, ids, repair] of plants) {
    test(name, () => {
      const world = cleanWorld();
      plant(world);
      const found = findingsOf(world);
      assert.deepEqual(
        found.map(({ id }) => id),
        ids,
      );
      assert.equal(found.at(-1)?.repair?.kind, repair);
      for (const each of found) assert.notEqual(each.expected, each.found);
    });
  }
});

describe('what is on its way is not wrong:', () => {
  const fine: readonly (readonly [name: string, plant: (world: World) => void])[] = [
    [
      'what a task said after the snapshot',
      (world) => {
        world.levels.push({ value: { ...world.levels[1]!.value, version: 8, free: 0 }, isIn: 'no' });
        world.stockEvents.push({ value: stockEvent('lamp', 'second', 10, 14), isIn: 'no' });
        world.orderEvents.push({
          ...steps(waiting, ['OrderCreated', 'OrderReserved', 'OrderCancelled'])[2]!,
          isIn: 'no',
        });
        world.orderEvents.push({ ...steps('new~lamp', ['OrderCreated'])[0]!, isIn: 'no' });
      },
    ],
    [
      'what it said at the moment of the snapshot',
      (world) => {
        world.levels.push({ value: { ...world.levels[1]!.value, version: 8, free: 0 }, isIn: 'unknown' });
        world.stockEvents.push({ value: stockEvent('lamp', 'second', 10, 14), isIn: 'unknown' });
        world.orderEvents.push({
          ...steps(waiting, ['OrderCreated', 'OrderReserved', 'OrderCancelled'])[2]!,
          isIn: 'unknown',
        });
      },
    ],
    [
      'a level that was compacted away for a newer one',
      (world) => {
        world.levels.splice(1, 1);
        world.levels.push({ value: { ...world.levels[0]!.value, version: 8 }, isIn: 'no' });
        world.levels[0] = { ...world.levels[0]!, isIn: 'unknown' };
      },
    ],
    ['news of a payment a moment ago', (world) => world.payments.push(payment(cancelled, { updatedAt: now - 1_000 }))],
    [
      'a payment that the provider thinks about',
      (world) => world.payments.push(payment(cancelled, { status: 'pending' })),
    ],
    ['a payment that was let go', (world) => world.payments.push(payment(cancelled, { status: 'voided' }))],
    [
      'a line whose answer is not there yet',
      (world) => {
        const answers = [{ productId: 'lamp', outcome: { type: 'StockHeld', allocations: one } }] as const;
        const order = facts(1, ['lamp', 'rope'], { checkout: null });
        putOrder(world, waiting, { type: 'AwaitingReservations', facts: order, answers });
        world.orderEvents.splice(1, 1);
      },
    ],
    [
      'an order that was cancelled before it came',
      (world) => {
        putOrder(world, 'early~lamp', { type: 'CancelledEarly', reason: 'by_customer', endedAt: now });
      },
    ],
  ];
  for (const [name, plant] of fine) {
    test(name, () => {
      const world = cleanWorld();
      plant(world);
      assert.deepEqual(findingsOf(world), []);
    });
  }

  test('between tasks, whatever differs between two looks', () => {
    const release = cleanWorld();
    putHold(release, waiting, { type: 'HoldReleased', endedAt: now });
    release.tasks.ropes.stock.set('rope', withEast(release.tasks.ropes.stock.get('rope')!, { held: 0 }));
    release.levels.at(-1)!.value = {
      ...release.levels.at(-1)!.value,
      held: 0,
      free: 4,
      warehouses: [{ warehouseId: 'east', onHand: 4, held: 0 }],
    };
    assert.deepEqual(findingsOf(cleanWorld(), release), []);
    assert.deepEqual(findingsOf(release, cleanWorld()), []);
    assert.deepEqual(
      findingsOf(release).map(({ id }) => id),
      [`order-hold:rope/${waiting}`],
    );
  });

  test('with the provider, what differs between two looks, and while it is asked', () => {
    const paid = cleanWorld();
    paid.payments.push(payment(cancelled));
    assert.deepEqual(findingsOf(cleanWorld(), paid), []);
    const asked = cleanWorld();
    asked.payments.splice(1, 1, payment(capturing, { captured: 1_500, status: 'captured' }));
    assert.deepEqual(findingsOf(asked), []);
  });
});

test('what belongs into a snapshot follows from where and when it was said', () => {
  const at = {
    task: 't',
    partition: 0,
    commit: 1,
    now: 100,
    inputs: {},
    found: { counts: {}, findings: [] },
    orders: [],
    holds: [],
    stocks: [],
  };
  assert.deepEqual(
    [99, 100, 101].map((time) => isInSnapshot(at, time, false)),
    ['yes', 'unknown', 'no'],
  );
  assert.equal(isInSnapshot(at, 101, true), 'yes');
});
