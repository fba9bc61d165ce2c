// Short words for the listings, writes and queries of the search suites.
import {
  type ListingDocument,
  type QueryTerm,
  type RankingWeights,
  type Search,
  type SearchFilters,
  type SearchPage,
  type SearchQuery,
  type SearchWrite,
  shardOf,
} from '../../views/search/search.ts';

/** Where an index is kept: opened any number of times, one after the other, each time with everything that was applied. */
export interface SearchPlace {
  open(): Promise<Search>;
  remove(): Promise<void>;
}

export type MakeSearchPlace = () => SearchPlace;

/** Gives an open, empty index. */
export type OpenSearch = () => Promise<Search>;

const usualWeights: RankingWeights = {
  title: 6,
  brand: 4,
  category: 3,
  attributes: 2,
  description: 1,
  popularity: 0.5,
  rating: 0.2,
  stock: 0.5,
};

export function listing(id: string, over: Partial<ListingDocument> = {}): ListingDocument {
  const price = over.price ?? { amount: 1_000, currency: 'EUR' };
  return {
    id,
    title: `Thing ${id}`,
    description: '',
    category: 'Things',
    brand: '',
    language: 'en',
    sellerId: 'seller-1',
    price,
    highestPrice: price.amount,
    image: '',
    attributes: {},
    warehouses: ['berlin'],
    weightGrams: 500,
    hazardous: false,
    rating: 0,
    ratings: 0,
    popularity: 0,
    popularityRange: 0,
    variants: [{ productId: id, options: {}, price, inStock: true }],
    createdAt: 1_700_000_000_000,
    ...over,
  };
}

export function put(
  offset: number,
  document: ListingDocument,
  formerShards: readonly string[] = [],
): SearchWrite & { kind: 'put' } {
  const shard = shardOf(document.category, document.popularityRange);
  return { kind: 'put', id: document.id, position: at(offset), listing: document, shard, formerShards };
}

export function remove(
  offset: number,
  { id, category, popularityRange }: ListingDocument,
  formerShards: readonly string[] = [],
): SearchWrite & { kind: 'remove' } {
  return { kind: 'remove', id, position: at(offset), shard: shardOf(category, popularityRange), formerShards };
}

export async function fill(search: Search, listings: readonly ListingDocument[]): Promise<void> {
  await search.apply(listings.map((each, offset) => put(offset, each)));
  await search.refresh();
}

/** Each word a term, without synonyms. */
export function termsOf(text: string): readonly QueryTerm[] {
  return text.split(' ').flatMap((word) => (word === '' ? [] : [{ text: word, synonyms: [] }]));
}

export interface Asked extends Partial<Omit<SearchQuery, 'terms' | 'filters'>>, SearchFilters {}

const filterNames = [
  'category',
  'brands',
  'sellerId',
  'currency',
  'priceMin',
  'priceMax',
  'ratingMin',
  'attributes',
  'inStock',
  'delivery',
] as const;

/** A query for a text or terms; filters stand beside the query's other fields. */
export function queryFor(text: string | readonly QueryTerm[], asked: Asked = {}): SearchQuery {
  const filters = Object.fromEntries(filterNames.flatMap((name) => (name in asked ? [[name, asked[name]]] : [])));
  const { language = 'en', sort = 'relevance', limit = 100, facets = false, cursor } = asked;
  const terms = typeof text === 'string' ? termsOf(text) : text;
  return { terms, language, filters, sort, weights: asked.weights ?? usualWeights, limit, facets, cursor };
}

/** The ids of the first page, as they are ranked. */
export async function found(search: Search, text: string | readonly QueryTerm[], asked?: Asked): Promise<string[]> {
  return idsOf(await search.search(queryFor(text, asked)));
}

/** The same, in the order of ids. */
export async function foundSet(search: Search, text: string | readonly QueryTerm[], asked?: Asked): Promise<string[]> {
  return (await found(search, text, asked)).sort();
}

export function idsOf({ hits }: SearchPage): string[] {
  return hits.map((hit) => hit.listing.id);
}

function at(offset: number) {
  return { topic: 'listings', partition: 0, offset };
}
