// The product types as they are now: the whole topic is read when the gateway starts, and followed from then on, so that a
// type which was written through any gateway counts here a moment later. What can't be decoded is passed over.
import { type Clock, sleep } from '../base/clock.ts';
import { reasonOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { Fetched, Fetcher, Log } from '../log/log.ts';
import type { RecordCursor } from '../log/record-batch.ts';
import { topics } from '../schemas/topics.ts';
import type { ProductType } from '../schemas/types.generated.ts';

export interface ProductTypesOptions {
  readonly log: Log;
  readonly partitions: ReadonlyMap<string, number>;
  readonly clock: Clock;
  readonly logger: Logger;
}

const limits = { maxWaitMs: 1_000, maxBytes: 1024 * 1024 };
const retryMs = 1_000;
const { productTypes: topic } = topics;

export class ProductTypes {
  readonly #options: ProductTypesOptions;
  readonly #types = new Map<string, ProductType>();
  /** Where each partition goes on. */
  readonly #positions = new Map<number, number>();
  readonly #stopping = new AbortController();
  #fetcher: Fetcher | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(options: ProductTypesOptions) {
    this.#options = options;
  }

  /** Resolves when it has read all that there was when it was called. */
  async start(): Promise<void> {
    const { log } = this.#options;
    const places = this.#places();
    const earliest = await log.admin.offsets(places, 'earliest');
    const ends = await log.admin.offsets(places, 'latest');
    places.forEach(({ partition }, index) => {
      this.#positions.set(partition, earliest[index] ?? 0);
    });
    this.#fetcher = this.#attach();
    const isBehind = () => places.some(({ partition }, index) => this.#positionOf(partition) < (ends[index] ?? 0));
    while (isBehind()) await this.#poll(this.#fetcher);
    this.#running = this.#run();
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    this.#fetcher?.wake();
    await this.#running;
    await this.#fetcher?.close();
  }

  /** Undefined if there is none of this name, or no more. */
  get(type: string): ProductType | undefined {
    return this.#types.get(type);
  }

  async #run(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      try {
        this.#fetcher ??= this.#attach();
        await this.#poll(this.#fetcher);
      } catch (error) {
        await this.#recover(error);
      }
    }
  }

  #attach(): Fetcher {
    const fetcher = this.#options.log.fetcher();
    for (const place of this.#places()) fetcher.assign(place, this.#positionOf(place.partition));
    return fetcher;
  }

  async #poll(fetcher: Fetcher): Promise<void> {
    for (const fetched of await fetcher.poll(limits)) this.#take(fetched);
  }

  #take({ partition, batches, nextOffset }: Fetched): void {
    for (const batch of batches) for (const cursor = batch.cursor(); cursor.next(); ) this.#read(cursor);
    this.#positions.set(partition, nextOffset);
  }

  #read(cursor: RecordCursor): void {
    try {
      const bytes = cursor.value();
      const value = bytes === null ? undefined : topic.serde.decode(bytes);
      if (value === undefined || value.isDeleted) this.#types.delete(cursor.keyText());
      else this.#types.set(value.type, value);
    } catch (error) {
      this.#options.logger.warn({ err: error, topic: topic.name, offset: cursor.offset }, 'a product type was skipped');
    }
  }

  async #recover(error: unknown): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    const { logger, clock } = this.#options;
    logger.warn({ err: error, reason: reasonOf(error) }, 'product types cannot be followed now, to be tried again');
    await this.#fetcher?.close().catch(() => {});
    this.#fetcher = undefined;
    await sleep(clock, retryMs, this.#stopping.signal);
  }

  #places() {
    const count = this.#options.partitions.get(topic.name) ?? 0;
    return Array.from({ length: count }, (_, partition) => ({ topic: topic.name, partition }));
  }

  #positionOf(partition: number): number {
    return this.#positions.get(partition) ?? 0;
  }
}
