// What the log's conformance tests are written with: topics with unique names, records in and out, time that passes.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { ErrorCode } from '../../../base/error-catalogue.ts';
import { isStockstreamError } from '../../../base/errors.ts';
import { systemRandom } from '../../../base/random.ts';
import type { Fetched, Fetcher, Log, Producer, TopicPartition, TopicSpec } from '../../../log/log.ts';
import type { BatchRecord } from '../../../log/record-batch.ts';
import { RecordBatchBuilder } from '../../../log/record-batch-builder.ts';
import type { LogFeatures, OpenLog } from '../log.suite.ts';
import { PausableClock } from './pausable-clock.ts';

export interface ReadRecord extends TopicPartition, BatchRecord {}

/** Another worker's handle, whose timers can stand still as if it hung. */
export interface Worker {
  readonly log: Log;
  readonly clock: PausableClock;
}

const megabyte = 2 ** 20;

export class LogKit {
  readonly features: LogFeatures;
  readonly #open: OpenLog;
  readonly #run = systemRandom.uuid().slice(0, 8);
  #log: Log | undefined;
  #producer: Producer | undefined;
  #names = 0;

  constructor(open: OpenLog, features: LogFeatures) {
    this.#open = open;
    this.features = features;
  }

  async start(): Promise<void> {
    this.#log = await this.#open(this.features.clock);
    this.#producer = await this.#log.producer();
  }

  async stop(): Promise<void> {
    await this.#log?.close();
  }

  get log(): Log {
    assert.ok(this.#log);
    return this.#log;
  }

  get producer(): Producer {
    assert.ok(this.#producer);
    return this.#producer;
  }

  async worker(): Promise<Worker> {
    const clock = new PausableClock(this.features.clock);
    return { log: await this.#open(clock), clock };
  }

  /** A name that no other test and no other run uses. */
  name(kind: string): string {
    return `${kind}-${this.#run}-${++this.#names}`;
  }

  test(what: string, body: () => Promise<void>): void {
    it(what, { timeout: this.features.timeoutMs }, body);
  }

  async topic(partitions = 1, spec: Partial<TopicSpec> = {}): Promise<string> {
    const name = this.name('topic');
    await this.log.admin.createTopics([{ name, partitions, cleanup: 'delete', ...spec }]);
    return name;
  }

  /** A batch of one record a value, with the values as keys. */
  batch(...values: (string | number)[]): RecordBatchBuilder {
    return this.batchAt(this.features.clock.now(), ...values);
  }

  batchAt(timestamp: number, ...values: (string | number)[]): RecordBatchBuilder {
    const builder = new RecordBatchBuilder();
    for (const value of values) builder.append(timestamp, String(value), Buffer.from(String(value)));
    return builder;
  }

  /** Appends one batch and gives its base offset. */
  append(topic: string, ...values: (string | number)[]): Promise<number> {
    return this.producer.append(topic, 0, this.batch(...values));
  }

  async offset(topic: string, at: 'earliest' | 'latest' | number, partition = 0): Promise<number> {
    const query = typeof at === 'number' ? { timestamp: at } : at;
    const [offset] = await this.log.admin.offsets([{ topic, partition }], query);
    assert.ok(offset !== undefined);
    return offset;
  }

  reader(topic: string, partitions = 1, from = 0): Reader {
    const reader = new Reader(this);
    for (let partition = 0; partition < partitions; partition++) reader.assign({ topic, partition }, from);
    return reader;
  }

  /** The values of the first `count` records of a topic's first partitions, in the order in which they come. */
  async values(topic: string, count: number, partitions = 1): Promise<string[]> {
    const reader = this.reader(topic, partitions);
    const records = await reader.next(count);
    await reader.close();
    return records.map(({ value }) => String(value));
  }

  /** Waits until `check` holds, letting time pass in small steps. */
  async until(what: string, check: () => boolean | Promise<boolean>): Promise<void> {
    const from = performance.now();
    while (!(await check())) {
      assert.ok(performance.now() - from < this.features.timeoutMs * 0.9, `waited in vain until ${what}`);
      await this.features.pass(20);
    }
  }

  /** Lets time pass until `work` is done. */
  async passing<T>(work: Promise<T>): Promise<T> {
    let isDone = false;
    const settle = () => {
      isDone = true;
    };
    work.then(settle, settle);
    await this.until('something is done', () => isDone);
    return work;
  }

  async fails(code: ErrorCode, work: () => unknown): Promise<void> {
    await assert.rejects(
      async () => work(),
      (error: unknown) => {
        assert.ok(isStockstreamError(error, code), `${code} was expected, not ${String(error)}`);
        return true;
      },
    );
  }
}

/** A fetcher that gives records: those of a batch that lie before the position are skipped, as the port asks. */
class Reader {
  readonly fetcher: Fetcher;
  readonly #kit: LogKit;
  readonly #from = new Map<string, number>();

  constructor(kit: LogKit) {
    this.#kit = kit;
    this.fetcher = kit.log.fetcher();
  }

  assign(partition: TopicPartition, offset: number): void {
    this.#from.set(keyOf(partition), offset);
    this.fetcher.assign(partition, offset);
  }

  /** Polls until at least `count` records have come. */
  async next(count: number): Promise<ReadRecord[]> {
    const records: ReadRecord[] = [];
    while (records.length < count) records.push(...(await this.poll()));
    return records;
  }

  /** The records of one poll. */
  async poll(maxWaitMs = this.#kit.features.timeoutMs, maxBytes = 8 * megabyte): Promise<ReadRecord[]> {
    const fetched = await this.fetcher.poll({ maxWaitMs, maxBytes });
    return fetched.flatMap((each) => this.#records(each));
  }

  /**
   * Polls until nothing more comes for a while, time passing; gives what came. A poll that only moves past what was
   * aborted is no end: what was committed may follow a moment later.
   */
  async rest(): Promise<ReadRecord[]> {
    const { quietMs, pass } = this.#kit.features;
    const records: ReadRecord[] = [];
    for (;;) {
      const polled = this.fetcher.poll({ maxWaitMs: quietMs, maxBytes: 8 * megabyte });
      await pass(quietMs);
      const fetched = await polled;
      if (fetched.length === 0) return records;
      records.push(...fetched.flatMap((each) => this.#records(each)));
    }
  }

  async close(): Promise<void> {
    await this.fetcher.close();
  }

  #records({ topic, partition, batches, nextOffset, endOffset }: Fetched): ReadRecord[] {
    const from = this.#from.get(keyOf({ topic, partition }));
    assert.ok(from !== undefined, 'only assigned partitions come');
    assert.ok(nextOffset > from, 'a fetch moves on');
    assert.ok(endOffset >= nextOffset, 'nothing beyond the end was read');
    this.#from.set(keyOf({ topic, partition }), nextOffset);
    return batches.flatMap((batch) => {
      assert.ok(batch.nextOffset <= nextOffset && !batch.isControl && batch.damage() === undefined);
      return [...batch.records()]
        .filter(({ offset }) => offset >= from)
        .map((record) => ({ topic, partition, ...record }));
    });
  }
}

function keyOf({ topic, partition }: TopicPartition): string {
  return `${topic} ${partition}`;
}

export const numbers = (count: number, from = 0): number[] => Array.from({ length: count }, (_, index) => from + index);
