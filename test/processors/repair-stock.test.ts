// A stock is set right as it was asked if it stands as it was looked at, and only then; either way the audit says so.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { repairStock } from '../../processors/repair-stock.ts';
import { levelOf } from '../../processors/stock.ts';
import type { StockRepair } from '../../schemas/types.generated.ts';
import { taskWith } from './fixtures.ts';
import { sentTo, type TestTask } from './test-task.ts';

const shelves = { lamp: { east: 5, west: 2 } };

function repairOf(task: TestTask, change: Partial<StockRepair> = {}): StockRepair {
  const { version, takenIn, committed, warehouses } = task.stores.stock.get('lamp')!;
  return {
    repairId: 'r1',
    productId: 'lamp',
    actor: 'olga',
    at: 5,
    reason: 'stock-held:lamp',
    version,
    warehouses: warehouses.map(({ warehouseId, onHand, held }) => ({ warehouseId, onHand, held })),
    takenIn,
    committed,
    ...change,
  };
}

const held = [
  { warehouseId: 'east', onHand: 5, held: 1 },
  { warehouseId: 'west', onHand: 2, held: 0 },
];

describe('given a stock of 5 and 2', () => {
  test('when it is to have one unit held, then it has, its level says so, and the audit', () => {
    const task = taskWith(shelves);
    const before = task.stores.stock.get('lamp')!;
    task.process(repairStock, 'lamp', repairOf(task, { warehouses: held }));
    const sent = task.take();
    const after = task.stores.stock.get('lamp')!;
    assert.equal(after.version, before.version + 1);
    assert.deepEqual(
      after.warehouses.map((each) => each.held),
      [1, 0],
    );
    assert.deepEqual(sentTo(sent, 'stockLevels'), [levelOf('lamp', after, task.now)]);
    const [entry, ...others] = sentTo(sent, 'audit');
    assert.deepEqual(others, []);
    const { outcome, actor, subject, auditId, reason, action } = entry!;
    assert.deepEqual(
      [outcome, actor, subject, auditId, reason, action],
      ['done', 'olga', 'lamp', 'r1', 'stock-held:lamp', 'correct-stock'],
    );
    assert.deepEqual(JSON.parse(entry!.before).warehouses[0], { warehouseId: 'east', onHand: 5, held: 0 });
    assert.deepEqual(JSON.parse(entry!.after).warehouses[0], held[0]);
  });

  test('when the same repair comes twice, then the second changes nothing', () => {
    const task = taskWith(shelves);
    const repair = repairOf(task, { warehouses: held });
    task.process(repairStock, 'lamp', repair);
    const once = task.stores.stock.get('lamp');
    task.process(repairStock, 'lamp', repair);
    assert.deepEqual(task.stores.stock.get('lamp'), once);
    assert.deepEqual(
      sentTo(task.take(), 'audit').map(({ outcome }) => outcome),
      ['done', 'refused'],
    );
  });

  const refused: readonly (readonly [name: string, change: Partial<StockRepair>, why: RegExp])[] = [
    ['it has changed since', { version: 1, warehouses: held }, /it stands at 2, not 1/],
    ['more would be held than there is', { warehouses: [{ ...held[0]!, held: 6 }, held[1]!] }, /laws/],
    ['units would come from nowhere', { warehouses: [{ ...held[0]!, onHand: 6 }, held[1]!] }, /laws/],
    ['a warehouse is left out', { warehouses: [held[0]!] }, /its warehouses are east west/],
    ['a warehouse is new', { warehouses: [...held, { ...held[0]!, warehouseId: 'moon' }] }, /its warehouses/],
    ['the product is unknown', { productId: 'rope' }, /no stock/],
  ];
  for (const [name, change, why] of refused) {
    test(`when ${name}, then nothing is changed, and the audit says why`, () => {
      const task = taskWith(shelves);
      const before = task.stores.stock.get('lamp');
      task.process(repairStock, change.productId ?? 'lamp', repairOf(task, change));
      assert.deepEqual(task.stores.stock.get('lamp'), before);
      const sent = task.take();
      assert.deepEqual(sentTo(sent, 'stockLevels'), []);
      const [entry] = sentTo(sent, 'audit');
      assert.equal(entry?.outcome, 'refused');
      assert.match(entry?.after ?? '', why);
    });
  }

  test('when the key is that of another product, then it is a fault', () => {
    const task = taskWith(shelves);
    assert.throws(() => task.process(repairStock, 'rope', repairOf(task)), { code: 'RECORD_MISROUTED' });
  });
});
