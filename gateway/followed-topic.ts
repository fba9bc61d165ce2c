// A topic that is read from its beginning when the gateway starts, and followed from then on: what it says holds in every
// gateway a moment after it was written. It commits no offsets. What can't be decoded is passed over and logged.
import { type Clock, sleep } from '../base/clock.ts';
import { reasonOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { Fetched, Fetcher, Log } from '../log/log.ts';
import type { RecordCursor } from '../log/record-batch.ts';
import type { TopicEntry } from '../schemas/topics.ts';

export interface FollowedTopicOptions<V> {
  readonly topic: TopicEntry<V>;
  /** Called with every record, partition by partition in order; null for a tombstone. It must not throw. */
  readonly take: (key: string, value: V | null) => void;
  readonly log: Log;
  /** How many partitions each topic really has. */
  readonly partitions: ReadonlyMap<string, number>;
  readonly clock: Clock;
  readonly logger: Logger;
}

const limits = { maxWaitMs: 1_000, maxBytes: 8 * 1024 * 1024 };
const retryMs = 1_000;

export class FollowedTopic<V> {
  readonly #options: FollowedTopicOptions<V>;
  /** Where each partition goes on. */
  readonly #positions: number[] = [];
  /** Where they ended when it started. */
  #ends: readonly number[] = [];
  readonly #stopping = new AbortController();
  readonly #caughtUp = Promise.withResolvers<void>();
  #fetcher: Fetcher | undefined;
  #running: Promise<void> = Promise.resolve();
  #failure: string | undefined;

  constructor(options: FollowedTopicOptions<V>) {
    this.#options = options;
  }

  /** Whether it has read all that there was when it started. */
  get isCaughtUp(): boolean {
    return this.#positions.every((position, partition) => position >= (this.#ends[partition] ?? 0));
  }

  /** Why it stands still, or undefined if it doesn't. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /**
   * Resolves when it has caught up, or after so long: it goes on by itself then.
   * @throws whatever asking the log for the topic's ends fails with
   */
  async start(longestMs: number): Promise<void> {
    const { log, topic, clock, partitions } = this.#options;
    const count = partitions.get(topic.name) ?? 0;
    const places = Array.from({ length: count }, (_, partition) => ({ topic: topic.name, partition }));
    this.#positions.push(...(await log.admin.offsets(places, 'earliest')));
    this.#ends = await log.admin.offsets(places, 'latest');
    this.#noteProgress();
    this.#running = this.#run();
    const cancel = clock.schedule(longestMs, () => this.#caughtUp.resolve());
    await this.#caughtUp.promise;
    cancel();
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    this.#fetcher?.wake();
    await this.#running;
    await this.#fetcher?.close();
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      try {
        this.#fetcher ??= this.#attach();
        for (const fetched of await this.#fetcher.poll(limits)) this.#take(fetched);
        this.#failure = undefined;
        this.#noteProgress();
      } catch (error) {
        await this.#recover(error);
      }
    }
  }

  #attach(): Fetcher {
    const { log, topic } = this.#options;
    const fetcher = log.fetcher();
    this.#positions.forEach((position, partition) => {
      fetcher.assign({ topic: topic.name, partition }, position);
    });
    return fetcher;
  }

  #noteProgress(): void {
    if (this.isCaughtUp) this.#caughtUp.resolve();
  }

  #take({ partition, batches, nextOffset }: Fetched): void {
    for (const batch of batches) for (const cursor = batch.cursor(); cursor.next(); ) this.#read(cursor);
    this.#positions[partition] = nextOffset;
  }

  #read(cursor: RecordCursor): void {
    const { topic, take, logger } = this.#options;
    try {
      const bytes = cursor.value();
      take(cursor.keyText(), bytes === null ? null : topic.serde.decode(bytes));
    } catch (error) {
      logger.warn({ err: error, topic: topic.name, offset: cursor.offset }, 'a record was skipped');
    }
  }

  async #recover(error: unknown): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    const { topic, logger, clock } = this.#options;
    this.#failure = reasonOf(error);
    logger.warn({ err: error, topic: topic.name }, 'a topic cannot be followed for now');
    await this.#fetcher?.close().catch(() => {});
    this.#fetcher = undefined;
    await sleep(clock, retryMs, this.#stopping.signal);
  }
}
