// What of a listing is filtered, counted, sorted and ranked by: all but its text and its looks. Small, so that a
// start reads it for every listing instead of the listings themselves.
import type { ListingDocument } from '../search.ts';

export type Facts = Pick<
  ListingDocument,
  | 'language'
  | 'category'
  | 'brand'
  | 'sellerId'
  | 'price'
  | 'attributes'
  | 'warehouses'
  | 'weightGrams'
  | 'hazardous'
  | 'rating'
  | 'ratings'
  | 'popularity'
  | 'createdAt'
> & {
  /** Words. */
  readonly titleLength: number;
};

export function factsOf(listing: ListingDocument, titleLength: number): Facts {
  const { language, category, brand, sellerId, price, attributes, warehouses } = listing;
  const { weightGrams, hazardous, rating, ratings, popularity, createdAt } = listing;
  return {
    language,
    category,
    brand,
    sellerId,
    price,
    attributes,
    warehouses,
    weightGrams,
    hazardous,
    rating,
    ratings,
    popularity,
    createdAt,
    titleLength,
  };
}
