// Counts of the facets of one query, and how they are told. Each listing is counted for every facet if it passes all
// filters, and for one alone if it fails by just that.
import { type Facets, type FacetValue, priceBounds } from '../search.ts';
import type { Columns } from './columns.ts';
import { intAt, rowWidth, standings } from './facts.ts';
import { failures } from './slot-filter.ts';
import { attributeNamed, attributeOf, named } from './values.ts';

const mostValues = 50;
const mostNames = 20;
const stars = [4, 3, 2, 1];

export class FacetCounter {
  readonly #columns: Columns;
  /** By value. */
  readonly #counts: Int32Array;
  /** By name: listings that pass and have some value of it. */
  readonly #names: Int32Array;
  readonly #nameOf: Int32Array;
  #inStock = 0;
  #soldOut = 0;

  constructor(columns: Columns) {
    const { values } = columns;
    this.#columns = columns;
    this.#counts = new Int32Array(values.size);
    this.#names = new Int32Array(values.names.length);
    this.#nameOf = Int32Array.from(values.nameOf);
  }

  /** `failure` as the filter told it, not hidden. */
  count(slot: number, failure: number): void {
    const { ints, lists } = this.#columns;
    const row = slot * rowWidth;
    if (failure === failures.none || failure === failures.stock) {
      if (ints[row + intAt.standing] === standings.soldOut) this.#soldOut++;
      else this.#inStock++;
      if (failure === failures.stock) return;
    }
    const counts = this.#counts;
    const nameOf = this.#nameOf;
    const names = this.#names;
    const start = ints[row + intAt.valuesStart]!;
    const end = start + ints[row + intAt.valuesLength]!;
    if (failure !== failures.none) {
      // Values of one name stand together.
      let at = start;
      while (at < end && nameOf[lists[at]!] !== failure) at++;
      for (; at < end && nameOf[lists[at]!] === failure; at++) counts[lists[at]!]!++;
      return;
    }
    let before = -1;
    for (let at = start; at < end; at++) {
      const value = lists[at]!;
      counts[value]!++;
      const name = nameOf[value]!;
      if (name !== before) names[name]!++;
      before = name;
    }
  }

  /** @param filtered attributes that are told however few have them */
  facets(filtered: readonly string[]): Facets {
    const prices = new Map(this.#valuesOf(named.price).map(({ value, count }) => [Number(value), count]));
    const rated = this.#valuesOf(named.rating);
    return {
      categories: told(this.#valuesOf(named.category)),
      brands: told(this.#valuesOf(named.brand)),
      prices: priceBounds.flatMap((from, index) => {
        const to = priceBounds[index + 1];
        const count = prices.get(from);
        if (count === undefined) return [];
        return [to === undefined ? { from, count } : { from, to, count }];
      }),
      ratings: stars.flatMap((least) => {
        const count = rated.reduce((sum, each) => (Number(each.value) >= least ? sum + each.count : sum), 0);
        return count === 0 ? [] : [{ min: 100 * least, count }];
      }),
      attributes: this.#attributes(filtered),
      stock: { inStock: this.#inStock, all: this.#inStock + this.#soldOut },
    };
  }

  #attributes(filtered: readonly string[]): Facets['attributes'] {
    const counted = this.#columns.values.names.flatMap((name, number) => {
      const attribute = attributeOf(name);
      const count = this.#names[number]!;
      return attribute === undefined || count === 0 ? [] : [{ value: attribute, count }];
    });
    const names = counted.sort(byCount).slice(0, mostNames);
    const all = new Set([...names.map(({ value }) => value), ...filtered]);
    const facets = [...all].map((name) => [name, told(this.#valuesOf(attributeNamed(name)))] as const);
    return Object.fromEntries(facets.filter(([, values]) => values.length > 0));
  }

  /** What counts more than 0. */
  #valuesOf(name: string): FacetValue[] {
    const found: FacetValue[] = [];
    for (const [value, number] of this.#columns.values.of(name)) {
      const count = this.#counts[number]!;
      if (count > 0) found.push({ value, count });
    }
    return found;
  }
}

function told(values: FacetValue[]): FacetValue[] {
  return values.sort(byCount).slice(0, mostValues);
}

function byCount(a: FacetValue, b: FacetValue): number {
  return b.count - a.count || (a.value < b.value ? -1 : 1);
}
