// Products as the view's documents have them. A document that was written before a field was thought of lacks it.
import type { Product } from '../schemas/types.generated.ts';
import type { StoredDocument } from './documents/documents.ts';

const added = { productType: '', language: 'en', hazardous: false, variants: [], variantOf: null, options: {} };

export function productIn({ fields }: Pick<StoredDocument, 'fields'>): Product {
  return { ...added, ...(fields as unknown as Product) };
}
