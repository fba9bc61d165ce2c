// Counts what happened with a product, and remembers who has received it. A variant's goes to the product that it is a variant of, which is found and judged as
// one. Of a product that the catalogue hasn't told of yet it is kept as if it were no variant.
import type { OfferState, ProductActivity } from '../../schemas/types.generated.ts';
import type { Context, Processor } from '../../streams/api.ts';
import { listingOfOffer } from '../listings/offer.ts';
import { requireKey } from '../require-key.ts';
import { keepPurchase, type PurchaseWiring } from '../reviews/keep-purchase.ts';
import { countedUnits, countsOf } from './counts.ts';
import { count, unknownPopularity } from './popularity.ts';
import { keepHappened, type PopularityWiring } from './tell-popularity.ts';

interface ActivityWiring {
  readonly stores: PopularityWiring['stores'] & PurchaseWiring['stores'] & { readonly offers: OfferState };
  readonly outputs: PopularityWiring['outputs'] & { readonly productActivity: ProductActivity };
  readonly timers: PopularityWiring['timers'];
}

export const countActivity: Processor<ProductActivity, ActivityWiring> = {
  name: 'count-activity',

  process(record, context) {
    const { key: productId, value: activity } = record;
    requireKey(record, activity.productId);
    const offer = context.stores.offers.get(productId);
    const listingId = (offer && listingOfOffer(productId, offer)) ?? productId;
    if (listingId === productId || activity.variantId !== '') return take(context, activity);
    context.forward('productActivity', listingId, { ...activity, productId: listingId, variantId: productId });
  },

  prefetch: ({ key, value: { kind, shopperId } }) => {
    if (kind === 'delivered') return { offers: [key], verifiedPurchases: [`${key}/${shopperId}`] };
    return { offers: [key], popularity: [key], listings: [key] };
  },
};

function take(context: Context<ActivityWiring>, activity: ProductActivity): void {
  const { productId, kind, quantity, at } = activity;
  const { stores, now } = context;
  if (kind === 'delivered') keepPurchase(context, activity);
  const counts = countsOf(kind, kind === 'ordered' ? countedUnits(quantity) : quantity);
  if (counts === undefined) return;
  const before = stores.popularity.get(productId) ?? unknownPopularity;
  const { state, isLate } = count(before, { at: Math.min(at, now), counts }, now);
  if (isLate) context.drop('late');
  keepHappened(context, productId, state);
}
