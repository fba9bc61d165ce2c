// Writes the demo's products, stock and accounts into the log, as sellers' and shoppers' requests would.

import { hash } from '@node-rs/argon2';
import type { Clock } from '../../base/clock.ts';
import type { Log, Producer } from '../../log/log.ts';
import { partitionOf } from '../../log/partitioner.ts';
import { RecordBatchBuilder } from '../../log/record-batch-builder.ts';
import { variantChangeId, variantChanges } from '../../processors/variants.ts';
import { noImport } from '../../schemas/catalog-defaults.ts';
import { partKey, partOf } from '../../schemas/network-parts.ts';
import type { TopicEntry, Topics } from '../../schemas/topics.ts';
import type { CreateProduct, Product, UserRole } from '../../schemas/types.generated.ts';
import { demoProducts, demoVaried } from './catalogue.ts';
import { demoNetwork } from './network.ts';
import { demoTypes } from './product-types.ts';

export interface DemoAccount {
  readonly userId: string;
  readonly email: string;
  readonly name: string;
  readonly role: UserRole;
}

export const demoPassword = 'demo';

export const demoAccounts: readonly DemoAccount[] = [
  { userId: 'demo-shopper', email: 'shopper@demo', name: 'Demo Shopper', role: 'shopper' },
  { userId: 'demo-seller', email: 'seller@demo', name: 'Demo Seller', role: 'seller' },
  { userId: 'demo-operator', email: 'operator@demo', name: 'Demo Operator', role: 'operator' },
];

const sellerId = 'demo-seller';
const operatorId = 'demo-operator';
const recordsAtOnce = 2_000;

export interface SeedOptions {
  readonly clock: Clock;
  /** With the partitions that the log has. */
  readonly topics: Topics;
  /** How many products. */
  readonly count?: number;
}

/** Whether anybody has ever registered: an application that was used isn't seeded by itself. */
export async function isUnused(log: Log, { users }: Topics): Promise<boolean> {
  const inputs = Array.from({ length: users.partitions }, (_, partition) => ({ topic: users.name, partition }));
  const ends = await log.admin.offsets(inputs, 'latest');
  return ends.every((end) => end === 0);
}

/** Registers the demo accounts. An address that is registered already keeps its account. */
export async function seedAccounts(log: Log, { clock, topics }: SeedOptions): Promise<void> {
  const appender = new Appender(await log.producer(), clock);
  for (const { userId, email, name, role } of demoAccounts) {
    const passwordHash = await hash(demoPassword);
    const event = { type: 'UserRegistered', name, passwordHash, role } as const;
    await appender.add(topics.users, email, { userId, email, at: clock.now(), event });
  }
  await appender.close();
}

/**
 * Writes product types and products, and takes their stock in. Products that exist stay as they are; their stock is taken
 * in again only if the first time is longer ago than the idempotency window.
 * @returns how many products
 */
export async function seedProducts(log: Log, { clock, topics, count }: SeedOptions): Promise<number> {
  const appender = new Appender(await log.producer(), clock);
  for (const type of demoTypes) {
    await appender.add(topics.productTypes, type.type, { ...type, updatedAt: clock.now(), updatedBy: operatorId });
  }
  const products = demoProducts(count);
  const varied = demoVaried();
  for (const { productId, product } of [...products, ...varied]) {
    const created = { changeId: `demo-create-${productId}`, productId, sellerId, at: clock.now(), ...noImport };
    await appender.add(topics.catalogChanges, productId, { ...created, change: product });
    // What the streams will say themselves once they have the product, and then find said: so there is what the stock is of.
    for (const { variantId, change } of variantChanges(undefined, asCreated(created, product))) {
      const told = { ...created, changeId: variantChangeId(created), productId: variantId, change };
      await appender.add(topics.catalogChanges, variantId, told);
    }
  }
  // The products must stand in the log before the first of their stock does.
  await appender.flush();
  for (const { productId, stock } of [...products, ...varied.flatMap(({ stock }) => stock)]) {
    for (const [warehouseId, delta] of Object.entries(stock)) {
      const change = { type: 'StockDelta', delta } as const;
      const whose = { changeId: `demo-stock-${warehouseId}`, productId, warehouseId, sellerId, sequence: null };
      await appender.add(topics.stockChanges, productId, { ...whose, at: clock.now(), ...noImport, change });
    }
  }
  await appender.close();
  return products.length + varied.length;
}

/** Sets the delivery network up; what operators set since stays. */
export async function seedNetwork(log: Log, { clock, topics }: SeedOptions): Promise<void> {
  const appender = new Appender(await log.producer(), clock);
  const at = clock.now();
  for (const change of demoNetwork(new Date(at).getUTCFullYear())) {
    const key = partKey(partOf(change));
    await appender.add(topics.logisticsChanges, key, { changeId: `demo-${key}`, actor: operatorId, at, change });
  }
  await appender.close();
}

/** A new product as the streams will have it. */
function asCreated(
  { productId, at }: { readonly productId: string; readonly at: number },
  { type: _, replaces: __, ...fields }: CreateProduct,
): Product {
  const made = { variantOf: null, options: {}, status: 'active', version: 1, createdAt: at, updatedAt: at } as const;
  return { productId, sellerId, ...fields, ...made };
}

/** Gathers records into one batch a partition. */
class Appender {
  readonly #producer: Producer;
  readonly #clock: Clock;
  readonly #batches = new Map<string, { topic: string; partition: number; builder: RecordBatchBuilder }>();
  #count = 0;

  constructor(producer: Producer, clock: Clock) {
    this.#producer = producer;
    this.#clock = clock;
  }

  async add<V>(topic: TopicEntry<V>, key: string, value: V): Promise<void> {
    const partition = partitionOf(key, topic.partitions);
    const place = `${topic.name}/${partition}`;
    const batch = this.#batches.get(place) ?? { topic: topic.name, partition, builder: new RecordBatchBuilder() };
    this.#batches.set(place, batch);
    batch.builder.encode(this.#clock.now(), key, value, topic.serde);
    if (++this.#count >= recordsAtOnce) await this.flush();
  }

  async flush(): Promise<void> {
    const batches = [...this.#batches.values()];
    this.#batches.clear();
    this.#count = 0;
    for (const { topic, partition, builder } of batches) await this.#producer.append(topic, partition, builder);
  }

  async close(): Promise<void> {
    await this.flush();
    await this.#producer.close();
  }
}
