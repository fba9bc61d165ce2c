// Appends single records for many requests at a time: records of a partition that come while an append is in flight, or
// in the same turn of the event loop, share the next batch. A record's promise resolves when its batch is acknowledged.
import { assert } from '../base/assert.ts';
import type { Clock } from '../base/clock.ts';
import type { Producer } from '../log/log.ts';
import { partitionOf } from '../log/partitioner.ts';
import type { RecordHeader } from '../log/record-batch.ts';
import { RecordBatchBuilder } from '../log/record-batch-builder.ts';
import type { TopicEntry } from '../schemas/topics.ts';
import { Refusal } from './refusal.ts';

export interface LogWriterOptions {
  readonly producer: Producer;
  /** How many partitions each topic really has. */
  readonly partitions: ReadonlyMap<string, number>;
  readonly clock: Clock;
}

/** A batch isn't filled beyond this, so that no log refuses it. */
const batchBytes = 256 * 1024;
/** What isn't acknowledged yet may take so much memory; more is refused until the log catches up. */
const mostPendingBytes = 64 * 1024 * 1024;
const firstCapacity = 16 * 1024;

export interface BulkRecord {
  readonly topic: TopicEntry<unknown>;
  readonly key: string;
  readonly value: unknown;
}

interface OpenBatch {
  readonly builder: RecordBatchBuilder;
  readonly done: PromiseWithResolvers<void>;
}

/** One partition: the batch that gathers records, and how many are on their way. */
interface Lane {
  readonly topic: string;
  readonly partition: number;
  open: OpenBatch | undefined;
  inFlight: number;
}

export class LogWriter {
  readonly #options: LogWriterOptions;
  readonly #lanes = new Map<string, Lane[]>();
  /** Lanes whose batch is sent at the end of this turn. */
  #due: Lane[] = [];
  #pendingBytes = 0;

  constructor(options: LogWriterOptions) {
    this.#options = options;
  }

  /**
   * Resolves when the log has acknowledged the record.
   * @throws OVERLOADED if too much waits for the log; RECORD_INVALID; whatever the append fails with
   */
  append<V>(topic: TopicEntry<V>, key: string, value: V): Promise<void> {
    const lane = this.#lane(topic.name, partitionOf(key, this.partitionsOf(topic.name)));
    return this.#add(lane, (builder) => builder.encode(this.#options.clock.now(), key, value, topic.serde));
  }

  /**
   * Resolves when the log has acknowledged all of them; those of a partition are in their order. For bulk: whoever calls
   * it waits for it before the next portion, so nothing is refused for what waits.
   * @throws RECORD_INVALID; whatever an append fails with
   */
  async appendAll(records: Iterable<BulkRecord>): Promise<void> {
    const now = this.#options.clock.now();
    const open = new Map<string, (RecordBatchBuilder | undefined)[]>();
    const appends: Promise<unknown>[] = [];
    const send = (topic: string, partition: number, builder: RecordBatchBuilder) => {
      appends.push(this.#options.producer.append(topic, partition, builder));
    };
    for (const { topic, key, value } of records) {
      const { name, serde } = topic;
      const partition = partitionOf(key, this.partitionsOf(name));
      const builders = open.get(name) ?? [];
      open.set(name, builders);
      const builder = builders[partition] ?? new RecordBatchBuilder(firstCapacity);
      builder.encode(now, key, value, serde);
      const isFull = builder.byteLength >= batchBytes;
      if (isFull) send(name, partition, builder);
      builders[partition] = isFull ? undefined : builder;
    }
    for (const [topic, builders] of open) {
      builders.forEach((builder, partition) => {
        if (builder) send(topic, partition, builder);
      });
    }
    // All of them, so that no failure goes unheard.
    const failed = (await Promise.allSettled(appends)).find(({ status }) => status === 'rejected');
    if (failed?.status === 'rejected') throw failed.reason;
  }

  /** As `append`, with bytes that are ready, to a partition of the caller's choice: for replays. */
  appendBytes(
    topic: string,
    partition: number,
    record: { key: Buffer | null; value: Buffer | null; headers: readonly RecordHeader[] },
  ): Promise<void> {
    const { key, value, headers } = record;
    const add = (builder: RecordBatchBuilder) => builder.append(this.#options.clock.now(), key, value, headers);
    return this.#add(this.#lane(topic, partition), add);
  }

  partitionsOf(topic: string): number {
    const partitions = this.#options.partitions.get(topic);
    assert(partitions !== undefined, `the gateway knows topic ${topic}`);
    return partitions;
  }

  /** Sends what is open, waits for what is in flight, closes the producer. */
  async close(): Promise<void> {
    for (const lane of this.#allLanes()) this.#send(lane);
    await this.#options.producer.close();
  }

  async #add(lane: Lane, write: (builder: RecordBatchBuilder) => void): Promise<void> {
    if (this.#pendingBytes > mostPendingBytes) throw new Refusal('OVERLOADED');
    lane.open ??= { builder: new RecordBatchBuilder(firstCapacity), done: Promise.withResolvers() };
    const { builder, done } = lane.open;
    const before = builder.byteLength;
    write(builder);
    this.#pendingBytes += builder.byteLength - before;
    if (builder.byteLength >= batchBytes) this.#send(lane);
    else if (lane.inFlight === 0 && builder.count === 1) this.#sendSoon(lane);
    return done.promise;
  }

  #sendSoon(lane: Lane): void {
    if (this.#due.push(lane) > 1) return;
    setImmediate(() => {
      const due = this.#due;
      this.#due = [];
      for (const each of due) this.#send(each);
    });
  }

  #send(lane: Lane): void {
    const batch = lane.open;
    if (!batch || batch.builder.count === 0) return;
    const bytes = batch.builder.byteLength;
    lane.open = undefined;
    lane.inFlight++;
    this.#options.producer
      .append(lane.topic, lane.partition, batch.builder)
      .then(() => batch.done.resolve(), batch.done.reject)
      .finally(() => {
        this.#pendingBytes -= bytes;
        if (--lane.inFlight === 0) this.#send(lane);
      });
  }

  #lane(topic: string, partition: number): Lane {
    let lanes = this.#lanes.get(topic);
    if (!lanes) {
      lanes = Array.from({ length: this.partitionsOf(topic) }, (_, index) => {
        return { topic, partition: index, open: undefined, inFlight: 0 };
      });
      this.#lanes.set(topic, lanes);
    }
    const lane = lanes[partition];
    assert(lane !== undefined, `partition ${partition} of topic ${topic} exists`);
    return lane;
  }

  #allLanes(): Lane[] {
    return [...this.#lanes.values()].flat();
  }
}
