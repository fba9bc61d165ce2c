// Tells how popular a product is when that matters: when its range is another one, when counts of a window that ended are
// other ones, and when nothing is left to tell. A timer sees to it that this also comes when nothing happens any more.
import type { ListingState, Popularity, PopularityState } from '../../schemas/types.generated.ts';
import type { Context, TimerProcessor } from '../../streams/api.ts';
import { noCounts } from './counts.ts';
import { isForgotten, newsOf, nextNewsAt, pass, scoreOf, unknownPopularity } from './popularity.ts';

export interface PopularityWiring {
  readonly stores: { readonly popularity: PopularityState; readonly listings: ListingState };
  readonly outputs: { readonly popularity: Popularity };
  readonly timers: 'popularity';
}

export const tellPopularity: TimerProcessor<PopularityWiring> = {
  name: 'tell-popularity',

  fire(productId, context) {
    const before = context.stores.popularity.get(productId) ?? unknownPopularity;
    keepPopularity(context, productId, pass(before, context.now));
  },
};

/** Stores what is known of a product's popularity at `context.now`, tells what is news, and sets the time of the next look. */
export function keepPopularity(
  { stores, timers, forward, now }: Pick<Context<PopularityWiring>, 'stores' | 'timers' | 'forward' | 'now'>,
  productId: string,
  state: PopularityState,
): void {
  const isOver = isForgotten(state, now);
  const news = isOver ? { lastHour: noCounts, lastDay: noCounts, range: 0 } : newsOf(state, now);
  if (news !== undefined) {
    const category = stores.listings.get(productId)?.product?.category ?? '';
    forward('popularity', productId, { productId, category, ...news, score: scoreOf(state, now), at: now });
  }
  if (isOver) {
    stores.popularity.delete(productId);
    timers.popularity.clear(productId);
    return;
  }
  stores.popularity.put(productId, news === undefined ? state : { ...state, told: news });
  timers.popularity.set(productId, nextNewsAt(state, now));
}
