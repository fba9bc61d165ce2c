// Puts a workload into the log as the gateway would: products, their stock, then orders.

import { sleep, systemClock } from '../base/clock.ts';
import type { Producer } from '../log/log.ts';
import { partitionOf } from '../log/partitioner.ts';
import { RecordBatchBuilder } from '../log/record-batch-builder.ts';
import { newProduct, noImport } from '../schemas/catalog-defaults.ts';
import { type TopicEntry, type Topics, topics } from '../schemas/topics.ts';
import { totalsOf } from '../schemas/totals.ts';
import type { OrderSubmitted } from '../schemas/types.generated.ts';
import { stockOf, stocksOf, type WorkloadOptions, type WorkloadOrder } from './workload.ts';

const unitPrice = 1_000;
const weightGrams = 100;
const currency = 'EUR';
const country = 'DE';
const holdMillis = 15 * 60 * 1000;
const flushEvery = 4_000;

export const productIdOf = (product: number): string => `p${product}`;

/** Gathers records into one batch a partition. */
export class Feeder {
  readonly #producer: Producer;
  readonly #batches = new Map<string, { topic: string; partition: number; builder: RecordBatchBuilder }>();
  readonly #partitions: ReadonlyMap<string, number>;
  #count = 0;

  /** `sized`: the catalogue with the partition counts that the log has. */
  constructor(producer: Producer, sized: Topics = topics) {
    this.#producer = producer;
    this.#partitions = new Map(Object.values(sized).map(({ name, partitions }) => [name, partitions]));
  }

  async add<V>(topic: TopicEntry<V>, key: string, value: V): Promise<void> {
    const partition = partitionOf(key, this.#partitions.get(topic.name) ?? topic.partitions);
    const place = `${topic.name}/${partition}`;
    let batch = this.#batches.get(place);
    if (batch === undefined) {
      batch = { topic: topic.name, partition, builder: new RecordBatchBuilder() };
      this.#batches.set(place, batch);
    }
    batch.builder.encode(systemClock.now(), key, value, topic.serde);
    if (++this.#count >= flushEvery) await this.flush();
  }

  async flush(): Promise<void> {
    const batches = [...this.#batches.values()];
    this.#batches.clear();
    this.#count = 0;
    await Promise.all(batches.map(({ topic, partition, builder }) => this.#producer.append(topic, partition, builder)));
  }
}

export async function feedProducts(feeder: Feeder, options: WorkloadOptions): Promise<void> {
  await feedCatalog(feeder, options.products);
  await feedStock(feeder, options.products, stocksOf(options));
}

/** Products from `first` on. */
export async function feedCatalog(feeder: Feeder, products: number, first = 0): Promise<void> {
  const at = systemClock.now();
  for (let product = first; product < first + products; product++) {
    const productId = productIdOf(product);
    await feeder.add(topics.catalogChanges, productId, {
      changeId: `c${product}`,
      productId,
      sellerId: 'seller',
      at,
      ...noImport,
      change: {
        ...newProduct,
        title: `Product ${product}`,
        category: 'bench',
        price: { amount: unitPrice, currency },
        weightGrams,
      },
    });
  }
  await feeder.flush();
}

export async function feedStock(feeder: Feeder, products: number, unitsOf = stockOf): Promise<void> {
  const at = systemClock.now();
  for (let product = 0; product < products; product++) {
    const productId = productIdOf(product);
    await feeder.add(topics.stockChanges, productId, {
      changeId: `s${product}`,
      productId,
      warehouseId: 'w1',
      sellerId: 'seller',
      sequence: null,
      at,
      ...noImport,
      change: { type: 'StockDelta', delta: unitsOf(product) },
    });
  }
  await feeder.flush();
}

export interface FeedOptions {
  /** Orders a second; without it as fast as it goes. */
  readonly rate?: number;
  /** Just before an order is sent, which at a rate is so many milliseconds later than it should be. */
  readonly onSend?: (orderId: string, behindMs: number) => void;
}

export async function feedOrders(
  feeder: Feeder,
  orders: Iterable<WorkloadOrder>,
  { rate, onSend }: FeedOptions = {},
): Promise<void> {
  const started = systemClock.monotonic();
  let count = 0;
  let flushed: Promise<unknown> = Promise.resolve();
  for (const order of orders) {
    const submitted = orderOf(order);
    const dueMs = rate === undefined ? 0 : (count / rate) * 1000;
    onSend?.(submitted.orderId, rate === undefined ? 0 : systemClock.monotonic() - started - dueMs);
    await feeder.add(topics.orders, submitted.lines[0]!.productId, submitted);
    count++;
    // At a rate, orders go out every few milliseconds, without waiting for the ones before.
    if (rate !== undefined && systemClock.monotonic() - started < (count / rate) * 1000) {
      flushed = Promise.all([flushed, feeder.flush()]);
      flushed.catch(() => {});
      await sleep(systemClock, Math.max(1, (count / rate) * 1000 - (systemClock.monotonic() - started)));
    }
  }
  await Promise.all([flushed, feeder.flush()]);
}

/** As the gateway would submit it. A paid one has a customer and a card of its own, so that it looks like nobody's fraud. */
export function orderOf(order: WorkloadOrder): OrderSubmitted {
  const { id, lines: asked, street = 'A Street 1', isPaid = false } = order;
  const lines = asked.map(({ product, quantity }, index) => {
    const quoted = { unitPrice, productVersion: 1, weightGrams, sellerId: '' };
    return { line: index + 1, productId: productIdOf(product), quantity, ...quoted };
  });
  const totals = totalsOf(lines, { country, currency });
  if (typeof totals === 'string') throw new Error(totals);
  const token = isPaid ? `tok_bench_of_customer_${id}` : 'tok_bench';
  return {
    orderId: `${String(id).padStart(22, '0')}~${lines[0]!.productId}`,
    customerId: `customer-${isPaid ? id : id % 100_000}`,
    currency,
    lines,
    shipTo: { name: 'A Name', street, city: 'A City', postalCode: '12345', country },
    payment: { method: 'card', token, collect: isPaid, billingCountry: '', billingPostalCode: '' },
    totals,
    warehouses: [],
    promises: [],
    notFrom: [],
    holdMillis,
    placedAt: systemClock.now(),
    email: '',
    customerSince: 0,
  };
}
