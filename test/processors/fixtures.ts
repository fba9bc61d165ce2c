// Products, orders and changes for specs, with as little said as a spec cares about.

import { acceptOrder } from '../../processors/accept-order.ts';
import { applyCatalogChange } from '../../processors/apply-catalog-change.ts';
import { applyStockChange } from '../../processors/apply-stock-change.ts';
import { newProduct, noImport, unchangedProduct } from '../../schemas/catalog-defaults.ts';
import { orderIdFor } from '../../schemas/ids.ts';
import { totalsOf } from '../../schemas/totals.ts';
import type {
  Address,
  CatalogChange,
  ChangeProduct,
  CreateProduct,
  OrderLine,
  OrderSubmitted,
  StockChange,
} from '../../schemas/types.generated.ts';
import { TestTask } from './test-task.ts';

export const address: Address = { name: 'Ann', street: 'Way 1', city: 'Town', postalCode: '12345', country: 'DE' };

export const lampFields: CreateProduct = {
  ...newProduct,
  title: 'A lamp',
  description: 'It shines.',
  category: 'home/light',
  brand: 'Lux',
  price: { amount: 1000, currency: 'EUR' },
  images: ['https://example.com/lamp.png'],
  attributes: { color: 'red' },
  weightGrams: 500,
};

/** A change of a product that changes nothing. */
export const unchanged: ChangeProduct = unchangedProduct;

export function catalogChange(
  productId: string,
  change: CatalogChange['change'],
  more: Partial<CatalogChange> = {},
): CatalogChange {
  return { changeId: `new-${productId}`, productId, sellerId: 'sally', at: 1, ...noImport, change, ...more };
}

export function stockChange(
  productId: string,
  warehouseId: string,
  change: StockChange['change'],
  more: Partial<StockChange> = {},
): StockChange {
  const changeId = `${warehouseId}-${JSON.stringify(change)}`;
  return { changeId, productId, warehouseId, sellerId: 'sally', sequence: null, at: 1, ...noImport, change, ...more };
}

export const delta = (units: number): StockChange['change'] => ({ type: 'StockDelta', delta: units });
export const count = (units: number): StockChange['change'] => ({ type: 'StockCount', count: units });

/** Products with their units by warehouse: `{ lamp: { east: 3 } }`; each costs 10.00 EUR and weighs 500 g. */
export type Shelves = { readonly [productId: string]: { readonly [warehouseId: string]: number } };

/** A task that has these products, with an empty outbox. It owns no other than an order's lead, or what it is given as `home`. */
export function taskWith(
  shelves: Shelves,
  fields: Partial<CreateProduct> = {},
  home: readonly string[] = [],
): TestTask {
  const task = new TestTask(undefined, (key) => home.includes(key));
  for (const [productId, warehouses] of Object.entries(shelves)) {
    task.process(applyCatalogChange, productId, catalogChange(productId, { ...lampFields, ...fields }));
    for (const [warehouseId, units] of Object.entries(warehouses)) {
      task.process(applyStockChange, productId, stockChange(productId, warehouseId, count(units)));
    }
  }
  task.take();
  return task;
}

/** Quantities by product, as in `{ lamp: 2 }`; the first is the lead. */
export type Wish = { readonly [productId: string]: number };

export function linesOf(wish: Wish, more: Partial<OrderLine> = {}): OrderLine[] {
  return Object.entries(wish).map(([productId, quantity], at) => ({
    line: at + 1,
    productId,
    quantity,
    unitPrice: 1000,
    productVersion: 1,
    weightGrams: 500,
    sellerId: 'sally',
    ...more,
  }));
}

/** A sound order of these products; `more` may spoil it. Totals fit the lines unless they are given. */
export function orderOf(wish: Wish, more: Partial<OrderSubmitted> = {}): OrderSubmitted {
  const lines = more.lines ?? linesOf(wish);
  const currency = more.currency ?? 'EUR';
  const totals = totalsOf(lines, { country: more.shipTo?.country ?? address.country, currency });
  return {
    orderId: orderIdFor('ann', 'key-1', lines[0]?.productId ?? 'lamp'),
    customerId: 'ann',
    currency,
    lines,
    shipTo: address,
    payment: { method: 'card', token: 'token-1', collect: false, billingCountry: '', billingPostalCode: '' },
    totals: typeof totals === 'string' ? { subtotal: 0, shipping: 0, tax: 0, total: 0 } : totals,
    warehouses: [],
    promises: [],
    notFrom: [],
    holdMillis: 900_000,
    placedAt: 1_600_000_000_000,
    email: 'ann@example.com',
    customerSince: 0,
    ...more,
  };
}

/** Submits an order to the task of its lead. */
export function submit(task: TestTask, order: OrderSubmitted): void {
  task.process(acceptOrder, order.orderId.slice(order.orderId.indexOf('~') + 1), order);
}
