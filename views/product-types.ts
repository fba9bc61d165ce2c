// product-types -> the `productTypes` collection: which attributes products of a type have. What is removed goes.
import type { ProductType } from '../schemas/types.generated.ts';
import type { Projection } from '../streams/api.ts';
import { collections } from './collections.ts';
import { positionOf, toJson } from './document-write.ts';
import type { DocumentWrite } from './documents/documents.ts';

export const projectProductTypes: Projection<ProductType, DocumentWrite> = {
  name: 'product-types',

  project(record) {
    const { type: id, isDeleted } = record.value;
    const document = { collection: collections.productTypes.name, id, position: positionOf(record) };
    return [isDeleted ? { ...document, kind: 'delete' } : { ...document, kind: 'upsert', set: toJson(record.value) }];
  },
};
