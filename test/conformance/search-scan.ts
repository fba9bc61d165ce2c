// What a search finds, and what its facets count, by looking at every listing: the plain words of the port, once over.
import {
  type Facets,
  type FacetValue,
  type ListingDocument,
  priceBounds,
  type SearchFilters,
  type SearchQuery,
  type SearchSort,
} from '../../views/search/search.ts';

/** What has all words in its title and passes the filters. */
export function scanned(
  all: readonly ListingDocument[],
  { terms, filters }: Pick<SearchQuery, 'terms' | 'filters'>,
): ListingDocument[] {
  return all.filter((each) => terms.every(({ text }) => each.title.split(' ').includes(text)) && passes(each, filters));
}

function passes(listing: ListingDocument, filters: SearchFilters): boolean {
  const { category, brands, sellerId, currency, priceMin = 0, priceMax = Infinity, ratingMin = 0 } = filters;
  const { delivery, inStock = true } = filters;
  if (category !== undefined && !levelsOf(listing.category).includes(category)) return false;
  if (brands !== undefined && !brands.includes(listing.brand)) return false;
  if (sellerId !== undefined && listing.sellerId !== sellerId) return false;
  if (currency !== undefined && listing.price.currency !== currency) return false;
  if (listing.price.amount < priceMin || listing.price.amount > priceMax || listing.rating < ratingMin) return false;
  if (inStock && listing.warehouses.length === 0) return false;
  for (const [name, values] of Object.entries(filters.attributes ?? {})) {
    if (!listing.attributes[name]?.some((value) => values.includes(value))) return false;
  }
  const { warehouses, weightGrams, hazardous } = listing;
  return (
    delivery === undefined ||
    delivery.some(
      (way) => warehouses.includes(way.warehouse) && weightGrams <= way.maxWeightGrams && (way.hazardous || !hazardous),
    )
  );
}

export function sortedBy(sort: SearchSort, listings: readonly ListingDocument[]): ListingDocument[] {
  const byId = (a: ListingDocument, b: ListingDocument) => (a.id < b.id ? -1 : Number(a.id > b.id));
  return listings.toSorted((a, b) => keyOf(sort, a) - keyOf(sort, b) || byId(a, b));
}

function keyOf(sort: SearchSort, { price, rating, createdAt, popularity }: ListingDocument): number {
  if (sort === 'relevance') return 0;
  if (sort === 'price_asc') return price.amount;
  return -{ price_desc: price.amount, rating, newest: createdAt, popularity }[sort];
}

export function facetsOf(all: readonly ListingDocument[], query: SearchQuery): Facets {
  const { filters } = query;
  const without = (...names: (keyof SearchFilters)[]) => {
    const kept = Object.entries(filters).filter(([name]) => !names.includes(name as keyof SearchFilters));
    return scanned(all, { ...query, filters: Object.fromEntries(kept) });
  };
  const amounts = without('priceMin', 'priceMax').map(({ price }) => price.amount);
  const ratings = without('ratingMin').map(({ rating }) => rating);
  const whole = scanned(all, { ...query, filters: { ...filters, inStock: false } });
  return {
    categories: counted(without('category').map(({ category }) => levelsOf(category))),
    brands: counted(without('brands').map(({ brand }) => (brand === '' ? [] : [brand]))),
    prices: priceBounds
      .map((from, index) => {
        const to = priceBounds[index + 1];
        const count = amounts.filter((amount) => amount >= from && amount < (to ?? Infinity)).length;
        return to === undefined ? { from, count } : { from, to, count };
      })
      .filter(({ count }) => count > 0),
    ratings: [400, 300, 200, 100]
      .map((min) => ({ min, count: ratings.filter((rating) => rating >= min).length }))
      .filter(({ count }) => count > 0),
    attributes: attributesOf(all, query),
    stock: { inStock: whole.filter(({ warehouses }) => warehouses.length > 0).length, all: whole.length },
  };
}

/** Of fewer than twenty names. */
function attributesOf(all: readonly ListingDocument[], query: SearchQuery): Facets['attributes'] {
  const names = new Set(all.flatMap(({ attributes }) => Object.keys(attributes)));
  const facets = [...names].map((name) => {
    const { [name]: _, ...attributes } = query.filters.attributes ?? {};
    const listings = scanned(all, { ...query, filters: { ...query.filters, attributes } });
    return [name, counted(listings.map((each) => each.attributes[name] ?? []))] as const;
  });
  return Object.fromEntries(facets.filter(([, values]) => values.length > 0));
}

function counted(values: readonly (readonly string[])[]): FacetValue[] {
  const counts = new Map<string, number>();
  for (const value of values.flat()) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts]
    .map(([value, count]) => ({ value, count }))
    .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
}

function levelsOf(category: string): string[] {
  const parts = category === '' ? [] : category.split('/');
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}
