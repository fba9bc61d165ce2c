// A whole small shop in this process: embedded log, worker with its views and effects, gateway and reconciliation, in a
// directory of its own; and ways to plant in it what could never come about by itself.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { readConfig } from '../../../app/config.ts';
import type { Config } from '../../../app/config-schema.ts';
import { type OpenGateway, openGateway } from '../../../app/gateway.ts';
import { operationsOf } from '../../../app/operations.ts';
import { openStateReader } from '../../../app/queries/open.ts';
import { openReconciler } from '../../../app/reconcile/open.ts';
import type { Reconciler } from '../../../app/reconcile/reconciler.ts';
import { checkpointBases } from '../../../app/replay/bases.ts';
import { tokenSecret } from '../../../app/secret.ts';
import { tokenIssuer } from '../../../app/tokens.ts';
import { createTopics, topicsOf } from '../../../app/topics.ts';
import type { ViewSet, ViewSets } from '../../../app/view-sets.ts';
import { openPayments } from '../../../app/wire/effects.ts';
import { openLog, openStore } from '../../../app/wire/log.ts';
import { clock } from '../../../app/wire/places.ts';
import { openArchive, openViewGenerations, openViewSets } from '../../../app/wire/views.ts';
import { Workers } from '../../../app/workers.ts';
import { systemRandom } from '../../../base/random.ts';
import type { ReconciliationReport } from '../../../gateway/reconciliation.ts';
import type { Log, Producer } from '../../../log/log.ts';
import { partitionOf } from '../../../log/partitioner.ts';
import { RecordBatchBuilder } from '../../../log/record-batch-builder.ts';
import type { StoreEntry } from '../../../schemas/stores.ts';
import type { TopicEntry, Topics } from '../../../schemas/topics.ts';
import { memoryCheckpoints } from '../../../state/checkpoints/memory/memory-checkpoints.ts';
import { TaskKeys } from '../../../state/keys.ts';
import { taskId } from '../../../streams/names.ts';
import { allTopologies } from '../../../topologies/all.ts';
import { collections } from '../../../views/collections.ts';
import type { Documents, JsonObject } from '../../../views/documents/documents.ts';
import { idleOperations } from '../../gateway/test-gateway.ts';

const logger = pino({ level: 'silent' });

interface Opened {
  readonly log: Log;
  readonly topics: Topics;
  readonly viewSets: ViewSets;
  readonly documents: Documents;
  readonly producer: Producer;
}

/** What stands over the log, and can be stopped and started again. */
interface Running {
  readonly workers: Workers;
  readonly reconciler: Reconciler;
  readonly gateway: OpenGateway;
}

export class SmallShop {
  readonly config: Config;
  /** Of what runs now. */
  metrics = new Registry();
  readonly #opened: Opened;
  #running: Running | undefined;

  private constructor(config: Config, opened: Opened) {
    this.config = config;
    this.#opened = opened;
  }

  static async open(): Promise<SmallShop> {
    const data = mkdtempSync(join(tmpdir(), 'stockstream-reconcile-'));
    const flags = { data, partitions: 2, carrier: 'off', mail: 'off', reconcileEvery: 0 };
    const config = readConfig({ flags, env: {}, parts: ['gateway', 'worker'] });
    const log = await openLog(config, logger);
    await createTopics(log, config);
    const topics = await topicsOf(log);
    const viewSets = await openViewSets(config, log, logger);
    const { documents } = viewSets;
    const shop = new SmallShop(config, { log, topics, viewSets, documents, producer: await log.producer() });
    await shop.start();
    return shop;
  }

  async start(): Promise<void> {
    const { config } = this;
    const { log, topics, viewSets } = this.#opened;
    const onFailure = (error: unknown) => assert.fail(String(error));
    const workers = await Workers.start({ config, log, topics, viewSets, logger, onFailure });
    const metrics = new Registry();
    this.metrics = metrics;
    const parts = { config, log, topics, viewSets, workers: workers.all, logger, metrics };
    const reconciler = openReconciler({ ...parts, paymentQuietMs: 0 });
    const { appId } = config;
    const operations = operationsOf({
      log,
      topics,
      viewSets,
      appId,
      workers: workers.all,
      reconciliation: reconciler,
      state: openStateReader({ config, log, topologies: allTopologies(topics), workers: workers.all, logger }),
      bases: checkpointBases(async () => memoryCheckpoints()),
      checkpoints: idleOperations.checkpoints,
      generations: openViewGenerations({ config, log, topics, viewSets, logger }),
    });
    const random = systemRandom;
    const gateway = await openGateway({ config, log, viewSets, operations, logger, random, metrics: new Registry() });
    await workers.running(new AbortController().signal);
    this.#running = { workers, reconciler, gateway };
  }

  /** The log and the documents stay open. */
  async stop(): Promise<void> {
    const { gateway, reconciler, workers } = this.#running!;
    await gateway.close();
    await reconciler.stop();
    await workers.stop();
  }

  async close(): Promise<void> {
    await this.stop();
    const { log, viewSets, producer } = this.#opened;
    await producer.close();
    await viewSets.close();
    await log.close();
    rmSync(this.config.data, { recursive: true, force: true });
  }

  get topics(): Topics {
    return this.#opened.topics;
  }

  /** The set that answers. */
  get views(): ViewSet {
    return this.#opened.viewSets.current;
  }

  get documents(): Documents {
    return this.#opened.documents;
  }

  /** As an operator. */
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into any JSON
  async request(method: 'GET' | 'POST', url: string, payload?: object): Promise<any> {
    const issue = await tokenIssuer(tokenSecret(this.config));
    const token = issue({ userId: 'olga', role: 'operator', email: 'olga@test' });
    const headers = { authorization: `Bearer ${token}` };
    const { app } = this.#running!.gateway;
    const response = await app.inject({ method, url, headers, ...(payload && { payload }) });
    assert.ok(response.statusCode < 300, `${method} ${url}: ${response.statusCode} ${response.body}`);
    return response.json();
  }

  /** A whole run, by its routes. */
  async reconcile(depth: 'recent' | 'full' = 'full'): Promise<ReconciliationReport> {
    const { id } = await this.request('POST', '/v1/admin/reconciliation', { depth });
    return await eventually(async () => {
      const { last } = await this.request('GET', '/v1/admin/reconciliation');
      return last?.id === id ? last : undefined;
    });
  }

  /** Appends a record as anybody could who is let near the log. */
  async append<V>(topic: TopicEntry<V>, key: string, value: V): Promise<void> {
    const batch = new RecordBatchBuilder().encode(clock.now(), key, value, topic.serde);
    await this.#opened.producer.append(topic.name, partitionOf(key, topic.partitions), batch);
  }

  /** A document becomes another at the same position; undefined takes it away. */
  async changeDocument(
    collection: string,
    id: string,
    change: (fields: JsonObject) => JsonObject | undefined,
  ): Promise<void> {
    const { documents } = this.#opened;
    const found = await documents.get(collection, id);
    const set = change(found?.fields ?? {});
    if (found) await documents.forget(collection, [found]);
    const position = { topic: 'planted', partition: 0, offset: found?.position ?? 0 };
    if (set) await documents.apply([{ kind: 'upsert', collection, id, position, set }]);
  }

  /** As the mover does it, much later. */
  async archiveOrder(orderId: string): Promise<void> {
    const archive = await openArchive(this.config);
    const order = await this.documents.get(collections.orders.name, orderId);
    assert.ok(order, 'there is an order to be moved');
    await archive.put([order]);
    await this.documents.forget(collections.orders.name, [order]);
    await archive.close();
  }

  /** Changes what a stopped worker has on its disk; `owner`: the product whose task has the entry. */
  async changeState(
    owner: string,
    changes: readonly { store: StoreEntry<unknown>; key: string; change: (value: unknown) => unknown }[],
  ): Promise<void> {
    const store = await openStore(this.config, 0, logger);
    const keys = new TaskKeys(taskId('shop', partitionOf(owner, this.topics.orders.partitions)));
    const batch = store.batch();
    for (const {
      store: { name, serde },
      key,
      change,
    } of changes) {
      const entry = keys.entry(name, key);
      const [bytes] = await store.getMany([entry]);
      const value = change(bytes && serde.decode(bytes));
      if (value === undefined) batch.delete(entry);
      else {
        const target = Buffer.alloc(1 << 16);
        batch.put(entry, Buffer.from(target.subarray(0, serde.encode(value, target, 0))));
      }
    }
    await store.write(batch);
    await store.close();
  }

  /** The provider sets money aside that nobody of the shop asked for. */
  async authorize(orderId: string, amount: number): Promise<void> {
    const payments = await openPayments(this.config, { tell: undefined, logger });
    const question = { requestId: `planted/${orderId}`, orderId, customerId: 'ann', amount, currency: 'EUR' };
    await payments.authorize({ ...question, method: 'card', token: 'tok_success' }, new AbortController().signal);
    await payments.close();
  }
}

/** Waits until `check` gives something. */
export async function eventually<T>(check: () => Promise<T | undefined>): Promise<T> {
  for (const until = performance.now() + 60_000; ; ) {
    const found = await check();
    if (found !== undefined) return found;
    assert.ok(performance.now() < until, 'it did not happen in time');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
