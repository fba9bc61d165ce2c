// What a query looks for: each term as words of the index that will do for it, best first. Words are found as they
// stand, in their other forms in the query's language, by synonyms, and with mistakes where hardly anything is called
// so.
import type { QueryTerm } from '../search.ts';
import { isCompounding, markedPart } from './compounds.ts';
import type { MemoryIndex } from './memory-index.ts';
import { markedStem, stemOf } from './stems.ts';
import { searchedWord, tokensOf } from './tokens.ts';
import { forgivenIn, type SimilarWord, similarWords } from './typos.ts';

/** A word that will do. */
export interface Option {
  readonly word: number;
  readonly factor: number;
  /** Only where this is the listing's language; -1: anywhere. */
  readonly language: number;
  readonly forgiven: 0 | 1;
}

/** One of these. */
export type Options = readonly Option[];

/** What will do for a term: all of `words`, or one of `synonyms`, whose words stand next to each other. */
export interface ExpandedTerm {
  readonly words: readonly Options[];
  readonly synonyms: readonly (readonly Options[])[];
}

/** What more than so many listings have is no mistake. */
const fewListings = 20;
const mostSimilar = 12;
const factors = { itself: 1, otherForm: 0.99, part: 0.3, mistakes: [1, 0.7, 0.5] };

export class Expander {
  readonly #index: MemoryIndex;
  readonly #language: string;
  /** Words and stems in the query's language that were looked for: what highlights mark. */
  readonly sought = { words: new Set<string>(), stems: new Set<string>(), phrases: [] as (readonly string[])[] };

  constructor(index: MemoryIndex, language: string) {
    this.#index = index;
    this.#language = language;
  }

  expand({ text, synonyms }: QueryTerm): ExpandedTerm {
    return {
      words: searchedWords(text).map((word) => this.#forgiving(word)),
      synonyms: synonyms.map(searchedWords).flatMap((words) => (words.length === 0 ? [] : [this.#phrase(words)])),
    };
  }

  #phrase(words: readonly string[]): Options[] {
    if (words.length > 1) this.sought.phrases.push(words);
    else this.#seek(words[0]!);
    return words.map((word) => this.forms(word));
  }

  #forgiving(word: string): Option[] {
    this.#seek(word);
    const options = this.forms(word);
    const mistakes = this.#countOf(options) >= fewListings ? 0 : forgivenIn(word);
    options.push(...this.#compounds(word));
    if (mistakes === 0) return options;
    for (const similar of this.#likeliest(similarWords(this.#index.vocabulary, word, { mistakes }))) {
      options.push(...this.#mistaken(similar));
    }
    return options;
  }

  /** What has the word as a part of another comes after what has it by itself. */
  #compounds(word: string): Option[] {
    if (!isCompounding(this.#language)) return [];
    const number = this.#index.vocabulary.find(markedPart(stemOf(word, this.#language), this.#language));
    return number === -1 ? [] : [{ word: number, factor: factors.part, language: -1, forgiven: 1 }];
  }

  #mistaken({ word: number, mistakes }: SimilarWord): Option[] {
    const word = this.#index.vocabulary.wordOf(number);
    this.#seek(word);
    const factor = factors.mistakes[mistakes] ?? 0;
    return this.forms(word).map((option) => ({ ...option, factor: option.factor * factor, forgiven: 1 }));
  }

  /** The word as it stands and its other forms, as far as the index has them. */
  forms(word: string): Option[] {
    const { vocabulary, postings, columns } = this.#index;
    const stem = stemOf(word, this.#language);
    const language = columns.languages.find(this.#language) ?? -2;
    const options: Option[] = [];
    const add = (form: string, of: Omit<Option, 'word' | 'forgiven'>) => {
      const number = vocabulary.find(form);
      if (number !== -1 && postings.count(number) > 0) options.push({ word: number, forgiven: 0, ...of });
    };
    add(word, { factor: factors.itself, language: -1 });
    if (stem !== word) add(stem, { factor: factors.otherForm, language });
    add(markedStem(stem, this.#language), { factor: factors.otherForm, language: -1 });
    return options;
  }

  #seek(word: string): void {
    this.sought.words.add(word);
    this.sought.stems.add(stemOf(word, this.#language));
  }

  #countOf(options: Options): number {
    return options.reduce((sum, { word }) => sum + this.#index.postings.count(word), 0);
  }

  #likeliest(similar: readonly SimilarWord[]): SimilarWord[] {
    const { postings } = this.#index;
    return similar
      .filter(({ word }) => postings.count(word) > 0)
      .sort((a, b) => a.mistakes - b.mistakes || postings.count(b.word) - postings.count(a.word))
      .slice(0, mostSimilar);
  }
}

export function searchedWords(text: string): string[] {
  const tokens = tokensOf(text.normalize('NFKC')).filter(({ isJoined }) => !isJoined);
  return tokens.map(({ raw }) => searchedWord(raw)).filter((word) => word !== '');
}
