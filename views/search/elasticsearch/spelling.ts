// Words that may be mistyped: those that hardly any listing has. In them mistakes are forgiven, and instead of them the
// engine may know words that are like them; these are worth proposing only if a search for them finds more.
import type { estypes } from '@elastic/elasticsearch';
import type { SearchQuery } from '../search.ts';
import type { Part } from './asking.ts';
import { allBut, baseFilters, facetFilters, live } from './filters.ts';
import { counting, within } from './page-request.ts';
import { mayBeMistyped, textQuery, wordQuery, wordsOf } from './text-query.ts';

/** What so many listings have is no mistake. */
export const fewListings = 20;

/** Rare words, and how many listings have them in any form. */
export type RareWords = ReadonlyMap<string, number>;

/** Undefined if there are no words that could be mistyped. */
export function countsRequest({ terms, language, filters: { category } }: SearchQuery): Part | undefined {
  const words = [...new Set(terms.flatMap(({ text }) => wordsOf(text)))].filter(mayBeMistyped);
  if (words.length === 0) return undefined;
  const filters = Object.fromEntries(words.map((word) => [word, wordQuery(word, language)]));
  return counting([live], { words: { filters: { filters } } }, category);
}

export function rareWords({ aggregations: { words } = {} }: Pick<estypes.SearchResponse, 'aggregations'>): RareWords {
  const { buckets } = words as { readonly buckets: Record<string, { readonly doc_count: number }> };
  const counts = Object.entries(buckets).map(([word, { doc_count: count }]) => [word, count] as const);
  return new Map(counts.filter(([, count]) => count < fewListings));
}

/** Asks for words like those that are rare. */
export function likelierRequest(rare: RareWords, { filters }: SearchQuery): Part {
  const suggest = Object.fromEntries([...rare.keys()].map((word) => [word, { text: word, term: similar }]));
  return { header: within(filters.category), body: { size: 0, track_total_hits: false, suggest } };
}

const similar: estypes.SearchTermSuggester = {
  field: 'words',
  suggest_mode: 'always',
  max_edits: 2,
  prefix_length: 1,
  min_word_length: 4,
  string_distance: 'damerau_levenshtein',
  size: 3,
  shard_size: 20,
};

export interface Proposal {
  readonly terms: SearchQuery['terms'];
  readonly text: string;
}

/** Likelier texts, the best first: a word is replaced by the most similar one that more listings have. */
export function proposals(
  { terms }: SearchQuery,
  rare: RareWords,
  { suggest = {} }: Pick<estypes.SearchResponse, 'suggest'>,
): Proposal[] {
  const better = new Map<string, string>();
  for (const [word, count] of rare) {
    const [entry, ...others] = suggest[word] ?? [];
    if (entry === undefined || others.length > 0) continue;
    const options = [entry.options].flat() as readonly { readonly text: string; readonly freq: number }[];
    const option = options.find(({ freq }) => freq > count);
    if (option) better.set(word, option.text);
  }
  const unknown = new Map([...better].filter(([word]) => rare.get(word) === 0));
  const tries = unknown.size > 0 && unknown.size < better.size ? [unknown, better] : [better];
  return tries.filter((words) => words.size > 0).map((words) => proposal(terms, words));
}

/** How many a search for the proposal finds. */
export function proposalRequest(query: SearchQuery, { terms }: Proposal): Part {
  const { filters } = query;
  const text = textQuery({ ...query, terms }, []);
  const filter = [...baseFilters(filters), ...allBut(facetFilters(filters), undefined), ...(text ? [text] : [])];
  return { header: within(filters.category), body: { query: { bool: { filter } }, size: 0, track_total_hits: true } };
}

function proposal(terms: SearchQuery['terms'], better: ReadonlyMap<string, string>): Proposal {
  const changed = terms.map((term) => {
    const text = wordsOf(term.text)
      .map((word) => better.get(word) ?? word)
      .join(' ');
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
