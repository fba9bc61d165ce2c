// What of a listing is filtered, counted, sorted and ranked by, as bytes: a row of numbers, then the numbers of the values
// that facets count, those of one name together. Kept on disk as it stands in memory, so that a start only copies.
import { type ListingDocument, priceBounds, rankingParts } from '../search.ts';
import { searchedWords } from './tokens.ts';
import { attributeNamed, named, type Values } from './values.ts';

/** A row's length in numbers of 4 bytes. */
export const rowWidth = 22;
/** Places of whole numbers. */
export const intAt = {
  /** See `standings`. */
  standing: 0,
  seller: 1,
  currency: 2,
  /** The set of them, as one value. */
  warehouses: 3,
  hazardous: 4,
  /** Grams. */
  weight: 5,
  /** Words. */
  titleLength: 6,
  /** Where its values are in memory, and how many. */
  valuesStart: 7,
  valuesLength: 8,
  /** Its own, and the brand; also among its values. -1: none. */
  category: 9,
  brand: 10,
} as const;
/** Places of numbers of 4 bytes; see `rankingParts`. */
export const singleAt = { popularityPart: 11, ratingPart: 12 } as const;
/** The same length in numbers of 8 bytes, and their places. */
export const realWidth = rowWidth / 2;
export const realAt = { price: 7, rating: 8, popularity: 9, createdAt: 10 } as const;
export const standings = { gone: 0, soldOut: 1, inStock: 2 } as const;

const heaviest = 2 ** 31 - 1;

export function factsOf(listing: ListingDocument, values: Values): Uint8Array {
  const { price, warehouses } = listing;
  const parts = rankingParts(listing);
  const numbers = facetValuesOf(listing, values);
  const ints = new Int32Array(rowWidth + numbers.length);
  const singles = new Float32Array(ints.buffer);
  const reals = new Float64Array(ints.buffer, 0, realWidth);
  ints[intAt.standing] = warehouses.length === 0 ? standings.soldOut : standings.inStock;
  ints[intAt.seller] = values.take(named.seller, listing.sellerId);
  ints[intAt.currency] = values.take(named.currency, price.currency);
  ints[intAt.warehouses] = values.take(named.warehouses, JSON.stringify(warehouses));
  ints[intAt.hazardous] = Number(listing.hazardous);
  ints[intAt.weight] = Math.min(heaviest, Math.ceil(listing.weightGrams));
  ints[intAt.titleLength] = searchedWords(listing.title).length;
  ints[intAt.valuesLength] = numbers.length;
  ints[intAt.category] = values.find(named.category, listing.category) ?? -1;
  ints[intAt.brand] = values.find(named.brand, listing.brand) ?? -1;
  singles[singleAt.popularityPart] = parts.popularity;
  singles[singleAt.ratingPart] = parts.rating;
  reals[realAt.price] = price.amount;
  reals[realAt.rating] = listing.rating;
  reals[realAt.popularity] = listing.popularity;
  reals[realAt.createdAt] = listing.createdAt;
  ints.set(numbers, rowWidth);
  return new Uint8Array(ints.buffer);
}

function facetValuesOf({ category, brand, price, rating, attributes }: ListingDocument, values: Values): number[] {
  const numbers = levelsOf(category).map((level) => values.take(named.category, level));
  if (brand !== '') numbers.push(values.take(named.brand, brand));
  const bound = priceBounds.findLast((from) => from <= price.amount) ?? 0;
  numbers.push(values.take(named.price, String(bound)));
  if (rating >= 100) numbers.push(values.take(named.rating, String(Math.floor(rating / 100))));
  for (const [name, all] of Object.entries(attributes)) {
    for (const value of new Set(all)) numbers.push(values.take(attributeNamed(name), value));
  }
  return numbers;
}

/** `Toys`, `Toys/Games`. */
function levelsOf(category: string): string[] {
  if (category === '') return [];
  const parts = category.split('/');
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}
