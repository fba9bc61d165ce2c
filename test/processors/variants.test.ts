// Given a product that comes in variants, when it or one of them is changed, bought or stocked.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { applyCatalogChange } from '../../processors/apply-catalog-change.ts';
import { applyStockChange } from '../../processors/apply-stock-change.ts';
import type { CatalogChange, CreateProduct, Variant } from '../../schemas/types.generated.ts';
import {
  catalogChange,
  count,
  delta,
  lampFields,
  linesOf,
  orderOf,
  stockChange,
  submit,
  unchanged,
} from './fixtures.ts';
import { type Message, sentTo, TestTask } from './test-task.ts';

let changes = 0;

/** Of the lamp unless said otherwise; what it leads to lies in the task's outbox. */
function edit(task: TestTask, change: CatalogChange['change'], more: Partial<CatalogChange> = {}): Message[] {
  const asked = catalogChange('lamp', change, { changeId: `change-${changes++}`, ...more });
  task.process(applyCatalogChange, asked.productId, asked);
  return task.take();
}

/** Does what the streams asked themselves, until they ask nothing more. */
function settle(task: TestTask, sent: readonly Message[]): Message[] {
  const derived = sentTo(sent, 'catalogChanges');
  for (const change of derived) task.process(applyCatalogChange, change.productId, change);
  const led = task.take();
  return derived.length === 0 ? [] : [...led, ...settle(task, led)];
}

const outcomes = (sent: readonly Message[]) => sentTo(sent, 'catalogEvents').map(({ outcome }) => outcome);
const refused = (reason: string) => ({ type: 'CatalogChangeRefused', reason });
const version = (number: number) => ({ type: 'ProductChanged', version: number });

function variant(productId: string, size: string, more: Partial<Variant> = {}): Variant {
  return { productId, options: { size }, price: null, weightGrams: null, image: '', ...more };
}

const small = variant('lamp-s', 'S');
const large = variant('lamp-l', 'L', { price: { amount: 1500, currency: 'EUR' }, weightGrams: 900, image: '/l.jpg' });
const varied: CreateProduct = { ...lampFields, variants: [small, large] };

/** The lamp in two sizes, 5 units of the small one. */
function lamps(): TestTask {
  const task = new TestTask();
  settle(task, edit(task, varied));
  task.process(applyStockChange, 'lamp-s', stockChange('lamp-s', 'east', count(5)));
  task.take();
  return task;
}

const product = (task: TestTask, id: string) => task.stores.products.get(id);
const offered = (task: TestTask) =>
  ['lamp', 'lamp-s', 'lamp-l'].map((id) => product(task, id)?.status ?? 'unknown').join(' ');

describe('given nothing, when a product comes in variants', () => {
  test('then each is told by a change of its own, keyed by its id, with an id that a repetition has, too', () => {
    const task = new TestTask();
    const first = edit(task, varied, { changeId: 'c' });
    const derived = first.filter(({ topic }) => topic === 'catalogChanges');
    assert.deepEqual(
      derived.map(({ key }) => key),
      ['lamp-s', 'lamp-l'],
    );
    for (const { changeId, sellerId, importId } of sentTo(first, 'catalogChanges')) {
      assert.deepEqual([changeId, sellerId, importId], ['lamp~c', 'sally', '']);
    }
    assert.deepEqual(sentTo(edit(task, varied, { changeId: 'c' }), 'catalogChanges'), [], 'nothing comes of it twice');
  });

  test('then they have what the product has, but for what is their own', () => {
    const task = lamps();
    const { type: _, variants: __, ...inherited } = varied;
    const { price, weightGrams, images, ...shared } = inherited;
    const known = { replaces: undefined };
    const smallOne = { ...known, ...product(task, 'lamp-s') };
    const largeOne = { ...known, ...product(task, 'lamp-l') };
    for (const [name, value] of Object.entries({ ...shared, variantOf: 'lamp', variants: [], version: 1 })) {
      if (name === 'replaces') continue;
      assert.deepEqual(smallOne[name as 'title'], value, name);
      assert.deepEqual(largeOne[name as 'title'], value, name);
    }
    assert.deepEqual([smallOne.price, smallOne.weightGrams, smallOne.images], [price, weightGrams, images]);
    assert.deepEqual(
      [largeOne.price, largeOne.weightGrams, largeOne.images],
      [large.price, 900, ['/l.jpg', ...images]],
    );
    assert.deepEqual([smallOne.options, largeOne.options], [{ size: 'S' }, { size: 'L' }]);
    assert.deepEqual(product(task, 'lamp')?.variants, [small, large]);
  });
});

describe('given a lamp in two sizes', () => {
  test('when its title changes, then theirs does', () => {
    const task = lamps();
    settle(task, edit(task, { ...unchanged, title: 'A red lamp' }));
    assert.deepEqual(
      ['lamp', 'lamp-s', 'lamp-l'].map((id) => [product(task, id)?.title, product(task, id)?.version]),
      [
        ['A red lamp', 2],
        ['A red lamp', 2],
        ['A red lamp', 2],
      ],
    );
  });

  test('when its price changes, then what has a price of its own stays as it is', () => {
    const task = lamps();
    const led = settle(task, edit(task, { ...unchanged, price: { amount: 1200, currency: 'EUR' } }));
    assert.deepEqual(
      sentTo(led, 'products').map(({ productId, price }) => [productId, price.amount]),
      [['lamp-s', 1200]],
    );
    assert.deepEqual(outcomes(led), [version(2), version(1)]);
  });

  test('when one goes from the list, then it goes off sale with its stock, and comes back with it', () => {
    const task = lamps();
    settle(task, edit(task, { ...unchanged, variants: [large] }));
    assert.equal(offered(task), 'active deleted active');
    submit(task, orderOf({}, { lines: linesOf({ 'lamp-s': 1 }) }));
    const rejected = sentTo(task.take(), 'orderEvents').at(-1)?.event;
    assert.ok(rejected?.type === 'OrderRejected' && rejected.lines[0]?.reason === 'product_deleted');

    settle(task, edit(task, { ...unchanged, variants: [large, small] }));
    assert.equal(offered(task), 'active active active');
    assert.equal(task.stores.stock.get('lamp-s')?.warehouses[0]?.onHand, 5);
  });

  test('when it is deleted, then all are', () => {
    const task = lamps();
    settle(task, edit(task, { type: 'DeleteProduct' }));
    assert.equal(offered(task), 'deleted deleted deleted');
    settle(task, edit(task, lampFields));
    assert.equal(offered(task), 'active deleted deleted', 'it comes back without them');
  });

  test('when it is to have no variants any more, then it is bought itself again', () => {
    const task = lamps();
    settle(task, edit(task, { ...unchanged, variants: [] }));
    assert.equal(offered(task), 'active deleted deleted');
    assert.equal(task.stores.stock.get('lamp')?.offer.hasVariants, false);
  });

  test('when it is ordered, then a variant must be chosen; a variant is bought like anything', () => {
    const task = lamps();
    submit(task, orderOf({}, { lines: linesOf({ lamp: 1 }) }));
    const rejected = sentTo(task.take(), 'orderEvents').at(-1)?.event;
    assert.ok(rejected?.type === 'OrderRejected' && rejected.lines[0]?.reason === 'choose_variant');
    submit(task, orderOf({ 'lamp-s': 2 }));
    assert.equal(sentTo(task.take(), 'orderEvents').at(-1)?.event.type, 'OrderReserved');
  });

  test('when stock of it comes in, then that is refused; what it had before can be taken out', () => {
    const task = new TestTask();
    edit(task, lampFields);
    const change = (asked: ReturnType<typeof count>) => {
      task.process(applyStockChange, 'lamp', stockChange('lamp', 'east', asked));
      return sentTo(task.take(), 'stockEvents')[0]?.outcome;
    };
    assert.deepEqual(change(count(3)), { type: 'StockChanged', before: 0, after: 3 });
    edit(task, { ...unchanged, variants: [small] });
    assert.deepEqual(change(delta(1)), { type: 'StockChangeRefused', reason: 'choose_variant' });
    assert.deepEqual(change(delta(-2)), { type: 'StockChanged', before: 3, after: 1 });
    assert.deepEqual(change(count(0)), { type: 'StockChanged', before: 1, after: 0 });
  });

  test('when its seller changes or deletes a variant, then it is told to change the product', () => {
    const small = { productId: 'lamp-s' };
    assert.deepEqual(outcomes(edit(lamps(), unchanged, small)), [refused('is_a_variant')]);
    assert.deepEqual(outcomes(edit(lamps(), { type: 'DeleteProduct' }, small)), [refused('is_a_variant')]);
    assert.deepEqual(outcomes(edit(lamps(), lampFields, small)), [refused('is_a_variant')]);
    assert.deepEqual(outcomes(edit(lamps(), lampFields, { ...small, sellerId: 'sam' })), [refused('already_exists')]);
  });

  test('when a variant has gone off sale, then its seller may sell it as a product of its own', () => {
    const task = lamps();
    settle(task, edit(task, { ...unchanged, variants: [large] }));
    assert.deepEqual(outcomes(edit(task, lampFields, { productId: 'lamp-s' })), [version(3)]);
    assert.deepEqual([product(task, 'lamp-s')?.variantOf, product(task, 'lamp-s')?.options], [null, {}]);
    const led = settle(task, edit(task, { ...unchanged, variants: [large, small] }));
    assert.deepEqual(outcomes(led), [version(1), refused('already_exists')]);
  });
});

describe('given a product that lists an id which is taken', () => {
  for (const [whose, sellerId] of [
    ['of another seller', 'sam'],
    ['of the same one', 'sally'],
  ] as const) {
    test(`by a product ${whose}, then that stays as it is, and an event with the change's id says so`, () => {
      const task = new TestTask();
      edit(task, lampFields, { productId: 'lamp-s', sellerId });
      const led = settle(task, edit(task, varied, { changeId: 'c' }));
      const [event] = sentTo(led, 'catalogEvents');
      assert.deepEqual(
        [event?.productId, event?.changeId, event?.outcome],
        ['lamp-s', 'lamp~c', refused('already_exists')],
      );
      assert.equal(product(task, 'lamp-s')?.variantOf, null);
      assert.equal(product(task, 'lamp-l')?.variantOf, 'lamp');
    });
  }

  test('by a variant of another product, then it is refused until that lets it go, and had with the next change', () => {
    const task = lamps();
    const candle = { productId: 'candle' };
    const claim = settle(task, edit(task, { ...lampFields, variants: [small] }, candle));
    assert.deepEqual(outcomes(claim), [refused('is_a_variant')]);
    settle(task, edit(task, { ...unchanged, variants: [large] }));
    assert.equal(product(task, 'lamp-s')?.status, 'deleted');
    assert.deepEqual(outcomes(settle(task, edit(task, { ...unchanged, title: 'A candle' }, candle))), [version(3)]);
    assert.deepEqual([product(task, 'lamp-s')?.variantOf, product(task, 'lamp-s')?.status], ['candle', 'active']);
  });

  test('and that is let go again, then nothing happens to what it belongs to', () => {
    const task = lamps();
    const candle = { productId: 'candle' };
    settle(task, edit(task, { ...lampFields, variants: [small] }, candle));
    assert.deepEqual(outcomes(settle(task, edit(task, { type: 'DeleteProduct' }, candle))), [
      refused('not_its_variant'),
    ]);
    assert.equal(product(task, 'lamp-s')?.status, 'active');
  });
});

describe('given what a product says of a variant', () => {
  test('when it comes late, then the newer one counts, also if that was a farewell', () => {
    const task = new TestTask();
    const put = sentTo(edit(task, { ...lampFields, variants: [small] }), 'catalogChanges')[0]!;
    const drop = sentTo(edit(task, { type: 'DeleteProduct' }), 'catalogChanges')[0]!;
    task.process(applyCatalogChange, 'lamp-s', drop);
    task.process(applyCatalogChange, 'lamp-s', put);
    assert.deepEqual(outcomes(task.take()), [refused('unknown_product'), refused('superseded')]);
    assert.equal(product(task, 'lamp-s'), undefined);
  });

  test('when it comes again after its answer was forgotten, then it changes nothing', () => {
    const task = new TestTask();
    const put = sentTo(edit(task, { ...lampFields, variants: [small] }), 'catalogChanges')[0]!;
    task.process(applyCatalogChange, 'lamp-s', put);
    task.now += 8 * 86_400_000;
    task.expireStores();
    task.take();
    task.process(applyCatalogChange, 'lamp-s', put);
    assert.deepEqual(outcomes(task.take()), [refused('superseded')]);
    assert.equal(product(task, 'lamp-s')?.version, 1);
  });
});
