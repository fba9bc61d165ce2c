// products -> the `products` collection: the product as it stands. Deleted ones stay, with that status.
import type { Product } from '../schemas/types.generated.ts';
import type { Projection } from '../streams/api.ts';
import { collections } from './collections.ts';
import { positionOf, toJson } from './document-write.ts';
import type { DocumentWrite } from './documents/documents.ts';

export const projectProducts: Projection<Product, DocumentWrite> = {
  name: 'products',

  project(record) {
    const collection = collections.products.name;
    const { productId: id } = record.value;
    return [{ kind: 'upsert', collection, id, position: positionOf(record), set: toJson(record.value) }];
  },
};
