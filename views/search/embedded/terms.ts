// What a query looks for, as FTS5 is asked for it: each term as spellings that will do for it. Words are found as they
// stand, in their other forms in the query's language, by synonyms, as parts of compounds, and with mistakes where hardly
// anything is called so.
import type { QueryTerm } from '../search.ts';
import { isCompounding } from './compounds.ts';
import { type Field, fields, namingFields, partToken, stemToken } from './listing-words.ts';
import type { SearchTables } from './search-tables.ts';
import { likeliestWords, mistakesIn, type SimilarWord } from './similar-words.ts';
import { hasStems, stemOf } from './stems.ts';
import { searchedWords } from './tokens.ts';

/** Words next to each other, as tokens without their field. */
type Phrase = readonly string[];

/** Spellings that are as good. */
export interface Spellings {
  readonly phrases: readonly Phrase[];
  readonly factor: number;
  readonly forgiven: 0 | 1;
  readonly fields: readonly Field[];
}

/** A listing has one of these: the best come first. */
export type Alternatives = readonly Spellings[];

/** What will do for a term: all of `words`, or `instead`. */
export interface SoughtTerm {
  readonly words: readonly Alternatives[];
  readonly instead: Alternatives | undefined;
}

/** What more than so many listings have is no mistake. */
const fewListings = 20;
/** What more listings have is as likely. */
const mostCounted = 1_000;
const partFactor = 0.3;
const mistakeFactors = [1, 0.7, 0.5];
export const allFields = Object.values(fields);

export class TermReader {
  readonly #tables: SearchTables;
  readonly #language: string;
  /** Words and stems in the query's language that were looked for: what highlights mark. */
  readonly sought = { words: new Set<string>(), stems: new Set<string>(), phrases: [] as (readonly string[])[] };
  /** What was asked of the index before. */
  readonly #similar = new Map<string, readonly SimilarWord[]>();

  constructor(tables: SearchTables, language: string) {
    this.#tables = tables;
    this.#language = language;
  }

  read({ text, synonyms }: QueryTerm): SoughtTerm {
    const words = searchedWords(text);
    const instead = synonyms.map(searchedWords).filter((all) => all.length > 0);
    for (const all of instead) this.#seek(all);
    const phrases = instead.flatMap((all) => this.#forms(all));
    const [word] = words;
    // A synonym of one word counts as much as the word's other forms.
    if (words.length === 1 && word !== undefined)
      return { words: [this.#forgiving(word, phrases)], instead: undefined };
    return {
      words: words.map((each) => this.#forgiving(each, [])),
      instead: phrases.length === 0 ? undefined : [exactly(phrases)],
    };
  }

  /** The words as they stand, and in their other forms; no mistakes. */
  plain(words: readonly string[]): SoughtTerm[] {
    return words.map((word) => ({ words: [[exactly(this.#forms([word]))]], instead: undefined }));
  }

  /** How many listings have a word; a thousand at most. */
  count(word: string): number {
    return this.#tables.countTexts(expressionOf(exactly(this.#forms([word]))), mostCounted);
  }

  /** Words that listings have, those with the fewest mistakes and the most listings first. */
  similar(word: string, mistakes: number): readonly SimilarWord[] {
    const key = `${mistakes} ${word}`;
    let similar = this.#similar.get(key);
    if (similar === undefined) {
      const count = (each: string) => this.#tables.countTexts(expressionOf(exactly([[each]])), mostCounted);
      similar = likeliestWords(this.#tables, word, { mistakes, count });
      this.#similar.set(key, similar);
    }
    return similar;
  }

  #forgiving(word: string, synonyms: readonly Phrase[]): Spellings[] {
    this.#seek([word]);
    const spellings = [exactly([...this.#forms([word]), ...synonyms])];
    const mistakes = mistakesIn(word);
    if (mistakes > 0 && this.count(word) < fewListings) spellings.push(...this.#mistaken(word, mistakes));
    if (isCompounding(this.#language)) {
      const phrases = [[partToken(stemOf(word, this.#language), this.#language)]];
      spellings.push({ phrases, factor: partFactor, forgiven: 1, fields: namingFields });
    }
    return spellings;
  }

  #mistaken(word: string, mistakes: number): Spellings[] {
    const similar = this.similar(word, mistakes);
    for (const each of similar) this.#seek([each.word]);
    return mistakeFactors.flatMap((factor, made) => {
      const phrases = similar.filter((each) => each.mistakes === made).flatMap((each) => this.#forms([each.word]));
      return phrases.length === 0 ? [] : [{ phrases, factor, forgiven: 1 as const, fields: allFields }];
    });
  }

  #forms(words: readonly string[]): Phrase[] {
    if (!hasStems(this.#language)) return [words];
    return [words, words.map((word) => stemToken(stemOf(word, this.#language), this.#language))];
  }

  #seek(words: readonly string[]): void {
    const [word] = words;
    if (words.length > 1 || word === undefined) this.sought.phrases.push(words);
    else {
      this.sought.words.add(word);
      this.sought.stems.add(stemOf(word, this.#language));
    }
  }
}

function exactly(phrases: readonly Phrase[]): Spellings {
  return { phrases, factor: 1, forgiven: 0, fields: allFields };
}

/** FTS5's expression of what has one of the spellings in a field; in any of theirs without it. */
export function expressionOf({ phrases, fields: all }: Spellings, field?: Field): string {
  const inField = (each: Field, phrase: Phrase) => `"${phrase.map((word) => `${each}/${word}`).join(' ')}"`;
  const inFields = field === undefined ? all : [field];
  return inFields.flatMap((each) => phrases.map((phrase) => inField(each, phrase))).join(' OR ');
}

/** What has all terms. */
export function expressionOfAll(terms: readonly SoughtTerm[]): string {
  const any = (alternatives: Alternatives) => `(${alternatives.map((each) => expressionOf(each)).join(' OR ')})`;
  return terms
    .map(({ words, instead }) => {
      const all = words.length === 0 ? [] : [`(${words.map(any).join(' AND ')})`];
      return `(${[...all, ...(instead === undefined ? [] : [any(instead)])].join(' OR ')})`;
    })
    .join(' AND ');
}
