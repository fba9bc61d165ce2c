// Tells how popular a product is when that matters: at once when its range is another one; by a timer when a window has ended
// with other counts, within a minute when something came late to one that had, and when nothing is left to tell.
import type { ListingState, Popularity, PopularityState, ToldPopularity } from '../../schemas/types.generated.ts';
import type { Context, TimerProcessor } from '../../streams/api.ts';
import { noCounts } from './counts.ts';
import { isForgotten, newsOf, nextNewsAt, pass, scoreOf, unknownPopularity } from './popularity.ts';

const minute = 60_000;

export interface PopularityWiring {
  readonly stores: { readonly popularity: PopularityState; readonly listings: ListingState };
  readonly outputs: { readonly popularity: Popularity };
  readonly timers: 'popularity';
}

export const tellPopularity: TimerProcessor<PopularityWiring> = {
  name: 'tell-popularity',

  fire(productId, context) {
    const before = context.stores.popularity.get(productId) ?? unknownPopularity;
    const state = pass(before, context.now);
    keepPopularity(context, productId, state, newsOf(state, context.now));
  },
};

/** Keeps what is so at `context.now` after something happened. */
export function keepHappened(context: Context<PopularityWiring>, productId: string, state: PopularityState): void {
  const news = newsOf(state, context.now);
  const isUrgent = news !== undefined && news.range !== state.told.range;
  keepPopularity(context, productId, state, isUrgent ? news : undefined);
}

/** Stores what is known of a product's popularity, tells the news if there are any, and sets the time of the next look. */
function keepPopularity(
  { stores, timers, forward, now }: Context<PopularityWiring>,
  productId: string,
  state: PopularityState,
  found: ToldPopularity | undefined,
): void {
  const isOver = isForgotten(state, now);
  const news = isOver ? { lastHour: noCounts, lastDay: noCounts, range: 0 } : found;
  if (news !== undefined) {
    const category = stores.listings.get(productId)?.product?.category ?? '';
    forward('popularity', productId, { productId, category, ...news, score: scoreOf(state, now), at: now });
  }
  if (isOver) {
    stores.popularity.delete(productId);
    timers.popularity.clear(productId);
    return;
  }
  const after = news === undefined ? state : { ...state, told: news };
  stores.popularity.put(productId, after);
  const soon = newsOf(after, now) === undefined ? Number.POSITIVE_INFINITY : endOfMinute(now);
  timers.popularity.set(productId, Math.min(nextNewsAt(after, now), soon));
}

/** So that whatever else comes late until then is told with it. */
function endOfMinute(now: number): number {
  return (Math.floor(now / minute) + 1) * minute;
}
