// What a seller says of a product, as JSON from whatever way it came, checked and turned into what the streams are asked:
// the form, the attributes that the type asks for, the variants among each other. What only the streams know (who owns
// an id) they decide.
import { sameValue } from '../base/same-value.ts';
import { newProduct, unchangedProduct } from '../schemas/catalog-defaults.ts';
import type { ChangeProduct, CreateProduct, Product, ProductType, Variant } from '../schemas/types.generated.ts';
import { variantFaults } from '../schemas/variants.ts';
import { asTexts, checkAgainst, missing } from './attributes.ts';
import { type Fault, Refusal } from './refusal.ts';
import { NewProduct, type ProductPatch } from './shapes/products.ts';
import { checkerOf, invalidRequest } from './validation.ts';

/** The product types as they are now. */
export interface TypeLookup {
  get(type: string): ProductType | undefined;
}

export interface CheckedProduct {
  readonly productId: string;
  readonly product: CreateProduct;
}

const check = checkerOf(NewProduct);

/** Any JSON. @throws REQUEST_INVALID, PRODUCT_INVALID with every fault */
export function newProductFrom(value: unknown, types: TypeLookup): CheckedProduct {
  const faults = check(value);
  if (faults.length > 0) throw invalidRequest(faults);
  return createdFrom(value as NewProduct, types);
}

/** What has the right form already. @throws PRODUCT_INVALID with every fault */
export function createdFrom({ productId, ...given }: NewProduct, types: TypeLookup): CheckedProduct {
  const stated = { ...given, variants: (given.variants ?? []).map(variantFrom) };
  const product: CreateProduct = { ...newProduct, ...stated, attributes: asTexts(given.attributes ?? {}) };
  const faults = variantFaults({ productId, ...product });
  const typed = typedParts(product, types);
  refuse([...takenIds(product.variants, productId), ...faults, ...typed.faults]);
  return { productId, product: { ...product, ...typed.parts } };
}

/** A change of these alone isn't held against the type: prices go on while an operator changes what is asked for. */
const commercial: ReadonlySet<string> = new Set(['price', 'customerLimit', 'weightGrams']);

/**
 * `before` is the product as far as it is known: what isn't given is held against it.
 * @throws PRODUCT_INVALID with every fault
 */
export function changedFrom(patch: ProductPatch, before: Product | undefined, types: TypeLookup): ChangeProduct {
  const { attributes, variants, ...given } = patch;
  const stated = {
    ...given,
    ...(attributes && { attributes: asTexts(attributes) }),
    ...(variants && { variants: variants.map(variantFrom) }),
  };
  if (before === undefined) return { ...unchangedProduct, ...stated };
  const whole = { ...before, ...stated };
  const typed = Object.keys(patch).every((field) => commercial.has(field))
    ? { parts: whole, faults: [] }
    : typedParts(whole, types);
  refuse([...takenIds(whole.variants), ...variantFaults(whole), ...typed.faults]);
  const isNew = (part: 'attributes' | 'variants') => part in patch || !sameValue(typed.parts[part], before[part]);
  return {
    ...unchangedProduct,
    ...stated,
    attributes: isNew('attributes') ? typed.parts.attributes : null,
    variants: isNew('variants') ? typed.parts.variants : null,
  };
}

/** Ids under whose address something else is: /v1/products/imports lists imports. */
const taken: ReadonlySet<string> = new Set(['imports']);

function takenIds(variants: readonly Pick<Variant, 'productId'>[], productId?: string): Fault[] {
  const ids = [
    ...(productId === undefined ? [] : [{ path: '/productId', id: productId }]),
    ...variants.map((variant, index) => ({ path: `/variants/${index}/productId`, id: variant.productId })),
  ];
  const faults = ids.filter(({ id }) => taken.has(id));
  return faults.map(({ path, id }) => ({ path, message: `must not be ${id}, which is an address of its own` }));
}

type Typed = Pick<CreateProduct, 'productType' | 'attributes' | 'variants'>;

/** Attributes and options as the type wants them. */
function typedParts(
  product: Typed,
  types: TypeLookup,
): { parts: Omit<Typed, 'productType'>; faults: readonly Fault[] } {
  const { productType, attributes, variants } = product;
  if (productType === '') return { parts: { attributes, variants }, faults: [] };
  const type = types.get(productType);
  if (type === undefined) {
    const message = 'is no product type: GET /v1/product-types lists them';
    return { parts: { attributes, variants }, faults: [{ path: '/productType', message }] };
  }
  const own = checkAgainst(attributes, type, '/attributes');
  const fitted = variants.map((variant, index) => {
    const { texts, faults } = checkAgainst(variant.options, type, `/variants/${index}/options`);
    return { variant: { ...variant, options: texts }, faults };
  });
  const named = new Set([...Object.keys(attributes), ...Object.keys(variants[0]?.options ?? {})]);
  return {
    parts: { attributes: own.texts, variants: fitted.map(({ variant }) => variant) },
    faults: [...own.faults, ...missing(named, type), ...fitted.flatMap(({ faults }) => faults)],
  };
}

function variantFrom(given: NonNullable<NewProduct['variants']>[number]): Variant {
  const { productId, options, price = null, weightGrams = null, image = '' } = given;
  return { productId, options: asTexts(options), price, weightGrams, image };
}

/** More faults than these help nobody. */
const mostFaults = 20;

function refuse(faults: readonly Fault[]): void {
  const [first] = faults;
  if (first === undefined) return;
  const problems = `${first.path} ${first.message}`;
  throw new Refusal('PRODUCT_INVALID', { details: { problems }, faults: faults.slice(0, mostFaults) });
}
