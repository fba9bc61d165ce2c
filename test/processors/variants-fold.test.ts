// Any interleaving of changes of products with variants, in several partitions, with messages repeated, late and out of
// order: the variants end as their products' last versions say, and nothing is ever bought that is off sale. Broken
// processors are caught, so the checks can fail.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { unreachable } from '../../base/assert.ts';
import { applyCatalogChange } from '../../processors/apply-catalog-change.ts';
import { variantChanges } from '../../processors/variants.ts';
import { leadProductOf, orderIdFor } from '../../schemas/ids.ts';
import type { CatalogChange, Product, StockState, Variant } from '../../schemas/types.generated.ts';
import type { Record } from '../../streams/api.ts';
import { catalogChange, count, lampFields, linesOf, orderOf, stockChange, unchanged } from './fixtures.ts';
import { checkStocks } from './promises.ts';
import { type Processors, realProcessors, TestShop } from './test-shop.ts';
import type { TestTask } from './test-task.ts';

const parents = ['shirt', 'shoe', 'sock'] as const;
/** Listed by one product alone. */
const own = { shirt: ['shirt-a', 'shirt-b'], shoe: ['shoe-a', 'shoe-b'], sock: ['sock-a'] } as const;
/** Listed by anyone, and offered as products of their own, too. */
const contested = ['both-a', 'both-b', 'shoe'] as const;
const everything = [...parents, ...Object.values(own).flat(), ...contested.slice(0, 2)];

type Action =
  | { readonly do: 'edit'; readonly change: CatalogChange }
  | { readonly do: 'stock' | 'order'; readonly productId: string }
  | { readonly do: 'deliver' | 'repeat' | 'postpone'; readonly pick: number };

function variantsOf(parent: (typeof parents)[number]): fc.Arbitrary<Variant[]> {
  const ids = [...own[parent], ...contested].filter((id) => id !== parent);
  const price = fc.option(fc.constantFrom(900, 1000).map((amount) => ({ amount, currency: 'EUR' })));
  return fc.subarray(ids).chain((chosen) =>
    fc.tuple(...chosen.map(() => price)).map((prices) =>
      chosen.map((productId, at): Variant => {
        return { productId, options: { size: productId }, price: prices[at] ?? null, weightGrams: null, image: '' };
      }),
    ),
  );
}

const parentEdit = fc
  .constantFrom(...parents)
  .chain((productId) =>
    fc.tuple(
      fc.constant(productId),
      fc.oneof(
        variantsOf(productId).map((variants) => ({ ...lampFields, variants })),
        { weight: 3, arbitrary: variantsOf(productId).map((variants) => ({ ...unchanged, variants })) },
        fc.constantFrom('One', 'Two').map((title) => ({ ...unchanged, title })),
        fc.constantFrom(700, 1000).map((amount) => ({ ...unchanged, price: { amount, currency: 'EUR' } })),
        fc.constant({ type: 'DeleteProduct' } as const),
      ),
      fc.integer({ min: 0, max: 30 }).map(String),
    ),
  )
  .map(([productId, change, changeId]) => catalogChange(productId, change, { changeId }));

const directEdit = fc
  .tuple(
    fc.constantFrom(...contested),
    fc.constantFrom(lampFields, { ...unchanged, title: 'Mine' }, { type: 'DeleteProduct' } as const),
    fc.constantFrom('sally', 'sam'),
    fc.integer({ min: 31, max: 50 }).map(String),
  )
  .map(([productId, change, sellerId, changeId]) => catalogChange(productId, change, { sellerId, changeId }));

const someActions = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: parentEdit.map((change) => ({ do: 'edit', change }) as const) },
    { weight: 1, arbitrary: directEdit.map((change) => ({ do: 'edit', change }) as const) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('stock'), productId: fc.constantFrom(...everything) }) },
    { weight: 4, arbitrary: fc.record({ do: fc.constant('order'), productId: fc.constantFrom(...everything) }) },
    { weight: 20, arbitrary: fc.record({ do: fc.constant('deliver'), pick: fc.nat(40) }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('repeat'), pick: fc.nat(100) }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('postpone'), pick: fc.nat(40) }) },
  ) as fc.Arbitrary<Action>,
  { maxLength: 120, size: 'max' },
);

let orders = 0;

function act(shop: TestShop, action: Action): void {
  switch (action.do) {
    case 'edit':
      shop.send('catalogChanges', action.change.productId, action.change);
      break;
    case 'stock': {
      const { productId } = action;
      const changeId = `stock-${orders++}`;
      shop.send('stockChanges', productId, stockChange(productId, 'east', count(9), { changeId }));
      break;
    }
    case 'order': {
      const orderId = orderIdFor('ann', `key-${orders++}`, action.productId);
      const order = orderOf({}, { orderId, lines: linesOf({ [action.productId]: 1 }) });
      shop.send('orders', leadProductOf(orderId)!, order);
      break;
    }
    case 'deliver':
      shop.deliver(action.pick);
      break;
    case 'repeat':
      shop.repeat(action.pick);
      break;
    case 'postpone':
      shop.postpone(action.pick);
      break;
    default:
      unreachable(action);
  }
}

const productIn = (shop: TestShop, id: string): Product | undefined => shop.ownerOf(id).stores.products.get(id);
const stockIn = (shop: TestShop, id: string): StockState | undefined => shop.ownerOf(id).stores.stock.get(id);
const heldOf = (shop: TestShop, id: string) =>
  stockIn(shop, id)?.warehouses.reduce((sum, { held }) => sum + held, 0) ?? 0;

/** Whatever is held anew by one step is for sale, and not to be chosen a variant of. */
function checkBought(shop: TestShop, before: ReadonlyMap<string, number>): void {
  for (const id of everything) {
    if (heldOf(shop, id) <= (before.get(id) ?? 0)) continue;
    const { status, variants } = productIn(shop, id)!;
    assert.deepEqual([id, status, variants.length], [id, 'active', 0], 'what is bought is for sale');
  }
}

/** The last version of each product is what its variants are. */
function checkFold(shop: TestShop): void {
  for (const id of everything) {
    const product = productIn(shop, id);
    if (!product) continue;
    const { status, hasVariants } = stockIn(shop, id)!.offer;
    assert.deepEqual([status, hasVariants], [product.status, product.variants.length > 0], `offer of ${id}`);
    if (product.variantOf !== null && product.status === 'active')
      checkIsListed(product, productIn(shop, product.variantOf));
  }
  for (const parent of parents) {
    const product = productIn(shop, parent);
    const listed = product?.status === 'active' ? product.variants.map(({ productId }) => productId) : [];
    for (const id of own[parent]) {
      assert.equal(productIn(shop, id)?.status === 'active', listed.includes(id), `${id} of ${parent}`);
    }
  }
}

function checkIsListed(variant: Product, parent: Product | undefined): void {
  const { productId } = variant;
  assert.equal(parent?.status, 'active', `the product of ${productId} is for sale`);
  const told = variantChanges(undefined, parent!).find(({ variantId }) => variantId === productId)?.change;
  assert.ok(told?.type === 'PutVariant', `${productId} is listed by ${parent!.productId}`);
  const { type: _, parentVersion: __, ...said } = told;
  for (const [name, value] of Object.entries(said)) {
    assert.deepEqual(variant[name as keyof Product], value, `${name} of ${productId}`);
  }
}

function followsItsProducts(processors: Processors) {
  return fc.property(someActions, (actions) => {
    const shop = new TestShop(3, processors);
    for (const action of actions) {
      const before = new Map(everything.map((id) => [id, heldOf(shop, id)]));
      act(shop, action);
      checkBought(shop, before);
    }
    shop.drain();
    checkFold(shop);
    checkStocks(shop);
  });
}

test('variants are as the last versions of their products say, however their changes come', () => {
  fc.assert(followsItsProducts(realProcessors), { numRuns: 1_000 });
});

describe('the checks catch', () => {
  type Broken = (record: Record<CatalogChange>, task: TestTask) => void;
  const catches = (what: string, process: Broken) =>
    test(what, () => {
      const property = followsItsProducts({ ...realProcessors, catalogChanges: { process } as never });
      const { errorInstance } = fc.check(property, { numRuns: 1_000, endOnFailure: true });
      assert.equal((errorInstance as Error | null)?.name, 'AssertionError');
    });

  catches('a late word of a product that undoes a newer one', (record, task) => {
    const { change, productId } = record.value;
    if ('parentVersion' in change) task.stores.parentVersions.delete(`${productId}/${change.variantOf}`);
    applyCatalogChange.process(record, task as never);
  });

  catches('a farewell that is forgotten', (record, task) => {
    if (record.value.change.type !== 'DropVariant') applyCatalogChange.process(record, task as never);
  });

  catches('a stock that does not hear that its product went off sale', (record, task) => {
    const before = task.stores.stock.get(record.key);
    applyCatalogChange.process(record, task as never);
    const after = task.stores.stock.get(record.key);
    if (before && after) task.stores.stock.put(record.key, { ...after, offer: before.offer });
  });
});
