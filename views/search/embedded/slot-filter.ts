// The filters of a query, made ready to be asked of hundreds of thousands of slots: texts are numbers, ranges are
// numbers, ways of delivery are the heaviest parcel of each set of warehouses. Each facet has a bit, so that one may
// be counted as if it weren't filtered by.
import { assert } from '../../../base/assert.ts';
import type { DeliveryOption, SearchFilters } from '../search.ts';
import type { Columns } from './columns.ts';
import type { Dictionary } from './dictionary.ts';
import { intAt, realAt, realWidth, rowWidth } from './fact-rows.ts';

/** Bits of what `failures` tells. Filtered attributes have one each, from `attributeBit` on. */
export const failureBits = { stock: 1, category: 2, brand: 4, price: 8, rating: 16 } as const;
const attributeBit = 32;
const mostAttributes = 25;
/** Fails by what is no facet, or by more than one: hidden for every count. */
export const hidden = -1;
const any = -1;
/** No listing has this number of anything. */
const nobody = -2;

export class SlotFilter {
  readonly #columns: Columns;
  readonly #categories: Uint8Array | undefined;
  readonly #brands: Uint8Array | undefined;
  readonly #hasNumbers: boolean;
  readonly #priceMin: number;
  readonly #priceMax: number;
  readonly #ratingMin: number;
  readonly #seller: number;
  readonly #currency: number;
  readonly #mustBeInStock: boolean;
  /** Of each set of warehouses the heaviest parcel that goes some way, hazardous or not. */
  readonly #heaviest: { readonly plain: Float64Array; readonly hazardous: Float64Array } | undefined;
  /** Of each attribute pair the bit of its name, if it is one of those asked for. */
  readonly #attributes: Int32Array | undefined;
  readonly #allAttributes: number;
  /** The numbers of the names that are filtered by, in the order of their bits; -1 for one that nobody has. */
  readonly filteredNames: readonly number[];

  constructor(columns: Columns, filters: SearchFilters) {
    this.#columns = columns;
    const { category, brands, sellerId, currency, delivery, attributes = {} } = filters;
    this.#categories = category === undefined ? undefined : columns.categories.below(category);
    this.#brands = brands === undefined ? undefined : numbersOf(columns.brands, brands);
    this.#hasNumbers = [filters.priceMin, filters.priceMax, filters.ratingMin].some((each) => each !== undefined);
    this.#priceMin = filters.priceMin ?? -Infinity;
    this.#priceMax = filters.priceMax ?? Infinity;
    this.#ratingMin = filters.ratingMin ?? -Infinity;
    this.#seller = sellerId === undefined ? any : (columns.sellers.find(sellerId) ?? nobody);
    this.#currency = currency === undefined ? any : (columns.currencies.find(currency) ?? nobody);
    this.#mustBeInStock = filters.inStock ?? true;
    this.#heaviest = delivery === undefined ? undefined : heaviestParcels(columns, delivery);
    const names = Object.entries(attributes);
    assert(names.length <= mostAttributes, `a search is filtered by ${mostAttributes} attributes at most`);
    this.filteredNames = names.map(([name]) => columns.attributes.names.find(name) ?? -1);
    this.#attributes = names.length === 0 ? undefined : this.#bitsOfPairs(names);
    this.#allAttributes = names.reduce((all, _, index) => all | bitOfAttribute(index), 0);
  }

  /** 0 if the slot passes, the bit of the facet if it fails by just that, else `hidden`. */
  failures(slot: number): number {
    const { ints } = this.#columns.rows;
    const row = slot * rowWidth;
    if (this.#seller !== any && ints[row + intAt.seller] !== this.#seller) return hidden;
    if (this.#currency !== any && ints[row + intAt.currency] !== this.#currency) return hidden;
    const warehouses = ints[row + intAt.warehouses]!;
    if (this.#heaviest !== undefined) {
      const { plain, hazardous } = this.#heaviest;
      const heaviest = ints[row + intAt.hazardous] === 0 ? plain[warehouses]! : hazardous[warehouses]!;
      if (ints[row + intAt.weight]! > heaviest) return hidden;
    }
    let failures = 0;
    if (this.#mustBeInStock && warehouses === 0) failures |= failureBits.stock;
    if (this.#categories !== undefined && this.#categories[ints[row + intAt.category]!] !== 1) {
      failures |= failureBits.category;
    }
    if (this.#brands !== undefined && this.#brands[ints[row + intAt.brand]!] !== 1) failures |= failureBits.brand;
    if (this.#hasNumbers) failures |= this.#numberFailures(slot);
    if (this.#attributes !== undefined) failures |= this.#allAttributes & ~this.#attributesOf(row, this.#attributes);
    return (failures & (failures - 1)) === 0 ? failures : hidden;
  }

  #numberFailures(slot: number): number {
    const { reals } = this.#columns.rows;
    const price = reals[slot * realWidth + realAt.price]!;
    const rating = reals[slot * realWidth + realAt.rating]!;
    const failures = price < this.#priceMin || price > this.#priceMax ? failureBits.price : 0;
    return rating < this.#ratingMin ? failures | failureBits.rating : failures;
  }

  /** Which facet a failure is of: the index of a filtered attribute, or -1. */
  static attributeOf(failure: number): number {
    return failure < attributeBit ? -1 : 31 - Math.clz32(failure) - 5;
  }

  #attributesOf(row: number, bits: Int32Array): number {
    const { ints } = this.#columns.rows;
    const { pairs } = this.#columns.attributes;
    const start = ints[row + intAt.pairsStart]!;
    const end = start + ints[row + intAt.pairsLength]!;
    let found = 0;
    for (let at = start; at < end; at++) found |= bits[pairs[at]!]!;
    return found;
  }

  #bitsOfPairs(names: readonly (readonly [string, readonly string[]])[]): Int32Array {
    const { attributes } = this.#columns;
    const bits = new Int32Array(attributes.size);
    for (const [index, [name, values]] of names.entries()) {
      for (const value of values) {
        const pair = attributes.find(name, value);
        if (pair !== undefined) bits[pair] = bitOfAttribute(index);
      }
    }
    return bits;
  }
}

function bitOfAttribute(index: number): number {
  return attributeBit << index;
}

/** 1 for each that is listed. */
function numbersOf(dictionary: Dictionary, texts: readonly string[]): Uint8Array {
  const isListed = new Uint8Array(dictionary.size);
  for (const text of texts) {
    const number = dictionary.find(text);
    if (number !== undefined) isListed[number] = 1;
  }
  return isListed;
}

function heaviestParcels({ warehouseSets }: Columns, options: readonly DeliveryOption[]) {
  const plain = new Float64Array(warehouseSets.size).fill(-Infinity);
  const hazardous = new Float64Array(warehouseSets.size).fill(-Infinity);
  for (const [number, text] of warehouseSets.entries()) {
    const warehouses = new Set<string>(JSON.parse(text));
    for (const option of options) {
      if (!warehouses.has(option.warehouse)) continue;
      plain[number] = Math.max(plain[number]!, option.maxWeightGrams);
      if (option.hazardous) hazardous[number] = Math.max(hazardous[number]!, option.maxWeightGrams);
    }
  }
  return { plain, hazardous };
}
