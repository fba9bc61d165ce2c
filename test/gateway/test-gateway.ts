// A gateway with all that it needs around it, in memory: the embedded log, SQLite documents and idempotency, a decider
// and views that can be paused. For tests; each gets one of its own.
import type { FastifyInstance, InjectOptions } from 'fastify';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { systemClock } from '../../base/clock.ts';
import { systemRandom } from '../../base/random.ts';
import { buildGateway, type GatewayDeps } from '../../gateway/gateway.ts';
import { openSqliteIdempotency } from '../../gateway/idempotency/sqlite/sqlite-idempotency.ts';
import type { Operations } from '../../gateway/operations.ts';
import { readRange } from '../../gateway/read-range.ts';
import { Refusal } from '../../gateway/refusal.ts';
import { type GatewaySettings, gatewayDefaults } from '../../gateway/settings.ts';
import { openEmbeddedLog } from '../../log/embedded/embedded-log.ts';
import { MemoryStorage } from '../../log/embedded/memory-storage.ts';
import type { Log, Producer } from '../../log/log.ts';
import { partitionOf } from '../../log/partitioner.ts';
import { RecordBatchBuilder } from '../../log/record-batch-builder.ts';
import { type TopicEntry, topics } from '../../schemas/topics.ts';
import type { Product, UserRole } from '../../schemas/types.generated.ts';
import { openSqliteArchive } from '../../views/archive/sqlite/sqlite-archive.ts';
import { openMemoryCache } from '../../views/cache/memory/memory-cache.ts';
import { ProductReader } from '../../views/cache/product-reader.ts';
import { collections } from '../../views/collections.ts';
import type { Documents } from '../../views/documents/documents.ts';
import { openSqliteDocuments } from '../../views/documents/sqlite/sqlite-documents.ts';
import { memoryExpiryRecords } from '../../views/expiry/memory/memory-expiry-records.ts';
import { memoryRanks } from '../../views/ranks/memory/memory-ranks.ts';
import { MemoryImages } from './memory-images.ts';
import { MemorySearch } from './memory-search.ts';
import { ordersGroup, TestDecider } from './test-decider.ts';
import { ordersViewGroup, TestViews } from './test-views.ts';

export const idleOperations: Operations = {
  topologies: async () => [],
  tasks: async () => [],
  lag: async () => [],
  health: async () => [],
  rebuildView: async () => false,
  state: { read: async () => undefined, readTasks: async () => undefined, readHere: async () => undefined },
  quarantine: { topologies: [], list: async () => [], record: async () => undefined },
  replays: {
    start: () => {
      throw new Refusal('TOPOLOGY_NOT_FOUND');
    },
    state: () => ({ running: null, last: null }),
    drop: async () => [],
  },
  seed: async (products) => products,
  checkpoints: {
    list: async () => ({ place: 'memory', checkpoints: [], copies: [], damaged: [] }),
    create: async () => ({ checkpoints: [], missed: [] }),
    createHere: async () => [],
  },
  reconciliation: {
    state: () => ({ running: null, last: null }),
    start: () => 'run',
    checkView: async () => undefined,
    repair: async () => [],
  },
  generations: {
    list: async () => ({ active: 'g1', previous: null, generations: [], check: null }),
    begin: async () => 'g2',
    check: async () => {},
    activate: async () => {},
    drop: async () => {},
  },
};

export interface TestGatewayOptions {
  readonly settings?: Partial<GatewaySettings>;
  readonly deps?: Partial<GatewayDeps>;
}

export const jwtSecret = 'a secret of the tests, long enough';

/** What an answer is, with its body read. */
export interface Answered {
  readonly status: number;
  readonly headers: { readonly [name: string]: string | undefined };
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into any JSON
  readonly body: any;
}

export class TestGateway {
  readonly app: FastifyInstance;
  readonly log: Log;
  readonly documents: Documents;
  readonly decider: TestDecider;
  readonly views: TestViews;
  readonly deps: GatewayDeps;
  readonly #producer: Producer;
  readonly #others: FastifyInstance[] = [];
  #keys = 0;

  private constructor(app: FastifyInstance, deps: GatewayDeps, producer: Producer) {
    this.app = app;
    this.deps = deps;
    this.log = deps.log;
    this.documents = deps.documents;
    this.decider = new TestDecider(deps.log);
    this.views = new TestViews(deps.log, deps.documents);
    this.#producer = producer;
  }

  static async open({ settings, deps: given }: TestGatewayOptions = {}): Promise<TestGateway> {
    const clock = systemClock;
    const log = await openEmbeddedLog({ storage: new MemoryStorage(), clock });
    await log.admin.createTopics(Object.values(topics));
    const documents = openSqliteDocuments({ file: ':memory:' });
    await documents.open(Object.values(collections));
    const cache = openMemoryCache({ clock, mostBytes: 1 << 20 });
    const products = new ProductReader({
      documents: given?.documents ?? documents,
      cache,
      standIn: cache,
      clock,
    });
    const deps: GatewayDeps = {
      log,
      documents,
      products,
      archive: openSqliteArchive({ file: ':memory:' }),
      expiry: memoryExpiryRecords(clock),
      idempotency: openSqliteIdempotency({ file: ':memory:', clock, random: systemRandom, windowMs: 60_000 }),
      images: new MemoryImages(),
      search: new MemorySearch(),
      ranks: memoryRanks(),
      operations: idleOperations,
      clock,
      random: systemRandom,
      logger: pino({ level: 'silent' }),
      metrics: new Registry(),
      settings: {
        ...gatewayDefaults,
        jwtSecret,
        ordersGroup,
        ordersViewGroup: () => ordersViewGroup,
        mostEventLoopDelayMs: 0,
        ...settings,
      },
      ...given,
    };
    const gateway = new TestGateway(await buildGateway(deps), deps, await log.producer());
    await gateway.app.ready();
    await gateway.decider.start();
    gateway.views.start();
    return gateway;
  }

  /** Another gateway on the same log and documents, with idempotency records of its own. */
  async another(change: Partial<GatewayDeps> = {}): Promise<FastifyInstance> {
    const { clock } = this.deps;
    const idempotency = openSqliteIdempotency({ file: ':memory:', clock, random: systemRandom, windowMs: 60_000 });
    const app = await buildGateway({ ...this.deps, idempotency, metrics: new Registry(), ...change });
    this.#others.push(app);
    return app;
  }

  async close(): Promise<void> {
    await Promise.all([this.app, ...this.#others].map((app) => app.close()));
    await this.decider.close();
    await this.views.close();
    await this.#producer.close();
    await this.log.close();
    await this.documents.close();
    await this.deps.idempotency.close();
    await this.deps.archive.close();
  }

  /** A header with a token. */
  bearer(userId: string, role: UserRole): { authorization: string } {
    const exp = Math.floor(this.deps.clock.now() / 1000) + 3_600;
    return { authorization: `Bearer ${this.app.jwt.sign({ sub: userId, role, email: `${userId}@test`, exp })}` };
  }

  async call(
    method: string,
    url: string,
    options: Omit<InjectOptions, 'method' | 'url'> & { app?: FastifyInstance } = {},
  ): Promise<Answered> {
    const { app = this.app, ...rest } = options;
    const response = await app.inject({ method: method as 'GET', url, ...rest });
    const isJson = String(response.headers['content-type']).includes('json') && response.body !== '';
    const headers = response.headers as { [name: string]: string };
    return { status: response.statusCode, headers, text: response.body, body: isJson ? response.json() : undefined };
  }

  /** Places an order for shopper `s1` unless said otherwise, with a new key. */
  order(
    change: { lines?: object[]; body?: object; headers?: object; app?: FastifyInstance; shopper?: string } = {},
  ): Promise<Answered> {
    const { lines = [{ productId: 'p1', quantity: 1 }], body, headers, app, shopper = 's1' } = change;
    return this.call('POST', '/v1/orders', {
      ...(app && { app }),
      headers: { ...this.bearer(shopper, 'shopper'), 'idempotency-key': `key-${++this.#keys}`, ...headers },
      payload: { ...orderBody, lines, ...body },
    });
  }

  /** Lets seller `seller` offer products with stock, through the gateway. */
  async offer(products: { readonly [productId: string]: number }, change: Partial<Product> = {}): Promise<void> {
    const headers = this.bearer('seller', 'seller');
    for (const [productId, stock] of Object.entries(products)) {
      const product = {
        productId,
        title: `Product ${productId}`,
        price: { amount: 1_000, currency: 'EUR' },
        ...change,
      };
      const created = await this.call('POST', '/v1/products', { headers, payload: product });
      if (created.status !== 201) throw new Error(created.text);
      const changes = [{ changeId: `first-${productId}`, productId, warehouseId: 'w1', count: stock }];
      const payload = { changes };
      const changed = await this.call('POST', '/v1/stock-changes', {
        headers: { ...headers, prefer: 'wait=5' },
        payload,
      });
      if (changed.body.changes[0].status !== 'applied') throw new Error(changed.text);
    }
  }

  /** Appends to the log as anybody could. */
  async append<V>(topic: TopicEntry<V>, key: string, value: V): Promise<void> {
    const batch = new RecordBatchBuilder().encode(this.deps.clock.now(), key, value, topic.serde);
    await this.#producer.append(topic.name, partitionOf(key, topic.partitions), batch);
  }

  async appendRaw(topic: string, batch: RecordBatchBuilder): Promise<void> {
    await this.#producer.append(topic, 0, batch);
  }

  /** All that a topic has. */
  async records<V>(topic: TopicEntry<V>): Promise<V[]> {
    const found: V[] = [];
    for (let partition = 0; partition < topic.partitions; partition++) {
      const [to = 0] = await this.log.admin.offsets([{ topic: topic.name, partition }], 'latest');
      await readRange(this.log, { topic: topic.name, partition, from: 0, to, maxBytes: 1 << 26 }, (cursor) => {
        const bytes = cursor.value();
        if (bytes !== null) found.push(topic.serde.decode(bytes));
        return false;
      });
    }
    return found;
  }

  /** How many records a topic has. */
  async count(topic: TopicEntry<unknown>): Promise<number> {
    const places = Array.from({ length: topic.partitions }, (_, partition) => ({ topic: topic.name, partition }));
    return (await this.log.admin.offsets(places, 'latest')).reduce((sum, end) => sum + end, 0);
  }
}

export const orderBody = {
  lines: [{ productId: 'p1', quantity: 1 }],
  shipTo: { name: 'Ada Lovelace', street: '12 Main St', city: 'Berlin', postalCode: '10115', country: 'DE' },
  payment: { method: 'card', token: 'tok_visa' },
};

const firstTurns = 20;

/**
 * Waits until `check` gives something, looking again after each of the next turns of the event loop, and every other
 * millisecond after those: what takes longer waits for a clock, and needs the processor for itself.
 */
export async function eventually<T>(check: () => Promise<T | undefined> | T | undefined, withinMs = 5_000): Promise<T> {
  const until = performance.now() + withinMs;
  for (let turn = 0; ; turn++) {
    const found = await check();
    if (found !== undefined) return found;
    if (performance.now() > until) throw new Error('it did not happen in time');
    await new Promise((resolve) => (turn < firstTurns ? setImmediate(resolve) : setTimeout(resolve, 2)));
  }
}
