// The tree of categories that listings are in, each level with what is in stock at it and below it.
import { fold, wordsOf } from '../words.ts';
import { Dictionary, type DictionaryState } from './dictionary.ts';

interface Category {
  /** Of the level above; -1 at the top. */
  readonly parent: number;
  /** The words of its own part of the path. */
  readonly words: readonly string[];
  inStock: number;
  popularity: number;
}

export interface CategoriesState {
  readonly paths: DictionaryState;
  readonly levels: Category[];
}

export class Categories {
  readonly #paths: Dictionary;
  readonly #levels: Category[];

  constructor(state?: CategoriesState) {
    this.#paths = new Dictionary(state?.paths);
    this.#levels = state?.levels ?? [];
  }

  get state(): CategoriesState {
    return { paths: this.#paths.state, levels: this.#levels };
  }

  /** Above every number. */
  get size(): number {
    return this.#paths.size;
  }

  /** The number of a path, which one more listing is in now. -1 for none. */
  take(path: string): number {
    if (path === '') return -1;
    const parent = this.take(path.slice(0, Math.max(0, path.lastIndexOf('/'))));
    const number = this.#paths.take(path);
    const known = this.#levels[number];
    if (known === undefined) {
      const words = wordsOf(path.slice(path.lastIndexOf('/') + 1)).map(fold);
      this.#levels[number] = { parent, words, inStock: 0, popularity: 0 };
    }
    return number;
  }

  drop(number: number): void {
    for (let level = number; level !== -1; ) {
      const { parent } = this.#levels[level]!;
      if (this.#paths.drop(level)) delete this.#levels[level];
      level = parent;
    }
  }

  /** A listing in stock comes (1) or goes (-1). */
  count(number: number, change: 1 | -1, popularity: number): void {
    for (let level = number; level !== -1; ) {
      const category = this.#levels[level]!;
      category.inStock += change;
      category.popularity = category.inStock === 0 ? 0 : category.popularity + change * popularity;
      level = category.parent;
    }
  }

  /** By number: how many listings are at and below each level, all or those in stock. */
  counts(which: 'all' | 'in stock'): Int32Array {
    const counts = new Int32Array(this.size);
    for (const [number] of this.#paths.entries()) {
      counts[number] = which === 'all' ? this.#paths.uses(number) : this.#levels[number]!.inStock;
    }
    return counts;
  }

  pathOf(number: number): string {
    return this.#paths.textOf(number);
  }

  parentOf(number: number): number {
    return this.#levels[number]!.parent;
  }

  /** 1 for each that is `path` or below it. */
  below(path: string): Uint8Array {
    const isBelow = new Uint8Array(this.size);
    for (const [number, each] of this.#paths.entries()) {
      if (each === path || each.startsWith(`${path}/`)) isBelow[number] = 1;
    }
    return isBelow;
  }

  /** Paths in stock with a part that has all of `words`, the last one as a beginning; the more popular first. */
  suggest(words: readonly string[], limit: number): string[] {
    const found: { path: string; category: Category }[] = [];
    for (const [number, path] of this.#paths.entries()) {
      const category = this.#levels[number]!;
      if (category.inStock > 0 && this.#hasPart(number, words)) found.push({ path, category });
    }
    found.sort(
      (a, b) =>
        b.category.popularity - a.category.popularity ||
        b.category.inStock - a.category.inStock ||
        (a.path < b.path ? -1 : 1),
    );
    return found.slice(0, limit).map(({ path }) => path);
  }

  #hasPart(number: number, words: readonly string[]): boolean {
    const last = words.at(-1) ?? '';
    for (let level = number; level !== -1; level = this.#levels[level]!.parent) {
      const own = this.#levels[level]!.words;
      if (words.slice(0, -1).every((word) => own.includes(word)) && own.some((word) => word.startsWith(last)))
        return true;
    }
    return false;
  }
}
