// stock-events -> the `stockChanges` collection: what became of each of a seller's stock changes, and of each line of
// their feeds. A repeated change is answered again; the first answer stays.
import { unreachable } from '../base/assert.ts';
import type { StockEvent } from '../schemas/types.generated.ts';
import type { Projection } from '../streams/api.ts';
import { collections } from './collections.ts';
import { positionOf } from './document-write.ts';
import type { DocumentWrite } from './documents/documents.ts';
import { writeLine } from './import-lines.ts';

export const projectStockChanges: Projection<StockEvent, DocumentWrite> = {
  name: 'stock-changes',

  project(record) {
    const { outcome, ...change } = record.value;
    const collection = collections.stockChanges.name;
    if (change.importId !== '') return [writeLine(collection, record)];
    // A change id is unique within its product, and product ids have no slash.
    const id = `${change.productId}/${change.changeId}`;
    return [{ kind: 'insert', collection, id, position: positionOf(record), set: { ...change, ...resultOf(outcome) } }];
  },
};

function resultOf(outcome: StockEvent['outcome']) {
  switch (outcome.type) {
    case 'StockChanged':
      return { status: 'applied', before: outcome.before, after: outcome.after };
    case 'StockChangeRefused':
      return { status: 'refused', reason: outcome.reason };
    case 'LineRefused':
      return { status: 'refused', reason: outcome.code };
    default:
      return unreachable(outcome);
  }
}
