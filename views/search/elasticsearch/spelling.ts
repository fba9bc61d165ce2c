// What to search for instead. The engine knows words that are like the typed ones; they are worth proposing only if a
// search for them finds more, under the same filters.
import type { estypes } from '@elastic/elasticsearch';
import type { SearchQuery } from '../search.ts';
import { allBut, baseFilters, facetFilters } from './filters.ts';
import { type Part, within } from './page-request.ts';
import { mayBeMistyped, textQuery, wordsOf } from './text-query.ts';

/** Asks for words like those of the query, and for how many listings have the words themselves. */
export function likelierRequest({ terms }: SearchQuery): estypes.SearchRequest | undefined {
  const words = mistypable(terms);
  if (words.length === 0) return undefined;
  const counts = words.map((word) => [word, { term: { words: word } }] as const);
  return {
    size: 0,
    track_total_hits: false,
    suggest: Object.fromEntries(words.map((word) => [word, { text: word, term: similar }])),
    aggs: { known: { filters: { filters: Object.fromEntries(counts) } } },
  };
}

const similar: estypes.SearchTermSuggester = {
  field: 'words',
  suggest_mode: 'always',
  max_edits: 2,
  prefix_length: 1,
  min_word_length: 4,
  // Two mistakes in four letters.
  string_distance: 'damerau_levenshtein',
  size: 3,
  shard_size: 20,
};

export interface Proposal {
  readonly terms: SearchQuery['terms'];
  readonly text: string;
}

/** Likelier texts, the best first: a word is replaced by the most similar one that more listings have. */
export function proposals({ terms }: SearchQuery, answer: estypes.SearchResponse): Proposal[] {
  const known = answer.aggregations?.known as { readonly buckets: Record<string, { readonly doc_count: number }> };
  const better = new Map<string, string>();
  for (const word of mistypable(terms)) {
    const [entry, ...others] = answer.suggest?.[word] ?? [];
    if (entry === undefined || others.length > 0) continue;
    const options = [entry.options].flat() as readonly { readonly text: string; readonly freq: number }[];
    const count = known.buckets[word]?.doc_count ?? 0;
    const option = options.find(({ freq }) => freq > count);
    if (option) better.set(word, option.text);
  }
  const unknown = new Map([...better].filter(([word]) => (known.buckets[word]?.doc_count ?? 0) === 0));
  const tries = unknown.size > 0 && unknown.size < better.size ? [unknown, better] : [better];
  return tries.filter((words) => words.size > 0).map((words) => proposal(terms, words));
}

export function countRequest(query: SearchQuery, { terms }: Proposal): Part {
  const { filters } = query;
  const text = textQuery({ ...query, terms });
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

function mistypable(terms: SearchQuery['terms']): string[] {
  return [...new Set(terms.flatMap(({ text }) => wordsOf(text)))].filter(mayBeMistyped);
}
