// What a product's change means for its variants. Each is a product of its own in a task of its own, so it is told by a
// change: whole, and with the product's version, so that whatever comes late, twice or out of order, the newest counts.
import type { CatalogChange, DropVariant, Product, PutVariant, Variant } from '../schemas/types.generated.ts';

/** What a product says of one of its variants. */
export type ParentsWord = PutVariant | DropVariant;

export interface VariantChange {
  readonly variantId: string;
  readonly change: ParentsWord;
}

export function isOfAParent(change: CatalogChange['change']): change is ParentsWord {
  return change.type === 'PutVariant' || change.type === 'DropVariant';
}

/** Every variant is told anew, and those that are gone; what is the same for a variant it will find out itself. */
export function variantChanges(before: Product | undefined, after: Product): VariantChange[] {
  const offered = offeredVariants(after);
  const kept = new Set(offered.map(({ productId }) => productId));
  const dropped = offeredVariants(before).filter(({ productId }) => !kept.has(productId));
  return [
    ...dropped.map(({ productId }): VariantChange => {
      const change = { type: 'DropVariant', variantOf: after.productId, parentVersion: after.version } as const;
      return { variantId: productId, change };
    }),
    ...offered.map((variant) => ({ variantId: variant.productId, change: putVariant(after, variant) })),
  ];
}

/** The same for every repetition of the product's change; the seller's own change ids have no `~`. */
export function variantChangeId({ productId, changeId }: Pick<CatalogChange, 'productId' | 'changeId'>): string {
  return `${productId}~${changeId}`;
}

function offeredVariants(product: Product | undefined): readonly Variant[] {
  return product?.status === 'active' ? product.variants : [];
}

function putVariant(product: Product, { options, price, weightGrams, image }: Variant): PutVariant {
  const { title, description, category, brand, images, attributes } = product;
  const { customerLimit, productType, language, hazardous } = product;
  return {
    type: 'PutVariant',
    variantOf: product.productId,
    parentVersion: product.version,
    options,
    title,
    description,
    category,
    brand,
    price: price ?? product.price,
    images: image === '' ? images : [image, ...images.filter((url) => url !== image)],
    attributes,
    weightGrams: weightGrams ?? product.weightGrams,
    customerLimit,
    productType,
    language,
    hazardous,
  };
}
