// Words that may be mistyped: those that hardly any listing has. The engine knows words that are like them. Those with as
// few mistakes as are forgiven are found, too; any of them is proposed if a search for it finds more.
import type { estypes } from '@elastic/elasticsearch';
import type { SearchQuery } from '../search.ts';
import type { Part } from './asking.ts';
import { allBut, baseFilters, facetFilters, live } from './filters.ts';
import { counting, within } from './page-request.ts';
import { type Meant, mostMeant, nothingElse, textQuery, wordQuery, wordsOf } from './text-query.ts';

/** What so many listings have is no mistake. */
export const fewListings = 20;

interface RareWord {
  readonly word: string;
  /** Listings that have it in any form. */
  readonly count: number;
  /** Words that are like it: fewer mistakes first, then the more frequent. */
  readonly similar: readonly SimilarWord[];
}

interface SimilarWord {
  readonly text: string;
  readonly mistakes: number;
  /** Listings, tombstones among them. */
  readonly count: number;
}

/** How many listings have each word in any form; undefined if there are no words that could be mistyped. */
export function countsRequest({ terms, language, filters }: SearchQuery): Part | undefined {
  const words = [...new Set(terms.flatMap(({ text }) => wordsOf(text)))].filter(mayBeMistyped);
  if (words.length === 0) return undefined;
  const counts = Object.fromEntries(words.map((word) => [word, wordQuery(word, language)]));
  return counting([live], { words: { filters: { filters: counts } } }, filters.category);
}

/** Those that hardly any listing has, with their counts. */
export function rareIn({ aggregations: { words } = {} }: Pick<estypes.SearchResponse, 'aggregations'>): Counts {
  const { buckets } = words as { readonly buckets: Record<string, { readonly doc_count: number }> };
  const counts = Object.entries(buckets).map(([word, { doc_count: count }]) => [word, count] as const);
  return new Map(counts.filter(([, count]) => count < fewListings));
}

export type Counts = ReadonlyMap<string, number>;

/**
 * Words that are like those. It costs more than most searches, the more so the more mistakes there may be.
 * @param mistakes as many as the port forgives, unless it is said otherwise
 */
export function similarRequest(rare: Counts, { filters }: SearchQuery, mistakes?: number): Part {
  const term = (word: string) => ({ ...similar, max_edits: mistakes ?? forgivenIn(word) });
  const suggest = Object.fromEntries([...rare.keys()].map((word) => [word, { text: word, term: term(word) }]));
  return { header: within(filters.category), body: { size: 0, track_total_hits: false, suggest } };
}

const similar: estypes.SearchTermSuggester = {
  field: 'words',
  suggest_mode: 'always',
  prefix_length: 1,
  min_word_length: 4,
  // Two letters that are swapped are one mistake.
  string_distance: 'damerau_levenshtein',
  // In a small shard the word may be in more than a hundredth of the listings, above which it would not be looked at.
  max_term_freq: 1_000,
  size: 30,
  shard_size: 30,
};

/** Long enough to be mistyped, and no model number. */
function mayBeMistyped(word: string): boolean {
  return lengthOf(word) >= 4 && !/\p{N}/u.test(word);
}

export function rareWords(rare: Counts, { suggest = {} }: Pick<estypes.SearchResponse, 'suggest'>): RareWord[] {
  return [...rare].map(([word, count]) => {
    const [entry, ...others] = suggest[word] ?? [];
    const options = entry === undefined || others.length > 0 ? [] : [entry.options].flat();
    const found = options.map((option) => similarWord(word, option as estypes.SearchTermSuggestOption));
    return { word, count, similar: found.sort((a, b) => a.mistakes - b.mistakes || b.count - a.count) };
  });
}

/** The engine tells 1 less the share of mistakes in the shorter one of the two. */
function similarWord(word: string, { text, score, freq }: estypes.SearchTermSuggestOption): SimilarWord {
  return { text, count: freq, mistakes: Math.round((1 - score) * Math.min(lengthOf(word), lengthOf(text))) };
}

/** With as many mistakes as the port forgives. */
export function meantBy(words: readonly RareWord[]): Meant {
  const meant = words.map(({ word, similar }) => {
    const likely = similar
      .filter(({ mistakes }) => mistakes <= forgivenIn(word))
      .slice(0, Math.max(2, Math.floor(mostMeant / words.length)));
    return [word, likely.map(({ text }) => text)] as const;
  });
  return new Map(meant.filter(([, others]) => others.length > 0));
}

function forgivenIn(word: string): number {
  return lengthOf(word) >= 8 ? 2 : 1;
}

/** As many as a proposal mends. */
export const mostMistakes = 2;

export interface Proposal {
  readonly terms: SearchQuery['terms'];
  readonly text: string;
}

/** Likelier texts, the best first: a word is replaced by the most similar one that more listings have. */
export function proposals({ terms }: SearchQuery, words: readonly RareWord[]): Proposal[] {
  const better = words.flatMap(({ word, count, similar }) => {
    const likelier = similar.find((each) => each.count > count);
    return likelier ? [{ word, count, text: likelier.text }] : [];
  });
  const unknown = better.filter(({ count }) => count === 0);
  const tries = unknown.length > 0 && unknown.length < better.length ? [unknown, better] : [better];
  return tries
    .filter((each) => each.length > 0)
    .map((each) => proposal(terms, new Map(each.map(({ word, text }) => [word, text]))));
}

/** How many a search for the proposal finds. */
export function proposalRequest(query: SearchQuery, { terms }: Proposal): Part {
  const { filters } = query;
  const text = textQuery({ ...query, terms }, nothingElse);
  const filter = [...baseFilters(filters), ...allBut(facetFilters(filters), undefined), ...(text ? [text] : [])];
  return { header: within(filters.category), body: { query: { bool: { filter } }, size: 0, track_total_hits: true } };
}

function proposal(terms: SearchQuery['terms'], better: ReadonlyMap<string, string>): Proposal {
  const changed = terms.map((term) => {
    const words = wordsOf(term.text).map((word) => better.get(word) ?? word);
    const text = words.join(' ');
    return text === term.text ? term : { text, synonyms: [] };
  });
  return {
    terms: changed,
    text: changed
      .map(({ text }) => text)
      .join(' ')
      .toLowerCase(),
  };
}

function lengthOf(word: string): number {
  return [...word].length;
}
