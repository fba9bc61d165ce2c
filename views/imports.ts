// imports -> the `imports` collection: how far each import was taken. import-tallies -> `importTallies`: how many of its
// changes each partition decided. Together they tell how an import goes on.
import type { Import, ImportTally } from '../schemas/types.generated.ts';
import type { Projection } from '../streams/api.ts';
import { collections } from './collections.ts';
import { positionOf, toJson } from './document-write.ts';
import type { DocumentWrite } from './documents/documents.ts';
import { importKey } from './import-lines.ts';

export const projectImports: Projection<Import, DocumentWrite> = {
  name: 'imports',

  project(record) {
    const collection = collections.imports.name;
    const id = importKey(record.value);
    return [{ kind: 'upsert', collection, id, position: positionOf(record), set: toJson(record.value) }];
  },
};

export const projectImportTallies: Projection<ImportTally, DocumentWrite> = {
  name: collections.importTallies.name,

  project(record) {
    const collection = collections.importTallies.name;
    const id = tallyId(record.value, record.value.partition);
    return [{ kind: 'upsert', collection, id, position: positionOf(record), set: toJson(record.value) }];
  },
};

/** Where the count of one partition stands. */
export function tallyId(of: Pick<Import, 'sellerId' | 'importId'>, partition: number): string {
  return `${importKey(of)}/${partition}`;
}
