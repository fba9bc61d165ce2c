// A shop that is busy gives no false alarm, however often and however deep one looks while orders of one and of several
// products are reserved, paid and cancelled.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { orderIdFor } from '../../../schemas/ids.ts';
import { catalogChange, count, delta, lampFields, orderOf, stockChange } from '../../processors/fixtures.ts';
import { eventually, SmallShop } from './small-shop.ts';

const products = ['lamp', 'rope', 'tent', 'sail', 'oar', 'map'];
const looks = 3;
/** Between two orders, so that the shop keeps up on any machine. */
const pauseMs = 4;

let shop: SmallShop;
before(async () => {
  shop = await SmallShop.open();
  for (const productId of products) {
    await shop.append(
      shop.topics.catalogChanges,
      productId,
      catalogChange(productId, { ...lampFields, customerLimit: 999 }),
    );
    await shop.append(shop.topics.stockChanges, productId, stockChange(productId, 'east', count(400)));
    await shop.append(shop.topics.stockChanges, productId, stockChange(productId, 'west', count(50)));
  }
  const last = products.at(-1)!;
  await eventually(() =>
    shop.documents.get('stock', last).then((found) => (found?.fields.free === 450 ? true : undefined)),
  );
});
after(() => shop.close());

test('a busy shop gives no false alarm', async () => {
  const busy = new AbortController();
  const orders = placeOrders(busy.signal);
  try {
    for (let look = 0; look < looks; look++) {
      const { findings, notes } = await shop.reconcile(look % 2 === 0 ? 'full' : 'recent');
      assert.deepEqual([findings, notes], [[], []]);
    }
  } finally {
    busy.abort();
  }
  const placed = await orders;
  assert.ok(placed > looks, `${placed} orders came meanwhile`);
  const { verdict, checks } = await shop.reconcile();
  assert.equal(verdict, 'clean');
  const idle = checks.filter(({ checked }) => checked === 0).map(({ check }) => check);
  assert.deepEqual(idle, []);
});

/** One after the other until it is enough: gives how many. Some are cancelled, perhaps before they come. */
async function placeOrders(signal: AbortSignal): Promise<number> {
  const { topics } = shop;
  for (let number = 0; ; number++) {
    if (signal.aborted) return number;
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    const [lead = '', other = ''] = [products[number % products.length], products[(number * 5 + 1) % products.length]];
    const wish = number % 3 === 0 || lead === other ? { [lead]: 1 } : { [lead]: 1, [other]: 2 };
    const orderId = orderIdFor('ann', `order-${number}`, lead);
    const payment = { method: 'card', token: 'tok_success', collect: number % 4 !== 0 };
    const more = { orderId, payment: { ...payment, billingCountry: '', billingPostalCode: '' } };
    await shop.append(topics.orders, lead, orderOf(wish, { ...more, customerId: `buyer-${number % 7}` }));
    if (number % 5 === 0) {
      const command = { type: 'CancelOrder', reason: 'by_customer' } as const;
      await shop.append(topics.orderCommands, lead, { commandId: orderId, orderId, actor: 'ann', at: 1, command });
    }
    const change = stockChange(lead, 'east', delta(1), { changeId: `more-${number}` });
    await shop.append(topics.stockChanges, lead, change);
  }
}
