// stock-levels -> the `stock` collection: what of a product is on hand, held and free, by warehouse.
import type { StockLevel } from '../schemas/types.generated.ts';
import type { Projection } from '../streams/api.ts';
import { collections } from './collections.ts';
import { positionOf, toJson } from './document-write.ts';
import type { DocumentWrite } from './documents/documents.ts';

export const projectStock: Projection<StockLevel, DocumentWrite> = {
  name: 'stock',

  project(record) {
    const collection = collections.stock.name;
    const { productId: id } = record.value;
    return [{ kind: 'upsert', collection, id, position: positionOf(record), set: toJson(record.value) }];
  },
};
