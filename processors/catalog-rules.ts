// Whether a seller's catalogue change is applied: a list of rules for each kind of change, the first that refuses gives
// the reason. Adding one is a function, an entry in the lists, a test.
import { isProductId } from '../schemas/ids.ts';
import { isSupportedCurrency } from '../schemas/rates.ts';
import { largestAmount } from '../schemas/totals.ts';
import type { CatalogChange, CatalogRefusalReason, CreateProduct, Product } from '../schemas/types.generated.ts';

const longestTitle = 500;
/** A tonne: beyond that it's no parcel. */
const heaviestGrams = 1_000_000;

type Kind = CatalogChange['change']['type'];

interface Case {
  readonly asked: CatalogChange;
  /** The product as it stands, undefined if there is none. */
  readonly product: Product | undefined;
  /** What the change says about the product. */
  readonly stated: Partial<{ readonly [Field in Exclude<keyof CreateProduct, 'type'>]: CreateProduct[Field] | null }>;
}

type Rule = (asked: Case) => CatalogRefusalReason | undefined;

const soundFields: readonly Rule[] = [hasASoundTitle, hasASoundPrice, hasASoundWeight];

const rules: { readonly [Name in Kind]: readonly Rule[] } = {
  CreateProduct: [hasASoundId, isFreeToCreate, ...soundFields, limitsToAtLeastOne],
  ChangeProduct: [isKnown, comesFromTheOwner, isNotDeleted, ...soundFields, limitsToNoLessThanNothing],
  DeleteProduct: [isKnown, comesFromTheOwner, isNotDeleted],
};

/** The reason to refuse, or undefined. */
export function catalogRefusal(asked: CatalogChange, product: Product | undefined): CatalogRefusalReason | undefined {
  const stated = asked.change.type === 'DeleteProduct' ? {} : asked.change;
  for (const rule of rules[asked.change.type]) {
    const reason = rule({ asked, product, stated });
    if (reason) return reason;
  }
  return undefined;
}

function hasASoundId({ asked }: Case): CatalogRefusalReason | undefined {
  return isProductId(asked.productId) ? undefined : 'invalid_product_id';
}

/** The id is unused, or its product was deleted and comes back from the same seller. */
function isFreeToCreate({ asked, product }: Case): CatalogRefusalReason | undefined {
  if (product === undefined) return undefined;
  return product.status === 'deleted' && product.sellerId === asked.sellerId ? undefined : 'already_exists';
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

function hasASoundTitle({ stated }: Case): CatalogRefusalReason | undefined {
  const length = stated.title?.trim().length ?? 1;
  return length >= 1 && length <= longestTitle ? undefined : 'invalid_title';
}

function hasASoundPrice({ stated }: Case): CatalogRefusalReason | undefined {
  if (!stated.price) return undefined;
  const { amount, currency } = stated.price;
  return amount >= 0 && amount <= largestAmount && isSupportedCurrency(currency) ? undefined : 'invalid_price';
}

function hasASoundWeight({ stated }: Case): CatalogRefusalReason | undefined {
  const weight = stated.weightGrams ?? 0;
  return weight >= 0 && weight <= heaviestGrams ? undefined : 'invalid_weight';
}

function limitsToAtLeastOne({ stated }: Case): CatalogRefusalReason | undefined {
  return (stated.customerLimit ?? 1) >= 1 ? undefined : 'invalid_limit';
}

/** 0 lifts the limit. */
function limitsToNoLessThanNothing({ stated }: Case): CatalogRefusalReason | undefined {
  return (stated.customerLimit ?? 0) >= 0 ? undefined : 'invalid_limit';
}
