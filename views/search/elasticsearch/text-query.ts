// The words of a query as Elasticsearch's own. Every word must be found in some field, as it stands or, in the query's
// language, in another form; a mistake is forgiven, and counts little. The score is between 0 and 1:
//
//     sum over fields(weight * how well the field has the word) / sum of weights, averaged over the words
import type { estypes } from '@elastic/elasticsearch';
import type { QueryTerm, SearchQuery } from '../search.ts';
import { isKnown } from './analysis.ts';
import { type TextField, textFields } from './index-form.ts';

type Query = estypes.QueryDslQueryContainer;

/** Of the word as it stands. */
const formWorth = 0.9;
/** So little that the word itself, if only in the description, comes before a popular title with something like it. */
const typoWorth = 0.02;
/** One in a word of four letters and more, two in one of eight. */
const fuzziness = 'AUTO:4,8';
const typo = { fuzziness, prefix_length: 1, max_expansions: 50, operator: 'and' } as const;

/** Undefined if there are no words: everything is meant. */
export function textQuery({ terms, language, weights }: Pick<SearchQuery, 'terms' | 'language' | 'weights'>) {
  if (terms.length === 0) return undefined;
  const sum = textFields.reduce((total, field) => total + weights[field], 0);
  const boost = (field: TextField) => (sum === 0 ? 1 : weights[field] / sum);
  return allOf(terms.map((term) => termQuery(term, language, boost)));
}

type Boost = (field: TextField) => number;

function termQuery({ text, synonyms }: QueryTerm, language: string, boost: Boost): Query {
  const words = allOf(
    wordsOf(text).map((word) => anyOf([...inFields(word, language, boost), ...typosOf(word, boost)])),
  );
  if (synonyms.length === 0) return words;
  const others = synonyms.map((synonym) => anyOf(inFields(synonym, language, boost)));
  return { dis_max: { queries: [words, ...others] } };
}

export function wordsOf(text: string): string[] {
  return text.split(' ').filter((word) => word !== '');
}

/** Whether a mistake may have been made in it. */
export function mayBeMistyped(word: string): boolean {
  return [...word].length >= 4 && !/\p{N}/u.test(word);
}

/** All words next to each other in one field, in each field in which they may be. */
function inFields(text: string, language: string, boost: Boost): Query[] {
  return textFields.map((field) => {
    const plain = phrase(`plain.${field}`, text, boost(field));
    if (!isKnown(language)) return plain;
    return { dis_max: { queries: [plain, phrase(`${language}.${field}`, text, boost(field) * formWorth)] } };
  });
}

/** What has no letters, like `&`, is found everywhere. */
function phrase(field: string, query: string, boost: number): Query {
  return { match_phrase: { [field]: { query, boost, zero_terms_query: 'all' } } };
}

function typosOf(word: string, boost: Boost): Query[] {
  if (!mayBeMistyped(word)) return [];
  const like = (field: string, worth: number) => ({ match: { [field]: { ...typo, query: word, boost: worth } } });
  return [like('plain.title', boost('title') * typoWorth), like('words', typoWorth / textFields.length)];
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
export function markedQuery({ terms, language }: Pick<SearchQuery, 'terms' | 'language'>): Query {
  const fields = ['title', 'description'] as const;
  const stems = isKnown(language) ? fields.map((field) => `${language}.${field}`) : [];
  const plain = fields.map((field) => `plain.${field}`);
  const exactly = (text: string) =>
    [...plain, ...stems].map((field): Query => ({ match_phrase: { [field]: { query: text } } }));
  const nearly = (word: string) =>
    mayBeMistyped(word) ? plain.map((field): Query => ({ match: { [field]: { ...typo, query: word } } })) : [];
  return anyOf(
    terms.flatMap(({ text, synonyms }) => [
      ...wordsOf(text).flatMap((word) => [...exactly(word), ...nearly(word)]),
      ...synonyms.flatMap(exactly),
    ]),
  );
}
