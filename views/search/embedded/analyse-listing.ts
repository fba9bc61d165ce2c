// A listing's text as words with numbers: as they stand, and their stems in the listing's language.
import { hash } from 'node:crypto';
import type { ListingDocument } from '../search.ts';
import { isCompounding, markedPart, partsOf } from './compounds.ts';
import { EntriesBuilder, fieldBits } from './entries.ts';
import { isOfLetters, markedStem, stemOf } from './stems.ts';
import { searchedWord, tokensOf } from './tokens.ts';
import type { Vocabulary } from './vocabulary.ts';

export interface AnalysedText {
  readonly entries: Uint8Array;
  /** Words of the title. */
  readonly titleLength: number;
}

type Text = Pick<ListingDocument, 'title' | 'brand' | 'category' | 'attributes' | 'description' | 'language'>;

/** A word's number and its stem's, -1 if the stem is the word; those of its parts, where a language has any. */
interface Numbers {
  readonly word: number;
  readonly stem: number;
  readonly parts: readonly number[];
}

const nothing: Numbers = { word: -1, stem: -1, parts: [] };
/** In which parts of words count. */
const namingFields = fieldBits.title | fieldBits.category | fieldBits.upperCategories;
const mostKnown = 50_000;
const mostLanguages = 10;

/** What all listings at and below a category have among their words: no word begins so. */
export function categoryMark(path: string): string {
  return `//${path}`;
}

export class ListingAnalyser {
  readonly #vocabulary: Vocabulary;
  readonly #builder = new EntriesBuilder();
  /** By language, then as it stands: most words of a listing were in others before. */
  readonly #known = new Map<string, Map<string, Numbers>>();

  constructor(vocabulary: Vocabulary) {
    this.#vocabulary = vocabulary;
  }

  /** Words that nobody had get a number. */
  analyse({ title, brand, category, attributes, description, language }: Text): AnalysedText {
    const known = this.#knownIn(language);
    let position = 0;
    const add = (text: string, field: number) => {
      const start = position;
      for (const { raw, isJoined } of tokensOf(text.normalize('NFKC'))) {
        const numbers = known.get(raw) ?? this.#number(raw, language, known);
        if (numbers === nothing) continue;
        const place = isJoined ? position - 1 : position++;
        this.#builder.add(numbers.word, field, place);
        if (numbers.stem !== -1) this.#builder.add(numbers.stem, field, place);
        if ((field & namingFields) !== 0) for (const part of numbers.parts) this.#builder.add(part, field, place);
      }
      const length = position - start;
      // What ends here and what begins next don't stand together.
      position++;
      return length;
    };
    const titleLength = add(title, fieldBits.title);
    add(brand, fieldBits.brand);
    const parts = category.split('/');
    for (const [level, part] of parts.entries()) {
      add(part, level === parts.length - 1 ? fieldBits.category : fieldBits.upperCategories);
    }
    for (const level of levelsOf(category)) this.#builder.mark(this.#vocabulary.add(categoryMark(level)));
    for (const value of Object.values(attributes).flat()) add(value, fieldBits.attributes);
    add(description, fieldBits.description);
    return { entries: this.#builder.take(), titleLength };
  }

  #number(raw: string, language: string, known: Map<string, Numbers>): Numbers {
    if (known.size === mostKnown) known.clear();
    const numbers = this.#numbersOf(searchedWord(raw), language);
    known.set(raw, numbers);
    return numbers;
  }

  #numbersOf(word: string, language: string): Numbers {
    if (word === '') return nothing;
    const stem = stemOf(word, language);
    const parts = isCompounding(language) && isOfLetters(word) ? partsOf(stem) : [];
    return {
      word: this.#vocabulary.add(word),
      stem: stem === word ? -1 : this.#vocabulary.add(markedStem(stem, language)),
      parts: parts.map((part) => this.#vocabulary.add(markedPart(part, language))),
    };
  }

  #knownIn(language: string): Map<string, Numbers> {
    let known = this.#known.get(language);
    if (known === undefined) {
      // Languages come from outside: however many there are, they take no more room.
      if (this.#known.size === mostLanguages) this.#known.clear();
      known = new Map();
      this.#known.set(language, known);
    }
    return known;
  }
}

/** `Toys`, `Toys/Games`. */
function levelsOf(category: string): string[] {
  if (category === '') return [];
  const parts = category.split('/');
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

/** Equal for listings of the same text; a whole number. */
export function textHash({ title, brand, category, attributes, description, language }: Text): number {
  const text = JSON.stringify([title, brand, category, Object.values(attributes), description, language]);
  return hash('sha1', text, 'buffer').readUIntBE(0, 6);
}
