// The port of the product search: listings in, ranked pages of mini descriptions with facets out, and suggestions while
// somebody types. An engine stems, forgives typos, ranks and counts; synonyms and weights are the query's, so that
// editing them needs no new index. What an engine shows may be a second old. Letters are the same with and without
// their marks and in any case (`Müller`, `muller`; `ß` is `ss`).
import type { SourcePosition, ViewSink } from '../../streams/api.ts';

export interface Price {
  /** Minor units. */
  readonly amount: number;
  /** ISO 4217. */
  readonly currency: string;
}

/** One thing to choose from on a result page: a product alone, or all variants of one. */
export interface ListingDocument {
  /** The product's id, or that of the product whose variants these are. */
  readonly id: string;
  readonly title: string;
  readonly description: string;
  /** Path, parts joined by `/`; empty for none. */
  readonly category: string;
  /** Empty for none. */
  readonly brand: string;
  /** ISO 639-1 of title and description. */
  readonly language: string;
  readonly sellerId: string;
  /** Of the cheapest variant in stock, or of the cheapest if none is. */
  readonly price: Price;
  /** Of the dearest one in the same currency. */
  readonly highestPrice: number;
  /** The main image's URL; empty for none. */
  readonly image: string;
  /** Facets, those of variants in stock merged: `color` -> `['black', 'red']`. */
  readonly attributes: { readonly [name: string]: readonly string[] };
  /** Where it is in stock: one warehouse is enough for one unit. Sorted. Empty: sold out. */
  readonly warehouses: readonly string[];
  /** Of the lightest variant, grams. */
  readonly weightGrams: number;
  readonly hazardous: boolean;
  /** Mean of the stars times 100, 100 to 500; 0 without any. */
  readonly rating: number;
  readonly ratings: number;
  /** Decayed score, 0 and more. It may lag behind what the engine counts; `popularityRange` may not. */
  readonly popularity: number;
  /** 0 (nobody wants it) to 9: the logarithm of `popularity`. */
  readonly popularityRange: number;
  readonly variants: readonly ListingVariant[];
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number;
}

export interface ListingVariant {
  readonly productId: string;
  /** `size` -> `M`. */
  readonly options: { readonly [name: string]: string };
  readonly price: Price;
  readonly inStock: boolean;
}

/** Guarded by its position: applied again, or late, it changes nothing. `remove` leaves what the guard needs. */
export type SearchWrite =
  | {
      readonly kind: 'put';
      readonly id: string;
      readonly position: SourcePosition;
      readonly listing: ListingDocument;
      /** The shard key that the listing has now, and those that it had before; see `shardOf`. */
      readonly shard: string;
      readonly formerShards: readonly string[];
    }
  | {
      readonly kind: 'remove';
      readonly id: string;
      readonly position: SourcePosition;
      readonly shard: string;
      readonly formerShards: readonly string[];
    };

/**
 * A word as typed, or several that stand together in the synonyms, and what else is as good. A word is found in any
 * field, as it stands whatever the listing's language, in its other forms (`shoe`, `shoes`) where that is the query's
 * language. One mistake is forgiven in a word of 4 letters and more, two in one of 8 and more, none in words with a
 * digit; two letters swapped are one mistake. What has the word itself comes before what has something like it; an engine
 * may leave that out if many have the word.
 */
export interface QueryTerm {
  /** One or more words as `wordsOf` gives them, separated by one space; each must be found, together or apart. */
  readonly text: string;
  /**
   * Each of one or more words, which stand next to each other in one field. A synonym counts as much as the word and
   * has its other forms, too, but no typo is forgiven.
   */
  readonly synonyms: readonly string[];
}

/** One way in which a listing can reach the shopper; any of them will do. */
export interface DeliveryOption {
  readonly warehouse: string;
  /** The heaviest parcel, grams. */
  readonly maxWeightGrams: number;
  /** Whether hazardous goods may go this way. */
  readonly hazardous: boolean;
}

export interface SearchFilters {
  /** The category and all below it. */
  readonly category?: string | undefined;
  /** One of these. */
  readonly brands?: readonly string[] | undefined;
  readonly sellerId?: string | undefined;
  /** Prices in this currency alone; without it `priceMin` and `priceMax` look at the amount whatever the currency. */
  readonly currency?: string | undefined;
  /** Minor units, inclusive both; against the listing's `price`. */
  readonly priceMin?: number | undefined;
  readonly priceMax?: number | undefined;
  /** Times 100. */
  readonly ratingMin?: number | undefined;
  /** All of the names, one of the values each; values as the facet gives them. */
  readonly attributes?: { readonly [name: string]: readonly string[] } | undefined;
  /** True by default: what is sold out is hidden. */
  readonly inStock?: boolean | undefined;
  /** What can't go any of these ways is hidden; undefined: no matter where it goes. What is sold out goes no way. */
  readonly delivery?: readonly DeliveryOption[] | undefined;
}

export type SearchSort = 'relevance' | 'price_asc' | 'price_desc' | 'rating' | 'newest' | 'popularity';

/** What relevance is blended from; each part is between 0 and 1 before its weight. */
export interface RankingWeights {
  /** Of the fields, against each other. */
  readonly title: number;
  readonly brand: number;
  readonly category: number;
  readonly attributes: number;
  readonly description: number;
  /** Of the blend: score = text * (1 + popularity * p + rating * r + stock * s), with the listing's `rankingParts`. */
  readonly popularity: number;
  readonly rating: number;
  readonly stock: number;
}

export interface SearchQuery {
  /** Every term must be found, or one of its synonyms. Empty: everything. */
  readonly terms: readonly QueryTerm[];
  /**
   * ISO 639-1: whose stemming is applied to the terms; en, de, fr, es at least. In any other, words are found as they
   * are.
   */
  readonly language: string;
  readonly filters: SearchFilters;
  /** By the id among equals, ascending in each sort. */
  readonly sort: SearchSort;
  readonly weights: RankingWeights;
  /** 1 to 100. */
  readonly limit: number;
  /**
   * As the page before gave it, for the same texts, language, sort and filters but `delivery`; opaque. While listings
   * come and go, what stays is neither repeated nor skipped; in the order of relevance that holds while none changes.
   * @throws SEARCH_CURSOR_INVALID for any other text
   */
  readonly cursor?: string | undefined;
  /** Whether facets are counted. */
  readonly facets: boolean;
}

export interface SearchHit {
  readonly listing: ListingDocument;
  /**
   * With `<mark>` around the words that were found, all else escaped for HTML. The whole title; of the description a
   * part or all. Absent where nothing was found.
   */
  readonly highlights: { readonly title?: string; readonly description?: string };
}

export interface FacetValue {
  readonly value: string;
  readonly count: number;
}

/**
 * Counts among what the query finds. A facet that is filtered by is counted as if it weren't, so that one may choose
 * another value. Values by count, then by name; at most 50 a facet. What counts 0 is left out.
 */
export interface Facets {
  /** Each level of the path: `Toys`, `Toys/Games`. */
  readonly categories: readonly FacetValue[];
  readonly brands: readonly FacetValue[];
  /**
   * Of what is counted here `from <= price < to`; `to` undefined at the end. Bounds are the same in every engine:
   * `priceBounds`.
   */
  readonly prices: readonly { readonly from: number; readonly to?: number | undefined; readonly count: number }[];
  /** At least so many stars times 100: 400, 300, 200, 100. */
  readonly ratings: readonly { readonly min: number; readonly count: number }[];
  /** The twenty names with the most listings, and any that is filtered by. */
  readonly attributes: { readonly [name: string]: readonly FacetValue[] };
  /** How many are in stock, and how many would be with those that are sold out. */
  readonly stock: { readonly inStock: number; readonly all: number };
}

export interface SearchPage {
  readonly hits: readonly SearchHit[];
  /** Exact up to 10,000; above that at least 10,000. */
  readonly total: number;
  readonly facets?: Facets | undefined;
  /** Undefined on the last page. */
  readonly cursor?: string | undefined;
  /**
   * What to search for instead, lower case, if less than 3 were found and a likelier spelling finds more: up to two
   * mistakes in a word of 4 letters and more, the first letter right.
   */
  readonly didYouMean?: string | undefined;
}

export interface SuggestQuery {
  /** As typed so far; its last word may be a beginning. */
  readonly text: string;
  readonly language: string;
  /** Of each kind; 1 to 20. */
  readonly limit: number;
}

/** What the text may become; all empty for an empty text. Only what is in stock; the more popular first. */
export interface Suggestions {
  /** The text with its last word completed, lower case. */
  readonly terms: readonly string[];
  /** With all of the text's words, the last one as a beginning, in the title or as the brand. */
  readonly products: readonly { readonly id: string; readonly title: string; readonly image: string }[];
  /** Paths with a part in which one word begins so. */
  readonly categories: readonly string[];
}

/** Every call throws SEARCH_UNAVAILABLE if the engine can't answer now or was closed: try again later. */
export interface Search extends ViewSink<SearchWrite> {
  /** Applies writes in their order. After a failure some may have been applied: apply all of them again. */
  apply(writes: readonly SearchWrite[]): Promise<void>;
  search(query: SearchQuery): Promise<SearchPage>;
  suggest(query: SuggestQuery): Promise<Suggestions>;
  /** In the order of `ids`. */
  getMany(ids: readonly string[]): Promise<(ListingDocument | undefined)[]>;
  /** All of them by id, in pages: to compare two indexes. */
  scan(after: string | undefined, limit: number): Promise<readonly ListingDocument[]>;
  count(): Promise<number>;
  /** Bytes on disk. */
  size(): Promise<number>;
  /** Makes what was applied visible to searches at once; it becomes so by itself within half a second. */
  refresh(): Promise<void>;
  /** Empties it, positions included, so that the log can be replayed into it. */
  clear(): Promise<void>;
  ping(): Promise<void>;
  close(): Promise<void>;
  /** Drops the index, and closes. */
  remove(): Promise<void>;
}

/** Lower ends of the price facet in minor units. */
export const priceBounds: readonly number[] = [0, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000];

/** What relevance is blended from beside the text, each between 0 and 1; the same in every engine. */
export function rankingParts({
  popularity,
  rating,
  ratings,
  warehouses,
}: Pick<ListingDocument, 'popularity' | 'rating' | 'ratings' | 'warehouses'>) {
  return {
    // As the ranges go: 1 where the last one begins.
    popularity: Math.min(1, Math.log2(1 + Math.max(0, popularity)) / 18),
    // A few ratings say little: as if there were five of three stars beside them.
    rating: (rating * ratings + 5 * 300) / (ratings + 5) / 500,
    stock: warehouses.length > 0 ? 1 : 0,
  };
}

/** Listings of this range and above are `popular`; the others `rest`. */
const popularFrom = 4;

/** Where a listing lies among the parts of an index: its top category and its range of popularity. */
export function shardOf(category: string, popularityRange: number): string {
  return `${topCategory(category)}#${popularityRange >= popularFrom ? 'popular' : 'rest'}`;
}

/** All shards in which a category's listings lie. */
export function shardsOf(category: string): readonly string[] {
  return [`${topCategory(category)}#popular`, `${topCategory(category)}#rest`];
}

function topCategory(category: string): string {
  return category.split('/', 1)[0]!;
}
