// Follows the topics of outcomes from the moment it starts, with one fetcher over all of their partitions: what was
// decided reaches the requests that wait for it, and the streams of server-sent events. It commits no offsets.
import { type Clock, sleep } from '../base/clock.ts';
import { reasonOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { Fetched, Fetcher, Log, TopicPartition } from '../log/log.ts';
import { topics } from '../schemas/topics.ts';
import type { CatalogEvent, LogisticsEvent, OrderEvent, ReviewEvent, StockEvent } from '../schemas/types.generated.ts';
import { TopicTail } from './topic-tail.ts';

export interface EventTailOptions {
  readonly log: Log;
  readonly partitions: ReadonlyMap<string, number>;
  readonly clock: Clock;
  readonly logger: Logger;
}

const limits = { maxWaitMs: 1_000, maxBytes: 4 * 1024 * 1024 };
const retryMs = 1_000;
/** About 20 MB of orders. */
const rememberedOrders = 20_000;

export class EventTail {
  /** Keyed by order id. */
  readonly orders = new TopicTail<OrderEvent>(topics.orderEvents, rememberedOrders);
  /** Keyed by product id. */
  readonly stock = new TopicTail<StockEvent>(topics.stockEvents, 0);
  /** Keyed by product id. */
  readonly catalog = new TopicTail<CatalogEvent>(topics.catalogEvents, 0);
  /** Keyed by the part of the network. */
  readonly logistics = new TopicTail<LogisticsEvent>(topics.logisticsEvents, 0);
  /** Keyed by product id. */
  readonly reviews = new TopicTail<ReviewEvent>(topics.reviewEvents, 0);
  readonly #options: EventTailOptions;
  readonly #stopping = new AbortController();
  readonly #lags = new Map<string, number>();
  #fetcher: Fetcher | undefined;
  #running: Promise<void> = Promise.resolve();
  #failure: string | undefined;

  constructor(options: EventTailOptions) {
    this.#options = options;
  }

  /** Resolves when it stands at the end of all partitions: what is appended from then on is seen. */
  async start(): Promise<void> {
    this.#fetcher = await this.#attach();
    this.#running = this.#run();
  }

  /** Records that are in the log and weren't taken in yet, by topic. */
  lag(): ReadonlyMap<string, number> {
    const sums = new Map<string, number>();
    for (const [place, lag] of this.#lags) {
      const topic = place.slice(0, place.lastIndexOf('-'));
      sums.set(topic, (sums.get(topic) ?? 0) + lag);
    }
    return sums;
  }

  /** Why it stands still, or undefined if it doesn't. */
  get failure(): string | undefined {
    return this.#failure;
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    this.#fetcher?.wake();
    await this.#running;
    await this.#fetcher?.close();
  }

  async #attach(): Promise<Fetcher> {
    const { log } = this.#options;
    const places = this.#tails().flatMap(({ topic }) => this.#placesOf(topic.name));
    const ends = await log.admin.offsets(places, 'latest');
    const fetcher = log.fetcher();
    places.forEach((place, index) => {
      fetcher.assign(place, ends[index] ?? 0);
    });
    return fetcher;
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      try {
        this.#fetcher ??= await this.#attach();
        for (const fetched of await this.#fetcher.poll(limits)) this.#take(fetched);
        this.#failure = undefined;
      } catch (error) {
        await this.#recover(error);
      }
    }
  }

  /** Starts anew at the end. What was missed in between is found through the views by those who wait for it. */
  async #recover(error: unknown): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    this.#failure = reasonOf(error);
    this.#options.logger.warn({ err: error }, 'the gateway lost its place in the events and starts at their end');
    for (const tail of this.#tails()) tail.forget();
    await this.#fetcher?.close().catch(() => {});
    this.#fetcher = undefined;
    await sleep(this.#options.clock, retryMs, this.#stopping.signal);
  }

  #take({ topic, partition, batches, nextOffset, endOffset }: Fetched): void {
    this.#lags.set(`${topic}-${partition}`, Math.max(0, endOffset - nextOffset));
    const tail = this.#tails().find((each) => each.topic.name === topic);
    if (!tail) return;
    for (const batch of batches) {
      for (const cursor = batch.cursor(); cursor.next(); ) {
        try {
          tail.take(cursor);
        } catch (error) {
          this.#options.logger.warn({ err: error, topic, partition, offset: cursor.offset }, 'an event was skipped');
        }
      }
    }
  }

  #tails(): readonly Pick<TopicTail<unknown>, 'topic' | 'take' | 'forget'>[] {
    return [this.orders, this.stock, this.catalog, this.logistics, this.reviews];
  }

  #placesOf(topic: string): TopicPartition[] {
    const count = this.#options.partitions.get(topic) ?? 0;
    return Array.from({ length: count }, (_, partition) => ({ topic, partition }));
  }
}
