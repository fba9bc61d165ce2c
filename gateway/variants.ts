// How the variants of a product stand: each is a product of its own, so it's there a moment later than its product says,
// or not at all if its id is another product's. As the views know it.
import type { Product, StockLevel } from '../schemas/types.generated.ts';
import { collections } from '../views/collections.ts';
import type { Documents } from '../views/documents/documents.ts';
import { productIn } from '../views/product-document.ts';
import { Refusal } from './refusal.ts';

/** As much of a product as tells which variants are its own. */
export type Parent = Pick<Product, 'productId' | 'sellerId' | 'variants' | 'status'>;

export interface VariantState {
  readonly productId: string;
  readonly state: 'for_sale' | 'off_sale' | 'pending' | 'taken';
  /** Units that can be bought. */
  readonly free: number;
}

/** In the order of the product's list. */
export async function variantStates(documents: Documents, parent: Parent): Promise<VariantState[]> {
  const ids = parent.variants.map(({ productId }) => productId);
  const [products, stock] = await Promise.all([
    documents.getMany(collections.products.name, ids),
    documents.getMany(collections.stock.name, ids),
  ]);
  return ids.map((productId, index) => {
    const state = stateOf(parent, products[index] && productIn(products[index]));
    const level = stock[index]?.fields as unknown as StockLevel | undefined;
    return { productId, state, free: state === 'for_sale' ? (level?.free ?? 0) : 0 };
  });
}

/** The streams would refuse those variants alone, and say so nowhere near. @throws VARIANT_ID_TAKEN */
export async function refuseTaken(documents: Documents, parent: Parent): Promise<void> {
  const states = await variantStates(documents, parent);
  const taken = states.flatMap(({ productId, state }, index) => (state === 'taken' ? [{ productId, index }] : []));
  if (taken.length === 0) return;
  const products = taken.slice(0, 5).map(({ productId }) => productId);
  const faults = taken.map(({ productId, index }) => {
    return { path: `/variants/${index}/productId`, message: `${productId} is the id of another product` };
  });
  throw new Refusal('VARIANT_ID_TAKEN', { details: { products: products.join(', ') }, faults });
}

function stateOf({ productId, sellerId, status }: Parent, variant: Product | undefined): VariantState['state'] {
  const isOffered = status === 'active';
  const isOwn = variant !== undefined && variant.sellerId === sellerId && variant.variantOf === productId;
  if (isOwn && variant.status === 'active') return isOffered ? 'for_sale' : 'off_sale';
  const isFree = variant === undefined || (variant.sellerId === sellerId && variant.status === 'deleted');
  if (!isFree) return 'taken';
  return isOffered ? 'pending' : 'off_sale';
}
