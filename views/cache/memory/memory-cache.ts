// The cache port in the memory of one process, bounded by bytes: what was looked for longest ago goes first. The view of
// the stream and the gateway share the object.
import { randomUUID } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../../../base/clock.ts';
import { StockstreamError } from '../../../base/errors.ts';
import type { JsonObject } from '../../documents/documents.ts';
import {
  type Cache,
  type CacheEntry,
  type CacheWrite,
  cacheTimes,
  type Fill,
  type Lease,
  type Looked,
  timesOf,
} from '../cache.ts';

export interface MemoryCacheOptions {
  readonly clock: Clock;
  /** About. */
  readonly mostBytes: number;
}

/** All that is known of a key. Times are in milliseconds since the Unix epoch. */
interface Known {
  /** No older one is taken; -1 if none is known. */
  readonly version: number;
  /** Undefined for a floor, or a mere lease. */
  readonly entry: CacheEntry | undefined;
  readonly freshUntil: number;
  /** Of the entry, or of the floor. */
  readonly keptUntil: number;
  readonly lease: string | undefined;
  readonly leasedUntil: number;
  readonly bytes: number;
}

/** What a key takes beside its value. */
const keyBytes = 300;

export function openMemoryCache(options: MemoryCacheOptions): Cache {
  return new MemoryCache(options);
}

class MemoryCache implements Cache {
  readonly #clock: Clock;
  readonly #known: LRUCache<string, Known>;
  #isClosed = false;

  constructor({ clock, mostBytes }: MemoryCacheOptions) {
    this.#clock = clock;
    this.#known = new LRUCache({ maxSize: mostBytes, sizeCalculation: ({ bytes }) => bytes });
  }

  async look(ids: readonly string[]): Promise<Looked[]> {
    this.#check();
    const now = this.#clock.now();
    return ids.map((id) => this.#look(id, now));
  }

  async fill(fills: readonly Fill[]): Promise<void> {
    this.#check();
    const now = this.#clock.now();
    for (const { id, lease, entry } of fills) {
      const known = this.#leased(id, lease, now);
      if (known === undefined) continue;
      if (known.version > entry.version) this.#unlease(id, known, now);
      else this.#keep(id, entry, now);
    }
  }

  async release(leases: readonly Lease[]): Promise<void> {
    this.#check();
    const now = this.#clock.now();
    for (const { id, lease } of leases) {
      const known = this.#leased(id, lease, now);
      if (known !== undefined) this.#unlease(id, known, now);
    }
  }

  async apply(writes: readonly CacheWrite[]): Promise<void> {
    this.#check();
    const now = this.#clock.now();
    for (const { id, version, value, at } of writes) {
      const known = this.#get(id, now);
      if (known !== undefined && known.version >= version) continue;
      if (known?.entry !== undefined) this.#keep(id, { version, value }, now);
      else this.#putFloor(id, { version, keptUntil: Math.min(at, now) + cacheTimes.floor }, now);
    }
  }

  async flush(): Promise<void> {}

  async ping(): Promise<void> {
    this.#check();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#known.clear();
  }

  #look(id: string, now: number): Looked {
    const known = this.#get(id, now);
    const isLeased = known !== undefined && known.leasedUntil > now;
    if (known?.entry !== undefined && (known.freshUntil > now || isLeased)) {
      // So it is the last to go.
      this.#known.get(id);
      return { kind: 'hit', entry: known.entry };
    }
    if (isLeased) return { kind: 'wait' };
    const lease = randomUUID();
    const before = known ?? { version: -1, entry: undefined, freshUntil: 0, keptUntil: 0, bytes: keyBytes };
    this.#known.set(id, { ...before, lease, leasedUntil: now + cacheTimes.lease });
    return { kind: 'fill', lease, old: known?.entry };
  }

  /** What is known of a key, without an entry or a floor whose time is over; undefined if that is nothing. */
  #get(id: string, now: number): Known | undefined {
    const known = this.#known.peek(id);
    if (known === undefined || known.keptUntil > now) return known;
    if (known.leasedUntil > now) return { ...known, entry: undefined };
    this.#known.delete(id);
    return undefined;
  }

  /** Undefined if the lease is over, or isn't the one that was given last. */
  #leased(id: string, lease: string, now: number): Known | undefined {
    const known = this.#get(id, now);
    return known !== undefined && known.lease === lease && known.leasedUntil > now ? known : undefined;
  }

  #unlease(id: string, known: Known, now: number): void {
    if (known.keptUntil <= now) this.#known.delete(id);
    else this.#known.set(id, { ...known, lease: undefined, leasedUntil: 0 });
  }

  #keep(id: string, entry: CacheEntry, now: number): void {
    const { fresh, kept } = timesOf(entry);
    const bytes = keyBytes + bytesOf(entry.value);
    const times = { freshUntil: now + fresh, keptUntil: now + kept };
    this.#known.set(id, { version: entry.version, entry, ...times, lease: undefined, leasedUntil: 0, bytes });
  }

  /** Whoever has the lease may know more already: the fill is held against the version. */
  #putFloor(id: string, floor: Pick<Known, 'version' | 'keptUntil'>, now: number): void {
    const { lease, leasedUntil = 0 } = this.#known.peek(id) ?? {};
    if (floor.keptUntil <= now && leasedUntil <= now) this.#known.delete(id);
    else this.#known.set(id, { ...floor, entry: undefined, freshUntil: 0, lease, leasedUntil, bytes: keyBytes });
  }

  #check(): void {
    if (this.#isClosed) throw new StockstreamError('CACHE_UNAVAILABLE', { reason: 'it was closed' });
  }
}

/** About what a value takes; exact enough for a bound. */
function bytesOf(value: JsonObject | undefined): number {
  return value === undefined ? 0 : 2 * JSON.stringify(value).length;
}
