// The fields in which words are found: once as they stand, once as stems of the listing's language. How well one matches
// must not depend on which shard it is in, nor change while other listings come and go: pages would repeat and skip. So no
// field is told how rare a word is; all words of a query are asked for anyway.
import type { estypes } from '@elastic/elasticsearch';
import {
  isCompounding,
  type Language,
  languages,
  partsAnalyzer,
  plainAnalyzer,
  prefixAnalyzer,
  stemAnalyzer,
  typedPrefixAnalyzer,
} from './analysis.ts';

/** Those that a query weighs. */
export const textFields = ['title', 'brand', 'category', 'attributes', 'description'] as const;

export type TextField = (typeof textFields)[number];

/** A field has the word or hasn't. */
const presence = { norms: false, similarity: 'boolean' } as const;

/** A word says more of a short title than of a long one, and most of a category that is called so. */
export const similarities: Record<string, estypes.IndicesSettingsSimilarity> = {
  short_titles: similarity('query.boost / (1.0 + 0.15 * (doc.length - 1.0))'),
  whole_names: similarity('query.boost / doc.length'),
};

function similarity(score: string): estypes.IndicesSettingsSimilarityScripted {
  return { type: 'scripted', script: { source: `return ${score};` } };
}

export const textProperties: Record<string, estypes.MappingProperty> = {
  plain: { dynamic: false, properties: plainProperties() },
  ...Object.fromEntries(languages.map((each) => [each, { dynamic: false, properties: stemProperties(each) }])),
  words: { type: 'text', analyzer: plainAnalyzer, index_options: 'docs', ...presence },
};

/** `leaf` is the category's own name, without those above it. */
function properties(
  analyzer: string,
  more: { readonly of?: object; readonly inTitle?: object },
): Record<TextField | 'leaf', estypes.MappingProperty> {
  const usual = { type: 'text', analyzer, ...presence, ...more.of } as const;
  return {
    title: { ...usual, norms: true, similarity: 'short_titles', ...more.inTitle },
    brand: { ...usual, ...more.inTitle },
    category: { ...usual, ...more.inTitle },
    leaf: { type: 'text', analyzer, similarity: 'whole_names' },
    attributes: usual,
    description: usual,
  };
}

function plainProperties() {
  const prefix = {
    type: 'text',
    analyzer: prefixAnalyzer,
    search_analyzer: typedPrefixAnalyzer,
    index_options: 'docs',
    ...presence,
  } as const;
  return properties(plainAnalyzer, { of: { copy_to: 'words' }, inTitle: { fields: { prefix } } });
}

function stemProperties(language: Language) {
  const analyzer = stemAnalyzer(language);
  if (!isCompounding(language)) return properties(analyzer, {});
  const parts = { type: 'text', analyzer: partsAnalyzer(language), search_analyzer: analyzer, ...presence } as const;
  return properties(analyzer, { inTitle: { fields: { parts } } });
}
