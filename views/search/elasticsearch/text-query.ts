// The words of a query as Elasticsearch's own. Every word must be found in some field, as it stands or, in the query's
// language, in another form; what a mistyped word may mean counts little. The score is between 0 and 1:
//
//     sum over fields(weight * how well the field has the word) / sum of weights, averaged over the words
import type { estypes } from '@elastic/elasticsearch';
import type { SearchQuery } from '../search.ts';
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
const likeWorth = 0.01;
/**
 * A server with little memory for many cores takes some 2,500 clauses a query, and a phrase is some 12 to 28 of them. So
 * many synonyms of all terms together are searched for, and so many words that mistyped ones may mean.
 */
const mostSynonyms = 60;
export const mostMeant = 36;

/** What mistyped words may mean: words of the index, the likeliest first. */
export type Meant = ReadonlyMap<string, readonly string[]>;

export const nothingElse: Meant = new Map();

type Texts = Pick<SearchQuery, 'terms' | 'language' | 'weights'>;

/** Undefined if there are no words: everything is meant. */
export function textQuery({ terms, language, weights }: Texts, meant: Meant): Query | undefined {
  if (terms.length === 0) return undefined;
  const sum = textFields.reduce((total, field) => total + weights[field], 0);
  const weigh = (field: TextField) => (sum === 0 ? 1 : weights[field] / sum);
  const scope = { language, weigh, meant };
  return allOf(terms.map(({ text, synonyms }) => termQuery(text, shareOf(synonyms, terms.length), scope)));
}

interface Scope {
  readonly language: string;
  readonly weigh: (field: TextField) => number;
  readonly meant: Meant;
}

/** Whatever has a word, as it stands or in another form. */
export function wordQuery(word: string, language: string): Query {
  return inFields([word], { language, weigh: () => 1, meant: nothingElse });
}

function shareOf(synonyms: readonly string[], termCount: number): readonly string[] {
  return synonyms.slice(0, Math.max(3, Math.floor(mostSynonyms / termCount)));
}

function termQuery(text: string, synonyms: readonly string[], scope: Scope): Query {
  const words = wordsOf(text);
  const together = inFields([text, ...synonyms], scope);
  if (words.length < 2) return together;
  const apart = allOf(words.map((word) => inFields([word], scope)));
  return { dis_max: { queries: [apart, together] } };
}

export function wordsOf(text: string): string[] {
  return text.split(' ').filter((word) => word !== '');
}

/** One of the phrases, or what it may mean, in one field; in any of the fields in which it may be. */
function inFields(phrases: readonly string[], { language, weigh, meant }: Scope): Query {
  const others = phrases.flatMap((text) => meant.get(text) ?? []);
  const texts = [...phrases.map((text) => [text, 1] as const), ...others.map((text) => [text, likeWorth] as const)];
  const fields = textFields.map((field): Query => {
    const places = placesOf(field, language);
    const queries = texts.flatMap(([text, worth]) =>
      places.map(([name, share]) => phrase(name, text, weigh(field) * share * worth)),
    );
    return { dis_max: { queries } };
  });
  return anyOf(fields);
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
export function markedQuery({ terms, language }: Pick<SearchQuery, 'terms' | 'language'>, meant: Meant): Query {
  const fields = ['title', 'description'].flatMap((field) => [
    `plain.${field}`,
    ...(isKnown(language) ? [`${language}.${field}`] : []),
  ]);
  const texts = terms.flatMap(({ text, synonyms }) => {
    const words = wordsOf(text);
    return [...words, ...words.flatMap((word) => meant.get(word) ?? []), ...synonyms];
  });
  return anyOf(texts.flatMap((query) => fields.map((field) => ({ match_phrase: { [field]: { query } } }))));
}
