// What a text may become while it is typed: the most popular listings that have its words, the last one as a beginning, and
// the words and categories that these have. Two small searches, sent together; neither counts what it leaves out.
import type { estypes } from '@elastic/elasticsearch';
import type { ListingDocument, Suggestions, SuggestQuery } from '../search.ts';
import { fold, wordsOf } from '../words.ts';
import type { Part } from './asking.ts';
import { inStock, live } from './filters.ts';
import { levelsOf } from './stored-form.ts';

type Query = estypes.QueryDslQueryContainer;

/** Listings in which words are looked for: the most popular ones have what most shoppers mean. */
const looked = 50;

/** Undefined if nothing was typed. */
export function suggestRequest({ text, limit }: SuggestQuery): readonly [products: Part, categories: Part] | undefined {
  const words = [...wordsOf(text)];
  const last = words.pop();
  if (last === undefined) return undefined;
  const fields = ['title', 'brand'] as const;
  const whole = words.map((query) =>
    anyOf(fields.map((field) => ({ match_phrase: { [`plain.${field}`]: { query, zero_terms_query: 'all' } } }))),
  );
  const begun = anyOf(fields.map((field) => beginning(`plain.${field}.prefix`, last)));
  const common = { track_total_hits: false, sort: [{ popularity: 'desc' as const }, { id: 'asc' as const }] };
  const products: Part = {
    header: {},
    body: {
      ...common,
      query: { bool: { filter: [live, inStock, ...whole, begun] } },
      size: Math.max(looked, limit),
      _source: ['listing.id', 'listing.title', 'listing.image', 'listing.brand'],
    },
  };
  const categories: Part = {
    header: {},
    body: {
      ...common,
      query: { bool: { filter: [live, inStock, beginning('plain.category.prefix', last)] } },
      // The most popular listing of each category.
      collapse: { field: 'path' },
      size: looked,
      _source: ['listing.category'],
    },
  };
  return [products, categories];
}

type Suggested = Pick<ListingDocument, 'id' | 'title' | 'image' | 'brand'>;

export function suggestionsFrom(
  { text, limit }: SuggestQuery,
  products: readonly Suggested[],
  categories: readonly Pick<ListingDocument, 'category'>[],
): Suggestions {
  const words = [...wordsOf(text)];
  const last = words.pop() ?? '';
  const begins = (word: string) => fold(word).startsWith(fold(last));
  const before = words.map((word) => `${word} `).join('');
  const completed = products.flatMap(({ title, brand }) => wordsOf(`${title} ${brand}`).filter(begins));
  const levels = categories.flatMap(({ category }) =>
    levelsOf(category).filter((level) => wordsOf(level.split('/').at(-1) ?? '').some(begins)),
  );
  return {
    terms: distinct(completed, limit).map((word) => before + word),
    products: products.slice(0, limit).map(({ id, title, image }) => ({ id, title, image })),
    categories: [...new Set(levels)].slice(0, limit),
  };
}

function beginning(field: string, query: string): Query {
  return { match: { [field]: { query, operator: 'and' } } };
}

function anyOf(should: Query[]): Query {
  return { bool: { should, minimum_should_match: 1 } };
}

/** The first `limit` that differ in more than marks. */
function distinct(words: readonly string[], limit: number): string[] {
  const byFolded = new Map<string, string>();
  for (const word of words) {
    const folded = fold(word);
    if (!byFolded.has(folded)) byFolded.set(folded, word);
    if (byFolded.size === limit) break;
  }
  return [...byFolded.values()];
}
