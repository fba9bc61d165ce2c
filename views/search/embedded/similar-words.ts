// Words like one that was typed: by letters too many, missing, wrong or swapped with the next. FTS5's trigrams tell which
// may be: so many mistakes leave one of so many trigrams whole that stand far enough apart.
import { distance } from 'fastest-levenshtein';
import type { SearchTables } from './search-tables.ts';

export interface SimilarWord {
  readonly word: string;
  readonly mistakes: number;
  readonly count: number;
}

export interface Likeness {
  readonly mistakes: number;
  /** How many listings have a word. */
  readonly count: (word: string) => number;
}

const mostSimilar = 12;
/** What one mistake changes at most: two letters that are swapped stand in four trigrams. */
const reach = 4;

/** How many mistakes are forgiven in a word. */
export function mistakesIn(word: string): number {
  if (word.length < 4 || /\p{N}/u.test(word)) return 0;
  return word.length < 8 ? 1 : 2;
}

/** As a word is cut into trigrams: two more for its first letters, one for its last. */
export function padded(word: string): string {
  return `  ${word}  `;
}

/** Words that somebody has, those with the fewest mistakes and the most listings first; not `word` itself. */
export function likeliestWords(tables: SearchTables, word: string, { mistakes, count }: Likeness): SimilarWord[] {
  const candidates = tables.wordsLike(trigramsOf(word, mistakes), word.length - mistakes, word.length + mistakes);
  const similar: SimilarWord[] = [];
  for (const candidate of candidates) {
    const made = mistakesBetween(word, candidate, mistakes);
    if (made > 0 && made <= mistakes) similar.push({ word: candidate, mistakes: made, count: count(candidate) });
  }
  return similar
    .filter((each) => each.count > 0)
    .sort((a, b) => a.mistakes - b.mistakes || b.count - a.count || (a.word < b.word ? -1 : 1))
    .slice(0, mostSimilar);
}

/** Exact up to `most`. The library counts two letters that are swapped as two mistakes. */
function mistakesBetween(a: string, b: string, most: number): number {
  let fewest = distance(a, b);
  if (fewest < 2 || most === 0 || fewest > 2 * most) return fewest;
  for (let at = 0; at < a.length - 1; at++) {
    const swapped = a.charAt(at + 1) + a.charAt(at);
    if (!b.includes(swapped, Math.max(0, at - most))) continue;
    fewest = Math.min(fewest, 1 + mistakesBetween(a.slice(0, at) + swapped + a.slice(at + 2), b, most - 1));
  }
  return fewest;
}

/** Where there is no room for so many, the first letter must be right. */
function trigramsOf(word: string, mistakes: number): string {
  const letters = padded(word);
  const between = mistakes * reach;
  const last = Math.min(word.length + 1, Math.max(word.length, 1 + between));
  const first = last - 1 < between ? 0 : 1;
  const places = Array.from(
    { length: mistakes + 1 },
    (_, index) => first + Math.floor((index * (last - first)) / mistakes),
  );
  return (first === 0 ? [0] : places).map((place) => `"${letters.slice(place, place + 3)}"`).join(' OR ');
}
