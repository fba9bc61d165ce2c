// Whether a catalogue change is applied: a list of rules for each kind of change, the first that refuses gives the
// reason. Adding one is a function, an entry in the lists, a test.
import { isProductId } from '../schemas/ids.ts';
import {
  isAttributeName,
  isCategory,
  isImageUrl,
  isLanguage,
  isProductType,
  productLimits,
} from '../schemas/product-limits.ts';
import { isSupportedCurrency } from '../schemas/rates.ts';
import { largestAmount } from '../schemas/totals.ts';
import type { CatalogChange, CatalogRefusalReason, CreateProduct, Product } from '../schemas/types.generated.ts';
import { type VariedProduct, variantFaults } from '../schemas/variants.ts';

type Kind = CatalogChange['change']['type'];

/** What a seller's change says about the product. */
type Stated = Partial<{
  readonly [Field in Exclude<keyof CreateProduct, 'type' | 'replaces'>]: CreateProduct[Field] | null;
}>;

interface Case {
  readonly asked: CatalogChange;
  /** The product as it stands, undefined if there is none. */
  readonly product: Product | undefined;
  readonly stated: Stated;
}

type Rule = (asked: Case) => CatalogRefusalReason | undefined;

const soundFields: readonly Rule[] = [
  hasASoundTitle,
  hasASoundDescription,
  hasASoundCategory,
  hasASoundBrand,
  hasASoundPrice,
  hasSoundImages,
  hasSoundAttributes,
  hasASoundWeight,
  hasASoundType,
  hasASoundLanguage,
  hasSoundVariants,
];

const rules: { readonly [Name in Kind]: readonly Rule[] } = {
  CreateProduct: [hasASoundId, isFreeToCreate, ...soundFields, limitsToAtLeastOne],
  ChangeProduct: [isKnown, comesFromTheOwner, isNotDeleted, isNoVariant, ...soundFields, limitsToNoLessThanNothing],
  DeleteProduct: [isKnown, comesFromTheOwner, isNotDeleted, isNoVariant],
  PutVariant: [isFreeForItsParent],
  DropVariant: [isKnown, isOfThisParent, isNotDeleted],
};

/** The reason to refuse, or undefined. */
export function catalogRefusal(asked: CatalogChange, product: Product | undefined): CatalogRefusalReason | undefined {
  for (const rule of rules[asked.change.type]) {
    const reason = rule({ asked, product, stated: statedBy(asked.change) });
    if (reason) return reason;
  }
  return undefined;
}

function statedBy(change: CatalogChange['change']): Stated {
  return change.type === 'CreateProduct' || change.type === 'ChangeProduct' ? change : {};
}

function hasASoundId({ asked }: Case): CatalogRefusalReason | undefined {
  return isProductId(asked.productId) ? undefined : 'invalid_product_id';
}

/** The id is unused, or the seller's own: one that was deleted and comes back, or that is to be replaced. */
function isFreeToCreate({ asked, product }: Case): CatalogRefusalReason | undefined {
  if (product === undefined) return undefined;
  const replaces = asked.change.type === 'CreateProduct' && asked.change.replaces;
  if (product.sellerId !== asked.sellerId) return replaces ? 'not_owner' : 'already_exists';
  if (product.status === 'deleted') return undefined;
  if (product.variantOf !== null) return 'is_a_variant';
  return replaces ? undefined : 'already_exists';
}

/** So for a variant, and it may be one of this product already. */
function isFreeForItsParent(asked: Case): CatalogRefusalReason | undefined {
  return isOfThisParent(asked) === undefined ? undefined : isFreeToCreate(asked);
}

function isOfThisParent({ asked, product }: Case): CatalogRefusalReason | undefined {
  const parent = 'variantOf' in asked.change ? asked.change.variantOf : undefined;
  const isOwn = product?.sellerId === asked.sellerId && product.variantOf === parent;
  return isOwn ? undefined : 'not_its_variant';
}

function isKnown({ product }: Case): CatalogRefusalReason | undefined {
  return product === undefined ? 'unknown_product' : undefined;
}

function comesFromTheOwner({ asked, product }: Case): CatalogRefusalReason | undefined {
  return product?.sellerId === asked.sellerId ? undefined : 'not_owner';
}

function isNotDeleted({ product }: Case): CatalogRefusalReason | undefined {
  return product?.status === 'deleted' ? 'product_deleted' : undefined;
}

/** What a variant is, the product says that it is one of. */
function isNoVariant({ product }: Case): CatalogRefusalReason | undefined {
  return product !== undefined && product.variantOf !== null ? 'is_a_variant' : undefined;
}

function hasASoundTitle({ stated }: Case): CatalogRefusalReason | undefined {
  const length = stated.title?.trim().length ?? 1;
  return length >= 1 && length <= productLimits.title ? undefined : 'invalid_title';
}

function hasASoundDescription({ stated }: Case): CatalogRefusalReason | undefined {
  return (stated.description?.length ?? 0) <= productLimits.description ? undefined : 'invalid_description';
}

function hasASoundCategory({ stated }: Case): CatalogRefusalReason | undefined {
  return isCategory(stated.category ?? '') ? undefined : 'invalid_category';
}

function hasASoundBrand({ stated }: Case): CatalogRefusalReason | undefined {
  return (stated.brand?.length ?? 0) <= productLimits.brand ? undefined : 'invalid_brand';
}

function hasASoundPrice({ stated }: Case): CatalogRefusalReason | undefined {
  if (!stated.price) return undefined;
  const { amount, currency } = stated.price;
  return amount >= 0 && amount <= largestAmount && isSupportedCurrency(currency) ? undefined : 'invalid_price';
}

function hasSoundImages({ stated }: Case): CatalogRefusalReason | undefined {
  const images = stated.images ?? [];
  return images.length <= productLimits.images && images.every(isImageUrl) ? undefined : 'invalid_images';
}

function hasSoundAttributes({ stated }: Case): CatalogRefusalReason | undefined {
  const entries = Object.entries(stated.attributes ?? {});
  const { attributes: most, attributeValue: longest } = productLimits;
  const areSound = entries.every(([name, value]) => isAttributeName(name) && value.length <= longest);
  return entries.length <= most && areSound ? undefined : 'invalid_attributes';
}

function hasASoundWeight({ stated }: Case): CatalogRefusalReason | undefined {
  const weight = stated.weightGrams ?? 0;
  return weight >= 0 && weight <= productLimits.weightGrams ? undefined : 'invalid_weight';
}

/** Whether there is such a type, and what it asks for, the gateway knows. */
function hasASoundType({ stated }: Case): CatalogRefusalReason | undefined {
  const type = stated.productType ?? '';
  return type === '' || isProductType(type) ? undefined : 'invalid_type';
}

function hasASoundLanguage({ stated }: Case): CatalogRefusalReason | undefined {
  return isLanguage(stated.language ?? 'en') ? undefined : 'invalid_language';
}

/** Also when only what they rest on changes. */
function hasSoundVariants({ asked, product, stated }: Case): CatalogRefusalReason | undefined {
  const given = Object.fromEntries(Object.entries(stated).filter(([, value]) => value !== null));
  // Created whole, or changed of what is known: nothing is missing.
  const whole = { ...product, ...given, productId: asked.productId } as VariedProduct;
  return variantFaults(whole).length === 0 ? undefined : 'invalid_variants';
}

function limitsToAtLeastOne({ stated }: Case): CatalogRefusalReason | undefined {
  return (stated.customerLimit ?? 1) >= 1 ? undefined : 'invalid_limit';
}

/** 0 lifts the limit. */
function limitsToNoLessThanNothing({ stated }: Case): CatalogRefusalReason | undefined {
  return (stated.customerLimit ?? 0) >= 0 ? undefined : 'invalid_limit';
}
