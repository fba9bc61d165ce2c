// From where an order may be sent: the soonest first, without the lines that a warehouse can't send, refused if nobody can.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { orderDelivery } from '../../gateway/order-delivery.ts';
import type { DeliveryWay } from '../../schemas/types.generated.ts';
import { dateOf } from '../../views/delivery/days.ts';
import type { Ways } from '../../views/delivery/delivery.ts';
import { DeliveryNetwork } from '../../views/delivery/network.ts';
import { anyWay, berlin, parcelPost, warehouseIds } from '../processors/logistics/network-fixtures.ts';

// A Monday morning.
const now = Date.UTC(2026, 2, 2, 9);

function waysBy(...ways: readonly Partial<DeliveryWay>[]): Ways {
  const network = new DeliveryNetwork();
  for (const warehouseId of warehouseIds) {
    network.apply(`warehouse/${warehouseId}`, { type: 'WarehouseHours', warehouse: { ...berlin, warehouseId } });
  }
  const area = { areaId: 'a', name: '', country: 'DE', postalCodes: [''] };
  const whole = ways.map((way) => ({ ...parcelPost, ...way }));
  network.apply('area/a', { type: 'AreaOptions', area, ways: whole });
  const found = network.waysTo({ country: 'DE', postalCode: '1' });
  assert.ok(found);
  return found;
}

const light = { line: 1, quantity: 1, weightGrams: 1_000, hazardous: false };
const heavy = { line: 2, quantity: 3, weightGrams: 10_000, hazardous: false };
const acid = { line: 3, quantity: 1, weightGrams: 1_000, hazardous: true };
const order = { known: new Set([...warehouseIds, 'closed']), cash: false, now };

describe('an order is promised', () => {
  test('by the warehouse that arrives first, and by the others in their order', () => {
    const ways = waysBy(
      { maxDays: 3 },
      { warehouseId: 'lyon' },
      { warehouseId: 'lyon', maxDays: 1, maxWeightGrams: 10 },
    );
    const promises = orderDelivery([light], { ways, ...order }).promises;
    assert.deepEqual(
      promises.map(({ warehouseId, fromDay, toDay, notLines }) => [
        warehouseId,
        dateOf(fromDay),
        dateOf(toDay),
        notLines,
      ]),
      [
        ['lyon', '2026-03-03', '2026-03-04', []],
        ['berlin', '2026-03-03', '2026-03-05', []],
      ],
    );
  });

  test('without the lines that a warehouse can not send, and those that can send all come first', () => {
    const ways = waysBy({ maxDays: 1 }, { warehouseId: 'lyon', maxDays: 5, hazardous: true });
    const { promises, notFrom, unable } = orderDelivery([light, acid], { ways, ...order });
    assert.deepEqual([notFrom, unable], [['rotterdam', 'closed'], []]);
    assert.deepEqual(
      promises.map(({ warehouseId, notLines }) => [warehouseId, notLines]),
      [
        ['lyon', []],
        ['berlin', [3]],
      ],
    );
  });

  test('in several parcels if one would be too heavy; the last of them counts', () => {
    const ways = waysBy({ maxDays: 1, maxWeightGrams: 1_000 }, { carrier: 'freight', maxDays: 4 });
    const [promise] = orderDelivery([light, heavy], { ways, ...order }).promises;
    assert.deepEqual([promise?.carrier, promise && dateOf(promise.toDay)], ['freight', '2026-03-06']);
  });

  test('or nobody is able, and is told which lines', () => {
    const found = orderDelivery([light, heavy, acid], { ways: waysBy({ maxWeightGrams: 1_000 }), ...order });
    assert.deepEqual(found.unable, [heavy, acid]);
    assert.deepEqual(orderDelivery([light], { ways: waysBy({}), ...order, cash: true }).unable, [light]);
  });
});

test('each line is promised by whoever can send it alone, and by nobody else', () => {
  const line = fc.record({
    quantity: fc.integer({ min: 1, max: 3 }),
    weightGrams: fc.constantFrom(400, 9_000, 20_000),
    hazardous: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(anyWay, { maxLength: 8 }), fc.array(line, { minLength: 1, maxLength: 4 }), (all, asked) => {
      const lines = asked.map((each, index) => ({ ...each, line: index + 1 }));
      const ways = waysBy({ maxWeightGrams: 100_000, hazardous: true, maxDays: 60 }, ...all);
      const { promises, notFrom, unable } = orderDelivery(lines, { ways, ...order });
      assert.deepEqual([...notFrom, ...promises.map(({ warehouseId }) => warehouseId)].sort(), [...order.known].sort());
      for (const { line: number, quantity, weightGrams, hazardous } of lines) {
        const parcel = { weightGrams: quantity * weightGrams, hazardous, cash: false };
        const able = ways.arrivals(undefined, parcel, now).map(({ warehouse }) => warehouse);
        const promised = promises.filter(({ notLines }) => !notLines.includes(number));
        assert.deepEqual(promised.map(({ warehouseId }) => warehouseId).sort(), able.sort());
        assert.equal(
          unable.some(({ line }) => line === number),
          able.length === 0,
        );
      }
    }),
  );
});
