// What to search for instead, if hardly anything was found: words of the index that are like those that were typed,
// and that more listings have. Each proposal is tried before it is made.
import type { SearchQuery } from '../search.ts';
import { type ExpandedTerm, Expander, searchedWords } from './expand.ts';
import type { MemoryIndex } from './memory-index.ts';
import { forgivenIn, similarWords } from './typos.ts';

/** Words of the query, typed or in place of one that was typed. */
type Spelling = readonly string[];

interface Counting {
  /** What was found. */
  readonly total: number;
  /** How many listings have all terms. */
  readonly count: (terms: readonly ExpandedTerm[]) => number;
}

const mistakes = 2;
const mostCandidates = 3;
const mostTried = 8;

/** Undefined if no other spelling finds more. */
export function otherSpelling(index: MemoryIndex, query: SearchQuery, counting: Counting): string | undefined {
  const speller = new Speller(index, query.language);
  const typed = query.terms.flatMap(({ text }) => searchedWords(text));
  let best: { readonly spelling: Spelling; readonly total: number } | undefined;
  for (const spelling of speller.spellings(typed).slice(0, mostTried)) {
    const total = counting.count(speller.terms(spelling));
    if (total > (best?.total ?? counting.total)) best = { spelling, total };
  }
  return best?.spelling.join(' ');
}

class Speller {
  readonly #index: MemoryIndex;
  readonly #expander: Expander;

  constructor(index: MemoryIndex, language: string) {
    this.#index = index;
    this.#expander = new Expander(index, language);
  }

  /** The words as they stand, and in their other forms. */
  terms(spelling: Spelling): ExpandedTerm[] {
    return spelling.map((word) => ({ words: [this.#expander.forms(word)], synonyms: [] }));
  }

  /** The likeliest first: words that nobody has must be others; if all are there, one of them may be. */
  spellings(typed: Spelling): Spelling[] {
    const likelier = typed.map((word) => this.#likelier(word));
    const isUnknown = typed.map((word) => this.#countOf(word) === 0);
    if (!isUnknown.includes(true)) {
      return likelier.flatMap((words, at) => words.map((word) => typed.with(at, word)));
    }
    const mended = typed.map((word, at) => (isUnknown[at] ? likelier[at]?.[0] : word));
    if (!mended.every((word) => word !== undefined)) return [];
    const others = likelier.flatMap((words, at) =>
      isUnknown[at] ? words.slice(1).map((word) => mended.with(at, word)) : [],
    );
    return [mended, ...others];
  }

  /** Words like `word` that more listings have. */
  #likelier(word: string): string[] {
    // As long, and of letters, as it must be for any typo to be forgiven.
    if (forgivenIn(word) === 0) return [];
    const { vocabulary, postings } = this.#index;
    const count = this.#countOf(word);
    return similarWords(vocabulary, word, { mistakes, keepsFirstLetter: true })
      .map((similar) => ({ ...similar, count: postings.count(similar.word) }))
      .filter((similar) => similar.count > count)
      .sort((a, b) => a.mistakes - b.mistakes || b.count - a.count)
      .slice(0, mostCandidates)
      .map((similar) => vocabulary.wordOf(similar.word));
  }

  #countOf(word: string): number {
    return this.#expander.forms(word).reduce((sum, option) => sum + this.#index.postings.count(option.word), 0);
  }
}
