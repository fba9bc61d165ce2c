// The attributes of listings as numbers: each pair of a name and a value has one, each listing a list of them in one
// long column, those of one name together. A list that gets another length moves; its room waits for the next of that
// length.
import { Dictionary, type DictionaryState } from './dictionary.ts';
import { grown } from './grow.ts';

export interface AttributesState {
  readonly names: DictionaryState;
  readonly pairs: DictionaryState;
  readonly columns: {
    readonly nameOf: Int32Array;
    readonly pairs: Int32Array;
  };
  readonly used: number;
  readonly free: Map<number, number[]>;
}

/** A listing's place in `pairs`. */
export interface PairList {
  readonly start: number;
  readonly length: number;
}

export class Attributes {
  readonly names: Dictionary;
  readonly #pairs: Dictionary;
  /** Of each pair, the number of its name. */
  nameOf = new Int32Array(256);
  pairs = new Int32Array(4096);
  #used = 0;
  readonly #free: Map<number, number[]>;

  constructor(state?: AttributesState) {
    this.names = new Dictionary(state?.names);
    this.#pairs = new Dictionary(state?.pairs);
    this.#free = state?.free ?? new Map();
    this.#used = state?.used ?? 0;
    Object.assign(this, state?.columns);
  }

  get state(): AttributesState {
    const { nameOf, pairs } = this;
    return {
      names: this.names.state,
      pairs: this.#pairs.state,
      columns: { nameOf, pairs },
      used: this.#used,
      free: this.#free,
    };
  }

  /** Above the number of every pair. */
  get size(): number {
    return this.#pairs.size;
  }

  /** Puts `attributes` in the place of a list. */
  replace(list: PairList, attributes: { readonly [name: string]: readonly string[] }): PairList {
    const pairs: number[] = [];
    for (const [name, values] of Object.entries(attributes)) {
      for (const value of new Set(values)) pairs.push(this.#take(name, value));
    }
    // Those that stay must not lose their number in between.
    this.#dropAll(list);
    let { start } = list;
    if (list.length !== pairs.length) {
      this.#release(list);
      start = this.#reserve(pairs.length);
    }
    this.pairs.set(pairs, start);
    return { start, length: pairs.length };
  }

  /** Undefined if no listing has it. */
  find(name: string, value: string): number | undefined {
    const number = this.names.find(name);
    return number === undefined ? undefined : this.#pairs.find(`${number} ${value}`);
  }

  valueOf(pair: number): string {
    const key = this.#pairs.textOf(pair);
    return key.slice(key.indexOf(' ') + 1);
  }

  /** The pairs that somebody has. */
  *all(): Generator<number> {
    for (const [pair] of this.#pairs.entries()) yield pair;
  }

  #take(name: string, value: string): number {
    const number = this.names.take(name);
    const pair = this.#pairs.take(`${number} ${value}`);
    this.nameOf = grown(this.nameOf, pair + 1);
    this.nameOf[pair] = number;
    return pair;
  }

  #dropAll({ start, length }: PairList): void {
    for (let at = start; at < start + length; at++) {
      const pair = this.pairs[at]!;
      this.names.drop(this.nameOf[pair]!);
      this.#pairs.drop(pair);
    }
  }

  #reserve(length: number): number {
    const free = this.#free.get(length)?.pop();
    if (free !== undefined) return free;
    const start = this.#used;
    this.#used += length;
    this.pairs = grown(this.pairs, this.#used);
    return start;
  }

  #release({ start, length }: PairList): void {
    if (length === 0) return;
    const free = this.#free.get(length);
    if (free === undefined) this.#free.set(length, [start]);
    else free.push(start);
  }
}
