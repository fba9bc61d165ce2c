// A source on the embedded log in memory, whose outside is a list of words for each key, in stepped time.
import assert from 'node:assert/strict';
import { Registry } from 'prom-client';
import { silentLogger } from '../../base/logger.ts';
import { SteppedClock } from '../../base/stepped-clock.ts';
import { type EmbeddedLog, openEmbeddedLog } from '../../log/embedded/embedded-log.ts';
import { MemoryStorage } from '../../log/embedded/memory-storage.ts';
import type { Appended, Log, LogTransaction, TransactionalProducer } from '../../log/log.ts';
import { partitionOf } from '../../log/partitioner.ts';
import { RecordBatchBuilder } from '../../log/record-batch-builder.ts';
import type { Pulled, Source, SourceState } from '../../streams/api.ts';
import { createSourceMetrics } from '../../streams/metrics.ts';
import { sourceTask } from '../../streams/source.ts';
import { SourceThread } from '../../streams/source-thread.ts';
import { valuesOf } from './effect-bench.ts';
import { toyTopic } from './toys.ts';

export interface Told {
  readonly everyMs: number;
}

/** How many words of the outside are in the log. */
export interface Place {
  readonly taken: number;
  readonly error?: string;
}

const partitions = 3;
const told = toyTopic<Told>('told', { partitions, cleanup: 'compact' });
const places = toyTopic<Place>('places', { partitions: 2, cleanup: 'compact' });
const words = toyTopic<{ readonly key: string; readonly word: string }>('words', { partitions });

type State = SourceState<Told, Place>;

export class SourceBench {
  readonly clock = new SteppedClock();
  readonly registry = new Registry();
  readonly failures: unknown[] = [];
  /** What there is outside, by key. */
  readonly outside = new Map<string, string[]>();
  /** Keys in the order in which pulls of them began. */
  readonly began: string[] = [];
  log!: EmbeddedLog;
  readonly #storage = new MemoryStorage();
  readonly #metrics = createSourceMetrics(this.registry);

  static async open(): Promise<SourceBench> {
    const bench = new SourceBench();
    await bench.#openLog();
    await bench.log.admin.createTopics([told, places, words]);
    return bench;
  }

  async #openLog(): Promise<void> {
    this.log = await openEmbeddedLog({ storage: this.#storage, clock: this.clock, offsetGaps: true });
  }

  async tell(key: string, config: Told): Promise<void> {
    const producer = await this.log.producer();
    const batch = new RecordBatchBuilder().encode(this.clock.now(), key, config, told.serde);
    await producer.append(told.name, partitionOf(key, partitions), batch);
    await producer.close();
  }

  /** Two words a piece. `on` may be a log that fails, `changes` a source that does. */
  start({ on = this.log as Log, instanceId = '0', changes = {} as Partial<Source<Told, Place>> } = {}): SourceThread {
    const source: Source<Told, Place> = {
      name: 'words',
      dueAt: ({ config }, pulledAt) => (config.everyMs < 0 ? undefined : (pulledAt ?? 0) + config.everyMs),
      pull: (state, signal) => this.pull(state, signal),
      failed: ({ positions }, error) => ({
        records: [],
        positions: [['', { taken: positions.get('')?.taken ?? 0, error: String(error).replace('0.5', 'half') }]],
      }),
      concurrency: 2,
      ...changes,
    };
    const thread = new SourceThread({
      log: on,
      clock: this.clock,
      task: sourceTask({ configs: told, positions: places, source }),
      appId: 'test',
      instanceId,
      metrics: this.#metrics,
      logger: silentLogger,
      sessionTimeoutMs: 5_000,
      onFailure: (error) => this.failures.push(error),
    });
    thread.start();
    return thread;
  }

  async *pull({ key, positions }: State, _signal: AbortSignal): AsyncGenerator<Pulled<Place>> {
    this.began.push(key);
    const all = this.outside.get(key) ?? [];
    for (let at = positions.get('')?.taken ?? 0; at < all.length; at += 2) {
      const next = all.slice(at, at + 2);
      const records = next.map((word) => ({ topic: words, key: word, value: { key, word } }));
      yield { records, positions: [['', { taken: at + next.length }]] };
    }
  }

  /** All words in the log, as `key word`. */
  async inLog(): Promise<string[]> {
    return (await valuesOf(this.log, words)).map(({ key, word }) => `${key} ${word}`).toSorted();
  }

  /** Every position that was ever written. */
  async placesInLog(): Promise<Place[]> {
    return await valuesOf(this.log, places);
  }

  /** What the outside has, as `inLog` tells it. */
  all(): string[] {
    return [...this.outside].flatMap(([key, all]) => all.map((word) => `${key} ${word}`)).toSorted();
  }

  async until(condition: () => boolean | Promise<boolean>, label = condition.toString()): Promise<void> {
    for (let turns = 0; !(await condition()); turns++) {
      assert.ok(turns < 3_000, `it never came to: ${label}`);
      await this.pass(10);
    }
  }

  async pass(milliseconds: number): Promise<void> {
    for (let at = 0; at < milliseconds; at += 10) {
      this.clock.step(10);
      for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate);
    }
  }

  /** Stops a thread, while time passes. */
  async stop(thread: SourceThread): Promise<void> {
    let isStopped = false;
    void thread.stop().then(() => {
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

export const numbered = (count: number, from = 0) => Array.from({ length: count }, (_, index) => `w${from + index}`);

/** A log whose commits go as `commit` says: its number from 1, and what really commits. */
export function withCommits(
  log: Log,
  commit: (number: number, really: () => Promise<Appended[]>, abort: () => Promise<void>) => Promise<Appended[]>,
): Log {
  let count = 0;
  const begun = (transaction: LogTransaction): LogTransaction => ({
    append: (...all) => transaction.append(...all),
    commitOffsets: (...all) => transaction.commitOffsets(...all),
    commit: () =>
      commit(
        ++count,
        () => transaction.commit(),
        () => transaction.abort(),
      ),
    abort: () => transaction.abort(),
  });
  return new Proxy(log, {
    get(target, name) {
      const found: unknown = Reflect.get(target, name, target);
      if (name !== 'transactionalProducer') return typeof found === 'function' ? found.bind(target) : found;
      return async (transactionalId: string): Promise<TransactionalProducer> => {
        const producer = await target.transactionalProducer(transactionalId);
        return { transactionalId, begin: () => begun(producer.begin()), close: () => producer.close() };
      };
    },
  });
}
