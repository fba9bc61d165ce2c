// An effect on the embedded log in memory, with an outside that does as it is told, in stepped time.
import assert from 'node:assert/strict';
import { Registry } from 'prom-client';
import { silentLogger } from '../../base/logger.ts';
import { type Random, seededRandom } from '../../base/random.ts';
import { SteppedClock } from '../../base/stepped-clock.ts';
import { type EmbeddedLog, openEmbeddedLog } from '../../log/embedded/embedded-log.ts';
import { MemoryStorage } from '../../log/embedded/memory-storage.ts';
import type { Log } from '../../log/log.ts';
import { partitionOf } from '../../log/partitioner.ts';
import { RecordBatchBuilder } from '../../log/record-batch-builder.ts';
import type { Effect, Record, Topic } from '../../streams/api.ts';
import { effectTask } from '../../streams/effect.ts';
import { EffectThread } from '../../streams/effect-thread.ts';
import { createEffectMetrics } from '../../streams/metrics.ts';
import { toys, toyTopic } from './toys.ts';

interface Call {
  readonly id: string;
}

interface Told {
  readonly id: string;
  readonly text: string;
}

export const partitions = 3;
const calls = toyTopic<Call>('calls', { partitions });
export const told = toyTopic<Told>('told', { partitions });

type Perform = (id: string, signal: AbortSignal) => Promise<string>;

/** How a thread differs from an effect that gives up after three tries of a second each, four at a time. */
interface StartOptions extends Partial<Effect<Call>> {
  readonly on?: Log;
  readonly instanceId?: string;
  readonly window?: number;
}

export class EffectBench {
  readonly clock = new SteppedClock();
  readonly registry = new Registry();
  readonly failures: unknown[] = [];
  /** Ids in the order in which they were performed, each time that they were. */
  readonly performed: string[] = [];
  log!: EmbeddedLog;
  readonly #storage = new MemoryStorage();
  readonly #metrics = createEffectMetrics(this.registry);
  readonly #random: Random;

  private constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  static async open({ seed = 1 } = {}): Promise<EffectBench> {
    const bench = new EffectBench(seed);
    await bench.#openLog();
    await bench.log.admin.createTopics([calls, told, toys.deadLetters]);
    return bench;
  }

  async #openLog(): Promise<void> {
    this.log = await openEmbeddedLog({ storage: this.#storage, clock: this.clock, offsetGaps: true });
  }

  async send(key: string, ...ids: string[]): Promise<void> {
    for (const id of ids) await this.sendBytes(key, Buffer.from(JSON.stringify({ id })));
  }

  async sendBytes(key: string, value: Buffer | null, eventTime?: number): Promise<void> {
    const producer = await this.log.producer();
    const batch = new RecordBatchBuilder();
    batch.eventTime = eventTime;
    batch.append(this.clock.now(), key, value);
    await producer.append(calls.name, partitionOf(key, partitions), batch);
    await producer.close();
  }

  start(perform: Perform, { on = this.log, instanceId = '0', window, ...changes }: StartOptions = {}): EffectThread {
    const tell = ({ key }: Record<Call>, id: string, text: string) => [{ topic: told, key, value: { id, text } }];
    const effect: Effect<Call> = {
      name: 'call',
      perform: async (record, signal) => {
        const { id } = record.value;
        this.performed.push(id);
        return tell(record, id, await perform(id, signal));
      },
      giveUp: (record) => tell(record, record.value.id, 'given up'),
      timeoutMs: 1_000,
      tries: 3,
      concurrency: 4,
      ...changes,
    };
    const thread = new EffectThread({
      log: on,
      clock: this.clock,
      random: this.#random,
      task: effectTask(calls, effect),
      appId: 'test',
      instanceId,
      deadLetters: toys.deadLetters,
      codeVersion: 'test',
      metrics: this.#metrics,
      logger: silentLogger,
      ...(window !== undefined && { window }),
      sessionTimeoutMs: 5_000,
      onFailure: (error) => this.failures.push(error),
    });
    thread.start();
    return thread;
  }

  /** All that was told so far, as `id text`. */
  async results(): Promise<string[]> {
    return (await valuesOf(this.log, told)).map(({ id, text }) => `${id} ${text}`);
  }

  /** What each dead letter holds. */
  async deadLetters(): Promise<string[]> {
    return (await valuesOf(this.log, toys.deadLetters)).map(String);
  }

  /** All partitions of what is to be called. */
  readonly inputs = allOf(calls);

  /** By partition, undefined where none is committed. */
  async offsets(): Promise<(number | undefined)[]> {
    return await this.log.admin.committedOffsets('test-effect-call', this.inputs);
  }

  /** Lets time pass until `condition` holds. */
  async until(condition: () => boolean | Promise<boolean>, label = condition.toString()): Promise<void> {
    for (let turns = 0; !(await condition()); turns++) {
      assert.ok(turns < 5_000, `it never came to: ${label}`);
      await new Promise(setImmediate);
      this.clock.step(10);
    }
  }

  /** Lets so much time pass. */
  async pass(milliseconds: number): Promise<void> {
    for (let at = 0; at < milliseconds; at += 10) {
      this.clock.step(10);
      for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate);
    }
  }

  /** Stops a thread, while time passes. */
  async stop(thread: EffectThread | undefined): Promise<void> {
    let isStopped = thread === undefined;
    void thread?.stop().then(() => {
      isStopped = true;
    });
    await this.until(() => isStopped, 'stopped');
  }

  /** The process dies, and another one has its disk. */
  async crash(): Promise<void> {
    this.log.kill();
    await this.#openLog();
  }
}

export const ok = async () => 'ok';
export const hang = () => new Promise<never>(() => {});

/** Calls that end when they are told to. */
export function doors() {
  const open = new Map<string, PromiseWithResolvers<string>>();
  const door = (id: string) => {
    const known = open.get(id) ?? Promise.withResolvers<string>();
    open.set(id, known);
    return known;
  };
  return { perform: (id: string) => door(id).promise, finish: (id: string) => door(id).resolve('ok') };
}

function allOf({ name: topic, partitions }: Topic<unknown>) {
  return Array.from({ length: partitions }, (_, partition) => ({ topic, partition }));
}

/** Of all records that are visible; a null value reads as no bytes. */
export async function valuesOf<V>(log: Log, topic: Topic<V>): Promise<V[]> {
  const values: V[] = [];
  const fetcher = log.fetcher();
  const all = allOf(topic);
  const ends = await log.admin.offsets(all, 'latest');
  const open = new Set(all.map(({ partition }) => partition).filter((partition) => ends[partition]! > 0));
  for (const partition of open) fetcher.assign({ topic: topic.name, partition }, 0);
  while (open.size > 0) {
    for (const { partition, batches, nextOffset } of await fetcher.poll({ maxWaitMs: 100, maxBytes: 1 << 20 })) {
      for (const batch of batches) {
        for (const cursor = batch.cursor(); cursor.next(); ) {
          values.push(topic.serde.decode(cursor.value() ?? Buffer.alloc(0)));
        }
      }
      if (nextOffset >= ends[partition]!) open.delete(partition);
    }
  }
  await fetcher.close();
  return values;
}
