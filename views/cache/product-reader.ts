// How products are read: from the cache, else from the documents, which fills the cache. Of many who want one product at a
// time one asks, in this process and, under the cache's lease, in all. While the cache is away a small one of this process
// stands in for it, so nothing fails that the documents can answer. What is read is a moment behind the stream at most, and
// a minute if the stream's view stands still.
import { type Clock, sleep } from '../../base/clock.ts';
import { isStockstreamError } from '../../base/errors.ts';
import type { Product } from '../../schemas/types.generated.ts';
import { collections } from '../collections.ts';
import { toJson } from '../document-write.ts';
import type { Documents } from '../documents/documents.ts';
import { productIn } from '../product-document.ts';
import type { Cache, CacheEntry, CacheWrite, Fill, Lease, Looked } from './cache.ts';

export interface ProductReaderOptions {
  readonly documents: Pick<Documents, 'getMany'>;
  readonly cache: Cache;
  /** While the cache is away; of this process, and small. May be the same one. */
  readonly standIn: Cache;
  /** Those of them that no view of the stream fills: `heard` tells them what this process hears. */
  readonly deaf: readonly Cache[];
  readonly clock: Clock;
}

/** How often a product was asked for, by where it came from. */
export interface ReadCounts {
  hit: number;
  /** Read from the documents. */
  miss: number;
  /** Somebody of this process was asking already. */
  joined: number;
  /** While the cache was away. */
  away: number;
}

/** How long others are waited for who fill, and how often it is looked: they take one read of the documents. Milliseconds. */
const waits = [5, 10, 20, 40];
/** After a failure the cache is left alone for so long: a server that hangs is not waited for again and again. */
const awayMs = 1_000;
const preloadAtOnce = 100;

/** What was read, and when what was read is in the cache, too. */
interface Read {
  readonly entries: ReadonlyMap<string, CacheEntry>;
  readonly filled: Promise<void>;
}

export class ProductReader {
  readonly counts: ReadCounts = { hit: 0, miss: 0, joined: 0, away: 0 };
  readonly #options: ProductReaderOptions;
  /** Those being read now, by id. */
  readonly #reading = new Map<string, Promise<CacheEntry | undefined>>();
  #awayUntil = -Infinity;

  constructor(options: ProductReaderOptions) {
    this.#options = options;
  }

  /** As it stands, deleted ones too. @throws DOCUMENTS_UNAVAILABLE */
  async get(id: string): Promise<Product | undefined> {
    return (await this.getMany([id])).get(id);
  }

  /** By id, as many of those asked for as there are. @throws DOCUMENTS_UNAVAILABLE */
  async getMany(ids: readonly string[]): Promise<ReadonlyMap<string, Product>> {
    const wanted = [...new Set(ids)];
    const others = wanted.filter((id) => !this.#reading.has(id));
    this.counts.joined += wanted.length - others.length;
    if (others.length > 0) this.#begin(others);
    const entries = await Promise.all(wanted.map((id) => this.#reading.get(id)));
    const found = entries.map((entry, index) => [wanted[index]!, entry?.value as Product | undefined] as const);
    return new Map(found.flatMap(([id, product]) => (product ? [[id, product] as const] : [])));
  }

  /** Resolves when these are in the cache, in the order given: the most wanted first. @throws DOCUMENTS_UNAVAILABLE */
  async preload(ids: readonly string[]): Promise<void> {
    for (let from = 0; from < ids.length; from += preloadAtOnce) {
      const { filled } = await this.#read(ids.slice(from, from + preloadAtOnce));
      await filled;
    }
  }

  /** What the documents have now is read from now on: for whoever caused it. @throws DOCUMENTS_UNAVAILABLE */
  async refresh(ids: readonly string[]): Promise<void> {
    const { documents, cache, standIn } = this.#options;
    const found = await documents.getMany(collections.products.name, ids);
    const writes = found.flatMap((document): CacheWrite[] => {
      if (document === undefined) return [];
      const product = productIn(document);
      return [{ id: document.id, version: product.version, value: toJson(product), at: product.updatedAt }];
    });
    await tell([...new Set([cache, standIn])], writes);
    // Who asks from now on doesn't join those who may have read the version before.
    for (const id of ids) this.#reading.delete(id);
  }

  /** There is a version now, wherever it was caused: nothing older is kept. */
  heard(id: string, version: number, at: number): void {
    this.#reading.delete(id);
    void tell(this.#options.deaf, [{ id, version, value: undefined, at }]);
  }

  /** @throws CACHE_UNAVAILABLE, CACHE_REFUSED */
  ping(): Promise<void> {
    return this.#options.cache.ping();
  }

  #begin(ids: readonly string[]): void {
    const read = this.#read(ids);
    for (const id of ids) {
      const entry = read.then(({ entries }) => entries.get(id));
      this.#reading.set(id, entry);
      const end = () => {
        if (this.#reading.get(id) === entry) this.#reading.delete(id);
      };
      // Not before it is in the cache: else the next one would find it leased.
      void read.then(({ filled }) => filled.then(end)).catch(end);
    }
  }

  async #read(ids: readonly string[]): Promise<Read> {
    const { documents } = this.#options;
    const { entries, leases, cache, waiting } = await this.#gather(ids);
    const missing = [...leases.map(({ id }) => id), ...waiting];
    this.#count('hit', ids.length - missing.length);
    this.#count('miss', missing.length);
    if (missing.length === 0) return { entries, filled: Promise.resolve() };
    const found = await documents.getMany(collections.products.name, missing).catch((error: unknown) => {
      void cache.release(leases).catch(throwUnlessAway);
      throw error;
    });
    const loaded = found.map((document): CacheEntry => {
      if (document === undefined) return { version: 0, value: undefined };
      return { version: Number(document.fields.version ?? 0), value: toJson(productIn(document)) };
    });
    const fills = leases.map((lease, index): Fill => ({ ...lease, entry: loaded[index]! }));
    missing.forEach((id, index) => {
      const entry = loaded[index]!;
      // Documents may be behind what the stream had told the cache.
      if (entry.version >= (entries.get(id)?.version ?? 0)) entries.set(id, entry);
    });
    return { entries, filled: cache.fill(fills).catch(throwUnlessAway) };
  }

  /** What the cache has, what is to be filled, and what others are still filling when it isn't waited for any more. */
  async #gather(ids: readonly string[]): Promise<Gathered> {
    const entries = new Map<string, CacheEntry>();
    const leases: Lease[] = [];
    let waiting = ids;
    for (let tries = 0; ; tries++) {
      const { looked, cache } = await this.#look(waiting);
      waiting = waiting.filter((id, index) => {
        const each = looked[index]!;
        if (each.kind === 'fill') leases.push({ id, lease: each.lease });
        const entry = each.kind === 'hit' ? each.entry : each.kind === 'fill' ? each.old : undefined;
        if (entry !== undefined) entries.set(id, entry);
        return each.kind === 'wait';
      });
      const pause = waits[tries];
      if (waiting.length === 0 || pause === undefined) return { entries, leases, cache, waiting };
      await sleep(this.#options.clock, pause);
    }
  }

  /** What is known of `ids`, by the cache or by what stands in for it. */
  async #look(ids: readonly string[]): Promise<{ readonly looked: readonly Looked[]; readonly cache: Cache }> {
    const { cache, standIn, clock } = this.#options;
    if (clock.monotonic() >= this.#awayUntil) {
      try {
        return { looked: await cache.look(ids), cache };
      } catch (error) {
        throwUnlessAway(error);
        this.#awayUntil = clock.monotonic() + awayMs;
      }
    }
    this.#count('away', ids.length);
    return { looked: await standIn.look(ids), cache: standIn };
  }

  #count(what: keyof ReadCounts, products: number): void {
    this.counts[what] += products;
  }
}

interface Gathered {
  readonly entries: Map<string, CacheEntry>;
  readonly leases: readonly Lease[];
  /** Whose leases these are. */
  readonly cache: Cache;
  readonly waiting: readonly string[];
}

/** One that is away hears of it from the stream. */
async function tell(caches: readonly Cache[], writes: readonly CacheWrite[]): Promise<void> {
  await Promise.all(caches.map((cache) => cache.apply(writes).catch(throwUnlessAway)));
}

/** The cache is a help: whoever can do without it does. */
function throwUnlessAway(error: unknown): void {
  if (!isStockstreamError(error, 'CACHE_UNAVAILABLE') && !isStockstreamError(error, 'CACHE_REFUSED')) throw error;
}
