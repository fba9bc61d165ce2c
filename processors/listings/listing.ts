// A listing as it stands: a pure function of the product that it is about and of its parts, the offers. In whatever order
// these became known, the same listing comes out.
import { popularityRange } from '../../schemas/popularity.ts';
import type { KeptPart, Listing, ListingOffer, ListingState, Product } from '../../schemas/types.generated.ts';

export const unknownListing: ListingState = { product: null, parts: [], formerCategories: [], version: 0 };

/** What of a listing follows from its product and its parts. */
export type ListingContent = Omit<Listing, 'version' | 'updatedAt'>;

/** Undefined as long as the catalogue doesn't know the product. */
export function listingOf(listingId: string, { product, parts, formerCategories }: ListingState) {
  if (product === null) return undefined;
  const { hasVariants, isListed, ...facts } = product;
  const offers = parts.flatMap(({ offer, isWithdrawn }): ListingOffer[] => {
    const isMeant = (offer.productId === listingId) !== hasVariants;
    return isMeant && isListed && !isWithdrawn && offer.isForSale ? [offer] : [];
  });
  // A product with variants is looked at, reviewed and counted as one: that is told of itself, though it is no offer then.
  const known = parts.flatMap(({ offer, isWithdrawn }) => (isWithdrawn ? [] : [offer]));
  const popularity = sum(known, (offer) => offer.popularity);
  const content: ListingContent = {
    listingId,
    ...facts,
    offers,
    popularity,
    popularityRange: popularityRange(popularity),
    rating: {
      sum: sum(known, ({ rating }) => rating.sum),
      reviews: sum(known, ({ rating }) => rating.reviews),
    },
    isForSale: offers.length > 0,
    formerCategories,
  };
  return content;
}

/** The listing once its product is as `now`. */
export function withProduct(state: ListingState, now: Product): ListingState {
  const { sellerId, title, description, category, brand, language, images, attributes, hazardous, createdAt } = now;
  const image = images[0] ?? '';
  const hasVariants = now.variants.length > 0;
  const isListed = now.status === 'active' && now.variantOf === null;
  const shown = { sellerId, title, description, category, brand, language, image, attributes, hazardous, createdAt };
  const before = state.product === null ? [] : [topCategory(state.product.category)];
  const formerCategories = [...new Set([...state.formerCategories, ...before])]
    .filter((each) => each !== topCategory(category))
    .sort();
  return { ...state, product: { ...shown, hasVariants, isListed }, formerCategories };
}

/** The listing once it has heard of a part; unchanged if it has heard of a newer one. */
export function withPart(state: ListingState, part: KeptPart): ListingState {
  const { productId, version } = part.offer;
  const others = state.parts.filter(({ offer }) => offer.productId !== productId);
  const known = state.parts.find(({ offer }) => offer.productId === productId);
  if (known && known.offer.version >= version) return state;
  const parts = [...others, part].sort((one, other) => (one.offer.productId < other.offer.productId ? -1 : 1));
  return { ...state, parts };
}

function topCategory(category: string): string {
  return category.split('/', 1)[0] ?? '';
}

function sum<T>(values: readonly T[], of: (value: T) => number): number {
  return values.reduce((total, value) => total + of(value), 0);
}
