// Facets as aggregations. Each counts what passes all filters but its own. Those that aren't filtered by count what the page
// finds, along with it; the others are a search beside it, without their filters. Attributes are counted as `name=value`
// pairs, all names in one go; should there be too many pairs, the names that came short are asked for again.
import type { estypes } from '@elastic/elasticsearch';
import { type Facets, type FacetValue, priceBounds } from '../search.ts';
import { allBut, type FacetFilters, type FacetName, inStock } from './filters.ts';
import { attributeOf, attributePrefix } from './stored-form.ts';

type Aggregation = estypes.AggregationsAggregationContainer;
type Aggregations = Record<string, Aggregation>;

/** What comes back, as far as it is read: the shapes that the client declares are unions of everything. */
interface Counted {
  readonly doc_count: number;
  /** Of a facet that is filtered by. */
  readonly others?: Counted;
  readonly [name: string]: unknown;
}

interface Buckets {
  readonly sum_other_doc_count?: number;
  readonly buckets: readonly {
    readonly key: string;
    readonly doc_count: number;
    readonly from?: number;
    readonly to?: number;
  }[];
}

const valuesPerFacet = 50;
const attributesShown = 20;
const ratingBounds = [400, 300, 200, 100];
/** A category's listings are in few shards, so what is rare in one may be frequent in all: each tells of many. */
const perShard = 1_000;
/** Enough for twenty attributes with fifty values each. */
const pairsCounted = 1_000;

const priceRanges = priceBounds.map((from, index) => {
  const to = priceBounds[index + 1];
  return to === undefined ? { from } : { from, to };
});

const facets: readonly (readonly [name: FacetName, aggregation: Aggregation])[] = [
  ['category', terms('categories')],
  ['brands', terms('brand')],
  ['prices', { range: { field: 'price', ranges: priceRanges } }],
  ['ratings', { range: { field: 'rating', ranges: ratingBounds.map((from) => ({ from })) } }],
  ['stock', { filter: { match_all: {} }, aggs: { inStock: { filter: inStock } } }],
];

/** Of the page: what isn't filtered by. */
export function pageFacets(filters: FacetFilters): Aggregations {
  return {
    ...Object.fromEntries(facets.filter(([name]) => !filters.has(name))),
    names: terms('attributeNames', attributesShown),
    pairs: terms('attributes', pairsCounted),
  };
}

/** Of what is found without the filters of facets: those that are filtered by. */
export function filteredFacets(filters: FacetFilters): Aggregations {
  const known = new Map(facets);
  const own = [...filters.keys()].map((name) => {
    const others = known.get(name) ?? valuesOf(name.slice(attribute.length));
    return [name, { filter: { bool: { filter: allBut(filters, name) } }, aggs: { others } }] as const;
  });
  return Object.fromEntries(own);
}

/** Of what the page finds: the values of attributes of which it hasn't told all. */
export function missingFacets(names: readonly string[]): Aggregations {
  return Object.fromEntries(names.map((name) => [attribute + name, valuesOf(name)]));
}

/** Names of shown attributes that `found` may lack values of. */
export function namesCutShort(found: unknown): string[] {
  const pairs = bucketsOf(found, 'pairs');
  if ((pairs.sum_other_doc_count ?? 0) === 0) return [];
  const values = valuesByName(pairs);
  return bucketsOf(found, 'names')
    .buckets.filter(({ key, doc_count: listings }) => {
      const known = values.get(key) ?? [];
      const counted = known.reduce((sum, { count }) => sum + count, 0);
      return known.length < valuesPerFacet && counted < listings;
    })
    .map(({ key }) => key);
}

/** @param found the aggregations of all searches together */
export function facetsFrom(found: object): Facets {
  const stock = countedOf(found, 'stock');
  const ratings = bucketsOf(found, 'ratings').buckets;
  return {
    categories: valuesIn(bucketsOf(found, 'category')),
    brands: valuesIn(bucketsOf(found, 'brands')),
    prices: bucketsOf(found, 'prices')
      .buckets.filter(({ doc_count }) => doc_count > 0)
      .map(({ from = 0, to, doc_count: count }) => ({ from, ...(to !== undefined && { to }), count })),
    ratings: ratingBounds.flatMap((min) => {
      const count = ratings.find(({ from }) => from === min)?.doc_count ?? 0;
      return count > 0 ? [{ min, count }] : [];
    }),
    attributes: attributesFrom(found),
    stock: { inStock: countedOf(stock, 'inStock').doc_count, all: stock.doc_count },
  };
}

function attributesFrom(found: object): Facets['attributes'] {
  const known = valuesByName(bucketsOf(found, 'pairs'));
  const shown = new Map(bucketsOf(found, 'names').buckets.map(({ key }) => [key, known.get(key) ?? []]));
  for (const name of Object.keys(found)) {
    if (!name.startsWith(attribute)) continue;
    for (const [each, values] of valuesByName(bucketsOf(found, name))) shown.set(each, values);
  }
  return Object.fromEntries([...shown].map(([name, values]) => [name, values.slice(0, valuesPerFacet)]));
}

const attribute = 'attribute:';

function terms(field: string, size = valuesPerFacet): Aggregation {
  const order = [{ _count: 'desc' as const }, { _key: 'asc' as const }];
  return { terms: { field, size, shard_size: Math.max(perShard, size), order } };
}

function valuesOf(name: string): Aggregation {
  const { terms: all } = terms('attributes');
  return { terms: { ...all, include: `${attributePrefix(name).replace(/[^\p{L}\p{N} ]/gu, '\\$&')}.*` } };
}

function valuesByName(pairs: Buckets): Map<string, FacetValue[]> {
  const byName = new Map<string, FacetValue[]>();
  for (const { value: pair, count } of valuesIn(pairs)) {
    const [name, value] = attributeOf(pair);
    const known = byName.get(name) ?? [];
    known.push({ value, count });
    byName.set(name, known);
  }
  return byName;
}

function valuesIn({ buckets }: Buckets): FacetValue[] {
  return buckets.map(({ key: value, doc_count: count }) => ({ value, count }));
}

function bucketsOf(found: unknown, name: string): Buckets {
  return countedOf(found, name) as unknown as Buckets;
}

function countedOf(found: unknown, name: string): Counted {
  const counted = (found as { readonly [name: string]: Counted })[name]!;
  return counted.others ?? counted;
}
