// Given changes that came with an import, when they are decided, then each is counted once; and what replaces a product
// that says the same already changes nothing.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { applyCatalogChange } from '../../processors/apply-catalog-change.ts';
import { applyStockChange } from '../../processors/apply-stock-change.ts';
import type { CatalogChange } from '../../schemas/types.generated.ts';
import { catalogChange, count, lampFields, stockChange, taskWith } from './fixtures.ts';
import { sentTo, TestTask } from './test-task.ts';

const spring = { importId: 'spring', importLine: 1 };

function edit(task: TestTask, change: CatalogChange['change'], more: Partial<CatalogChange>) {
  const asked = catalogChange('lamp', change, more);
  task.process(applyCatalogChange, asked.productId, asked);
  return task.take();
}

const tallies = (sent: ReturnType<TestTask['take']>) => {
  return sentTo(sent, 'importTallies').map(({ applied, refused }) => [applied, refused]);
};

describe('given an import', () => {
  test('when its changes are applied and refused, then both are counted, whatever comes twice', () => {
    const task = new TestTask();
    assert.deepEqual(tallies(edit(task, lampFields, { ...spring, changeId: 'a' })), [[1, 0]]);
    assert.deepEqual(tallies(edit(task, lampFields, { ...spring, changeId: 'b' })), [[1, 1]]);
    const again = edit(task, lampFields, { ...spring, changeId: 'a' });
    assert.deepEqual(tallies(again), []);
    assert.equal(sentTo(again, 'catalogEvents').length, 1, 'it is answered again');
  });

  test("when another seller's import has its name, then it is counted apart", () => {
    const task = new TestTask();
    edit(task, lampFields, { ...spring, changeId: 'a' });
    const sent = edit(task, lampFields, { ...spring, changeId: 'b', sellerId: 'mallory' });
    assert.deepEqual(tallies(sent), [[0, 1]]);
    assert.deepEqual(
      sent.filter(({ topic }) => topic === 'importTallies').map(({ key }) => key),
      ['mallory/spring/0'],
    );
  });

  test('when a stock change comes with it, then that is counted, too', () => {
    const task = taskWith({ lamp: { east: 5 } });
    const asked = stockChange('lamp', 'east', count(7), spring);
    task.process(applyStockChange, 'lamp', asked);
    assert.deepEqual(tallies(task.take()), [[1, 0]]);
    task.process(applyStockChange, 'lamp', asked);
    assert.deepEqual(tallies(task.take()), []);
  });

  test('a change that came alone is counted nowhere', () => {
    assert.deepEqual(tallies(edit(new TestTask(), lampFields, {})), []);
  });
});

describe('given a lamp', () => {
  const replacement = { ...lampFields, replaces: true };
  const lamp = () => {
    const task = new TestTask();
    edit(task, lampFields, { changeId: 'first' });
    task.now += 1_000;
    return task;
  };

  test('when it is replaced, then nothing of what it said before is left but when it was created', () => {
    const task = lamp();
    const before = task.stores.products.get('lamp')!;
    const sent = edit(task, { ...replacement, title: 'Another lamp', attributes: {} }, { changeId: 'second' });
    const [product] = sentTo(sent, 'products');
    assert.deepEqual([product?.title, product?.attributes, product?.version], ['Another lamp', {}, 2]);
    assert.deepEqual([product?.createdAt, product?.updatedAt], [before.createdAt, task.now]);
  });

  test('when it is replaced by what it is, then its version stays and nobody hears of it', () => {
    const sent = edit(lamp(), replacement, { changeId: 'second' });
    assert.deepEqual(sentTo(sent, 'products'), []);
    assert.deepEqual(
      sentTo(sent, 'catalogEvents').map(({ outcome }) => outcome),
      [{ type: 'ProductChanged', version: 1 }],
    );
  });

  test('when it was deleted and is replaced by what it was, then it is for sale again', () => {
    const task = lamp();
    edit(task, { type: 'DeleteProduct' }, { changeId: 'gone' });
    const sent = edit(task, replacement, { changeId: 'back' });
    assert.deepEqual(
      sentTo(sent, 'products').map(({ status, version }) => [status, version]),
      [['active', 3]],
    );
  });

  test('when another seller replaces it, then that is refused', () => {
    const sent = edit(lamp(), replacement, { changeId: 'second', sellerId: 'mallory' });
    assert.deepEqual(
      sentTo(sent, 'catalogEvents').map(({ outcome }) => outcome),
      [{ type: 'CatalogChangeRefused', reason: 'not_owner' }],
    );
  });
});
