// The filters of a query, made ready to be asked of hundreds of thousands of slots: texts are numbers, ways of delivery
// are the heaviest parcel of each set of warehouses. A listing that fails by one facet alone is told by it, so that the
// facet may be counted as if it weren't filtered by.
import type { DeliveryOption, SearchFilters } from '../search.ts';
import type { Columns } from './columns.ts';
import { intAt, realAt, realWidth, rowWidth, standings } from './facts.ts';
import { attributeNamed, named, type Values } from './values.ts';

/** What `failure` tells beside the number of a name. */
export const failures = { none: -1, stock: -2, hidden: -3 } as const;
const nobody = -1;
/** A name that nothing has: nothing passes, and nothing is counted for it. */
const unknownName = -4;

interface ListFilter {
  /** The number of its name. */
  readonly name: number;
  /** By value: 1 if it will do. */
  readonly will: Uint8Array;
  /** Where a row has its value; undefined: among the others. */
  readonly at: number | undefined;
}

export class SlotFilter {
  readonly #columns: Columns;
  readonly #lists: readonly ListFilter[];
  readonly #ranges: boolean;
  readonly #priceMin: number;
  readonly #priceMax: number;
  readonly #ratingMin: number;
  readonly #priceName: number;
  readonly #ratingName: number;
  /** undefined: any. */
  readonly #seller: number | undefined;
  readonly #currency: number | undefined;
  readonly #mustBeInStock: boolean;
  /** Of each set of warehouses the heaviest parcel that goes some way, hazardous or not. */
  readonly #heaviest: readonly [plain: Float64Array, hazardous: Float64Array] | undefined;
  /** Attributes that are filtered by, by their own name. */
  readonly attributes: readonly string[];

  constructor(columns: Columns, filters: SearchFilters) {
    const { values } = columns;
    const { category, brands, sellerId, currency, delivery, attributes = {} } = filters;
    this.#columns = columns;
    this.#lists = [
      ...(category === undefined ? [] : [categoryFilter(values, category)]),
      ...(brands === undefined ? [] : [listFilter(values, named.brand, brands, intAt.brand)]),
      ...Object.entries(attributes).map(([name, texts]) => listFilter(values, attributeNamed(name), texts)),
    ];
    this.#ranges = [filters.priceMin, filters.priceMax, filters.ratingMin].some((each) => each !== undefined);
    this.#priceMin = filters.priceMin ?? -Infinity;
    this.#priceMax = filters.priceMax ?? Infinity;
    this.#ratingMin = filters.ratingMin ?? -Infinity;
    this.#priceName = values.nameNumber(named.price);
    this.#ratingName = nameNumber(values, named.rating);
    this.#seller = sellerId === undefined ? undefined : (values.find(named.seller, sellerId) ?? nobody);
    this.#currency = currency === undefined ? undefined : (values.find(named.currency, currency) ?? nobody);
    this.#mustBeInStock = filters.inStock ?? true;
    this.#heaviest = delivery === undefined ? undefined : heaviestParcels(values, delivery);
    this.attributes = Object.keys(attributes);
  }

  /**
   * `failures.none` if the slot's listing passes; if it fails by one facet alone, `failures.stock` or the number of the
   * facet's name; else `failures.hidden`.
   */
  failure(slot: number): number {
    const { ints, reals } = this.#columns;
    const row = slot * rowWidth;
    const standing = ints[row + intAt.standing]!;
    if (standing === standings.gone) return failures.hidden;
    if (this.#seller !== undefined && ints[row + intAt.seller] !== this.#seller) return failures.hidden;
    if (this.#currency !== undefined && ints[row + intAt.currency] !== this.#currency) return failures.hidden;
    if (this.#heaviest !== undefined) {
      const heaviest = this.#heaviest[ints[row + intAt.hazardous] as 0 | 1][ints[row + intAt.warehouses]!]!;
      if (ints[row + intAt.weight]! > heaviest) return failures.hidden;
    }
    let failure: number = this.#mustBeInStock && standing === standings.soldOut ? failures.stock : failures.none;
    if (this.#ranges) {
      const price = reals[slot * realWidth + realAt.price]!;
      if (price < this.#priceMin || price > this.#priceMax) {
        if (failure !== failures.none) return failures.hidden;
        failure = this.#priceName;
      }
      if (reals[slot * realWidth + realAt.rating]! < this.#ratingMin) {
        if (failure !== failures.none) return failures.hidden;
        failure = this.#ratingName;
      }
    }
    for (const filter of this.#lists) {
      if (this.#passes(row, filter)) continue;
      if (failure !== failures.none) return failures.hidden;
      failure = filter.name;
    }
    return failure;
  }

  #passes(row: number, { will, at: place }: ListFilter): boolean {
    const { ints, lists } = this.#columns;
    if (place !== undefined) return will[ints[row + place]!] === 1;
    const start = ints[row + intAt.valuesStart]!;
    const end = start + ints[row + intAt.valuesLength]!;
    for (let at = start; at < end; at++) if (will[lists[at]!] === 1) return true;
    return false;
  }
}

function categoryFilter(values: Values, category: string): ListFilter {
  const below = [...values.of(named.category).keys()].filter((path) => path.startsWith(`${category}/`));
  return listFilter(values, named.category, [category, ...below], intAt.category);
}

function listFilter(values: Values, name: string, texts: readonly string[], at?: number): ListFilter {
  const will = new Uint8Array(values.size);
  for (const text of texts) {
    const number = values.find(name, text);
    if (number !== undefined) will[number] = 1;
  }
  return { name: nameNumber(values, name), will, at };
}

function nameNumber(values: Values, name: string): number {
  const number = values.nameNumber(name);
  return number === -1 ? unknownName : number;
}

function heaviestParcels(values: Values, options: readonly DeliveryOption[]) {
  const plain = new Float64Array(values.size).fill(-Infinity);
  const hazardous = new Float64Array(values.size).fill(-Infinity);
  for (const [text, number] of values.of(named.warehouses)) {
    const warehouses = new Set<string>(JSON.parse(text));
    for (const option of options) {
      if (!warehouses.has(option.warehouse)) continue;
      plain[number] = Math.max(plain[number]!, option.maxWeightGrams);
      if (option.hazardous) hazardous[number] = Math.max(hazardous[number]!, option.maxWeightGrams);
    }
  }
  return [plain, hazardous] as const;
}
