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
import { analysis } from './analysis.ts';
import { similarities, textProperties } from './text-fields.ts';

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

const properties: Record<string, estypes.MappingProperty> = {
  live: { type: 'boolean' },
  listing: { type: 'object', enabled: false },
  id: keyword,
  ...textProperties,
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
  .update(JSON.stringify([properties, analysis, similarities]))
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
    similarity: similarities,
    analysis,
  };
}

export function refreshSetting(refreshMs: number): estypes.IndicesIndexSettings {
  return { refresh_interval: `${refreshMs}ms` };
}
