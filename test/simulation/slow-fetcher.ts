// Reading over a slow line. A process that is cut off gets nothing and hears of no error, as with Kafka; and what it gets
// may come in two pieces: the end of a partition apart from the last batch.
import type { Random } from '../../base/random.ts';
import type { Fetched, Fetcher, FetchLimits, TopicPartition } from '../../log/log.ts';
import { chance } from './dice.ts';
import type { Link } from './link.ts';
import type { ProcessClock } from './process-clock.ts';

export interface SlowFetcherParts {
  readonly link: Link;
  readonly clock: ProcessClock;
  readonly random: Random;
  /** Told where a fetcher starts to read. */
  readonly onAssign: (partition: TopicPartition, offset: number) => void;
}

export class SlowFetcher implements Fetcher {
  readonly #inner: Fetcher;
  readonly #parts: SlowFetcherParts;
  /** Ends of partitions that were split off; the inner fetcher stands behind them already. */
  readonly #ends = new Map<string, Fetched>();
  readonly #paused = new Set<string>();
  #isWoken = false;
  #wake: () => void = () => {};

  constructor(inner: Fetcher, parts: SlowFetcherParts) {
    this.#inner = inner;
    this.#parts = parts;
  }

  assign(partition: TopicPartition, offset: number): void {
    this.#forget(partition);
    this.#parts.onAssign(partition, offset);
    this.#inner.assign(partition, offset);
  }

  unassign(partition: TopicPartition): void {
    this.#forget(partition);
    this.#inner.unassign(partition);
  }

  pause(partition: TopicPartition): void {
    this.#paused.add(placeOf(partition));
    this.#inner.pause(partition);
  }

  resume(partition: TopicPartition): void {
    this.#paused.delete(placeOf(partition));
    this.#inner.resume(partition);
  }

  async poll(limits: FetchLimits): Promise<Fetched[]> {
    const { link } = this.#parts;
    try {
      if (link.loses('log')) return await this.#hearNothing(limits.maxWaitMs);
      const ends = this.#takeEnds();
      const maxWaitMs = ends.length > 0 ? 0 : limits.maxWaitMs;
      const fetched = await link.call('poll', () => this.#inner.poll({ ...limits, maxWaitMs }));
      return [...ends, ...fetched.map((each) => this.#split(each))];
    } finally {
      this.#isWoken = false;
    }
  }

  wake(): void {
    this.#isWoken = true;
    this.#wake();
    this.#inner.wake();
  }

  close(): Promise<void> {
    this.#wake();
    return this.#inner.close();
  }

  async #hearNothing(maxWaitMs: number): Promise<Fetched[]> {
    if (this.#isWoken) return [];
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      // Even with nothing to wait for, time passes, or whoever asks in a loop would never let it.
      this.#parts.clock.schedule(Math.max(1, maxWaitMs), resolve);
    });
    this.#wake = () => {};
    return [];
  }

  #forget(partition: TopicPartition): void {
    this.#ends.delete(placeOf(partition));
    this.#paused.delete(placeOf(partition));
  }

  #takeEnds(): Fetched[] {
    const taken = [...this.#ends].filter(([place]) => !this.#paused.has(place));
    for (const [place] of taken) this.#ends.delete(place);
    return taken.map(([, end]) => end);
  }

  #split(fetched: Fetched): Fetched {
    const behind = fetched.batches.at(-1)?.nextOffset ?? fetched.nextOffset;
    if (behind === fetched.nextOffset || chance(this.#parts.random, 0.5)) return fetched;
    this.#ends.set(placeOf(fetched), { ...fetched, batches: [] });
    return { ...fetched, nextOffset: behind };
  }
}

function placeOf({ topic, partition }: TopicPartition): string {
  return `${topic}-${partition}`;
}
