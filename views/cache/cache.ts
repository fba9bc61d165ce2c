// The cache port: products under their versions, in front of the documents. What a reader lacks it fills under a lease,
// what the stream tells replaces what is there; a version never gives way to an older one. All of it may vanish at any
// time, and does so by itself.
//
//     (nothing) --look: one gets `fill`, the others `wait`--> leased --fill--> fresh <--apply--+
//                                                                                |             |
//     (nothing) <------------- kept for so long ---- old <---- fresh for so long +-------------+
//                                                     |  look: one gets `fill`, the others `hit`
//                                                     +--fill, apply--> fresh
//
// Where no value is, the stream leaves a floor for a while: the version that a fill must have at least. So a reader that
// looked into documents that are behind, before or after the stream told, can't fill in what is over.
import type { ViewSink } from '../../streams/api.ts';
import type { JsonObject } from '../documents/documents.ts';

export interface CacheEntry {
  /** From 1; 0 for what doesn't exist. */
  readonly version: number;
  /** Undefined for what doesn't exist. Shared by all readers: never changed. */
  readonly value: JsonObject | undefined;
}

export type Looked =
  | { readonly kind: 'hit'; readonly entry: CacheEntry }
  /** The caller loads it, then calls `fill` or `release` with the lease. `old`: what is there, still good for now. */
  | { readonly kind: 'fill'; readonly lease: string; readonly old: CacheEntry | undefined }
  /** Somebody else fills it: look again in a moment. */
  | { readonly kind: 'wait' };

export interface Lease {
  readonly id: string;
  readonly lease: string;
}

export interface Fill extends Lease {
  readonly entry: CacheEntry;
}

/** A version that the stream tells. */
export interface CacheWrite {
  readonly id: string;
  readonly version: number;
  readonly value: JsonObject;
  /** When it was decided, in milliseconds since the Unix epoch. */
  readonly at: number;
}

/** Every call throws CACHE_UNAVAILABLE if the cache can't be reached now or was closed; whoever reads goes on without. */
export interface Cache extends ViewSink<CacheWrite> {
  /** In the order of `ids`, which differ. Of all who look for a key that is to be filled one gets the lease. */
  look(ids: readonly string[]): Promise<Looked[]>;
  /** Changes nothing where the lease is over or was taken, or where a newer version is known. */
  fill(fills: readonly Fill[]): Promise<void>;
  /** Gives leases back, so that the next one who looks fills. */
  release(leases: readonly Lease[]): Promise<void>;
  /** Newer versions take the place of what is there. */
  apply(writes: readonly CacheWrite[]): Promise<void>;
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** Milliseconds. */
export const cacheTimes = {
  /** Then one reader looks into the documents, while the others have what is there. */
  fresh: 45_000,
  /** Nothing is given out that was read longer ago, whatever was missed. */
  kept: 60_000,
  /** What doesn't exist may at any moment. */
  missing: 2_000,
  /** Whoever fills and dies holds the others up for so long at most; they read the documents meanwhile. */
  lease: 3_000,
  /** From its decision on: by then the documents have it, too. */
  floor: 20_000,
} as const;

/** How long an entry is fresh and kept. */
export function timesOf({ value }: CacheEntry): { readonly fresh: number; readonly kept: number } {
  const { fresh, kept, missing } = cacheTimes;
  return value === undefined ? { fresh: missing, kept: missing } : { fresh, kept };
}
