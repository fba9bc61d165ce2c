// What listings have by name (a category, a brand, an attribute's value, a set of warehouses) as small numbers, so that
// columns hold numbers and counts are arrays. A number is its value's for as long as the file is open; a start lets go
// of those that no listing has.

export interface NumberedValue {
  readonly number: number;
  readonly name: string;
  readonly value: string;
}

/** Names that the engine gives; an attribute's begins otherwise. */
export const named = {
  category: 'category',
  brand: 'brand',
  price: 'price',
  rating: 'rating',
  seller: 'seller',
  currency: 'currency',
  warehouses: 'warehouses',
} as const;

const attributePrefix = 'attribute:';

export function attributeNamed(name: string): string {
  return attributePrefix + name;
}

/** The attribute's own name; undefined for what is none. */
export function attributeOf(name: string): string | undefined {
  return name.startsWith(attributePrefix) ? name.slice(attributePrefix.length) : undefined;
}

export class Values {
  /** By number: the value, and the number of its name. */
  readonly texts: string[] = [];
  readonly nameOf: number[] = [];
  /** By the number of a name. */
  readonly names: string[] = [];
  /** Not on disk yet. */
  readonly fresh: NumberedValue[] = [];
  readonly #named = new Map<string, { readonly name: number; readonly numbers: Map<string, number> }>();
  readonly #free: number[] = [];

  constructor(known: readonly NumberedValue[] = []) {
    for (const each of known) this.#set(each);
    for (let number = 0; number < this.size; number++) if (this.texts[number] === undefined) this.#free.push(number);
  }

  /** Above every number. */
  get size(): number {
    return this.texts.length;
  }

  /** The number of a value, a fresh one if it had none. */
  take(name: string, value: string): number {
    const known = this.find(name, value);
    if (known !== undefined) return known;
    const number = this.#free.pop() ?? this.size;
    this.#set({ number, name, value });
    this.fresh.push({ number, name, value });
    return number;
  }

  /** Its number is another's from now on. */
  drop(number: number): void {
    this.#named.get(this.names[this.nameOf[number]!]!)?.numbers.delete(this.texts[number]!);
    this.#free.push(number);
  }

  find(name: string, value: string): number | undefined {
    return this.#named.get(name)?.numbers.get(value);
  }

  /** All values of a name with their numbers. */
  of(name: string): ReadonlyMap<string, number> {
    return this.#named.get(name)?.numbers ?? new Map();
  }

  /** -1 if nothing has the name. */
  nameNumber(name: string): number {
    return this.#named.get(name)?.name ?? -1;
  }

  #set({ number, name, value }: NumberedValue): void {
    let of = this.#named.get(name);
    if (of === undefined) {
      of = { name: this.names.length, numbers: new Map() };
      this.#named.set(name, of);
      this.names.push(name);
    }
    of.numbers.set(value, number);
    this.texts[number] = value;
    this.nameOf[number] = of.name;
  }
}
