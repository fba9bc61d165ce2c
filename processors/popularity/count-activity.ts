// Counts what happened with a product. A variant's goes to the product that it is a variant of, which is found and judged as
// one. What nobody offers isn't counted, for anybody may name any product.
import type { OfferState, ProductActivity } from '../../schemas/types.generated.ts';
import type { Context, Processor } from '../../streams/api.ts';
import { listingOfOffer } from '../listings/offer.ts';
import { requireKey } from '../require-key.ts';
import { countedUnits, countsOf } from './counts.ts';
import { count, unknownPopularity } from './popularity.ts';
import { keepPopularity, type PopularityWiring } from './tell-popularity.ts';

interface ActivityWiring {
  readonly stores: PopularityWiring['stores'] & { readonly offers: OfferState };
  readonly outputs: PopularityWiring['outputs'] & { readonly productActivity: ProductActivity };
  readonly timers: PopularityWiring['timers'];
}

export const countActivity: Processor<ProductActivity, ActivityWiring> = {
  name: 'count-activity',

  process(record, context) {
    const { key: productId, value: activity } = record;
    requireKey(record, activity.productId);
    const offer = context.stores.offers.get(productId);
    const listingId = offer && listingOfOffer(productId, offer);
    if (listingId === undefined) return context.drop('unknown product');
    if (listingId === productId || activity.variantId !== '') return countHere(context, activity);
    context.forward('productActivity', listingId, { ...activity, productId: listingId, variantId: productId });
  },
};

function countHere(context: Context<ActivityWiring>, { productId, kind, quantity, at }: ProductActivity): void {
  const { stores, now } = context;
  const counts = countsOf(kind, kind === 'ordered' ? countedUnits(quantity) : quantity);
  if (counts === undefined) return;
  const before = stores.popularity.get(productId) ?? unknownPopularity;
  const { state, isLate } = count(before, { at: Math.min(at, now), counts }, now);
  if (isLate) context.drop('late');
  keepPopularity(context, productId, state);
}
