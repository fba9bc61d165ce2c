// An effect on the embedded log in memory, with an outside that does as it is told, in stepped time.
import assert from 'node:assert/strict';
import { Registry } from 'prom-client';
import { silentLogger } from '../../base/logger.ts';
import { seededRandom } from '../../base/random.ts';
import { SteppedClock } from '../../base/stepped-clock.ts';
import { type EmbeddedLog, openEmbeddedLog } from '../../log/embedded/embedded-log.ts';
import { MemoryStorage } from '../../log/embedded/memory-storage.ts';
import type { Log } from '../../log/log.ts';
import { partitionOf } from '../../log/partitioner.ts';
import { RecordBatchBuilder } from '../../log/record-batch-builder.ts';
import type { Effect, Forwarded, Record, Topic } from '../../streams/api.ts';
import { effectTask } from '../../streams/effect.ts';
import { EffectThread } from '../../streams/effect-thread.ts';
import { createEffectMetrics } from '../../streams/metrics.ts';
import { toys, toyTopic } from './toys.ts';

export interface Call {
  readonly id: string;
}

export interface Told {
  readonly id: string;
  readonly text: string;
}

export const partitions = 3;
export const calls = toyTopic<Call>('calls', { partitions });
export const told = toyTopic<Told>('told', { partitions });

export type Perform = (id: string, signal: AbortSignal, record: Record<Call>) => Promise<string>;

export interface EffectBench {
  readonly clock: SteppedClock;
  log: EmbeddedLog;
  readonly failures: unknown[];
  readonly registry: Registry;
  /** Ids in the order in which they were performed, each time that they were. */
  readonly performed: string[];
  send(key: string, ...ids: string[]): Promise<void>;
  sendBytes(key: string, value: Buffer | null): Promise<void>;
  start(
    perform: Perform,
    options?: Partial<Effect<Call>> & { on?: Log; instanceId?: string; window?: number },
  ): EffectThread;
  /** All that was told so far, as `id text`. */
  results(): Promise<string[]>;
  deadLetters(): Promise<Buffer[]>;
  offsets(): Promise<(number | undefined)[]>;
  /** Lets time pass until `condition` holds. */
  until(condition: () => boolean | Promise<boolean>, label?: string): Promise<void>;
  /** Lets so much time pass. */
  pass(milliseconds: number): Promise<void>;
  /** The process dies, and another one has its disk. */
  crash(): Promise<void>;
}

export async function effectBench({ seed = 1 } = {}): Promise<EffectBench> {
  const clock = new SteppedClock();
  const storage = new MemoryStorage();
  const open = () => openEmbeddedLog({ storage, clock, offsetGaps: true });
  const registry = new Registry();
  const random = seededRandom(seed);
  const metrics = createEffectMetrics(registry);
  const performed: string[] = [];
  const failures: unknown[] = [];
  const all = (topic: string) => Array.from({ length: partitions }, (_, partition) => ({ topic, partition }));
  const bench: EffectBench = {
    clock,
    log: await open(),
    failures,
    registry,
    performed,
    async send(key, ...ids) {
      for (const id of ids) await bench.sendBytes(key, Buffer.from(JSON.stringify({ id })));
    },
    async sendBytes(key, value) {
      const producer = await bench.log.producer();
      await producer.append(
        calls.name,
        partitionOf(key, partitions),
        new RecordBatchBuilder().append(clock.now(), key, value),
      );
      await producer.close();
    },
    start(perform, { on = bench.log, instanceId = '0', window, ...options } = {}) {
      const tell = ({ key }: Record<Call>, id: string, text: string): Forwarded[] => [
        { topic: told, key, value: { id, text } },
      ];
      const effect: Effect<Call> = {
        name: 'call',
        async perform(record, signal) {
          const { id } = record.value;
          performed.push(id);
          return tell(record, id, await perform(id, signal, record));
        },
        giveUp: (record) => tell(record, record.value.id, 'given up'),
        timeoutMs: 1_000,
        tries: 3,
        concurrency: 4,
        ...options,
      };
      const thread = new EffectThread({
        log: on,
        clock,
        random,
        task: effectTask(calls, effect),
        appId: 'test',
        instanceId,
        deadLetters: toys.deadLetters,
        codeVersion: 'test',
        metrics,
        logger: silentLogger,
        ...(window !== undefined && { window }),
        sessionTimeoutMs: 5_000,
        onFailure: (error) => failures.push(error),
      });
      thread.start();
      return thread;
    },
    async results() {
      return (await valuesOf(bench.log, told, partitions)).map(({ id, text }) => `${id} ${text}`);
    },
    deadLetters: () => valuesOf(bench.log, toys.deadLetters, 1),
    offsets: () => bench.log.admin.committedOffsets('test-effect-call', all(calls.name)),
    async until(condition, label = condition.toString()) {
      for (let turns = 0; !(await condition()); turns++) {
        assert.ok(turns < 5_000, `it never came to: ${label}`);
        await new Promise(setImmediate);
        clock.step(10);
      }
    },
    async pass(milliseconds) {
      for (let at = 0; at < milliseconds; at += 10) {
        clock.step(10);
        for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate);
      }
    },
    async crash() {
      bench.log.kill();
      bench.log = await open();
    },
  };
  await bench.log.admin.createTopics([calls, told, toys.deadLetters]);
  return bench;
}

/** Of all records that are visible; a null value reads as no bytes. */
async function valuesOf<V>(log: Log, topic: Topic<V>, partitions: number): Promise<V[]> {
  const values: V[] = [];
  const fetcher = log.fetcher();
  const all = Array.from({ length: partitions }, (_, partition) => ({ topic: topic.name, partition }));
  const ends = await log.admin.offsets(all, 'latest');
  const open = new Set(all.map(({ partition }) => partition).filter((partition) => ends[partition]! > 0));
  for (const partition of open) fetcher.assign({ topic: topic.name, partition }, 0);
  while (open.size > 0) {
    for (const { partition, batches, nextOffset } of await fetcher.poll({ maxWaitMs: 0, maxBytes: 1 << 20 })) {
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
