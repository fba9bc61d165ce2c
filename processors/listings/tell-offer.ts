// Tells the listing of a product what has changed of it as an offer: at once where both have one key, and so one task; a
// variant's news travel. What the listing wouldn't show is no news: a unit less, as long as one is left where it was.
import { sameValue } from '../../base/same-value.ts';
import type {
  Listing,
  ListingPart,
  ListingState,
  OfferState,
  Popularity,
  Product,
  Rating,
  StockedWarehouse,
  StockLevel,
} from '../../schemas/types.generated.ts';
import type { Context, Processor, Record } from '../../streams/api.ts';
import { requireKey } from '../require-key.ts';
import { changeListing } from './assemble-listing.ts';
import { withPart, withProduct } from './listing.ts';
import {
  changeOfPopularity,
  changeOfProduct,
  changeOfRating,
  changeOfStock,
  listingOfOffer,
  type OfferChange,
  offerOf,
  unknownOffer,
} from './offer.ts';

interface OfferWiring {
  readonly stores: { readonly offers: OfferState; readonly listings: ListingState };
  readonly outputs: { readonly listingParts: ListingPart; readonly listings: Listing };
  readonly timers: never;
}

export const tellOfferOfPopularity = tellOfferOf(
  'popularity',
  changeOfPopularity satisfies (popularity: Popularity) => OfferChange,
);
export const tellOfferOfRating = tellOfferOf('rating', changeOfRating satisfies (rating: Rating) => OfferChange);

interface StockWiring extends OfferWiring {
  readonly stores: OfferWiring['stores'] & { readonly stockedWarehouses: StockedWarehouse };
  readonly outputs: OfferWiring['outputs'] & { readonly stockedWarehouses: StockedWarehouse };
}

export const tellOfferOfStock: Processor<StockLevel, StockWiring> = {
  name: 'tell-offer-of-stock',

  process(record, context) {
    requireKey(record, record.value.productId);
    const change = changeOfStock(record.value);
    if (tellChange(record, context, change)) tellWarehouses(context, change.warehouses);
  },

  // Most of these are no news.
  prefetch: ({ key }) => ({ offers: [key] }),
};

/** Those in which this task never saw anything before. */
function tellWarehouses(context: Context<StockWiring>, warehouses: readonly string[]): void {
  const { stockedWarehouses } = context.stores;
  for (const warehouseId of warehouses) {
    if (stockedWarehouses.get(warehouseId)) continue;
    stockedWarehouses.put(warehouseId, { warehouseId });
    context.forward('stockedWarehouses', warehouseId, { warehouseId });
  }
}

export const tellOfferOfProduct: Processor<Product, OfferWiring> = {
  name: 'tell-offer-of-product',

  process(record, context) {
    const { key, value: product } = record;
    requireKey(record, product.productId);
    const parts = changeOffer(record, context, changeOfProduct(product)) ?? [];
    // A variant has no listing, unless it wasn't always one.
    if (product.variantOf !== null && context.stores.listings.get(key) === undefined) return;
    changeListing(context, key, (state) => parts.reduce(withPart, withProduct(state, product)));
  },
};

/** A processor for what others than the catalogue know of products. */
function tellOfferOf<V extends { readonly productId: string }>(
  of: string,
  changeOf: (value: V) => OfferChange,
): Processor<V, OfferWiring> {
  return {
    name: `tell-offer-of-${of}`,

    process(record, context) {
      requireKey(record, record.value.productId);
      tellChange(record, context, changeOf(record.value));
    },

    prefetch: ({ key }) => ({ offers: [key] }),
  };
}

/** False if it is no news. */
function tellChange(record: Record<unknown>, context: Context<OfferWiring>, change: OfferChange): boolean {
  const parts = changeOffer(record, context, change);
  if (parts?.length) changeListing(context, record.key, (state) => parts.reduce(withPart, state));
  return parts !== undefined;
}

/** Tells other listings what they must hear. Returns what the product's own listing must; undefined if nothing changed. */
function changeOffer(
  { key: productId }: Record<unknown>,
  context: Context<OfferWiring>,
  change: OfferChange,
): Omit<ListingPart, 'listingId'>[] | undefined {
  const { offers } = context.stores;
  const before = offers.get(productId) ?? unknownOffer;
  if (saysNothingNew(before, change)) return undefined;
  const changed = { ...before, ...change };
  const listingId = listingOfOffer(productId, changed);
  const after = listingId === undefined ? changed : { ...changed, version: before.version + 1 };
  offers.put(productId, after);
  const offer = offerOf(productId, after);
  if (listingId === undefined || offer === undefined) return [];
  const formerId = listingOfOffer(productId, before);
  const news = [{ listingId, offer, isWithdrawn: false }];
  if (formerId !== undefined && formerId !== listingId) news.push({ listingId: formerId, offer, isWithdrawn: true });
  for (const part of news) if (part.listingId !== productId) context.forward('listingParts', part.listingId, part);
  return news.filter((part) => part.listingId === productId);
}

/** Most of what comes is like this. */
function saysNothingNew(before: OfferState, change: OfferChange): boolean {
  for (const field in change) {
    const of = field as keyof OfferChange;
    if (!sameValue(before[of], change[of])) return false;
  }
  return true;
}
