// What an index is: its settings, and the fields of a document. A form that changes gets fields of new names, never other
// types under old names: then an index of the form before goes on being written and read until it is rebuilt.
//
//     live          false for a tombstone, which has nothing else: no query finds it, and its version guards the place
//     listing       the ListingDocument, stored and not indexed: a result page needs no other read
//     plain, en...  words of title, brand, category, attributes, description; stems in the listing's own language alone
//     words         the plain words of all of them: for typos and other spellings
//     the rest      what is filtered, counted, sorted and ranked by
import { createHash } from 'node:crypto';
import type { estypes } from '@elastic/elasticsearch';
import { analysis, languages, plainAnalyzer, prefixAnalyzer, stemAnalyzer, typedPrefixAnalyzer } from './analysis.ts';

/** The fields in which words are found, by which the query weighs them. */
export const textFields = ['title', 'brand', 'category', 'attributes', 'description'] as const;

export type TextField = (typeof textFields)[number];

export interface IndexShape {
  readonly shards: number;
  /** Undefined: one where there is a second node to hold it. */
  readonly replicas: number | undefined;
  /** Milliseconds until what was written shows. */
  readonly refreshMs: number;
}

/** Longer values are stored and found as words, but not filtered by; the engine takes no term of more than 32 KB. */
const longestKeyword = 8_000;

const keyword = { type: 'keyword', ignore_above: longestKeyword } as const;
const number = { type: 'long', ignore_malformed: true } as const;
const blendPart = { type: 'float', index: false } as const;

/**
 * How well a field matches must not depend on which shard it is in, nor change while other listings come and go: pages
 * would repeat and skip. So it isn't told how rare a word is; all words are asked for anyway.
 */
const presence = { norms: false, similarity: 'boolean' } as const;
/** A word says more of a short title than of a long one. */
const shortTitles = {
  type: 'scripted',
  script: { source: 'return query.boost / (1.0 + 0.05 * (doc.length - 1.0));' },
} as const;

const prefixes = {
  type: 'text',
  analyzer: prefixAnalyzer,
  search_analyzer: typedPrefixAnalyzer,
  index_options: 'docs',
  ...presence,
} as const;

function textProperties(analyzer: string, isPlain: boolean): Record<TextField, estypes.MappingProperty> {
  const usual = { type: 'text', analyzer, ...presence, ...(isPlain && { copy_to: 'words' }) } as const;
  const title = { ...usual, norms: true, similarity: 'short_titles' } as const;
  const withPrefixes = isPlain ? { fields: { prefix: prefixes } } : {};
  return {
    title: { ...title, ...withPrefixes },
    brand: { ...usual, ...withPrefixes },
    category: { ...usual, ...withPrefixes },
    attributes: usual,
    description: usual,
  };
}

const properties: Record<string, estypes.MappingProperty> = {
  live: { type: 'boolean' },
  listing: { type: 'object', enabled: false },
  id: keyword,
  plain: { dynamic: false, properties: textProperties(plainAnalyzer, true) },
  ...Object.fromEntries(
    languages.map((each) => [each, { dynamic: false, properties: textProperties(stemAnalyzer(each), false) }]),
  ),
  words: { type: 'text', analyzer: plainAnalyzer, index_options: 'docs', ...presence },
  path: keyword,
  categories: keyword,
  brand: keyword,
  sellerId: keyword,
  currency: keyword,
  attributes: keyword,
  attributeNames: keyword,
  warehouses: keyword,
  inStock: { type: 'boolean' },
  hazardous: { type: 'boolean' },
  price: number,
  rating: number,
  weightGrams: number,
  createdAt: number,
  popularity: { type: 'double', ignore_malformed: true },
  blend: { dynamic: false, properties: { popularity: blendPart, rating: blendPart, stock: blendPart } },
};

/** Tells indexes of different forms apart. */
export const formOf = createHash('sha256')
  .update(JSON.stringify([properties, analysis]))
  .digest('hex')
  .slice(0, 12);

export function mappings(): estypes.MappingTypeMapping {
  return { dynamic: false, _routing: { required: true }, _meta: { form: formOf }, properties };
}

export function indexSettings({ shards, replicas, refreshMs }: IndexShape): estypes.IndicesIndexSettings {
  return {
    number_of_shards: shards,
    ...(replicas === undefined ? { auto_expand_replicas: '0-1' } : { number_of_replicas: replicas }),
    ...refreshSetting(refreshMs),
    similarity: { short_titles: shortTitles },
    analysis,
  };
}

export function refreshSetting(refreshMs: number): estypes.IndicesIndexSettings {
  return { refresh_interval: `${refreshMs}ms` };
}
