// Writes the demo's products, stock and accounts into the log, as sellers' and shoppers' requests would.

import { hash } from '@node-rs/argon2';
import type { Clock } from '../../base/clock.ts';
import type { Log, Producer } from '../../log/log.ts';
import { partitionOf } from '../../log/partitioner.ts';
import { RecordBatchBuilder } from '../../log/record-batch-builder.ts';
import { noImport } from '../../schemas/catalog-defaults.ts';
import type { TopicEntry, Topics } from '../../schemas/topics.ts';
import type { UserRole } from '../../schemas/types.generated.ts';
import { demoProducts } from './catalogue.ts';

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
 * Creates products and takes their stock in. Products that exist stay as they are; their stock is taken in again only if
 * the first time is longer ago than the idempotency window.
 */
export async function seedProducts(log: Log, { clock, topics, count }: SeedOptions): Promise<void> {
  const appender = new Appender(await log.producer(), clock);
  const products = demoProducts(count);
  for (const { productId, product: change } of products) {
    const changeId = `demo-create-${productId}`;
    await appender.add(topics.catalogChanges, productId, {
      changeId,
      productId,
      sellerId,
      at: clock.now(),
      ...noImport,
      change,
    });
  }
  // The products must stand in the log before the first of their stock does.
  await appender.flush();
  for (const { productId, stock } of products) {
    for (const [warehouseId, delta] of Object.entries(stock)) {
      const change = { type: 'StockDelta', delta } as const;
      const changeId = `demo-stock-${warehouseId}`;
      const at = clock.now();
      await appender.add(topics.stockChanges, productId, {
        changeId,
        productId,
        warehouseId,
        sellerId,
        sequence: null,
        at,
        ...noImport,
        change,
      });
    }
  }
  await appender.close();
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
