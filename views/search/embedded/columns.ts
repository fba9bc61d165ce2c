// The facts of all listings in columns by slot, so that a query looks at hundreds of thousands of them in milliseconds. A slot
// that isn't live belongs to a listing that is gone; its other columns are of no meaning, but for `positions`.
import { priceBounds, rankingParts } from '../search.ts';
import { Attributes, type AttributesState } from './attributes.ts';
import { Categories, type CategoriesState } from './categories.ts';
import { Dictionary, type DictionaryState } from './dictionary.ts';
import type { Facts } from './facts.ts';
import { grown } from './grow.ts';

const longestTitle = 255;

export interface ColumnsState {
  /** By the name of their property. */
  readonly columns: { readonly [name: string]: ArrayBufferView };
  readonly count: number;
  readonly dictionaries: { readonly [name in (typeof dictionaries)[number]]: DictionaryState };
  readonly categories: CategoriesState;
  readonly attributes: AttributesState;
}

const dictionaries = ['languages', 'brands', 'currencies', 'sellers', 'warehouseSets'] as const;

export class Columns {
  readonly languages: Dictionary;
  readonly brands: Dictionary;
  readonly currencies: Dictionary;
  readonly sellers: Dictionary;
  /** Each set of warehouses that some listing is in stock at, as JSON. */
  readonly warehouseSets: Dictionary;
  readonly categories: Categories;
  readonly attributes: Attributes;

  live = new Uint8Array(1024);
  /** Offsets in the log; also of listings that are gone. */
  positions = new Float64Array(1024);
  /** Of the text, to see whether it has changed. */
  textHashes = new Float64Array(1024);
  price = new Float64Array(1024);
  /** Index in `priceBounds`. */
  priceRange = new Uint8Array(1024);
  language = new Int32Array(1024);
  currency = new Int32Array(1024);
  /** Number of the brand; 0 is the empty one. */
  brand = new Int32Array(1024);
  /** -1: none. */
  category = new Int32Array(1024);
  seller = new Int32Array(1024);
  /** Number of the set; 0 is the empty one: sold out. */
  warehouses = new Int32Array(1024);
  weight = new Float64Array(1024);
  hazardous = new Uint8Array(1024);
  rating = new Float64Array(1024);
  popularity = new Float64Array(1024);
  createdAt = new Float64Array(1024);
  /** See `rankingParts`. */
  popularityPart = new Float32Array(1024);
  ratingPart = new Float32Array(1024);
  titleLength = new Uint8Array(1024);
  /** Listings that are live. */
  count = 0;

  constructor(state?: ColumnsState) {
    this.languages = new Dictionary(state?.dictionaries.languages);
    this.brands = new Dictionary(state?.dictionaries.brands);
    this.currencies = new Dictionary(state?.dictionaries.currencies);
    this.sellers = new Dictionary(state?.dictionaries.sellers);
    this.warehouseSets = new Dictionary(state?.dictionaries.warehouseSets);
    this.categories = new Categories(state?.categories);
    this.attributes = new Attributes(state?.attributes);
    if (state === undefined) {
      // Nobody ever drops these.
      this.brands.take('');
      this.warehouseSets.take('[]');
    } else {
      this.count = state.count;
      Object.assign(this, state.columns);
    }
  }

  get state(): ColumnsState {
    const states = dictionaries.map((name) => [name, this[name].state]);
    return {
      columns: Object.fromEntries(Object.entries(this).filter(([, each]) => ArrayBuffer.isView(each))),
      count: this.count,
      dictionaries: Object.fromEntries(states),
      categories: this.categories.state,
      attributes: this.attributes.state,
    };
  }

  /** Makes room for `slots`. */
  reserve(slots: number): void {
    this.live = grown(this.live, slots);
    this.positions = grown(this.positions, slots);
    this.textHashes = grown(this.textHashes, slots);
    this.price = grown(this.price, slots);
    this.priceRange = grown(this.priceRange, slots);
    this.language = grown(this.language, slots);
    this.currency = grown(this.currency, slots);
    this.brand = grown(this.brand, slots);
    this.category = grown(this.category, slots);
    this.seller = grown(this.seller, slots);
    this.warehouses = grown(this.warehouses, slots);
    this.weight = grown(this.weight, slots);
    this.hazardous = grown(this.hazardous, slots);
    this.rating = grown(this.rating, slots);
    this.popularity = grown(this.popularity, slots);
    this.createdAt = grown(this.createdAt, slots);
    this.popularityPart = grown(this.popularityPart, slots);
    this.ratingPart = grown(this.ratingPart, slots);
    this.titleLength = grown(this.titleLength, slots);
  }

  set(slot: number, facts: Facts): void {
    // What stays must not lose its number in between: the new ones are taken first.
    const numbers = {
      language: this.languages.take(facts.language),
      currency: this.currencies.take(facts.price.currency),
      brand: this.brands.take(facts.brand),
      category: this.categories.take(facts.category),
      seller: this.sellers.take(facts.sellerId),
      warehouses: this.warehouseSets.take(JSON.stringify(facts.warehouses)),
    };
    this.#drop(slot);
    this.count++;
    this.live[slot] = 1;
    this.language[slot] = numbers.language;
    this.currency[slot] = numbers.currency;
    this.brand[slot] = numbers.brand;
    this.category[slot] = numbers.category;
    this.seller[slot] = numbers.seller;
    this.warehouses[slot] = numbers.warehouses;
    this.price[slot] = facts.price.amount;
    this.priceRange[slot] = priceRangeOf(facts.price.amount);
    this.weight[slot] = facts.weightGrams;
    this.hazardous[slot] = Number(facts.hazardous);
    this.rating[slot] = facts.rating;
    this.popularity[slot] = facts.popularity;
    this.createdAt[slot] = facts.createdAt;
    const parts = rankingParts(facts);
    this.popularityPart[slot] = parts.popularity;
    this.ratingPart[slot] = parts.rating;
    this.titleLength[slot] = Math.min(longestTitle, facts.titleLength);
    this.attributes.set(slot, facts.attributes);
    if (numbers.warehouses !== 0) this.categories.count(numbers.category, 1, facts.popularity);
  }

  remove(slot: number): void {
    this.#drop(slot);
    this.attributes.clear(slot);
  }

  /** Bytes of memory, but for the dictionaries. */
  get bytes(): number {
    return Object.values(this.state.columns).reduce((sum, column) => sum + column.byteLength, this.attributes.bytes);
  }

  /** Lets go of what a live listing has. */
  #drop(slot: number): void {
    if (this.live[slot] === 0) return;
    const warehouses = this.warehouses[slot]!;
    const category = this.category[slot]!;
    if (warehouses !== 0) this.categories.count(category, -1, this.popularity[slot]!);
    this.languages.drop(this.language[slot]!);
    this.currencies.drop(this.currency[slot]!);
    this.brands.drop(this.brand[slot]!);
    this.categories.drop(category);
    this.sellers.drop(this.seller[slot]!);
    this.warehouseSets.drop(warehouses);
    this.live[slot] = 0;
    this.count--;
  }
}

function priceRangeOf(amount: number): number {
  let range = priceBounds.length - 1;
  while (range > 0 && amount < priceBounds[range]!) range--;
  return range;
}
