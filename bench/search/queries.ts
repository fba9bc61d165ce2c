// The queries that a search is measured by, kind by kind, each made from a listing that is there, so that most find
// something. The same for the same seed.
import { type Random, seededRandom } from '../../base/random.ts';
import type { ListingDocument, SearchFilters, SearchQuery, SuggestQuery } from '../../views/search/search.ts';
import { defaultSearchSettings } from '../../views/search/search-settings.ts';
import { Synonyms, understand } from '../../views/search/understand.ts';
import { type Catalogue, warehouses } from './listings.ts';
import { mistyped, pick, zipfRank } from './words.ts';

export interface MeasuredQuery {
  readonly query: SearchQuery;
  /** A listing that must be the only one found, or the first, where that is certain. */
  readonly expected?: string;
}

type Make = (listing: ListingDocument, random: Random) => MeasuredQuery;

const synonyms = new Synonyms(defaultSearchSettings.synonyms);

/** Of a shop's searches, about as often as they are asked for first. */
export const kinds: { readonly [kind: string]: Make } = {
  'one word': (listing) => asked(nounOf(listing), listing, { facets: true }),
  'brand and word': (listing) => asked(`${listing.brand} ${nounOf(listing)}`, listing, { facets: true }),
  'a typo': (listing, random) => asked(mistyped(nounOf(listing), random), listing, { facets: true }),
  'three words, a typo': (listing, random) => {
    const others = listing.description.split(' ').slice(0, 2);
    return asked(`${mistyped(nounOf(listing), random)} ${pick(random, others)} ${listing.brand}`, listing);
  },
  'a common word': ({ description, ...listing }, random) =>
    asked(pick(random, description.split(' ').slice(0, 5)), { ...listing, description }, { facets: true }),
  category: (listing) => asked('', listing, { facets: true, filters: { category: topOf(listing) } }),
  'category, sorted': (listing, random) => {
    const sort = pick(random, ['price_asc', 'price_desc', 'newest', 'rating', 'popularity'] as const);
    return asked('', listing, { filters: { category: middleOf(listing) }, sort, facets: true });
  },
  filtered: (listing) => {
    const [name = '', values = []] = Object.entries(listing.attributes)[0] ?? [];
    const filters = { category: topOf(listing), priceMax: 4 * listing.price.amount, attributes: { [name]: values } };
    return asked(nounOf(listing), listing, { filters, facets: true });
  },
  'to a postal code': (listing, random) => {
    const ways = Array.from({ length: 12 }, (_, index) => {
      const maxWeightGrams = pick(random, [1_000, 5_000, 31_500]);
      return { warehouse: warehouses[index % warehouses.length]!, maxWeightGrams, hazardous: index % 4 === 0 };
    });
    return asked(nounOf(listing), listing, { filters: { delivery: ways }, facets: true });
  },
  'model number': (listing) => {
    const model = listing.title.split(' ').at(-1) ?? '';
    return { ...asked(model, listing, { filters: { inStock: false } }), expected: listing.id };
  },
};

export function queriesOf(catalogue: Catalogue, kind: string, count: number, seed: number): readonly MeasuredQuery[] {
  const make = kinds[kind]!;
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => make(catalogue.listing(random.int(catalogue.count)), random));
}

/** Beginnings of what things and brands are called, of two to six letters. */
export function suggestionsOf(catalogue: Catalogue, count: number, seed: number): readonly SuggestQuery[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => {
    const listing = catalogue.listing(zipfRank(random, catalogue.count));
    const word = random.int(3) === 0 ? listing.brand : nounOf(listing);
    return { text: word.slice(0, 2 + random.int(5)), language: listing.language, limit: 8 };
  });
}

interface More {
  readonly filters?: SearchFilters;
  readonly sort?: SearchQuery['sort'];
  readonly facets?: boolean;
}

function asked(text: string, { language }: ListingDocument, more: More = {}): MeasuredQuery {
  const { filters = {}, sort = 'relevance', facets = false } = more;
  const { terms } = understand(text, language, synonyms);
  const { weights } = defaultSearchSettings;
  return { query: { terms, language, filters, sort, weights, limit: 24, facets } };
}

/** The word before the model number. */
function nounOf({ title }: ListingDocument): string {
  return title.split(' ').at(-2) ?? title;
}

function topOf({ category }: ListingDocument): string {
  return category.split('/')[0] ?? '';
}

function middleOf({ category }: ListingDocument): string {
  return category.split('/').slice(0, 2).join('/');
}
