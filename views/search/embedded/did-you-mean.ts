// What to search for instead, if hardly anything was found: words of the index that are like those that were typed,
// and that more listings have. Each proposal is tried before it is made.
import type { SearchQuery } from '../search.ts';
import { mistakesIn } from './similar-words.ts';
import type { SoughtTerm, TermReader } from './terms.ts';
import { searchedWords } from './tokens.ts';

/** Words of the query, typed or in place of one that was typed. */
type Spelling = readonly string[];

interface Counting {
  /** What was found. */
  readonly total: number;
  /** How many listings have all terms. */
  readonly count: (terms: readonly SoughtTerm[]) => number;
}

const mistakes = 2;
const mostCandidates = 3;
const mostTried = 8;

/** Undefined if no other spelling finds more. */
export function otherSpelling(reader: TermReader, query: SearchQuery, counting: Counting): string | undefined {
  const typed = query.terms.flatMap(({ text }) => searchedWords(text));
  const counts = typed.map((word) => reader.count(word));
  /** Words like a typed one that more listings have: as long, and of letters, as any mistake is forgiven in. */
  const likelier = typed.map((word, at) => {
    if (mistakesIn(word) === 0) return [];
    const similar = reader.similar(word, mistakes).filter((each) => each.word[0] === word[0]);
    const more = similar.filter((each) => each.count > counts[at]!);
    return more.slice(0, mostCandidates).map((each) => each.word);
  });
  let best: { readonly spelling: Spelling; readonly total: number } | undefined;
  for (const spelling of spellingsOf(typed, counts, likelier).slice(0, mostTried)) {
    const total = counting.count(reader.plain(spelling));
    if (total > (best?.total ?? counting.total)) best = { spelling, total };
  }
  return best?.spelling.join(' ');
}

/** The likeliest first: words that nobody has must be others; if all are there, one of them may be. */
function spellingsOf(typed: Spelling, counts: readonly number[], likelier: readonly Spelling[]): Spelling[] {
  const isUnknown = counts.map((count) => count === 0);
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
