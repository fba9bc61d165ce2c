// zero-results -> the `zeroResults` collection: what was looked for without result within a day, and how often.
import type { ZeroResults } from '../schemas/types.generated.ts';
import type { Projection } from '../streams/api.ts';
import { collections } from './collections.ts';
import { positionOf, toJson } from './document-write.ts';
import type { DocumentWrite } from './documents/documents.ts';

export const projectZeroResults: Projection<ZeroResults, DocumentWrite> = {
  name: 'zero-results',

  project(record) {
    const { query: id, lastDay } = record.value;
    const place = { collection: collections.zeroResults.name, id, position: positionOf(record) };
    return [lastDay === 0 ? { kind: 'delete', ...place } : { kind: 'upsert', ...place, set: toJson(record.value) }];
  },
};
