// Counts of the facets of one query, and how they are told. Each listing is counted for every facet if it passes all
// filters, and for one alone if it fails by just that.
import { type Facets, type FacetValue, priceBounds } from '../search.ts';
import type { Columns } from './columns.ts';
import { intAt, realAt, realWidth, rowWidth } from './fact-rows.ts';
import { failureBits, SlotFilter } from './slot-filter.ts';

const mostValues = 50;
const mostNames = 20;
const ratingSteps = [400, 300, 200, 100];

export class FacetCounter {
  readonly #columns: Columns;
  readonly #allOf: 'all' | 'in stock' | undefined;
  readonly #filteredNames: readonly number[];
  readonly #brands: Int32Array;
  /** Of each level what is just there; what is below is added at the end. */
  readonly #categories: Int32Array;
  readonly #prices = new Int32Array(priceBounds.length);
  /** By stars, 0 for less than one. */
  readonly #stars = new Int32Array(6);
  readonly #pairs: Int32Array;
  /** Listings that have an attribute of the name. */
  readonly #names: Int32Array;
  #inStock = 0;
  #soldOut = 0;

  /** @param allOf if only those of the category are counted, and all others fail by just that */
  constructor(columns: Columns, filter: SlotFilter, allOf: 'all' | 'in stock' | undefined) {
    this.#columns = columns;
    this.#allOf = allOf;
    this.#filteredNames = filter.filteredNames;
    this.#brands = new Int32Array(columns.brands.size);
    this.#categories = new Int32Array(columns.categories.size);
    this.#pairs = new Int32Array(columns.attributes.size);
    this.#names = new Int32Array(columns.attributes.names.size);
  }

  /** `failure` as the filter told it, not hidden. */
  count(slot: number, failure: number): void {
    switch (failure) {
      case 0:
        this.#countAll(slot);
        break;
      case failureBits.stock:
        this.#countStock(slot);
        break;
      case failureBits.category:
        this.#countCategory(slot);
        break;
      case failureBits.brand:
        this.#countBrand(slot);
        break;
      case failureBits.price:
        this.#countPrice(slot);
        break;
      case failureBits.rating:
        this.#countRating(slot);
        break;
      default:
        this.#countPairs(slot, this.#filteredNames[SlotFilter.attributeOf(failure)]!);
    }
  }

  facets(): Facets {
    // No brand is none.
    this.#brands[0] = 0;
    return {
      categories: this.#categoryValues(),
      brands: mostFrequent(this.#brands, (brand) => this.#columns.brands.textOf(brand)),
      prices: this.#priceValues(),
      ratings: ratingSteps
        .map((min) => ({ min, count: this.#stars.subarray(min / 100).reduce((sum, count) => sum + count, 0) }))
        .filter(({ count }) => count > 0),
      attributes: this.#attributeValues(),
      stock: { inStock: this.#inStock, all: this.#inStock + this.#soldOut },
    };
  }

  #countAll(slot: number): void {
    this.#countStock(slot);
    if (this.#allOf === undefined) this.#countCategory(slot);
    this.#countBrand(slot);
    this.#countPrice(slot);
    this.#countRating(slot);
    const { ints } = this.#columns.rows;
    const { pairs, nameOf } = this.#columns.attributes;
    const ofPairs = this.#pairs;
    const ofNames = this.#names;
    const start = ints[slot * rowWidth + intAt.pairsStart]!;
    const end = start + ints[slot * rowWidth + intAt.pairsLength]!;
    let before = -1;
    for (let at = start; at < end; at++) {
      const pair = pairs[at]!;
      ofPairs[pair]!++;
      // Values of one name stand together.
      const name = nameOf[pair]!;
      if (name !== before) ofNames[name]!++;
      before = name;
    }
  }

  #countStock(slot: number): void {
    if (this.#columns.rows.ints[slot * rowWidth + intAt.warehouses] === 0) this.#soldOut++;
    else this.#inStock++;
  }

  #countCategory(slot: number): void {
    const category = this.#columns.rows.ints[slot * rowWidth + intAt.category]!;
    if (category !== -1) this.#categories[category]!++;
  }

  #countBrand(slot: number): void {
    this.#brands[this.#columns.rows.ints[slot * rowWidth + intAt.brand]!]!++;
  }

  #countPrice(slot: number): void {
    this.#prices[this.#columns.rows.ints[slot * rowWidth + intAt.priceRange]!]!++;
  }

  #countRating(slot: number): void {
    this.#stars[Math.min(5, (this.#columns.rows.reals[slot * realWidth + realAt.rating]! / 100) | 0)]!++;
  }

  #countPairs(slot: number, name: number): void {
    const { ints } = this.#columns.rows;
    const { pairs, nameOf } = this.#columns.attributes;
    const start = ints[slot * rowWidth + intAt.pairsStart]!;
    const end = start + ints[slot * rowWidth + intAt.pairsLength]!;
    for (let at = start; at < end; at++) if (nameOf[pairs[at]!] === name) this.#pairs[pairs[at]!]!++;
  }

  #categoryValues(): FacetValue[] {
    const { categories } = this.#columns;
    const pathOf = (category: number) => categories.pathOf(category);
    if (this.#allOf !== undefined) return mostFrequent(categories.counts(this.#allOf), pathOf);
    const counts = new Int32Array(this.#categories.length);
    for (let category = 0; category < counts.length; category++) {
      const count = this.#categories[category]!;
      if (count === 0) continue;
      for (let level = category; level !== -1; level = categories.parentOf(level)) counts[level]! += count;
    }
    return mostFrequent(counts, pathOf);
  }

  #priceValues(): Facets['prices'] {
    return priceBounds.flatMap((from, range) => {
      const count = this.#prices[range]!;
      const to = priceBounds[range + 1];
      if (count === 0) return [];
      return [to === undefined ? { from, count } : { from, to, count }];
    });
  }

  #attributeValues(): Facets['attributes'] {
    const { attributes } = this.#columns;
    const names = mostFrequent(this.#names, (name) => attributes.names.textOf(name), mostNames);
    const told = new Map(names.map(({ value }) => [attributes.names.find(value)!, value]));
    for (const name of this.#filteredNames) if (name !== -1) told.set(name, attributes.names.textOf(name));
    const pairs = new Map([...told.keys()].map((name) => [name, [] as number[]]));
    for (let pair = 0; pair < this.#pairs.length; pair++) {
      if (this.#pairs[pair]! > 0) pairs.get(attributes.nameOf[pair]!)?.push(pair);
    }
    const facets = [...told].map(([name, text]) => {
      const values = pairs.get(name)!.map((pair) => ({ value: attributes.valueOf(pair), count: this.#pairs[pair]! }));
      return [text, values.sort(byCount).slice(0, mostValues)] as const;
    });
    return Object.fromEntries(facets.filter(([, values]) => values.length > 0));
  }
}

/** What counts more than 0, by count, then by name. */
function mostFrequent(counts: Int32Array, textOf: (number: number) => string, most: number = mostValues): FacetValue[] {
  // Texts are made only of those that count as much as the last of the most frequent.
  const least = Math.max(1, counts.length <= most ? 1 : counts.toSorted()[counts.length - most]!);
  const values: FacetValue[] = [];
  for (let number = 0; number < counts.length; number++) {
    const count = counts[number]!;
    if (count >= least) values.push({ value: textOf(number), count });
  }
  return values.sort(byCount).slice(0, most);
}

function byCount(a: FacetValue, b: FacetValue): number {
  return b.count - a.count || (a.value < b.value ? -1 : 1);
}
