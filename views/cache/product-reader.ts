// How products are read: from the cache, else from the documents, which fills the cache. Of many who want one product at a
// time one asks, in this process and, under the cache's lease, in all. While the cache is away a small one of this process
// stands in for it, so nothing fails that the documents can answer. What is read is a moment behind the stream; a minute at
// most where nothing is heard of it, while the view that refreshes the cache stands still.
import { type Clock, sleep } from '../../base/clock.ts';
import { isStockstreamError } from '../../base/errors.ts';
import type { Product } from '../../schemas/types.generated.ts';
import { collections } from '../collections.ts';
import { toJson } from '../document-write.ts';
import type { Documents } from '../documents/documents.ts';
import { productIn } from '../product-document.ts';
import type { Cache, CacheEntry, CacheWrite, Fill, Lease, Looked } from './cache.ts';
import { HeardVersions } from './heard-versions.ts';

export interface ProductReaderOptions {
  readonly documents: Pick<Documents, 'getMany'>;
  readonly cache: Cache;
  /** While the cache is away; of this process, and small. May be the same one. */
  readonly standIn: Cache;
  readonly clock: Clock;
}

/** How often a product was asked for, by where it came from. */
export interface ReadCounts {
  hit: number;
  /** Read from the documents. */
  miss: number;
  /** Somebody of this process was asking already. */
  joined: number;
  /** Of hits and misses those while the cache was away. */
  away: number;
}

/** How long others are waited for who fill: about what a read of the documents takes. Milliseconds, between two looks. */
const waits = [5, 10, 20, 40];
/** After a failure the cache is left alone for so long: a server that hangs is not waited for again and again. */
const awayMs = 1_000;
const preloadAtOnce = 100;

/** What was read, and when what was read is in the cache, too. */
interface Read {
  readonly entries: ReadonlyMap<string, CacheEntry>;
  /** How many of them came from the documents. */
  readonly missed: number;
  readonly filled: Promise<void>;
}

/** What the cache has, and what not. */
interface Gathered {
  readonly entries: Map<string, CacheEntry>;
  /** To be filled. */
  readonly leases: readonly Lease[];
  /** Others fill them, and weren't waited for any longer; or the cache is behind what was heard. */
  readonly unfilled: readonly string[];
  /** Which one: its stand-in while it is away. */
  readonly cache: Cache;
}

export class ProductReader {
  readonly counts: ReadCounts = { hit: 0, miss: 0, joined: 0, away: 0 };
  readonly #options: ProductReaderOptions;
  readonly #heard: HeardVersions;
  /** Those being read now, by id. */
  readonly #reading = new Map<string, Promise<CacheEntry | undefined>>();
  #awayUntil = -Infinity;

  constructor(options: ProductReaderOptions) {
    this.#options = options;
    this.#heard = new HeardVersions(options.clock);
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

  /** Resolves when these are in the cache, those first that are named first. Not counted. @throws DOCUMENTS_UNAVAILABLE */
  async preload(ids: readonly string[]): Promise<void> {
    for (let from = 0; from < ids.length; from += preloadAtOnce) {
      const { filled } = await this.#read(ids.slice(from, from + preloadAtOnce));
      await filled;
    }
  }

  /** What the documents have now is read from now on: for whoever caused it. @throws DOCUMENTS_UNAVAILABLE */
  async refresh(ids: readonly string[]): Promise<void> {
    const entries = await this.#load(ids);
    entries.forEach(({ version }, index) => {
      this.heard(ids[index]!, version);
    });
    await tell(this.#options.cache, ids, entries);
  }

  /** There is this version, wherever it was caused: nothing older is given out by this process. */
  heard(id: string, version: number): void {
    this.#heard.add(id, version);
    // Who asks from now on doesn't join those who may have read the one before.
    this.#reading.delete(id);
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
    const count = ({ missed }: Read) => {
      this.counts.miss += missed;
      this.counts.hit += ids.length - missed;
    };
    void read.then(count, () => {});
  }

  async #read(ids: readonly string[]): Promise<Read> {
    const { entries, leases, unfilled, cache } = await this.#gather(ids);
    const missing = [...leases.map(({ id }) => id), ...unfilled];
    if (missing.length === 0) return { entries, missed: 0, filled: Promise.resolve() };
    const loaded = await this.#load(missing).catch((error: unknown) => {
      void cache.release(leases).catch(throwUnlessAway);
      throw error;
    });
    loaded.forEach((entry, index) => {
      const id = missing[index]!;
      // Documents may be behind what the stream had told the cache.
      if (entry.version >= (entries.get(id)?.version ?? 0)) entries.set(id, entry);
    });
    const fills = leases.map((lease, index): Fill => ({ ...lease, entry: loaded[index]! }));
    const filled = [cache.fill(fills).catch(throwUnlessAway), tell(cache, unfilled, loaded.slice(leases.length))];
    return { entries, missed: missing.length, filled: Promise.all(filled).then(() => {}) };
  }

  async #load(ids: readonly string[]): Promise<CacheEntry[]> {
    const found = await this.#options.documents.getMany(collections.products.name, ids);
    return found.map((document) => {
      if (document === undefined) return { version: 0, value: undefined };
      return { version: Number(document.fields.version ?? 0), value: toJson(productIn(document)) };
    });
  }

  async #gather(ids: readonly string[]): Promise<Gathered> {
    const entries = new Map<string, CacheEntry>();
    const leases: Lease[] = [];
    const behind: string[] = [];
    let waiting = ids;
    for (let tries = 0; ; tries++) {
      const { looked, cache } = await this.#look(waiting);
      waiting = waiting.filter((id, index) => {
        const each = looked[index]!;
        if (each.kind === 'fill') leases.push({ id, lease: each.lease });
        const entry = each.kind === 'hit' ? each.entry : each.kind === 'fill' ? each.old : undefined;
        if (entry !== undefined) entries.set(id, entry);
        if (each.kind === 'hit' && !this.#heard.allow(id, each.entry.version)) behind.push(id);
        return each.kind === 'wait';
      });
      const pause = waits[tries];
      if (waiting.length === 0 || pause === undefined) {
        return { entries, leases, unfilled: [...behind, ...waiting], cache };
      }
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
    this.counts.away += ids.length;
    return { looked: await standIn.look(ids), cache: standIn };
  }
}

/** As the stream would, of which a cache that is away hears later. */
async function tell(cache: Cache, ids: readonly string[], entries: readonly CacheEntry[]): Promise<void> {
  const writes = entries.flatMap(({ version, value }, index): CacheWrite[] => {
    return value === undefined ? [] : [{ id: ids[index]!, version, value, at: Number(value.updatedAt ?? 0) }];
  });
  await cache.apply(writes).catch(throwUnlessAway);
}

/** The cache is a help: whoever can do without it does. */
function throwUnlessAway(error: unknown): void {
  if (!isStockstreamError(error, 'CACHE_UNAVAILABLE') && !isStockstreamError(error, 'CACHE_REFUSED')) throw error;
}
