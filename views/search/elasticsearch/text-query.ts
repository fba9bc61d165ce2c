// The words of a query as Elasticsearch's own. Every word must be found in some field, as it stands or, in the query's
// language, in another form; a mistake is forgiven, and counts little. The score is between 0 and 1:
//
//     sum over fields(weight * how well the field has the word) / sum of weights, averaged over the words
import type { estypes } from '@elastic/elasticsearch';
import type { QueryTerm, SearchQuery } from '../search.ts';
import { isCompounding, isKnown } from './analysis.ts';
import { type TextField, textFields } from './text-fields.ts';

type Query = estypes.QueryDslQueryContainer;

/** Of the word as it stands. */
const formWorth = 0.99;
/** Of the category's own name. */
const upperCategoryWorth = 0.6;
/** A word that is written together with another one. */
const partWorth = 0.3;
/** So little that the word itself, if only in the description, comes before a popular title with something like it. */
const typoWorth = 0.02;
/** One in a word of four letters and more, two in one of eight. */
const fuzziness = 'AUTO:4,8';
const typo = { fuzziness, prefix_length: 1, max_expansions: 50, operator: 'and' } as const;

/**
 * Undefined if there are no words: everything is meant.
 * @param mistyped words in which mistakes are forgiven
 */
export function textQuery(
  { terms, language, weights }: Pick<SearchQuery, 'terms' | 'language' | 'weights'>,
  mistyped: readonly string[],
) {
  if (terms.length === 0) return undefined;
  const sum = textFields.reduce((total, field) => total + weights[field], 0);
  const weigh = (field: TextField) => (sum === 0 ? 1 : weights[field] / sum);
  return allOf(terms.map((term) => termQuery(term, { language, weigh, mistyped })));
}

interface Scope {
  readonly language: string;
  readonly weigh: (field: TextField) => number;
  readonly mistyped: readonly string[];
}

/** Whatever has a word, as it stands or in another form. */
export function wordQuery(word: string, language: string): Query {
  return anyOf(inFields([word], { language, weigh: () => 1, mistyped: [] }));
}

function termQuery({ text, synonyms }: QueryTerm, scope: Scope): Query {
  const words = wordsOf(text);
  const together = inFields([text, ...synonyms], scope);
  if (words.length < 2) return anyOf([...together, ...typosOf(text, scope)]);
  const apart = allOf(words.map((word) => anyOf([...inFields([word], scope), ...typosOf(word, scope)])));
  return { dis_max: { queries: [apart, anyOf(together)] } };
}

export function wordsOf(text: string): string[] {
  return text.split(' ').filter((word) => word !== '');
}

/** Whether a mistake may have been made in it. */
export function mayBeMistyped(word: string): boolean {
  return [...word].length >= 4 && !/\p{N}/u.test(word);
}

/** One of the phrases in one field, in each field in which it may be. */
function inFields(phrases: readonly string[], { language, weigh }: Scope): Query[] {
  return textFields.map((field) => {
    const places = placesOf(field, language);
    const queries = phrases.flatMap((text) => places.map(([name, worth]) => phrase(name, text, weigh(field) * worth)));
    return { dis_max: { queries } };
  });
}

/** Where a field's words are, and what it is worth to be found there. */
function placesOf(field: TextField, language: string): (readonly [name: string, worth: number])[] {
  const places: [string, number][] =
    field === 'category'
      ? [
          ['category', upperCategoryWorth],
          ['leaf', 1],
        ]
      : [[field, 1]];
  const plain = places.map(([name, worth]) => [`plain.${name}`, worth] as const);
  if (!isKnown(language)) return plain;
  const stems = places.map(([name, worth]) => [`${language}.${name}`, worth * formWorth] as const);
  const hasParts = isCompounding(language) && (field === 'title' || field === 'category');
  return [...plain, ...stems, ...(hasParts ? [[`${language}.${field}.parts`, partWorth] as const] : [])];
}

/** What has no letters, like `&`, is found everywhere. */
function phrase(field: string, query: string, boost: number): Query {
  return { match_phrase: { [field]: { query, boost, zero_terms_query: 'all' } } };
}

function typosOf(word: string, { weigh, mistyped }: Scope): Query[] {
  if (!mistyped.includes(word)) return [];
  const like = (field: string, worth: number) => ({ match: { [field]: { ...typo, query: word, boost: worth } } });
  return [like('plain.title', weigh('title') * typoWorth), like('words', typoWorth / textFields.length)];
}

function anyOf(queries: readonly Query[]): Query {
  return { bool: { should: [...queries], minimum_should_match: 1 } };
}

/** Each of them, with the mean of their scores. */
function allOf(queries: readonly Query[]): Query {
  const [first] = queries;
  if (first !== undefined && queries.length === 1) return first;
  return { bool: { must: [...queries], boost: 1 / Math.max(1, queries.length) } };
}

/** What is marked in title and description: any of the words there. */
export function markedQuery(
  { terms, language }: Pick<SearchQuery, 'terms' | 'language'>,
  mistyped: readonly string[],
): Query {
  const fields = ['title', 'description'] as const;
  const stems = isKnown(language) ? fields.map((field) => `${language}.${field}`) : [];
  const plain = fields.map((field) => `plain.${field}`);
  const exactly = (text: string) =>
    [...plain, ...stems].map((field): Query => ({ match_phrase: { [field]: { query: text } } }));
  const nearly = (word: string) =>
    mistyped.includes(word) ? plain.map((field): Query => ({ match: { [field]: { ...typo, query: word } } })) : [];
  return anyOf(
    terms.flatMap(({ text, synonyms }) => [
      ...wordsOf(text).flatMap((word) => [...exactly(word), ...nearly(word)]),
      ...synonyms.flatMap(exactly),
    ]),
  );
}
