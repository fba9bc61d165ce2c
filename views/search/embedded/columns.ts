// The facts of all listings by slot, so that a query looks at hundreds of thousands of them in milliseconds. Of a
// listing that is gone nothing means anything but its standing and its position.
import { priceBounds, rankingParts } from '../search.ts';
import { Attributes, type AttributesState, type PairList } from './attributes.ts';
import { Categories, type CategoriesState } from './categories.ts';
import { Dictionary, type DictionaryState } from './dictionary.ts';
import { FactRows, intAt, realAt, realWidth, rowWidth, singleAt } from './fact-rows.ts';
import type { Facts } from './facts.ts';
import { grown } from './grow.ts';

const longestTitle = 255;
const heaviest = 2 ** 31 - 1;

export interface ColumnsState {
  /** By the name of their property. */
  readonly columns: { readonly [name: string]: ArrayBufferView };
  readonly rows: Int32Array;
  readonly count: number;
  readonly dictionaries: { readonly [name in (typeof dictionaries)[number]]: DictionaryState };
  readonly categories: CategoriesState;
  readonly attributes: AttributesState;
}

/** Whether a slot's listing is there. */
export const standings = { gone: 0, soldOut: 1, inStock: 2 } as const;

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

  /** What is filtered, counted and ranked by. */
  readonly rows: FactRows;
  /** See `standings`. */
  standing = new Uint8Array(1024);
  /** Offsets in the log; also of listings that are gone. */
  positions = new Float64Array(1024);
  /** Of the text, to see whether it has changed. */
  textHashes = new Float64Array(1024);
  language = new Uint16Array(1024);
  popularity = new Float64Array(1024);
  createdAt = new Float64Array(1024);
  titleLength = new Uint8Array(1024);
  /** Listings that are there. */
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
      this.rows = new FactRows();
    } else {
      this.rows = new FactRows(state.rows);
      this.count = state.count;
      Object.assign(this, state.columns);
    }
  }

  get state(): ColumnsState {
    const states = dictionaries.map((name) => [name, this[name].state]);
    return {
      columns: Object.fromEntries(Object.entries(this).filter(([, each]) => ArrayBuffer.isView(each))),
      rows: this.rows.ints,
      count: this.count,
      dictionaries: Object.fromEntries(states),
      categories: this.categories.state,
      attributes: this.attributes.state,
    };
  }

  /** Makes room for `slots`. */
  reserve(slots: number): void {
    this.rows.reserve(slots);
    this.standing = grown(this.standing, slots);
    this.positions = grown(this.positions, slots);
    this.textHashes = grown(this.textHashes, slots);
    this.language = grown(this.language, slots);
    this.popularity = grown(this.popularity, slots);
    this.createdAt = grown(this.createdAt, slots);
    this.titleLength = grown(this.titleLength, slots);
  }

  set(slot: number, facts: Facts): void {
    // What stays must not lose its number in between: the new ones are taken first.
    const language = this.languages.take(facts.language);
    const numbers = {
      currency: this.currencies.take(facts.price.currency),
      brand: this.brands.take(facts.brand),
      category: this.categories.take(facts.category),
      seller: this.sellers.take(facts.sellerId),
      warehouses: this.warehouseSets.take(JSON.stringify(facts.warehouses)),
    };
    this.#drop(slot);
    this.count++;
    this.standing[slot] = numbers.warehouses === 0 ? standings.soldOut : standings.inStock;
    this.language[slot] = language;
    this.popularity[slot] = facts.popularity;
    this.createdAt[slot] = facts.createdAt;
    this.titleLength[slot] = Math.min(longestTitle, facts.titleLength);
    const { ints, singles, reals } = this.rows;
    const row = slot * rowWidth;
    const { start, length } = this.attributes.replace(this.#pairsOf(slot), facts.attributes);
    ints[row + intAt.pairsStart] = start;
    ints[row + intAt.pairsLength] = length;
    for (const [name, number] of Object.entries(numbers)) ints[row + intAt[name as keyof typeof numbers]] = number;
    ints[row + intAt.priceRange] = priceRangeOf(facts.price.amount);
    ints[row + intAt.hazardous] = Number(facts.hazardous);
    ints[row + intAt.weight] = Math.min(heaviest, Math.ceil(facts.weightGrams));
    const parts = rankingParts(facts);
    singles[row + singleAt.popularityPart] = parts.popularity;
    singles[row + singleAt.ratingPart] = parts.rating;
    reals[slot * realWidth + realAt.price] = facts.price.amount;
    reals[slot * realWidth + realAt.rating] = facts.rating;
    if (numbers.warehouses !== 0) this.categories.count(numbers.category, 1, facts.popularity);
  }

  remove(slot: number): void {
    this.#drop(slot);
    const { start, length } = this.attributes.replace(this.#pairsOf(slot), {});
    this.rows.ints[slot * rowWidth + intAt.pairsStart] = start;
    this.rows.ints[slot * rowWidth + intAt.pairsLength] = length;
  }

  #pairsOf(slot: number): PairList {
    const { ints } = this.rows;
    const row = slot * rowWidth;
    return { start: ints[row + intAt.pairsStart]!, length: ints[row + intAt.pairsLength]! };
  }

  /** Lets go of what a listing has, but for its attributes. */
  #drop(slot: number): void {
    if (this.standing[slot] === standings.gone) return;
    const row = slot * rowWidth;
    const { ints } = this.rows;
    const warehouses = ints[row + intAt.warehouses]!;
    const category = ints[row + intAt.category]!;
    if (warehouses !== 0) this.categories.count(category, -1, this.popularity[slot]!);
    this.languages.drop(this.language[slot]!);
    this.currencies.drop(ints[row + intAt.currency]!);
    this.brands.drop(ints[row + intAt.brand]!);
    this.categories.drop(category);
    this.sellers.drop(ints[row + intAt.seller]!);
    this.warehouseSets.drop(warehouses);
    this.standing[slot] = standings.gone;
    this.count--;
  }
}

function priceRangeOf(amount: number): number {
  let range = priceBounds.length - 1;
  while (range > 0 && amount < priceBounds[range]!) range--;
  return range;
}
