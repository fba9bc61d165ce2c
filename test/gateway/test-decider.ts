// Stands in for the streams in the gateway's tests: catalogue changes go through the real processor, orders and stock
// changes are answered by rules that are a caricature of the shop's. It can be paused, and commits its offsets as a topology does.
import type { Fetcher, Log, Producer } from '../../log/log.ts';
import { partitionOf } from '../../log/partitioner.ts';
import { RecordBatchBuilder } from '../../log/record-batch-builder.ts';
import { applyCatalogChange } from '../../processors/apply-catalog-change.ts';
import { changeNetwork } from '../../processors/logistics/change-network.ts';
import { partKey, partOf } from '../../schemas/network-parts.ts';
import type { TopicEntry } from '../../schemas/topics.ts';
import { topics } from '../../schemas/topics.ts';
import type {
  CatalogChange,
  LogisticsChange,
  OrderCommand,
  OrderEvent,
  OrderSubmitted,
  StockChange,
  StockLevel,
} from '../../schemas/types.generated.ts';
import { TestTask } from '../processors/test-task.ts';

export const ordersGroup = 'test-shop';

const inputs = [
  topics.catalogChanges,
  topics.stockChanges,
  topics.orders,
  topics.orderCommands,
  topics.logisticsChanges,
] as const;

export class TestDecider {
  readonly #log: Log;
  #producer: Producer | undefined;
  #fetcher: Fetcher | undefined;
  #running: Promise<void> = Promise.resolve();
  #isClosed = false;
  /** Set to let submitted things lie undecided. */
  #gate: PromiseWithResolvers<void> | undefined;
  readonly #catalogue = new TestTask();
  readonly #logistics = new TestTask();
  readonly #free = new Map<string, number>();
  readonly #orders = new Map<string, OrderEvent[]>();

  constructor(log: Log) {
    this.#log = log;
  }

  async start(): Promise<void> {
    this.#producer = await this.#log.producer();
    this.#fetcher = this.#log.fetcher();
    for (const { name, partitions } of inputs) {
      for (let partition = 0; partition < partitions; partition++) this.#fetcher.assign({ topic: name, partition }, 0);
    }
    this.#running = this.#run();
  }

  pause(): void {
    this.#gate ??= Promise.withResolvers();
  }

  resume(): void {
    this.#gate?.resolve();
    this.#gate = undefined;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.resume();
    this.#fetcher?.wake();
    await this.#running;
    await this.#fetcher?.close();
    await this.#producer?.close();
  }

  async #run(): Promise<void> {
    while (!this.#isClosed) {
      await this.#gate?.promise;
      const polled = await this.#fetcher!.poll({ maxWaitMs: 1_000, maxBytes: 1 << 20 });
      await this.#gate?.promise;
      for (const { topic, partition, batches, nextOffset } of polled) {
        const entry = inputs.find(({ name }) => name === topic)!;
        for (const batch of batches) {
          for (const { value } of batch.records()) {
            const decoded = decode(entry, value!);
            if (decoded) await this.#decide(decoded, topic);
          }
        }
        await this.#log.admin.commitOffsets(ordersGroup, [{ topic, partition, offset: nextOffset }]);
      }
    }
  }

  async #decide(value: unknown, topic: string): Promise<void> {
    if (topic === topics.catalogChanges.name) await this.#catalog(value as CatalogChange);
    else if (topic === topics.logisticsChanges.name) await this.#network(value as LogisticsChange);
    else if (topic === topics.stockChanges.name) await this.#stock(value as StockChange);
    else if (topic === topics.orders.name) await this.#order(value as OrderSubmitted);
    else await this.#command(value as OrderCommand);
  }

  /** As the streams decide it. */
  async #catalog(change: CatalogChange): Promise<void> {
    this.#catalogue.process(applyCatalogChange, change.productId, change);
    await this.#sendAll(this.#catalogue);
  }

  /** As the streams decide it. */
  async #network(change: LogisticsChange): Promise<void> {
    this.#logistics.process(changeNetwork, partKey(partOf(change.change)), change);
    await this.#sendAll(this.#logistics);
  }

  async #sendAll(task: TestTask): Promise<void> {
    for (const { topic, key, value } of task.take()) await this.#send(topics[topic] as TopicEntry<unknown>, key, value);
  }

  async #stock({ change, sequence: _, ...asked }: StockChange): Promise<void> {
    const { productId, sellerId, at } = asked;
    const before = this.#free.get(productId) ?? 0;
    const after = change.type === 'StockDelta' ? before + change.delta : change.count;
    const owner = this.#catalogue.stores.products.get(productId)?.sellerId;
    const reason = owner === undefined ? 'unknown_product' : owner !== sellerId ? 'not_owner' : 'below_zero';
    const isApplied = owner === sellerId && after >= 0;
    if (isApplied) this.#free.set(productId, after);
    const outcome = isApplied
      ? ({ type: 'StockChanged', before, after } as const)
      : ({ type: 'StockChangeRefused', reason } as const);
    await this.#send(topics.stockEvents, productId, { ...asked, outcome });
    if (isApplied) await this.#level(productId, at);
  }

  async #order(order: OrderSubmitted): Promise<void> {
    const { orderId, lines, currency, totals, shipTo, payment, placedAt, holdMillis, promises } = order;
    if (this.#orders.has(orderId)) return;
    this.#orders.set(orderId, []);
    const expiresAt = placedAt + holdMillis;
    const created = { type: 'OrderCreated', lines, currency, totals, shipTo, paymentMethod: payment.method } as const;
    await this.#event(order, { ...created, placedAt, expiresAt, promises });
    const short = lines.filter(({ productId, quantity }) => (this.#free.get(productId) ?? 0) < quantity);
    if (short.length > 0) {
      const refused = short.map(({ line, productId }) => ({ line, productId, reason: 'insufficient_stock' as const }));
      return this.#event(order, { type: 'OrderRejected', lines: refused });
    }
    const held = lines.map(({ line, productId, quantity }) => {
      this.#free.set(productId, this.#free.get(productId)! - quantity);
      return { line, productId, quantity, allocations: [{ warehouseId: 'w1', quantity }] };
    });
    return this.#event(order, { type: 'OrderReserved', lines: held, expiresAt });
  }

  async #command({ orderId, command }: OrderCommand): Promise<void> {
    const last = this.#orders.get(orderId)?.at(-1);
    if (last?.event.type !== 'OrderReserved' || command.type !== 'CancelOrder') return;
    await this.#event(last, { type: 'OrderCancelled', reason: command.reason });
  }

  async #event(order: { orderId: string; customerId: string }, event: OrderEvent['event']): Promise<void> {
    const { orderId, customerId } = order;
    const events = this.#orders.get(orderId)!;
    const next = { orderId, customerId, sequence: events.length + 1, at: 1_700_000_000_000 + events.length, event };
    events.push(next);
    await this.#send(topics.orderEvents, orderId, next);
  }

  #level(productId: string, at: number): Promise<void> {
    const onHand = this.#free.get(productId) ?? 0;
    const warehouses = [{ warehouseId: 'w1', onHand, held: 0 }];
    const level: StockLevel = {
      productId,
      onHand,
      held: 0,
      free: onHand,
      committed: 0,
      takenIn: onHand,
      warehouses,
      version: 1,
      at,
    };
    return this.#send(topics.stockLevels, productId, level);
  }

  async #send<V>(topic: TopicEntry<V>, key: string, value: V): Promise<void> {
    const batch = new RecordBatchBuilder().encode(1_700_000_000_000, key, value, topic.serde);
    await this.#producer!.append(topic.name, partitionOf(key, topic.partitions), batch);
  }
}

/** Undefined for garbage, which is nobody's business here. */
function decode(entry: TopicEntry<unknown>, value: Buffer): unknown {
  try {
    return entry.serde.decode(value);
  } catch {
    return undefined;
  }
}
