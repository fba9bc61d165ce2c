// Reads committed batches of the partitions assigned to it, from the brokers that lead them, ahead of the polls. Leaders
// that move, brokers that restart and connections that break only delay it.
import { assert } from '../../base/assert.ts';
import { isStockstreamError, StockstreamError } from '../../base/errors.ts';
import type { Fetched, Fetcher, FetchLimits, TopicPartition } from '../log.ts';
import type { Cluster } from './cluster.ts';
import { isStaleMetadata, kafka, kafkaError, meaningOf } from './error-codes.ts';
import { FetchLane, type LaneOwner } from './fetch-lane.ts';
import type { Answered, Wanted } from './fetch-session.ts';
import { listOffsets, offsetOf } from './list-offsets.ts';
import type { Names } from './names.ts';
import { Reading } from './reading.ts';
import { mayPass } from './retry.ts';

export class KafkaFetcher implements Fetcher, LaneOwner {
  readonly #cluster: Cluster;
  readonly #names: Names;
  readonly #readings = new Map<string, Reading>();
  readonly #lanes = new Map<number, FetchLane>();
  readonly #forget: readonly (() => void)[];
  /** What is led by whom, until something changes. */
  #led: Map<number, Wanted[]> | undefined;
  /** Which reading comes first in the next poll. */
  #turn = 0;
  #isPolling = false;
  #isWoken = false;
  #isKickDue = false;
  #isClosed = false;
  /** Ends the waiting of a poll, so that it looks again. */
  #look: () => void = () => {};

  constructor(cluster: Cluster, names: Names) {
    this.#cluster = cluster;
    this.#names = names;
    this.#forget = [cluster.onChange(() => this.#changed()), cluster.parts.lifetime.onEnd(() => this.#look())];
  }

  assign(partition: TopicPartition, offset: number): void {
    const { topic, partition: index } = partition;
    const reading = new Reading({ topic, partition: index }, this.#names.topic(topic), offset);
    this.#readings.set(keyOf(partition), reading);
    this.#changed();
  }

  unassign(partition: TopicPartition): void {
    if (this.#readings.delete(keyOf(partition))) this.#changed();
  }

  pause(partition: TopicPartition): void {
    const reading = this.#readings.get(keyOf(partition));
    if (reading !== undefined) reading.isPaused = true;
  }

  resume(partition: TopicPartition): void {
    const reading = this.#readings.get(keyOf(partition));
    if (!reading?.isPaused) return;
    reading.isPaused = false;
    this.#kick();
    this.#look();
  }

  async poll(limits: FetchLimits): Promise<Fetched[]> {
    this.#cluster.parts.lifetime.check();
    if (this.#isClosed) throw new StockstreamError('LOG_CLOSED');
    assert(!this.#isPolling, 'a fetcher has one poll at a time');
    this.#isPolling = true;
    try {
      return await this.#poll(limits);
    } finally {
      this.#isPolling = this.#isWoken = false;
    }
  }

  wake(): void {
    this.#isWoken = true;
    this.#look();
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const forget of this.#forget) forget();
    for (const lane of this.#lanes.values()) lane.close();
    this.#readings.clear();
    this.#look();
  }

  async #poll({ maxWaitMs, maxBytes }: FetchLimits): Promise<Fetched[]> {
    const { clock, lifetime } = this.#cluster.parts;
    const until = clock.monotonic() + maxWaitMs;
    for (;;) {
      const fetched = this.#collect(maxBytes);
      const left = until - clock.monotonic();
      if (fetched.length > 0 || left <= 0 || this.#isWoken || this.#isClosed || !lifetime.isOpen) return fetched;
      await this.#wait(left);
    }
  }

  /** Takes what is there, each partition in turn getting its share of the bytes. @throws what is wrong with any */
  #collect(maxBytes: number): Fetched[] {
    const active = [...this.#readings.values()].filter(({ isPaused }) => !isPaused);
    for (const { error, hasData } of active) if (error !== undefined && !hasData) throw error;
    const ready = active.filter(({ hasData }) => hasData);
    if (ready.length === 0) return [];
    const first = this.#turn++ % ready.length;
    const collected: Fetched[] = [];
    let left = maxBytes;
    for (let index = 0; index < ready.length && left > 0; index++) {
      const reading = ready[(first + index) % ready.length]!;
      const most = collected.length === 0 ? Number.POSITIVE_INFINITY : left;
      const fetched = reading.take(left / (ready.length - index), most);
      if (fetched === undefined) {
        if (reading.error !== undefined && collected.length === 0) throw reading.error;
        continue;
      }
      for (const { bytes } of fetched.batches) left -= bytes.length;
      collected.push(fetched);
    }
    this.#kick();
    return collected;
  }

  /** Until something comes, or the owner changes or ends something. */
  async #wait(milliseconds: number): Promise<void> {
    let cancel = () => {};
    await new Promise<void>((resolve) => {
      cancel = this.#cluster.parts.clock.schedule(milliseconds, resolve);
      this.#look = resolve;
    });
    cancel();
    this.#look = () => {};
  }

  /** What is read, or who leads it, has changed. What changes in one turn goes into one request. */
  #changed(): void {
    this.#led = undefined;
    this.#look();
    if (this.#isKickDue) return;
    this.#isKickDue = true;
    queueMicrotask(() => {
      this.#isKickDue = false;
      this.#kick();
    });
  }

  #kick(): void {
    if (this.#isClosed) return;
    for (const broker of this.#leading().keys()) {
      let lane = this.#lanes.get(broker);
      if (lane === undefined) {
        lane = new FetchLane(this.#cluster, broker, this);
        this.#lanes.set(broker, lane);
      }
      lane.kick();
    }
  }

  #leading(): Map<number, Wanted[]> {
    if (this.#led !== undefined) return this.#led;
    const led = new Map<number, Wanted[]>();
    for (const reading of this.#readings.values()) {
      if (reading.error !== undefined || reading.isSuspended) continue;
      const located = this.#cluster.locate({ topic: reading.topic, partition: reading.partition.partition });
      if (located.kind === 'failed') this.#fail(reading, located.error);
      if (located.kind !== 'leader') continue;
      const wanted = led.get(located.broker) ?? [];
      wanted.push({ reading, leader: located });
      led.set(located.broker, wanted);
    }
    this.#led = led;
    return led;
  }

  led(broker: number): readonly Wanted[] {
    return (this.#leading().get(broker) ?? []).filter(({ reading }) => reading.error === undefined);
  }

  onAnswers(answers: readonly Answered[]): void {
    for (const { reading, partition } of answers) {
      if (this.#readings.get(keyOf(reading.partition)) !== reading) continue;
      if (partition.error === kafka.none) reading.add(partition);
      else this.#refused(reading, partition.error);
    }
    this.#look();
  }

  onSilence(readings: readonly Reading[]): void {
    for (const topic of new Set(readings.map((reading) => reading.topic))) this.#cluster.suspect(topic);
    this.#led = undefined;
  }

  /** An answer with an error: most say that the partition is elsewhere by now, or that its leader isn't ready. */
  #refused(reading: Reading, code: number): void {
    const { topic, partition } = reading;
    if (code === kafka.offsetOutOfRange) void this.#checkRange(reading);
    else if (isStaleMetadata(code) || meaningOf(code) === 'LOG_UNAVAILABLE') {
      this.#cluster.stale(topic);
      this.#led = undefined;
    } else this.#fail(reading, kafkaError(code, { action: `read ${topic}-${partition.partition}`, ...partition }));
  }

  /** A leader that is new may not know all offsets yet; only if the range says so too, the position is wrong. */
  async #checkRange(reading: Reading): Promise<void> {
    reading.isSuspended = true;
    this.#led = undefined;
    try {
      const at = { topic: reading.topic, partition: reading.partition.partition };
      const [earliest = 0] = await listOffsets(this.#cluster, [at], offsetOf.earliest);
      const [latest = 0] = await listOffsets(this.#cluster, [at], offsetOf.latest);
      const offset = reading.fetchOffset;
      if (offset < earliest || offset > latest) {
        const range = { offset, earliest, latest };
        this.#fail(reading, new StockstreamError('LOG_OFFSET_OUT_OF_RANGE', { ...reading.partition, ...range }));
      }
    } catch (error) {
      if (!mayPass(error) && isStockstreamError(error)) this.#fail(reading, error);
    } finally {
      reading.isSuspended = false;
      this.#changed();
    }
  }

  #fail(reading: Reading, error: StockstreamError): void {
    reading.error = error;
    this.#led = undefined;
    this.#look();
  }
}

function keyOf({ topic, partition }: TopicPartition): string {
  return `${topic} ${partition}`;
}
