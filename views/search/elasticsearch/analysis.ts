// How text becomes words. All of it is lower case and without marks. A listing's words are kept twice: as they stand, for
// every query, and as stems of its own language, for queries in that language. No word is left out, however common: a
// query that asks for one is to find it.
import type { estypes } from '@elastic/elasticsearch';

/** Whose stems are known. What is in another language is found by its words as they stand. */
export const languages = ['en', 'de', 'fr', 'es', 'it', 'nl', 'pt'] as const;

export type Language = (typeof languages)[number];

export function isKnown(language: string): language is Language {
  return languages.some((known) => known === language);
}

/** The longest beginning of a word that suggestions know. */
const longestPrefix = 20;

const folded = ['lowercase', 'asciifolding'];

/** Stems are of folded words, for shoppers leave marks out; only Portuguese needs them to be seen. */
const stemmed: Readonly<Record<Language, readonly string[]>> = {
  en: ['lowercase', 'possessive', 'asciifolding', 'english'],
  de: ['lowercase', 'german_normalization', 'asciifolding', 'german'],
  fr: ['lowercase', 'french_elision', 'asciifolding', 'french'],
  es: [...folded, 'spanish'],
  it: ['lowercase', 'italian_elision', 'asciifolding', 'italian'],
  nl: [...folded, 'dutch'],
  pt: ['lowercase', 'portuguese_with_and_without_marks'],
};

/** Lighter ones where they know the usual forms: what is cut too short brings other words along. */
const stemmers = {
  english: 'porter2',
  german: 'light_german',
  french: 'light_french',
  spanish: 'light_spanish',
  italian: 'italian',
  dutch: 'dutch',
  portuguese: 'light_portuguese',
};

const elision = (articles: string) =>
  ({ type: 'elision', articles_case: true, articles: articles.split(' ') }) as const;

export const plainAnalyzer = 'plain';
export const prefixAnalyzer = 'prefixes';
export const typedPrefixAnalyzer = 'typed_prefix';

/** They write words together: the shelf has `Kinderschuhe`, the shopper types `schuhe`. */
const compounding = ['de', 'nl'] as const satisfies readonly Language[];

export type Compounding = (typeof compounding)[number];

export function isCompounding(language: string): language is Compounding {
  return compounding.some((each) => each === language);
}

export function partsAnalyzer(language: Compounding): string {
  return `parts_${language}`;
}

export function stemAnalyzer(language: Language): string {
  return `stems_${language}`;
}

export const analysis: estypes.IndicesIndexSettingsAnalysis = {
  filter: {
    ...Object.fromEntries(Object.entries(stemmers).map(([name, language]) => [name, { type: 'stemmer', language }])),
    possessive: { type: 'stemmer', language: 'possessive_english' },
    french_elision: elision('l m t qu n s j d c jusqu quoiqu lorsqu puisqu'),
    italian_elision: elision('c l all dall dell nell sull coll pell gl agl dagl degl negl sugl un m t s v d'),
    portuguese_with_and_without_marks: {
      type: 'multiplexer',
      preserve_original: false,
      filters: ['portuguese, asciifolding', 'asciifolding, portuguese'],
    },
    ends_of_compounds: { type: 'edge_ngram', min_gram: 4, max_gram: longestPrefix },
    parts_of_compounds: {
      type: 'multiplexer',
      preserve_original: false,
      filters: ['ends_of_compounds', 'reverse, ends_of_compounds, reverse'],
    },
    beginnings: { type: 'edge_ngram', min_gram: 1, max_gram: longestPrefix },
    beginning: { type: 'truncate', length: longestPrefix },
  },
  analyzer: {
    [plainAnalyzer]: custom(['lowercase', 'possessive', 'asciifolding']),
    [prefixAnalyzer]: custom([...folded, 'beginnings']),
    [typedPrefixAnalyzer]: custom([...folded, 'beginning']),
    ...Object.fromEntries(
      compounding.map((each) => [partsAnalyzer(each), custom([...stemmed[each], 'parts_of_compounds'])]),
    ),
    ...Object.fromEntries(languages.map((language) => [stemAnalyzer(language), custom(stemmed[language])])),
  },
};

function custom(filter: readonly string[]): estypes.AnalysisCustomAnalyzer {
  return { type: 'custom', tokenizer: 'standard', filter: [...filter] };
}
