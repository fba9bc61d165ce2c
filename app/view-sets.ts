// The sets of views that this process has open, and which one answers, as the topic of their generations says. Who reads
// through `documents` and its like reads the set that answers at that moment; within `pinned` always the same one, so that
// no answer is put together from two. A set that is dropped is let go of by those who fill it before it is closed.
import { AsyncLocalStorage } from 'node:async_hooks';
import { type Clock, sleep } from '../base/clock.ts';
import { StockstreamError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { Fetcher, Log } from '../log/log.ts';
import { topics } from '../schemas/topics.ts';
import type { ViewGenerationEvent } from '../schemas/types.generated.ts';
import type { Cache } from '../views/cache/cache.ts';
import type { ProductReader } from '../views/cache/product-reader.ts';
import type { Documents } from '../views/documents/documents.ts';
import { afterStep, type Generations, noSteps } from '../views/generations.ts';
import type { Ranks } from '../views/ranks/ranks.ts';
import type { Search } from '../views/search/search.ts';
import { openedLate } from './opened-late.ts';

/** Everything that is read from, filled from the log: one generation of it. */
export interface ViewSet {
  readonly generation: string;
  readonly documents: Documents;
  /** What is in the documents, through a cache. */
  readonly products: ProductReader;
  /** That cache, if a view fills it. */
  readonly cache: Cache | undefined;
  /** Undefined where nobody would find what is put into it. */
  readonly search: Search | undefined;
  /** What names the search index if this process alone fills and reads it, apart from its workers; else undefined. */
  readonly ownIndex: string | undefined;
  readonly ranks: Ranks;
  /** Whether the ranks are filled by the process itself; else they are by a view. */
  readonly ranksFollow: boolean;
  close(): Promise<void>;
  /** Drops what it stored. Called after `close`. */
  remove(): Promise<void>;
}

/** Those who fill the sets. Neither must throw. */
export interface ViewSetKeeper {
  opened(set: ViewSet): void;
  /** Resolves when it is filled no more. */
  closing(set: ViewSet): Promise<void>;
}

export interface ViewSetsOptions {
  readonly log: Log;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly openSet: (generation: string) => Promise<ViewSet>;
}

const place = { topic: topics.viewGenerations.name, partition: 0 };
const limits = { maxWaitMs: 1_000, maxBytes: 1 << 20 };
const retryMs = 1_000;
const graceMs = 1_000;
const noSearch = openedLate<Search>(async () => {
  throw new StockstreamError('SEARCH_UNAVAILABLE', {
    reason: 'this process has no index: gateways have',
  });
});

export class ViewSets {
  /** Of the set that answers. */
  readonly documents: Documents;
  readonly products: ProductReader;
  /** As well; each call throws SEARCH_UNAVAILABLE where there is none. */
  readonly search: Search;
  readonly ranks: Ranks;
  readonly #options: ViewSetsOptions;
  readonly #fetcher: Fetcher;
  readonly #sets = new Map<string, ViewSet>();
  readonly #keepers = new Set<ViewSetKeeper>();
  readonly #pins = new AsyncLocalStorage<ViewSet>();
  readonly #stopping = new AbortController();
  #generations: Generations = noSteps;
  #done: Promise<void> = Promise.resolve();

  private constructor(options: ViewSetsOptions) {
    this.#options = options;
    this.#fetcher = options.log.fetcher();
    this.documents = following(() => this.current.documents);
    this.products = following(() => this.current.products);
    this.search = following(() => this.current.search ?? noSearch);
    this.ranks = following(() => this.current.ranks);
  }

  /** Resolves when all live sets are open. @throws whatever opening them throws */
  static async open(options: ViewSetsOptions): Promise<ViewSets> {
    const sets = new ViewSets(options);
    try {
      await sets.#catchUp();
      for (const { name } of sets.#generations.live) sets.#sets.set(name, await options.openSet(name));
    } catch (error) {
      await sets.#closeAll();
      throw error;
    }
    sets.#done = sets.#follow();
    return sets;
  }

  get generations(): Generations {
    return this.#generations;
  }

  /** The set that answers; within `pinned` the one that did when that began, for as long as it is there. */
  get current(): ViewSet {
    const pin = this.#pins.getStore();
    if (pin !== undefined && this.#sets.get(pin.generation) === pin) return pin;
    return this.get(this.#generations.active);
  }

  /** All that are open. */
  get all(): readonly ViewSet[] {
    return [...this.#sets.values()];
  }

  /** @throws VIEWS_NOT_OPEN if there is no such set, or not yet */
  get(generation: string): ViewSet {
    const set = this.#sets.get(generation);
    if (set === undefined) throw new StockstreamError('VIEWS_NOT_OPEN', { generation });
    return set;
  }

  has(generation: string): boolean {
    return this.#sets.has(generation);
  }

  /** Runs `work`, and all that it leads to, on the set that answers now; `work` is told which one that is. */
  pinned<T>(work: (generation: string) => T): T {
    const set = this.current;
    return this.#pins.run(set, work, set.generation);
  }

  /** Tells `keeper` of all sets, those that are open already at once; the returned function ends that. */
  keep(keeper: ViewSetKeeper): () => void {
    this.#keepers.add(keeper);
    for (const set of this.#sets.values()) keeper.opened(set);
    return () => this.#keepers.delete(keeper);
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    this.#fetcher.wake();
    await this.#done;
    await this.#closeAll();
  }

  async #closeAll(): Promise<void> {
    await this.#fetcher.close();
    await Promise.all([...this.#sets.values()].map((set) => set.close()));
    this.#sets.clear();
  }

  async #catchUp(): Promise<void> {
    const { admin } = this.#options.log;
    const [start = 0] = await admin.offsets([place], 'earliest');
    const [end = 0] = await admin.offsets([place], 'latest');
    this.#fetcher.assign(place, start);
    for (let position = start; position < end; ) {
      position = await this.#poll(async (step) => {
        this.#generations = afterStep(this.#generations, step);
      }, position);
    }
  }

  async #follow(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      try {
        await this.#poll((step) => this.#take(step), 0);
      } catch (error) {
        if (this.#stopping.signal.aborted) return;
        this.#options.logger.warn({ err: error }, 'the generations of views can not be followed for now');
        await sleep(this.#options.clock, retryMs, this.#stopping.signal);
      }
    }
  }

  /** Hands each step to `take`; gives the position after it, or `position` if nothing came. */
  async #poll(take: (step: ViewGenerationEvent) => Promise<void>, position: number): Promise<number> {
    let next = position;
    for (const { batches, nextOffset } of await this.#fetcher.poll(limits)) {
      for (const batch of batches) {
        for (const { value } of batch.records()) {
          if (value !== null) await take(topics.viewGenerations.serde.decode(value));
        }
      }
      next = nextOffset;
    }
    return next;
  }

  async #take(step: ViewGenerationEvent): Promise<void> {
    const after = afterStep(this.#generations, step);
    for (const { name } of after.live) if (!this.#sets.has(name)) await this.#openOne(name);
    // From here on the other one answers.
    this.#generations = after;
    for (const set of this.#sets.values()) {
      if (!after.live.some(({ name }) => name === set.generation)) await this.#closeOne(set);
    }
  }

  /** Its storage may be away for a while, and what follows in the topic makes no sense without it. */
  async #openOne(generation: string): Promise<void> {
    const { openSet, clock, logger } = this.#options;
    while (!this.#stopping.signal.aborted) {
      try {
        const set = await openSet(generation);
        this.#sets.set(generation, set);
        for (const keeper of this.#keepers) keeper.opened(set);
        return;
      } catch (error) {
        logger.warn({ err: error, generation }, 'a generation of views can not be opened for now');
        await sleep(clock, retryMs, this.#stopping.signal);
      }
    }
  }

  async #closeOne(set: ViewSet): Promise<void> {
    this.#sets.delete(set.generation);
    await Promise.all([...this.#keepers].map((keeper) => keeper.closing(set)));
    // Requests that are being answered from it end.
    await sleep(this.#options.clock, graceMs, this.#stopping.signal);
    await set.close();
  }
}

/** A port whose calls go to the one that `current` gives at that moment. */
function following<Port extends object>(current: () => Port): Port {
  const calls = new Map<PropertyKey, (...args: unknown[]) => unknown>();
  const handler: ProxyHandler<Port> = {
    get(_, name) {
      const known = calls.get(name);
      if (known !== undefined) return known;
      const value: unknown = Reflect.get(current(), name);
      if (typeof value !== 'function') return value;
      const call = (...args: unknown[]) => {
        const port = current();
        return (Reflect.get(port, name) as (...args: unknown[]) => unknown).apply(port, args);
      };
      calls.set(name, call);
      return call;
    },
  };
  return new Proxy({} as Port, handler);
}
