// catalog-events -> the `catalogChanges` collection: what became of each of a seller's edits, and of each line of their
// imports. A repeated edit is answered again; the first answer stays.
import { unreachable } from '../base/assert.ts';
import type { CatalogEvent } from '../schemas/types.generated.ts';
import type { Projection } from '../streams/api.ts';
import { collections } from './collections.ts';
import { positionOf } from './document-write.ts';
import type { DocumentWrite } from './documents/documents.ts';
import { writeLine } from './import-lines.ts';

export const projectCatalogChanges: Projection<CatalogEvent, DocumentWrite> = {
  name: 'catalog-changes',

  project(record) {
    const { outcome, ...change } = record.value;
    const collection = collections.catalogChanges.name;
    if (change.importId !== '') return [writeLine(collection, record)];
    // A change id is unique within its product, and product ids have no slash.
    const id = `${change.productId}/${change.changeId}`;
    return [{ kind: 'insert', collection, id, position: positionOf(record), set: { ...change, ...resultOf(outcome) } }];
  },
};

function resultOf(outcome: CatalogEvent['outcome']) {
  switch (outcome.type) {
    case 'ProductChanged':
      return { status: 'applied', version: outcome.version };
    case 'CatalogChangeRefused':
      return { status: 'refused', reason: outcome.reason };
    case 'LineRefused':
      return { status: 'refused', reason: outcome.code };
    default:
      return unreachable(outcome);
  }
}
