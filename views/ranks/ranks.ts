// The ranks port: products by how much shoppers want them, in each category and over all, kept by a view task and read by
// the gateway. Ranks are as long as somebody reads, not as there are products: what was pushed out of one comes back with
// its next news. Every write carries the place of its record in the log, so replays are harmless.
import type { SourcePosition, ViewSink } from '../../streams/api.ts';

/** The last hour, the last day, all time with what is long ago fading. */
export const rankWindows = ['hour', 'day', 'all'] as const;
export type RankWindow = (typeof rankWindows)[number];

/** What a product is ranked by from now on, in place of all that was. */
export interface RankWrite {
  readonly productId: string;
  /** Those whose ranks it is in; the empty one is that of all products. */
  readonly categories: readonly string[];
  /** The higher the further up; with 0 it isn't ranked. */
  readonly scores: { readonly [Window in RankWindow]: number };
  readonly position: SourcePosition;
}

export interface RankedProduct {
  readonly productId: string;
  readonly score: number;
}

export interface RankQuery {
  readonly window: RankWindow;
  /** Empty for all products. */
  readonly category: string;
  /** 1 to 1,000. */
  readonly limit: number;
  /** Goes on after it; where it stands elsewhere by now, after where it stood. */
  readonly after?: RankedProduct | undefined;
}

/** Every call throws RANKS_UNAVAILABLE if the adapter can't answer now or was closed: try again later. */
export interface Ranks extends ViewSink<RankWrite> {
  /** The highest score first; of equal ones that with the higher id, by its bytes. */
  top(query: RankQuery): Promise<readonly RankedProduct[]>;
  /** Empties all ranks, positions included, so that the log can be replayed into them. */
  clear(): Promise<void>;
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** How many products a rank keeps, unless said otherwise. */
export const rankLength = 10_000;
