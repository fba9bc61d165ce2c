// Runs a topology in a test, step by step: the real tasks and the real commit, on a log, a store and a clock that the
// test gives it. Nothing runs between the calls. It has no group to share: one driver owns all tasks.
import type { Clock } from '../../base/clock.ts';
import type { Fetcher, Log, Producer, TopicSpec, TransactionalProducer } from '../../log/log.ts';
import { partitionOf } from '../../log/partitioner.ts';
import { RecordBatchBuilder } from '../../log/record-batch-builder.ts';
import { TaskKeys } from '../../state/keys.ts';
import type { Store } from '../../state/store.ts';
import type { StoreSpec, Topic } from '../api.ts';
import { commitToLog, commitToStore, sealCommit } from '../commit.ts';
import { internalTopics, type TopologyNames, taskId, topologyNames } from '../names.ts';
import { Ownership } from '../ownership.ts';
import { processBatches } from '../process.ts';
import { restoreTask } from '../restore-task.ts';
import { StreamTask } from '../task.ts';
import type { Topology } from '../topology.ts';

export interface DriverOptions {
  readonly log: Log;
  readonly store: Store;
  readonly clock: Clock & { step(milliseconds: number): void };
  readonly topology: Topology;
  readonly deadLetters: Topic<Buffer>;
}

/** A record as a test sees it. */
export interface DriverRecord<V> {
  readonly key: string;
  readonly value: V;
  readonly timestamp: number;
  readonly headers: { readonly [name: string]: string };
}

const appId = 'driver';
const codeVersion = 'test';
const noLimit = Number.POSITIVE_INFINITY;
const limits = { batchRecords: 1_000, batchTimers: 1_000, batchMs: noLimit, uncommittedBytes: noLimit };

export class TopologyDriver {
  readonly names: TopologyNames;
  readonly #options: DriverOptions;
  readonly #ownership: Ownership;
  readonly #fetcher: Fetcher;
  readonly #readPositions = new Map<string, number>();
  #producer: TransactionalProducer | undefined;
  #input: Producer | undefined;
  #tasks: StreamTask[] = [];

  private constructor(options: DriverOptions) {
    const { log, clock, topology } = options;
    this.#options = options;
    this.names = topologyNames(appId, topology.name);
    this.#fetcher = log.fetcher();
    this.#ownership = new Ownership({
      log,
      clock,
      group: this.names.group,
      partitions: topology.partitions,
      sessionTimeoutMs: 3_600_000,
      rebalanceTimeoutMs: 3_600_000,
      wake: () => {},
    });
  }

  /** Creates the topics that are missing, and restores whatever the log and the store hold. */
  static async open(options: DriverOptions): Promise<TopologyDriver> {
    const { log, topology, deadLetters } = options;
    const sources = topology.sources.map(({ topic }) => topic);
    const specs = [...sources, ...topology.outputs, deadLetters].map(topicSpec);
    const unique = new Map([...specs, ...internalTopics(appId, topology)].map((spec) => [spec.name, spec]));
    await log.admin.createTopics([...unique.values()]);
    const driver = new TopologyDriver(options);
    await driver.#start();
    return driver;
  }

  /** Appends a record; nothing is processed yet. */
  async pipe<V>(topic: Topic<V>, key: string, value: V): Promise<void> {
    const builder = new RecordBatchBuilder().encode(this.#options.clock.now(), key, value, topic.serde);
    await this.#input!.append(topic.name, partitionOf(key, topic.partitions), builder);
  }

  /** Appends any bytes as a value. */
  async pipeRaw(topic: Topic<unknown>, key: string, value: Buffer | null): Promise<void> {
    const builder = new RecordBatchBuilder().append(this.#options.clock.now(), key, value);
    await this.#input!.append(topic.name, partitionOf(key, topic.partitions), builder);
  }

  /** Processes and commits until nothing is left to do at the present time. Returns how many commits that took. */
  async run(): Promise<number> {
    const { store, clock } = this.#options;
    for (let commits = 0; ; commits++) {
      for (const fetched of await this.#fetcher.poll({ maxWaitMs: 0, maxBytes: 1 << 20 })) {
        this.#tasks[fetched.partition]!.add(fetched);
      }
      const tasks = this.#tasks.filter((task) => task.hasWork(clock));
      if (tasks.length === 0) return commits;
      const worked = await processBatches(tasks, { store, clock, limits });
      if (worked.length === 0) continue;
      const parts = { ...this.#options, producer: this.#producer!, names: this.names, codeVersion };
      const sealed = sealCommit(worked, parts);
      await commitToStore(sealed, await commitToLog(sealed, this.#ownership.member, parts), parts);
    }
  }

  /** Moves time on, then runs. */
  async advance(milliseconds: number): Promise<void> {
    this.#options.clock.step(milliseconds);
    await this.run();
  }

  /** The topic's records since the last call, partition by partition. */
  async read<V>(topic: Topic<V>): Promise<DriverRecord<V>[]> {
    const found: DriverRecord<V>[] = [];
    const fetcher = this.#options.log.fetcher();
    const inputs = Array.from({ length: topic.partitions }, (_, partition) => ({ topic: topic.name, partition }));
    const ends = await this.#options.log.admin.offsets(inputs, 'latest');
    for (const input of inputs) {
      const place = `${input.topic}-${input.partition}`;
      const end = ends[input.partition]!;
      let position = this.#readPositions.get(place) ?? 0;
      if (position < end) fetcher.assign(input, position);
      while (position < end) {
        for (const fetched of await fetcher.poll({ maxWaitMs: 0, maxBytes: 1 << 20 })) {
          for (const batch of fetched.batches) {
            for (const { offset, timestamp, key, value, headers } of batch.records()) {
              if (offset < position) continue;
              const texts = Object.fromEntries(headers.map((header) => [header.key, header.value.toString()]));
              found.push({ key: key!.toString(), value: topic.serde.decode(value!), timestamp, headers: texts });
            }
          }
          position = fetched.nextOffset;
        }
      }
      fetcher.unassign(input);
      this.#readPositions.set(place, position);
    }
    await fetcher.close();
    return found;
  }

  /** What the store holds under a key, in the task that owns `routingKey`. */
  async stored<V>(spec: StoreSpec<V>, key: string, routingKey = key): Promise<V | undefined> {
    const { topology, store } = this.#options;
    const keys = new TaskKeys(taskId(topology.name, partitionOf(routingKey, topology.partitions)));
    const [bytes] = await store.getMany([keys.entry(spec.name, key)]);
    return bytes === undefined ? undefined : spec.serde.decode(bytes);
  }

  /** Forgets everything in memory, as a crash does, and comes up again from store and log. */
  async crash(): Promise<void> {
    for (const task of this.#tasks) {
      for (const { topic } of task.topology.sources) {
        this.#fetcher.unassign({ topic: topic.name, partition: task.partition });
      }
    }
    await this.#restore();
  }

  async close(): Promise<void> {
    await this.#ownership.leave();
    await Promise.all([this.#producer?.close(), this.#input?.close(), this.#fetcher.close()]);
  }

  async #start(): Promise<void> {
    this.#input = await this.#options.log.producer();
    await this.#ownership.join();
    await this.#ownership.changed();
    this.#ownership.take();
    await this.#restore();
  }

  async #restore(): Promise<void> {
    const { log, store, clock, topology } = this.#options;
    this.#producer = await log.transactionalProducer(this.names.group);
    this.#tasks = Array.from({ length: topology.partitions }, (_, each) => new StreamTask(topology, each, codeVersion));
    const { signal } = new AbortController();
    const shared = { log, store, clock, names: this.names, maxStateAgeMs: Number.POSITIVE_INFINITY, signal };
    for (const task of this.#tasks) {
      task.moveTo('restoring');
      await restoreTask(task, { ...shared, onRestored: () => {} });
      for (const { topic, partition, position } of task.queues) {
        this.#fetcher.assign({ topic: topic.name, partition }, position);
      }
    }
  }
}

function topicSpec({ name, partitions, cleanup }: Topic<unknown>): TopicSpec {
  return { name, partitions, cleanup };
}
