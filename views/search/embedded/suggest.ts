// What a text may become while it is typed: the most popular listings that are called so, and the words by which they
// are. Tokens begin with the range of a listing's popularity, so that the most popular ones are asked for first, and
// one letter is as quick as five.
import type { ListingDocument, Suggestions, SuggestQuery } from '../search.ts';
import { fold, wordsOf } from '../words.ts';
import type { Columns } from './columns.ts';
import { realAt, realWidth, standings } from './facts.ts';
import type { SearchTables } from './search-tables.ts';
import { searchedWord, searchedWords, tokensOf } from './tokens.ts';
import { TopSlots } from './top-slots.ts';
import { named } from './values.ts';

const highestRange = 9;
/** Listings of which words are taken. */
const enough = 50;

type Called = Pick<ListingDocument, 'id' | 'title' | 'brand' | 'image' | 'popularity'>;

/** As the port's, but never behind the popularity that is sorted by. */
export function rangeOf(popularity: number): number {
  return Math.min(highestRange, Math.floor(Math.log2(1 + Math.max(0, popularity)) / 2));
}

export function calledTokens(range: number, words: ReadonlySet<string>): string {
  return [...words].map((word) => `${range}/${word}`).join(' ');
}

export class Suggester {
  readonly #tables: SearchTables;
  readonly #columns: Columns;
  /** By the number of a category: the words of each level. */
  readonly #categoryWords: (readonly (readonly string[])[])[] = [];

  constructor(tables: SearchTables, columns: Columns) {
    this.#tables = tables;
    this.#columns = columns;
  }

  suggest({ text, limit }: SuggestQuery): Suggestions {
    const words = searchedWords(text);
    const beginning = words.at(-1);
    if (beginning === undefined) return { terms: [], products: [], categories: [] };
    const listings = this.#mostPopular(words);
    return {
      terms: completions(listings, beginning, limit).map((word) => [...wordsOf(text).slice(0, -1), word].join(' ')),
      products: listings.slice(0, limit).map(({ id, title, image }) => ({ id, title, image })),
      categories: this.#categories(words, limit),
    };
  }

  /** In stock, called by all words, the last one as a beginning. */
  #mostPopular(words: readonly string[]): Called[] {
    const { reals, ids } = this.#columns;
    const top = new TopSlots(ids, enough, undefined);
    let found = 0;
    for (let range = highestRange; range >= 0 && found < enough; range--) {
      const expression = `${words.map((word) => `"${range}/${word}"`).join(' AND ')} *`;
      for (const slot of this.#tables.slotsOf('called', expression)) {
        if (this.#columns.standing(slot) !== standings.inStock) continue;
        top.offer(slot, reals[slot * realWidth + realAt.popularity]!);
        found++;
      }
    }
    return top.take().map(({ slot }) => JSON.parse(this.#tables.contentOf(slot)));
  }

  /** Paths in stock with a part that has all of `words`, the last one as a beginning; the more popular first. */
  #categories(words: readonly string[], limit: number): string[] {
    const { values, inStock, popularity } = this.#columns;
    const found = [...values.of(named.category)].filter(([path, number]) => {
      if (!(inStock[number]! > 0)) return false;
      this.#categoryWords[number] ??= path.split('/').map((part) => wordsOf(part).map(fold));
      return this.#categoryWords[number].some((own) => isBegunBy(own, words));
    });
    found.sort(
      ([aPath, a], [bPath, b]) =>
        popularity[b]! - popularity[a]! || inStock[b]! - inStock[a]! || (aPath < bPath ? -1 : 1),
    );
    return found.slice(0, limit).map(([path]) => path);
  }
}

function isBegunBy(own: readonly string[], words: readonly string[]): boolean {
  const last = words.at(-1) ?? '';
  return words.slice(0, -1).every((word) => own.includes(word)) && own.some((word) => word.startsWith(last));
}

/** Words of titles and brands that begin so, as they are written there; by how popular all that has them is. */
function completions(listings: readonly Called[], beginning: string, limit: number): string[] {
  const found = new Map<string, { written: string; popularity: number; count: number }>();
  for (const { title, brand, popularity } of listings) {
    const words = new Map(tokensOf(`${title} ${brand}`).map(({ raw }) => [searchedWord(raw), raw]));
    for (const [word, raw] of words) {
      if (!word.startsWith(beginning)) continue;
      // What is tied to a word, or cut from it, isn't shown.
      const written = /['’-]/.test(raw) ? word : raw.toLowerCase();
      const completion = found.get(word) ?? { written, popularity: 0, count: 0 };
      completion.popularity += popularity;
      completion.count++;
      found.set(word, completion);
    }
  }
  return [...found.values()]
    .sort((a, b) => b.popularity - a.popularity || b.count - a.count || (a.written < b.written ? -1 : 1))
    .slice(0, limit)
    .map(({ written }) => written);
}
