// The arithmetic of stock and the choice of warehouses: examples, and the laws for any sequence of steps.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { chooseWarehouses, freeIn } from '../../processors/choose-warehouses.ts';
import { commit, emptyStock, freeOf, hold, levelOf, release, setOnHand } from '../../processors/stock.ts';
import type { Allocation, Offer, StockState, WarehouseStock } from '../../schemas/types.generated.ts';

const offer: Offer = {
  sellerId: 's',
  status: 'active',
  price: { amount: 1, currency: 'EUR' },
  weightGrams: 1,
  customerLimit: null,
  version: 1,
  hasVariants: false,
};

/** Warehouses by name with their free units. */
function shelves(free: { readonly [name: string]: number }): WarehouseStock[] {
  const names = Object.keys(free).sort();
  return names.map((warehouseId) => ({ warehouseId, onHand: free[warehouseId]! + 1, held: 1, sequence: null }));
}

const from = (allocations: readonly Allocation[] | undefined) =>
  allocations?.map(({ warehouseId, quantity }) => `${quantity} ${warehouseId}`).join(' + ');

const preferring = (warehouses: readonly string[]) => ({ warehouses, notFrom: [] });

describe('the choice of warehouses', () => {
  const three = shelves({ a: 2, b: 5, c: 3 });

  const cases: readonly (readonly [quantity: number, preferred: readonly string[], expected: string | undefined])[] = [
    [2, [], '2 a'],
    [2, ['c', 'b'], '2 c'],
    [5, ['c', 'a'], '5 b'],
    [6, ['c'], '3 c + 2 a + 1 b'],
    [6, ['c', 'c', 'x', 'b'], '3 c + 3 b'],
    [10, [], '2 a + 5 b + 3 c'],
    [11, [], undefined],
  ];
  for (const [quantity, preferred, expected] of cases) {
    test(`${quantity}, preferring ${preferred}: ${expected}`, () => {
      assert.equal(from(chooseWarehouses(three, quantity, preferring(preferred))), expected);
    });
  }

  test('an empty warehouse gives nothing', () => {
    assert.equal(from(chooseWarehouses(shelves({ a: 0, b: 2, c: 1 }), 3, preferring(['a']))), '2 b + 1 c');
    assert.equal(chooseWarehouses([], 1, preferring([])), undefined);
  });

  test('where it can not be sent from nothing comes from', () => {
    const without = (...notFrom: readonly string[]) => ({ warehouses: ['c', 'b'], notFrom });
    assert.equal(from(chooseWarehouses(three, 2, without('c'))), '2 b');
    assert.equal(from(chooseWarehouses(three, 5, without('b'))), '3 c + 2 a');
    assert.equal(chooseWarehouses(three, 6, without('b')), undefined);
    assert.equal(chooseWarehouses(three, 1, without('a', 'b', 'c')), undefined);
  });

  const anyShelves = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.nat(5)).map(shelves);
  const anyPreference = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'x'), { maxLength: 5 });

  test('the whole quantity or nothing, never more than is free, from one warehouse if one has it', () => {
    fc.assert(
      fc.property(anyShelves, fc.integer({ min: 1, max: 20 }), anyPreference, (warehouses, quantity, preferred) => {
        const free = new Map(warehouses.map((warehouse) => [warehouse.warehouseId, freeIn(warehouse)]));
        const total = [...free.values()].reduce((sum, units) => sum + units, 0);
        const allocations = chooseWarehouses(warehouses, quantity, preferring(preferred));
        if (!allocations) return assert.ok(total < quantity);
        assert.equal(
          allocations.reduce((sum, allocation) => sum + allocation.quantity, 0),
          quantity,
        );
        for (const each of allocations) assert.ok(each.quantity >= 1 && each.quantity <= free.get(each.warehouseId)!);
        assert.equal(new Set(allocations.map(({ warehouseId }) => warehouseId)).size, allocations.length);
        if ([...free.values()].some((units) => units >= quantity)) assert.equal(allocations.length, 1);
      }),
    );
  });
});

describe('the arithmetic', () => {
  const ten = setOnHand(emptyStock(offer), { warehouseId: 'a', onHand: 10, held: 0, sequence: 1 });
  const four = [{ warehouseId: 'a', quantity: 4 }];

  test('held units are not free, released ones are, committed ones are gone', () => {
    assert.equal(freeOf(hold(ten, four)), 6);
    assert.deepEqual(release(hold(ten, four), four), { ...ten, version: 3 });
    const level = levelOf('lamp', commit(hold(ten, four), four), 7);
    assert.deepEqual(level, {
      productId: 'lamp',
      onHand: 6,
      held: 0,
      free: 6,
      committed: 4,
      takenIn: 10,
      warehouses: [{ warehouseId: 'a', onHand: 6, held: 0 }],
      version: 3,
      at: 7,
    });
  });

  test('a step that breaks a law throws instead', () => {
    const eleven = [{ warehouseId: 'a', quantity: 11 }];
    const law = { name: 'AssertionError', message: /0 <= held <= onHand in a/ };
    assert.throws(() => hold(ten, eleven), law);
    assert.throws(() => release(ten, four), law);
    assert.throws(() => commit(ten, four), law);
    assert.throws(() => hold(ten, [{ warehouseId: 'b', quantity: 1 }]), { name: 'AssertionError' });
    assert.throws(() => hold(ten, [{ warehouseId: 'a', quantity: 0 }]), { name: 'AssertionError' });
    const below = { warehouseId: 'a', onHand: 3, held: 4, sequence: null };
    assert.throws(() => setOnHand(hold(ten, four), below), law);
  });

  test('nothing that was read is changed, and takenIn = committed + held + free after any steps', () => {
    const step = fc.record({ verb: fc.constantFrom(hold, release, commit), quantity: fc.integer({ min: 1, max: 6 }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        let stock: StockState = ten;
        for (const { verb, quantity } of steps) {
          const before = structuredClone(stock);
          const next = attempt(() => verb(stock, [{ warehouseId: 'a', quantity }]));
          assert.deepEqual(stock, before);
          stock = next ?? stock;
          const { takenIn, committed, held, free } = levelOf('lamp', stock, 0);
          assert.equal(takenIn, committed + held + free);
        }
      }),
    );
  });
});

function attempt<T>(body: () => T): T | undefined {
  try {
    return body();
  } catch {
    return undefined;
  }
}
