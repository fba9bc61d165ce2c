// The topology of discovery under the driver, with a catalogue, shoppers and orders, for tests. What a test did is replayed
// when it closes, and must come out the same; nothing may have been set aside.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SteppedClock } from '../../base/stepped-clock.ts';
import { openEmbeddedLog } from '../../log/embedded/embedded-log.ts';
import { MemoryStorage } from '../../log/embedded/memory-storage.ts';
import { newProduct } from '../../schemas/catalog-defaults.ts';
import { storesFor } from '../../schemas/stores.ts';
import { topics, withPartitions } from '../../schemas/topics.ts';
import type { OrderEvent, Parcel, Product, ShopperEvent } from '../../schemas/types.generated.ts';
import { MemoryDisk, memoryStore } from '../../state/memory/memory-store.ts';
import { TopologyDriver } from '../../streams/testing/topology-driver.ts';
import { verifyReplay } from '../../streams/verify-replay.ts';
import { discoveryTopology } from '../../topologies/discovery.ts';

export const second = 1_000;
export const minute = 60 * second;
export const hour = 60 * minute;
export const day = 24 * hour;
/** The catalogue with two partitions a topic. */
export const few = withPartitions(
  new Map(Object.values(topics).map(({ name, partitions }) => [name, Math.min(partitions, 2)])),
);
export const stores = storesFor();

export async function openShop() {
  // At a full day, so that times in tests can be reckoned.
  const clock = new SteppedClock(20_000 * day);
  const log = await openEmbeddedLog({ storage: new MemoryStorage(), clock });
  const parts = { log, clock, topology: discoveryTopology(few, stores), deadLetters: few.deadLetters };
  const driver = await TopologyDriver.open({ ...parts, store: memoryStore(new MemoryDisk()) });
  let events = 0;
  const shop = {
    clock,
    driver,
    async offer(productId: string, more: Partial<Product> = {}) {
      await driver.pipe(few.products, productId, productOf(productId, more));
      await driver.run();
    },
    /** `ago`: how long it took to come. */
    async event(shopperId: string, event: ShopperEvent['event'], { ago = 0, eventId = `e${++events}` } = {}) {
      await driver.pipe(few.shopperEvents, shopperId, { eventId, shopperId, at: clock.now() - ago, event });
      return eventId;
    },
    async order(orderId: string, event: OrderEvent['event'], customerId = 'carl') {
      await driver.pipe(few.orderEvents, orderId, { orderId, sequence: 1, customerId, at: clock.now(), event });
    },
    /** Lets events pass on and all that follows be told. */
    async settle(milliseconds = 2 * second) {
      await driver.run();
      await shop.advance(milliseconds);
    },
    /** In steps that leave the driver its place in its group. */
    async advance(milliseconds: number) {
      for (let left = milliseconds; left > 0; left -= 20 * minute) await driver.advance(Math.min(left, 20 * minute));
    },
    /** To the end of the next windows, at which all that is news is told. */
    async advanceToEnd() {
      await shop.settle();
      await shop.settle();
      await shop.advance(5 * minute - (clock.now() % (5 * minute)));
    },
    told: async () => (await driver.read(few.popularity)).map(({ value }) => value),
    misses: async () => (await driver.read(few.zeroResults)).map(({ value }) => value),
    async close() {
      const replay = await verifyReplay({ ...parts, appId: 'driver' }, async () => memoryStore());
      assert.deepEqual(replay.differences, [], 'a replay gives the same');
      assert.deepEqual(await driver.read({ ...few.deadLetters, serde: few.deadLetters.serde }), []);
      await driver.close();
      await log.close();
    },
  };
  return shop;
}

export type Shop = Awaited<ReturnType<typeof openShop>>;

export function shopTest(name: string, work: (shop: Shop) => Promise<void>) {
  test(name, async () => {
    const shop = await openShop();
    await work(shop);
    await shop.close();
  });
}

function productOf(productId: string, more: Partial<Product>): Product {
  const { type: _, ...fields } = newProduct;
  return {
    ...fields,
    productId,
    sellerId: 'sally',
    title: productId,
    category: 'home/light',
    price: { amount: 100, currency: 'EUR' },
    variantOf: null,
    options: {},
    status: 'active',
    version: 1,
    createdAt: 1,
    updatedAt: 1,
    ...more,
  };
}

export function parcel(lines: Parcel['lines']): Parcel {
  return { shipmentId: 's', warehouseId: 'w', carrier: 'c', trackingCode: '', status: 'packed', lines };
}
