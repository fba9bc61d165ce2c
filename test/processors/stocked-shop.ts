// The model shop as a day begins: what it sells, and how much of it there is.
import { catalogChange, count, lampFields, stockChange } from './fixtures.ts';
import { type Processors, TestShop } from './test-shop.ts';

export const products = ['lamp', 'shade', 'bulb', 'cable'] as const;

/** With one partition every order is all at home; with several its lines travel, or some of them do. */
export const someCounts = [1, 2, 3] as const;

/** Four products, 3 units each in the east and 2 in the west; of bulbs a customer may have 4. */
export function openShop(partitions: number, processors: Processors): TestShop {
  const shop = new TestShop(partitions, processors);
  for (const productId of products) {
    const customerLimit = productId === 'bulb' ? 4 : null;
    shop.send('catalogChanges', productId, catalogChange(productId, { ...lampFields, customerLimit }));
    shop.drain();
    for (const [warehouseId, units] of [['east', 3] as const, ['west', 2] as const]) {
      shop.send('stockChanges', productId, stockChange(productId, warehouseId, count(units)));
    }
  }
  shop.drain();
  return shop;
}
