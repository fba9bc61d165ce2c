// The demo's catalogue is one that its own gateway and streams would take.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { demoOffers, demoProducts, demoVaried } from '../../app/demo/catalogue.ts';
import { demoTypes } from '../../app/demo/product-types.ts';
import { seedNetwork, seedProducts } from '../../app/demo/seed.ts';
import { systemClock } from '../../base/clock.ts';
import { createdFrom } from '../../gateway/product-body.ts';
import { typeBody, typeFrom } from '../../gateway/product-type-body.ts';
import { openEmbeddedLog } from '../../log/embedded/embedded-log.ts';
import { MemoryStorage } from '../../log/embedded/memory-storage.ts';
import type { Log } from '../../log/log.ts';
import { applyCatalogChange } from '../../processors/apply-catalog-change.ts';
import { applyStockChange } from '../../processors/apply-stock-change.ts';
import { changeNetwork } from '../../processors/logistics/change-network.ts';
import { partKey, partOf } from '../../schemas/network-parts.ts';
import { taxBasisPoints } from '../../schemas/rates.ts';
import type { TopicEntry } from '../../schemas/topics.ts';
import { topics } from '../../schemas/topics.ts';
import type { DeliveryEntry } from '../../schemas/types.generated.ts';
import { DeliveryNetwork } from '../../views/delivery/network.ts';
import { sentTo, TestTask } from '../processors/test-task.ts';

const types = new Map(demoTypes.map((type) => [type.type, { ...type, updatedAt: 1, updatedBy: 'op' }]));

test('its types are sound, and its products are of them', () => {
  for (const type of types.values()) assert.deepEqual(typeFrom(typeBody(type)).attributes, type.attributes, type.type);
  for (const { productId, product } of [...demoProducts(), ...demoVaried()]) {
    const { type: _, replaces: __, customerLimit: ___, ...body } = product;
    assert.ok(body.productType, productId);
    const variants = body.variants.map((variant) => ({ ...variant, options: { ...variant.options } }));
    const given = { ...body, productId, variants, images: [...body.images], language: 'en' };
    assert.deepEqual(createdFrom(given, types).product, product, productId);
  }
});

test('it has shirts by size and colour, televisions by screen size, and at least 96 other products', () => {
  const byType = Map.groupBy(demoVaried(), ({ product }) => product.productType);
  const optionsOf = (type: string) => byType.get(type)?.map(({ product }) => Object.keys(product.variants[0]!.options));
  assert.deepEqual(optionsOf('shirt'), [
    ['colour', 'size'],
    ['colour', 'size'],
    ['colour', 'size'],
  ]);
  assert.deepEqual(optionsOf('tv'), [['screen-size'], ['screen-size']]);
  assert.equal(new Set(demoOffers()).size, demoOffers().length);
  assert.equal(demoProducts().length, 96);
});

test('the streams take all of it, though they hear of the variants themselves only after their stock', async () => {
  const log = await openEmbeddedLog({ storage: new MemoryStorage(), clock: systemClock });
  await log.admin.createTopics(Object.values(topics));
  const count = await seedProducts(log, { clock: systemClock, topics });
  assert.equal(count, 96 + demoVaried().length);
  const task = new TestTask();
  const changes = await readAll(log, topics.catalogChanges);
  for (const change of changes) task.process(applyCatalogChange, change.productId, change);
  for (const change of await readAll(log, topics.stockChanges))
    task.process(applyStockChange, change.productId, change);
  const sent = task.take();
  for (const change of sentTo(sent, 'catalogChanges')) task.process(applyCatalogChange, change.productId, change);
  const again = task.take();
  assert.deepEqual(sentTo(again, 'products'), [], 'they hear nothing new');

  const events = [...sentTo(sent, 'catalogEvents'), ...sentTo(sent, 'stockEvents'), ...sentTo(again, 'catalogEvents')];
  assert.deepEqual(
    events.filter(({ outcome }) => outcome.type.endsWith('Refused')),
    [],
  );
  for (const id of demoOffers()) {
    const { stock, products } = task.stores;
    assert.deepEqual([products.get(id)?.status, products.get(id)?.version], ['active', 1], id);
    assert.equal(stock.get(id)?.warehouses.length, 3, id);
  }
  await log.close();
});

async function readAll<V>(log: Log, { name: topic, partitions, serde }: TopicEntry<V>): Promise<V[]> {
  const places = Array.from({ length: partitions }, (_, partition) => ({ topic, partition }));
  const ends = await log.admin.offsets(places, 'latest');
  const fetcher = log.fetcher();
  for (const place of places) fetcher.assign(place, 0);
  const values: V[] = [];
  for (const due = ends.reduce((sum, end) => sum + end, 0); values.length < due; ) {
    for (const { batches } of await fetcher.poll({ maxWaitMs: 100, maxBytes: 1 << 20 })) {
      for (const batch of batches) for (const { value } of batch.records()) values.push(serde.decode(value!));
    }
  }
  await fetcher.close();
  return values;
}

test('its network takes everything that it sells to wherever it asks a price for', async () => {
  const log = await openEmbeddedLog({ storage: new MemoryStorage(), clock: systemClock });
  await log.admin.createTopics(Object.values(topics));
  await seedNetwork(log, { clock: systemClock, topics });
  const task = new TestTask();
  for (const change of await readAll(log, topics.logisticsChanges)) {
    task.process(changeNetwork, partKey(partOf(change.change)), change);
  }
  const sent = task.take();
  const refused = sentTo(sent, 'logisticsEvents').filter(({ outcome }) => outcome.type === 'LogisticsRefused');
  assert.deepEqual(refused, []);
  const network = new DeliveryNetwork();
  for (const { topic, key, value } of sent) {
    if (topic === 'deliveryOptions') network.apply(key, (value as DeliveryEntry).entry);
  }
  const stocked = new Set(demoProducts().flatMap(({ stock }) => Object.keys(stock)));
  assert.deepEqual(network.warehouses, stocked);
  for (const country of [...Object.keys(taxBasisPoints), 'US', 'CN', 'AU', 'ZA']) {
    for (const warehouse of stocked) {
      for (const { productId, product } of [...demoProducts(), ...demoVaried()]) {
        const { weightGrams, hazardous } = product;
        const ways = network.waysTo({ country, postalCode: '12345' });
        const arrival = ways?.arrival([warehouse], { weightGrams, hazardous, cash: false }, systemClock.now());
        assert.ok(arrival || hazardous, `${productId} from ${warehouse} to ${country}`);
      }
    }
  }
  await log.close();
});
