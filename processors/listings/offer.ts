// A product as an offer: what is known of it, and what of that its listing must hear. Pure functions of state.
import { popularityStep } from '../../schemas/popularity.ts';
import type {
  ListingOffer,
  OfferState,
  Popularity,
  Product,
  Rating,
  StockLevel,
} from '../../schemas/types.generated.ts';

export const unknownOffer: OfferState = {
  product: null,
  warehouses: [],
  popularity: 0,
  rating: { sum: 0, reviews: 0 },
  version: 0,
};

/** What a record changes of what is known. */
export type OfferChange = Partial<Omit<OfferState, 'version'>>;

export function changeOfProduct({ variantOf, options, price, weightGrams, status }: Product): OfferChange {
  return { product: { variantOf, options, price, weightGrams, isForSale: status === 'active' } };
}

export function changeOfStock({ warehouses }: StockLevel): Pick<OfferState, 'warehouses'> {
  const free = warehouses.filter(({ onHand, held }) => onHand > held);
  return { warehouses: free.map(({ warehouseId }) => warehouseId).sort() };
}

export function changeOfPopularity({ score }: Popularity): OfferChange {
  return { popularity: popularityStep(score) };
}

export function changeOfRating({ stars, reviews }: Rating): OfferChange {
  return { rating: { sum: stars.reduce((sum, count, index) => sum + count * (index + 1), 0), reviews } };
}

/** The listing that shows the product, undefined as long as the catalogue doesn't know it. */
export function listingOfOffer(productId: string, { product }: OfferState): string | undefined {
  return product === null ? undefined : (product.variantOf ?? productId);
}

/** Undefined as long as the catalogue doesn't know it. */
export function offerOf(productId: string, { product, version, ...seen }: OfferState): ListingOffer | undefined {
  if (product === null) return undefined;
  const { variantOf: _, ...facts } = product;
  return { productId, ...facts, ...seen, version };
}
