// The cases of queries.txt: what is searched for, and how good each listing is as an answer. Its first lines say how to
// write one.
import { readFileSync } from 'node:fs';
import { assert } from '../../../base/assert.ts';
import type { SearchFilters, SearchQuery, SearchSort } from '../../../views/search/search.ts';
import type { SearchSettings } from '../../../views/search/search-settings.ts';
import { Synonyms, understand } from '../../../views/search/understand.ts';

export interface JudgedCase {
  /** As it stands in the file. */
  readonly name: string;
  readonly kind: string;
  readonly text: string;
  readonly language: string;
  readonly filters: SearchFilters;
  readonly sort: SearchSort;
  /** It comes first. */
  readonly first: string | undefined;
  /** Among the first five, or as many as there are. */
  readonly good: readonly string[];
  readonly fair: readonly string[];
  readonly never: readonly string[];
  readonly isNothing: boolean;
  readonly didYouMean: string | undefined;
}

const heading = /^## (?:\[(\w\w)\] )?(.+)$/;
const sorts: Readonly<Record<string, SearchSort>> = { price_asc: 'price_asc', price_desc: 'price_desc' };

export function judgedCases(): readonly JudgedCase[] {
  const lines = readFileSync(new URL('queries.txt', import.meta.url), 'utf8').split('\n');
  const cases: JudgedCase[] = [];
  let language = 'en';
  let kind = '';
  for (const line of lines) {
    const [isHeading, given = 'en', title = ''] = heading.exec(line) ?? [];
    if (isHeading) [language, kind] = [given, title];
    else if (line.includes('|') && !line.startsWith('#')) cases.push(caseOf(line, language, kind));
  }
  return cases;
}

/** A case as a query; the first page has all that is judged. */
export function queryOf({ text, language, filters, sort }: JudgedCase, settings: SearchSettings): SearchQuery {
  const { terms } = understand(text, language, new Synonyms(settings.synonyms));
  return { terms, language, filters, sort, weights: settings.weights, limit: 100, facets: false };
}

function caseOf(line: string, language: string, kind: string): JudgedCase {
  const [asked = '', judged = ''] = line.split('|').map((each) => each.trim());
  const [text = '', ...filters] = asked.split('@').map((each) => each.trim());
  const judgements = judged.startsWith('?') ? [] : judged.split(' ');
  const marked = (mark: string) => judgements.filter((each) => each.startsWith(mark)).map((each) => each.slice(1));
  const isNothing = judged === 'none';
  const didYouMean = judged.startsWith('?') ? judged.slice(1) : undefined;
  assert(isNothing || judgements.every((each) => /^[!+~-]/.test(each)), `queries.txt makes sense: ${line}`);
  return {
    name: asked,
    kind,
    text,
    language,
    ...filtersOf(filters.map((each) => each.split('=') as [string, string])),
    first: marked('!')[0],
    good: marked('+'),
    fair: marked('~'),
    never: marked('-'),
    isNothing,
    didYouMean,
  };
}

function filtersOf(given: readonly (readonly [string, string])[]): { filters: SearchFilters; sort: SearchSort } {
  let sort: SearchSort = 'relevance';
  let filters: SearchFilters = {};
  for (const [name, value] of given) {
    if (name === 'sort') sort = sorts[value] ?? sort;
    else if (name === 'category') filters = { ...filters, category: value };
    else if (name === 'brand') filters = { ...filters, brands: [value] };
    else if (name === 'max') filters = { ...filters, priceMax: Number(value) };
    else if (name === 'rating') filters = { ...filters, ratingMin: Number(value) };
    else filters = { ...filters, attributes: { ...filters.attributes, [name]: [value] } };
  }
  return { filters, sort };
}
