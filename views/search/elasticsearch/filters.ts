// What is hidden. Filters that are facets, too, are kept apart by their facet, for each facet is counted without its own.
import type { estypes } from '@elastic/elasticsearch';
import type { DeliveryOption, SearchFilters } from '../search.ts';
import { attributePair } from './stored-form.ts';

type Query = estypes.QueryDslQueryContainer;

/** `category`, or `attribute:color`. */
export type FacetName = 'category' | 'brands' | 'prices' | 'ratings' | 'stock' | `attribute:${string}`;

export type FacetFilters = ReadonlyMap<FacetName, Query>;

/** Of whatever is found: only listings that are there. */
export const live: Query = { term: { live: true } };

export const inStock: Query = { term: { inStock: true } };

/** Filters by which no facet counts. */
export function baseFilters({ sellerId, currency, delivery }: SearchFilters): Query[] {
  return [
    live,
    ...(sellerId === undefined ? [] : [{ term: { sellerId } }]),
    ...(currency === undefined ? [] : [{ term: { currency } }]),
    ...(delivery === undefined ? [] : [deliveryFilter(delivery)]),
  ];
}

export function facetFilters(filters: SearchFilters): FacetFilters {
  const { category, brands, priceMin, priceMax, ratingMin, attributes = {} } = filters;
  const found = new Map<FacetName, Query>();
  if (category !== undefined) found.set('category', { term: { categories: category } });
  if (brands !== undefined) found.set('brands', { terms: { brand: [...brands] } });
  if (priceMin !== undefined || priceMax !== undefined)
    found.set('prices', { range: { price: range(priceMin, priceMax) } });
  if (ratingMin !== undefined) found.set('ratings', { range: { rating: { gte: ratingMin } } });
  for (const [name, values] of Object.entries(attributes)) {
    found.set(`attribute:${name}`, { terms: { attributes: values.map((value) => attributePair(name, value)) } });
  }
  if (filters.inStock ?? true) found.set('stock', inStock);
  return found;
}

/** All but those of one facet. */
export function allBut(filters: FacetFilters, facet: FacetName | undefined): Query[] {
  return [...filters].filter(([name]) => name !== facet).map(([, query]) => query);
}

function range(gte: number | undefined, lte: number | undefined) {
  return { ...(gte !== undefined && { gte }), ...(lte !== undefined && { lte }) };
}

/** Ways that take the same parcels are one. */
function deliveryFilter(ways: readonly DeliveryOption[]): Query {
  const groups = Map.groupBy(ways, ({ maxWeightGrams, hazardous }) => `${maxWeightGrams} ${hazardous}`);
  const should = [...groups.values()].map(([first, ...others]): Query => {
    const { warehouse, maxWeightGrams, hazardous } = first!;
    const warehouses = [warehouse, ...others.map((way) => way.warehouse)];
    const filter: Query[] = [{ terms: { warehouses } }, { range: { weightGrams: { lte: maxWeightGrams } } }];
    return { bool: { filter: hazardous ? filter : [...filter, { term: { hazardous: false } }] } };
  });
  return should.length === 0 ? { match_none: {} } : { bool: { should, minimum_should_match: 1 } };
}
