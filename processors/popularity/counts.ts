// What shoppers do with a product, counted: sums that can be added in any order.
import type { ActivityKind, PopularityCounts } from '../../schemas/types.generated.ts';

export const noCounts: PopularityCounts = { views: 0, searches: 0, cartAdds: 0, wishes: 0, orders: 0 };

/** More units at once say nothing more of how many want a product. */
const mostUnits = 10;

const counters: { readonly [Kind in ActivityKind]?: keyof PopularityCounts } = {
  viewed: 'views',
  chosen: 'searches',
  carted: 'cartAdds',
  wished: 'wishes',
  ordered: 'orders',
};

/** Units as they count for popularity. */
export function countedUnits(quantity: number): number {
  return Math.min(Math.max(quantity, 0), mostUnits);
}

/** Undefined for what isn't counted. */
export function countsOf(kind: ActivityKind, quantity: number): PopularityCounts | undefined {
  const counter = counters[kind];
  return counter && { ...noCounts, [counter]: quantity };
}

export function addCounts(one: PopularityCounts, other: PopularityCounts): PopularityCounts {
  return {
    views: one.views + other.views,
    searches: one.searches + other.searches,
    cartAdds: one.cartAdds + other.cartAdds,
    wishes: one.wishes + other.wishes,
    orders: one.orders + other.orders,
  };
}
