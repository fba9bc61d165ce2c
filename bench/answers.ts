// Reads the shop's answers as they become visible, read committed: when each order was first answered, when it was
// placed, and how many were refused.
import { sleep, systemClock } from '../base/clock.ts';
import type { Fetcher, Log } from '../log/log.ts';
import { topics } from '../schemas/topics.ts';
import { partitionsOf, type ShopSize, topicsIn } from './shop.ts';

export interface FollowOptions {
  /** Between two polls, to leave the processor to the shop; 0 for latencies. */
  readonly restMs: number;
}

export class Answers {
  readonly #fetcher: Fetcher;
  readonly #restMs: number;
  readonly #firstAt = new Map<string, number>();
  readonly #placedAt = new Map<string, number>();
  readonly #done: Promise<void>;
  #isReading = true;
  #failure: unknown;
  #refused = 0;
  /** On the monotonic clock, as all times here. */
  #lastAt = 0;

  private constructor(fetcher: Fetcher, { restMs }: FollowOptions) {
    this.#fetcher = fetcher;
    this.#restMs = restMs;
    this.#done = this.#read().catch((error: unknown) => {
      this.#failure = error;
    });
  }

  /** Of orders that are answered from now on. */
  static async follow(log: Log, options: FollowOptions & ShopSize): Promise<Answers> {
    const partitions = partitionsOf(topicsIn(options).orderEvents);
    const ends = await log.admin.offsets(partitions, 'latest');
    const fetcher = log.fetcher();
    for (const [index, partition] of partitions.entries()) fetcher.assign(partition, ends[index]!);
    return new Answers(fetcher, options);
  }

  get count(): number {
    return this.#firstAt.size;
  }

  /** Orders that go no further: refused or placed. */
  get ended(): number {
    return this.#refused + this.#placedAt.size;
  }

  get refused(): number {
    return this.#refused;
  }

  get lastAt(): number {
    return this.#lastAt;
  }

  /** When the order was first answered, if it was. */
  at(orderId: string): number | undefined {
    return this.#firstAt.get(orderId);
  }

  /** When it was placed, if it was. */
  placedAt(orderId: string): number | undefined {
    return this.#placedAt.get(orderId);
  }

  /** Whether `count` or `ended` reaches so many before nothing new comes for `patienceMs`. @throws LOG_* */
  async reach(orders: number, patienceMs: number, what: 'count' | 'ended' = 'count'): Promise<boolean> {
    let [before, since] = [this[what], performance.now()];
    while (this[what] < orders) {
      await sleep(systemClock, 5);
      if (this.#failure !== undefined) throw this.#failure;
      if (this[what] > before) [before, since] = [this[what], performance.now()];
      else if (performance.now() - since > patienceMs) return false;
    }
    return true;
  }

  async stop(): Promise<void> {
    this.#isReading = false;
    this.#fetcher.wake();
    await this.#done;
    await this.#fetcher.close();
  }

  async #read(): Promise<void> {
    while (this.#isReading) {
      const fetched = await this.#fetcher.poll({ maxWaitMs: 100, maxBytes: 4 << 20 });
      const now = performance.now();
      for (const { batches } of fetched) {
        for (const batch of batches) for (const { value } of batch.records()) this.#note(value!, now);
      }
      if (this.#restMs > 0) await sleep(systemClock, this.#restMs);
    }
  }

  #note(value: Buffer, now: number): void {
    const { orderId, event } = topics.orderEvents.serde.decode(value);
    if (event.type === 'OrderPlaced' && !this.#placedAt.has(orderId)) this.#placedAt.set(orderId, now);
    if (event.type === 'OrderCreated' || this.#firstAt.has(orderId)) return;
    this.#firstAt.set(orderId, now);
    this.#lastAt = now;
    if (event.type === 'OrderRejected') this.#refused++;
  }
}
