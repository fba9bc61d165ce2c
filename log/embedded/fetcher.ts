// Reads the partitions assigned to it: from the tail cache without any wait, from storage where it is behind. A poll
// with nothing to read waits for the first of its partitions that gets something; it doesn't ask again by a timer.
import { assert } from '../../base/assert.ts';
import { StockstreamError } from '../../base/errors.ts';
import type { Fetched, Fetcher, FetchLimits, TopicPartition } from '../log.ts';
import type { RecordBatch } from '../record-batch.ts';
import type { Handle } from './handle.ts';
import type { Partition } from './partition.ts';
import { readBatches, type StoredBatches } from './stored-batches.ts';

interface Source {
  readonly reading: Reading;
  readonly partition: Partition;
}

/** What a partition may take in bytes: its share, or one batch up to `most`. */
interface Room {
  readonly share: number;
  readonly most: number;
}

interface Reading extends TopicPartition {
  position: number;
  paused: boolean;
}

export class EmbeddedFetcher implements Fetcher {
  readonly #handle: Handle;
  readonly #forget: () => void;
  #readings: Reading[] = [];
  /** Which reading comes first in the next poll. */
  #turn = 0;
  #polling = false;
  #closed = false;
  #woken = false;
  /** Ends the waiting of a poll, so that it looks again. */
  #look: () => void = () => {};

  constructor(handle: Handle) {
    this.#handle = handle;
    this.#forget = handle.onEnd(() => this.#look());
  }

  assign(partition: TopicPartition, offset: number): void {
    this.#drop(partition);
    const { topic, partition: index } = partition;
    this.#readings.push({ topic, partition: index, position: offset, paused: false });
    this.#look();
  }

  unassign(partition: TopicPartition): void {
    this.#drop(partition);
    this.#look();
  }

  pause(partition: TopicPartition): void {
    for (const reading of this.#readings) if (isSame(reading, partition)) reading.paused = true;
  }

  resume(partition: TopicPartition): void {
    for (const reading of this.#readings) if (isSame(reading, partition)) reading.paused = false;
    this.#look();
  }

  poll(limits: FetchLimits): Promise<Fetched[]> {
    return this.#handle.call(async () => {
      if (this.#closed) throw new StockstreamError('LOG_CLOSED');
      assert(!this.#polling, 'a fetcher has one poll at a time');
      this.#polling = true;
      try {
        return await this.#poll(limits);
      } finally {
        this.#polling = this.#woken = false;
      }
    });
  }

  wake(): void {
    this.#woken = true;
    this.#look();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#forget();
    this.#look();
  }

  async #poll({ maxWaitMs, maxBytes }: FetchLimits): Promise<Fetched[]> {
    const { clock } = this.#handle;
    const until = clock.monotonic() + maxWaitMs;
    for (;;) {
      const ready = this.#ready();
      const fetched = ready.length === 0 ? [] : await this.#collect(ready, maxBytes);
      const left = until - clock.monotonic();
      const isOver = left <= 0 || this.#woken || this.#closed || !this.#handle.isOpen;
      if (fetched.length > 0 || isOver) return fetched;
      if (ready.length === 0) await this.#wait(left);
    }
  }

  /** What has something to read, beginning with another partition each time. @throws LOG_UNKNOWN_TOPIC, LOG_OFFSET_OUT_OF_RANGE */
  #ready(): Source[] {
    const count = this.#readings.length;
    const ready: Source[] = [];
    for (let step = 0; step < count; step++) {
      const reading = this.#readings[(this.#turn + step) % count]!;
      if (reading.paused) continue;
      const partition = this.#handle.core.topics.find(reading);
      checkRange(reading, partition);
      if (reading.position < partition.end) ready.push({ reading, partition });
    }
    this.#turn = count === 0 ? 0 : (this.#turn + 1) % count;
    return ready;
  }

  /** Takes what is there, each partition in turn getting its share of the bytes. Positions move only if nothing throws. */
  async #collect(ready: readonly Source[], maxBytes: number): Promise<Fetched[]> {
    const collected: { reading: Reading; fetched: Fetched }[] = [];
    let left = maxBytes;
    for (let index = 0; index < ready.length && left > 0; index++) {
      const { reading, partition } = ready[index]!;
      const most = collected.length === 0 ? Number.POSITIVE_INFINITY : left;
      const fetched = await this.#fetch(reading, partition, { share: left / (ready.length - index), most });
      for (const { bytes } of fetched.batches) left -= bytes.length;
      if (fetched.nextOffset > reading.position) collected.push({ reading, fetched });
    }
    // While storage answered, the owner may have gone elsewhere.
    const wanted = collected.filter(({ reading }) => !reading.paused && this.#readings.includes(reading));
    return wanted.map(({ reading, fetched }) => {
      reading.position = fetched.nextOffset;
      return fetched;
    });
  }

  async #fetch(reading: Reading, partition: Partition, room: Room): Promise<Fetched> {
    const { topic, partition: index, position } = reading;
    const endOffset = partition.end;
    if (position >= partition.tailFrom) {
      return { topic, partition: index, ...fromTail(partition, position, room), endOffset };
    }
    const stretch = { from: position, end: endOffset, maxBytes: Math.ceil(room.share) };
    const stored = await readBatches(this.#handle.core, partition, stretch);
    // Retention may have taken meanwhile what was to be read.
    checkRange(reading, partition);
    return { topic, partition: index, ...stored, endOffset };
  }

  /** Until a partition gets something, or the owner changes or ends something. */
  async #wait(milliseconds: number): Promise<void> {
    const waited = this.#readings.filter(({ paused }) => !paused).map((each) => this.#handle.core.topics.find(each));
    let cancel = () => {};
    await new Promise<void>((resolve) => {
      cancel = this.#handle.clock.schedule(milliseconds, resolve);
      this.#look = resolve;
      for (const { watchers } of waited) watchers.add(resolve);
    });
    cancel();
    for (const { watchers } of waited) watchers.delete(this.#look);
    this.#look = () => {};
  }

  #drop(partition: TopicPartition): void {
    this.#readings = this.#readings.filter((reading) => !isSame(reading, partition));
  }
}

function isSame(a: TopicPartition, b: TopicPartition): boolean {
  return a.partition === b.partition && a.topic === b.topic;
}

function checkRange({ topic, partition, position }: Reading, { start, end }: Partition): void {
  if (position >= start && position <= end) return;
  const details = { topic, partition, offset: position, earliest: start, latest: end };
  throw new StockstreamError('LOG_OFFSET_OUT_OF_RANGE', details);
}

/** Batches from memory: as many as fit the share, but one at least if it fits what is left. */
function fromTail(partition: Partition, position: number, room: Room): StoredBatches {
  const { tail, end } = partition;
  const batches: RecordBatch[] = [];
  let bytes = 0;
  for (let index = partition.tailIndex(position); index < tail.length; index++) {
    const batch = tail.at(index);
    bytes += batch.bytes.length;
    const fits = bytes <= room.share || (batches.length === 0 && bytes <= room.most);
    if (!fits) return { batches, nextOffset: batches.at(-1)?.nextOffset ?? position };
    batches.push(batch);
  }
  return { batches, nextOffset: end };
}
