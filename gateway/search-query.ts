// The parameters of a search as a query of the search port, and its page as an answer. Pure: what the parameters leave
// open (ways of delivery, settings) is handed in.
import type { Arrival, Ways } from '../views/delivery/delivery.ts';
import type { Facets, ListingDocument, SearchFilters, SearchPage, SearchQuery } from '../views/search/search.ts';
import { type Understood, understand } from '../views/search/understand.ts';
import type { CurrentSearchSettings } from './search-settings.ts';
import { attributePrefix, mostAttributes, type SearchAnswer, type SearchParams } from './shapes/search.ts';
import { invalidRequest } from './validation.ts';

const describedCharacters = 200;
const defaultLanguage = 'en';
const defaultLimit = 24;

export interface AskedSearch {
  readonly query: SearchQuery;
  readonly understood: Understood;
}

/** @throws REQUEST_INVALID for parameters that don't go together */
export function searchQueryOf(
  params: SearchParams,
  { settings, synonyms }: Pick<CurrentSearchSettings, 'settings' | 'synonyms'>,
  ways: Ways | undefined,
): AskedSearch {
  const { q = '', language = defaultLanguage, sort = 'relevance', limit = defaultLimit, cursor } = params;
  const understood = understand(q, language, synonyms);
  const query: SearchQuery = {
    terms: understood.terms,
    language,
    filters: filtersOf(params, ways),
    sort,
    weights: settings.weights,
    limit,
    cursor,
    facets: params.facets ?? cursor === undefined,
  };
  return { query, understood };
}

function filtersOf(params: SearchParams, ways: Ways | undefined): SearchFilters {
  const { category, brand: brands, seller: sellerId, priceMin, priceMax, currency, ratingMin, inStock = true } = params;
  if (priceMin !== undefined && priceMax !== undefined && priceMin > priceMax) {
    throw invalidRequest([{ path: 'priceMin', message: 'querystring: must not be above priceMax' }]);
  }
  return {
    category,
    brands,
    sellerId,
    currency,
    priceMin,
    priceMax,
    ratingMin: ratingMin === undefined ? undefined : Math.round(ratingMin * 100),
    attributes: attributesOf(params),
    inStock,
    delivery: ways?.options,
  };
}

function attributesOf(params: SearchParams): SearchFilters['attributes'] {
  const given = Object.entries(params).flatMap(([name, value]): [string, string[]][] => {
    return name.startsWith(attributePrefix) ? [[name.slice(attributePrefix.length), [value].flat().map(String)]] : [];
  });
  if (given.length > mostAttributes) {
    throw invalidRequest([
      { path: 'attr', message: `querystring: must not filter by more than ${mostAttributes} attributes` },
    ]);
  }
  return given.length === 0 ? undefined : Object.fromEntries(given);
}

/** @param arrivalOf when one unit arrives, if that is known */
export function answerOf(
  { hits, total, facets, didYouMean, cursor }: SearchPage,
  arrivalOf: (listing: ListingDocument) => Arrival | undefined,
): SearchAnswer {
  return {
    hits: hits.map(({ listing, highlights }) => hitOf(listing, highlights, arrivalOf(listing))),
    total,
    ...(facets && { facets: facetsOf(facets) }),
    ...(didYouMean !== undefined && { didYouMean }),
    ...(cursor !== undefined && { cursor }),
  };
}

function hitOf(
  listing: ListingDocument,
  highlights: SearchPage['hits'][number]['highlights'],
  arrival: Arrival | undefined,
): SearchAnswer['hits'][number] {
  const { id, title, description, category, brand, sellerId, image, price, highestPrice, ratings } = listing;
  return {
    listingId: id,
    title,
    description: beginningOf(description),
    category,
    brand,
    sellerId,
    image,
    price,
    highestPrice,
    inStock: listing.warehouses.length > 0,
    rating: listing.rating / 100,
    ratings,
    attributes: listing.attributes as { [name: string]: string[] },
    variants: listing.variants as SearchAnswer['hits'][number]['variants'],
    ...(arrival && { arrival: arrivalShape(arrival) }),
    highlights,
  };
}

function arrivalShape({ warehouse: warehouseId, carrier, from, to, orderBy }: Arrival) {
  return { from, to, orderBy, carrier, warehouseId };
}

/** Whole words, with an ellipsis if something follows. */
function beginningOf(text: string): string {
  if (text.length <= describedCharacters) return text;
  const cut = text.lastIndexOf(' ', describedCharacters);
  return `${text.slice(0, cut > 0 ? cut : describedCharacters).trimEnd()}…`;
}

function facetsOf({
  categories,
  brands,
  prices,
  ratings,
  attributes,
  stock,
}: Facets): NonNullable<SearchAnswer['facets']> {
  return {
    categories: [...categories],
    brands: [...brands],
    prices: prices.map(({ from, to, count }) => (to === undefined ? { from, count } : { from, to, count })),
    ratings: ratings.map(({ min, count }) => ({ min: min / 100, count })),
    attributes: attributes as { [name: string]: { value: string; count: number }[] },
    stock,
  };
}
