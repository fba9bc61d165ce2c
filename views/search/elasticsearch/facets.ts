// Facets as aggregations. Each counts what passes all filters but its own, so filters of facets aren't in the query but
// here and in the post filter. Attributes are counted as `name=value` pairs, all names in one go; should there be too many
// pairs, the names that came short are asked for again.
import type { estypes } from '@elastic/elasticsearch';
import { type Facets, type FacetValue, priceBounds } from '../search.ts';
import { allBut, type FacetFilters, type FacetName, inStock } from './filters.ts';
import { attributeOf, attributePrefix } from './stored-form.ts';

type Aggregations = Record<string, estypes.AggregationsAggregationContainer>;

/** What comes back, as far as it is read: the shapes that the client declares are unions of everything. */
interface Counted {
  readonly doc_count: number;
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

const own = 'counted';

/** All facets but the categories. */
export function facetAggregations(filters: FacetFilters): Aggregations {
  const counted = (facet: FacetName | undefined, inner: estypes.AggregationsAggregationContainer) =>
    filtered(allBut(filters, facet), { [own]: inner });
  return {
    brands: counted('brands', terms('brand')),
    prices: counted('prices', { range: { field: 'price', ranges: [...priceRanges] } }),
    ratings: counted('ratings', { range: { field: 'rating', ranges: ratingBounds.map((from) => ({ from })) } }),
    stock: counted('stock', { filter: inStock }),
    attributes: filtered(allBut(filters, undefined), {
      names: terms('attributeNames', attributesShown),
      pairs: terms('attributes', pairsCounted),
    }),
    ...Object.fromEntries(
      filteredNames(filters).map((name) => [`attribute:${name}`, counted(`attribute:${name}`, valuesOf(name))]),
    ),
  };
}

/** The categories. They are apart, for a query within a category looks at its shards alone, and they lie in all. */
export function categoryAggregation(filters: FacetFilters): Aggregations {
  return { categories: filtered(allBut(filters, 'category'), { [own]: terms('categories') }) };
}

/** Those attributes of which not all values are known yet. */
export function missingAggregations(filters: FacetFilters, names: readonly string[]): Aggregations {
  const values = Object.fromEntries(
    names.map((name) => [`attribute:${name}`, filtered([], { [own]: valuesOf(name) })]),
  );
  return { attributes: filtered(allBut(filters, undefined), values) };
}

/** Names of shown attributes that `found` may lack values of. */
export function namesCutShort(found: unknown): string[] {
  const { names, pairs } = inner(found, 'attributes');
  if ((bucketsOf(pairs).sum_other_doc_count ?? 0) === 0) return [];
  const values = valuesByName(bucketsOf(pairs));
  return bucketsOf(names)
    .buckets.filter(({ key, doc_count: listings }) => {
      const known = values.get(key) ?? [];
      const counted = known.reduce((sum, { count }) => sum + count, 0);
      return known.length < valuesPerFacet && counted < listings;
    })
    .map(({ key }) => key);
}

export function facetsFrom(found: unknown, categories: unknown, missing: unknown): Facets {
  const prices = bucketsOf(inner(found, 'prices')[own]).buckets;
  const ratings = bucketsOf(inner(found, 'ratings')[own]).buckets;
  const stock = inner(found, 'stock');
  return {
    categories: values(inner(categories, 'categories')[own]),
    brands: values(inner(found, 'brands')[own]),
    prices: prices
      .filter(({ doc_count }) => doc_count > 0)
      .map(({ from = 0, to, doc_count: count }) => ({ from, ...(to !== undefined && { to }), count })),
    ratings: ratingBounds.flatMap((min) => {
      const count = ratings.find(({ from }) => from === min)?.doc_count ?? 0;
      return count > 0 ? [{ min, count }] : [];
    }),
    attributes: attributesFrom(found, missing),
    stock: { inStock: inner(stock, own).doc_count, all: stock.doc_count },
  };
}

function attributesFrom(found: unknown, missing: unknown): Facets['attributes'] {
  const { names, pairs } = inner(found, 'attributes');
  const known = valuesByName(bucketsOf(pairs));
  const facets = new Map(bucketsOf(names).buckets.map(({ key }) => [key, known.get(key) ?? []]));
  const better = { ...(missing === undefined ? {} : inner(missing, 'attributes')), ...(found as object) };
  for (const [name, aggregation] of Object.entries(better)) {
    if (!name.startsWith('attribute:')) continue;
    const counts = valuesByName(bucketsOf((aggregation as Counted)[own]));
    for (const [attribute, all] of counts) facets.set(attribute, all);
  }
  const shown = [...facets].filter(([, all]) => all.length > 0);
  return Object.fromEntries(shown.map(([name, all]) => [name, all.slice(0, valuesPerFacet)]));
}

function filteredNames(filters: FacetFilters): string[] {
  return [...filters.keys()].flatMap((name) =>
    name.startsWith('attribute:') ? [name.slice('attribute:'.length)] : [],
  );
}

const priceRanges = priceBounds.map((from, index) => {
  const to = priceBounds[index + 1];
  return to === undefined ? { from } : { from, to };
});

function filtered(
  filter: estypes.QueryDslQueryContainer[],
  aggs: Aggregations,
): estypes.AggregationsAggregationContainer {
  return { filter: { bool: { filter } }, aggs };
}

function terms(field: string, size = valuesPerFacet): estypes.AggregationsAggregationContainer {
  return { terms: { field, size, shard_size: Math.max(perShard, size), order: byCountThenName } };
}

const byCountThenName = [{ _count: 'desc' }, { _key: 'asc' }] as const satisfies estypes.AggregationsAggregateOrder;

/** The values of one attribute. */
function valuesOf(name: string): estypes.AggregationsAggregationContainer {
  const { terms: all } = terms('attributes');
  return { terms: { ...all, include: `${attributePrefix(name).replace(/[^\p{L}\p{N} ]/gu, '\\$&')}.*` } };
}

function valuesByName({ buckets }: Buckets): Map<string, FacetValue[]> {
  const byName = new Map<string, FacetValue[]>();
  for (const { key, doc_count: count } of buckets) {
    const [name, value] = attributeOf(key);
    const known = byName.get(name) ?? [];
    known.push({ value, count });
    byName.set(name, known);
  }
  return byName;
}

function values(aggregation: unknown): FacetValue[] {
  return bucketsOf(aggregation).buckets.map(({ key: value, doc_count: count }) => ({ value, count }));
}

function inner(aggregations: unknown, name: string): Counted {
  return (aggregations as { readonly [name: string]: Counted })[name]!;
}

function bucketsOf(aggregation: unknown): Buckets {
  return aggregation as Buckets;
}
