// Given a catalogue, when a seller edits it, then the product stands out anew or the edit is refused.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { applyCatalogChange } from '../../processors/apply-catalog-change.ts';
import type { CatalogChange, Product, Variant } from '../../schemas/types.generated.ts';
import { catalogChange, lampFields, linesOf, orderOf, submit, taskWith, unchanged } from './fixtures.ts';
import { sentTo, TestTask } from './test-task.ts';

let changes = 0;

function edit(task: TestTask, change: CatalogChange['change'], more: Partial<CatalogChange> = {}) {
  const asked = catalogChange('lamp', change, { changeId: `change-${changes++}`, ...more });
  task.process(applyCatalogChange, asked.productId, asked);
  return task.take();
}

function variant(productId: string, size: string): Variant {
  return { productId, options: { size }, price: null, weightGrams: null, image: '' };
}

const outcomes = (sent: ReturnType<TestTask['take']>) => sentTo(sent, 'catalogEvents').map(({ outcome }) => outcome);
const refused = (reason: string) => [{ type: 'CatalogChangeRefused', reason }];
const version = (number: number) => [{ type: 'ProductChanged', version: number }];

describe('given nothing', () => {
  test('when a product is created, then it stands out, with no stock yet', () => {
    const task = new TestTask();
    const sent = edit(task, lampFields);
    const { type: _, replaces: __, ...fields } = lampFields;
    const product: Product = {
      productId: 'lamp',
      sellerId: 'sally',
      ...fields,
      variantOf: null,
      options: {},
      status: 'active',
      version: 1,
      createdAt: task.now,
      updatedAt: task.now,
    };
    assert.deepEqual(sentTo(sent, 'products'), [product]);
    assert.deepEqual(outcomes(sent), version(1));
    assert.deepEqual(
      sentTo(sent, 'stockLevels').map(({ onHand, warehouses }) => [onHand, warehouses]),
      [[0, []]],
    );
  });

  test('when a product is changed or deleted, then it is unknown', () => {
    assert.deepEqual(outcomes(edit(new TestTask(), unchanged)), refused('unknown_product'));
    assert.deepEqual(outcomes(edit(new TestTask(), { type: 'DeleteProduct' })), refused('unknown_product'));
  });

  const price = (amount: number, currency: string) => ({ price: { amount, currency } });
  const unsound: readonly (readonly [reason: string, fields: Partial<typeof lampFields>])[] = [
    ['invalid_title', { title: ' ' }],
    ['invalid_title', { title: 'x'.repeat(501) }],
    ['invalid_price', price(-1, 'EUR')],
    ['invalid_price', price(1e12, 'EUR')],
    ['invalid_price', price(1, 'XXX')],
    ['invalid_weight', { weightGrams: -1 }],
    ['invalid_weight', { weightGrams: 1_000_001 }],
    ['invalid_limit', { customerLimit: 0 }],
    ['invalid_description', { description: 'x'.repeat(20_001) }],
    ['invalid_category', { category: 'a/b/c/d/e/f' }],
    ['invalid_category', { category: 'a/ /b' }],
    ['invalid_category', { category: 'x'.repeat(301) }],
    ['invalid_brand', { brand: 'x'.repeat(201) }],
    ['invalid_images', { images: ['javascript:alert(1)'] }],
    ['invalid_images', { images: Array(21).fill('/a.jpg') }],
    ['invalid_attributes', { attributes: { 'a b': 'c' } }],
    ['invalid_attributes', { attributes: { a: 'x'.repeat(501) } }],
    ['invalid_attributes', { attributes: Object.fromEntries(Array.from({ length: 65 }, (_, at) => [`a${at}`, ''])) }],
    ['invalid_type', { productType: 'A type' }],
    ['invalid_language', { language: 'xx' }],
    ['invalid_language', { language: 'EN' }],
    ['invalid_variants', { variants: [variant('lamp', 'S')] }],
  ];
  const sound: readonly Partial<typeof lampFields>[] = [
    { category: 'a/b/c/d/e' },
    { category: '' },
    { language: 'de', productType: 'tv-2' },
    { attributes: Object.fromEntries(Array.from({ length: 64 }, (_, at) => [`a${at}`, 'x'.repeat(500)])) },
    { variants: Array.from({ length: 200 }, (_, at) => variant(`lamp-${at}`, String(at))) },
  ];
  for (const fields of sound) {
    test(`when it is created with ${JSON.stringify(fields).slice(0, 50)}, then it stands out`, () => {
      assert.deepEqual(outcomes(edit(new TestTask(), { ...lampFields, ...fields })), version(1));
    });
  }
  for (const [reason, fields] of unsound) {
    test(`when it is created with ${JSON.stringify(fields).slice(0, 50)}, then ${reason}`, () => {
      assert.deepEqual(outcomes(edit(new TestTask(), { ...lampFields, ...fields })), refused(reason));
    });
  }

  test('when its id is none, then it is refused', () => {
    const task = new TestTask();
    assert.deepEqual(outcomes(edit(task, lampFields, { productId: 'a/b' })), refused('invalid_product_id'));
    assert.equal(task.stores.products.entries.size, 0);
  });
});

describe('given a lamp with 5 units', () => {
  const lamp = () => taskWith({ lamp: { east: 5 } });

  test('when some fields are changed, then the others stay, and the stock too', () => {
    const task = lamp();
    const before = task.stores.products.get('lamp')!;
    task.now += 1000;
    const sent = edit(task, {
      ...unchanged,
      title: 'A red lamp',
      price: { amount: 900, currency: 'EUR' },
      customerLimit: 2,
    });
    const after = { title: 'A red lamp', price: { amount: 900, currency: 'EUR' }, customerLimit: 2 };
    assert.deepEqual(sentTo(sent, 'products'), [{ ...before, ...after, version: 2, updatedAt: task.now }]);
    assert.deepEqual(sentTo(sent, 'stockLevels'), []);
    assert.equal(task.stores.stock.get('lamp')?.warehouses[0]?.onHand, 5);
    assert.deepEqual(task.stores.stock.get('lamp')?.offer.price, { amount: 900, currency: 'EUR' });
  });

  test('when the limit is set to 0, then it is lifted; below that it is refused', () => {
    const task = lamp();
    edit(task, { ...unchanged, customerLimit: 2 });
    assert.deepEqual(outcomes(edit(task, { ...unchanged, customerLimit: -1 })), refused('invalid_limit'));
    edit(task, unchanged);
    assert.equal(task.stores.products.get('lamp')?.customerLimit, 2);
    edit(task, { ...unchanged, customerLimit: 0 });
    assert.equal(task.stores.products.get('lamp')?.customerLimit, null);
  });

  test('when what its variants rest on changes, then they must still be sound', () => {
    const task = lamp();
    const price = { amount: 900, currency: 'EUR' };
    edit(task, { ...unchanged, variants: [{ ...variant('lamp-s', 'S'), price }] });
    const dear = { ...unchanged, price: { amount: 900, currency: 'CHF' } };
    assert.deepEqual(outcomes(edit(task, dear)), refused('invalid_variants'), 'in two currencies');
    const sized = { ...unchanged, attributes: { size: 'all' } };
    assert.deepEqual(outcomes(edit(task, sized)), refused('invalid_variants'), 'an option as attribute');
    assert.deepEqual(outcomes(edit(task, { ...dear, variants: [] })), version(3));
  });

  test('when it comes from another seller, then it is refused', () => {
    const sam = { sellerId: 'sam' };
    assert.deepEqual(outcomes(edit(lamp(), unchanged, sam)), refused('not_owner'));
    assert.deepEqual(outcomes(edit(lamp(), { type: 'DeleteProduct' }, sam)), refused('not_owner'));
    assert.deepEqual(outcomes(edit(lamp(), lampFields, sam)), refused('already_exists'));
  });

  test('when it is created again, then it exists already', () => {
    assert.deepEqual(outcomes(edit(lamp(), lampFields)), refused('already_exists'));
  });

  test('when a change comes twice, then it has effect once and the event is the same', () => {
    const task = lamp();
    const first = edit(task, { ...unchanged, title: 'Other' }, { changeId: 'c' });
    task.now += 9;
    const again = edit(task, { type: 'DeleteProduct' }, { changeId: 'c' });
    assert.deepEqual(
      again,
      first.filter(({ topic }) => topic === 'catalogEvents'),
    );
    assert.equal(task.stores.products.get('lamp')?.version, 2);
  });

  test('when it is deleted, then it stays known, is not sold, and only its seller brings it back', () => {
    const task = lamp();
    assert.deepEqual(outcomes(edit(task, { type: 'DeleteProduct' })), version(2));
    assert.equal(task.stores.products.get('lamp')?.status, 'deleted');
    for (const change of [unchanged, { type: 'DeleteProduct' } as const]) {
      assert.deepEqual(outcomes(edit(task, change)), refused('product_deleted'));
    }
    submit(task, orderOf({}, { lines: linesOf({ lamp: 1 }, { productVersion: 2 }) }));
    const rejected = sentTo(task.take(), 'orderEvents').at(-1)?.event;
    assert.ok(rejected?.type === 'OrderRejected' && rejected.lines[0]?.reason === 'product_deleted');

    assert.deepEqual(outcomes(edit(task, lampFields, { sellerId: 'sam' })), refused('already_exists'));
    assert.deepEqual(outcomes(edit(task, lampFields)), version(3));
    const { status, createdAt } = task.stores.products.get('lamp')!;
    assert.deepEqual([status, createdAt, task.stores.stock.get('lamp')?.takenIn], ['active', task.now, 5]);
  });
});

test('when the key is another product, then it is a fault', () => {
  const task = new TestTask();
  assert.throws(() => task.process(applyCatalogChange, 'shade', catalogChange('lamp', lampFields)), {
    code: 'RECORD_MISROUTED',
  });
});
