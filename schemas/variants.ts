// What is wrong with the variants of a product, place by place. Pure; whether their ids are free is not known here.
import { isProductId } from './ids.ts';
import { isAttributeName, isImageUrl, productLimits, textOf } from './product-limits.ts';
import { largestAmount } from './totals.ts';
import type { CreateProduct, Variant } from './types.generated.ts';

/** A product as far as its variants rest on it. */
export type VariedProduct = Pick<
  CreateProduct,
  'title' | 'description' | 'images' | 'attributes' | 'price' | 'variants'
> & { readonly productId: string };

export interface VariantFault {
  /** A JSON pointer into the product. */
  readonly path: string;
  readonly message: string;
}

type Rule = (product: VariedProduct) => readonly VariantFault[];

const rules: readonly Rule[] = [
  areNotTooMany,
  haveIdsOfTheirOwn,
  haveSoundOptions,
  haveTheSameOptions,
  differInTheirOptions,
  haveOptionsThatAreNoAttributes,
  haveSoundPrices,
  haveSoundWeightsAndImages,
  areNotTooMuchText,
];

/** None for a product without variants. */
export function variantFaults(product: VariedProduct): VariantFault[] {
  return product.variants.length === 0 ? [] : rules.flatMap((rule) => rule(product));
}

function areNotTooMany({ variants }: VariedProduct): readonly VariantFault[] {
  const { variants: most } = productLimits;
  return variants.length <= most ? [] : [{ path: '/variants', message: `must not be more than ${most}` }];
}

function haveIdsOfTheirOwn({ productId, variants }: VariedProduct): readonly VariantFault[] {
  const seen = new Set<string>([productId]);
  return each(variants, 'productId', ({ productId: id }) => {
    if (!isProductId(id)) return 'must be 1 to 64 letters, digits, dots, underscores and hyphens';
    if (id === productId) return "must not be the product's own id";
    if (seen.has(id)) return 'comes twice';
    seen.add(id);
    return undefined;
  });
}

function haveSoundOptions({ variants }: VariedProduct): readonly VariantFault[] {
  const { options: most, optionValue } = productLimits;
  return each(variants, 'options', ({ options }) => {
    const entries = Object.entries(options);
    if (entries.length === 0) return 'must name at least one option';
    if (entries.length > most) return `must not name more than ${most} options`;
    const [name] = entries.find(([key]) => !isAttributeName(key)) ?? [];
    if (name !== undefined) return `must not have the name ${JSON.stringify(name.slice(0, 70))}`;
    const isValue = (text: string) => text.trim() !== '' && text.length <= optionValue;
    return entries.every(([, value]) => isValue(value))
      ? undefined
      : `must have values of 1 to ${optionValue} characters`;
  });
}

function haveTheSameOptions({ variants }: VariedProduct): readonly VariantFault[] {
  const expected = namesOf(variants[0]!);
  return each(variants, 'options', (variant) => {
    return namesOf(variant) === expected ? undefined : `must name the same options as the first variant: ${expected}`;
  });
}

function differInTheirOptions({ variants }: VariedProduct): readonly VariantFault[] {
  const seen = new Set<string>();
  return each(variants, 'options', ({ options }) => {
    const combination = JSON.stringify(Object.entries(options).sort(byName));
    if (seen.has(combination)) return 'are those of another variant';
    seen.add(combination);
    return undefined;
  });
}

/** Else a product would be found under a value that none of its variants has. */
function haveOptionsThatAreNoAttributes({ attributes, variants }: VariedProduct): readonly VariantFault[] {
  const named = Object.keys(variants[0]!.options).filter((name) => Object.hasOwn(attributes, name));
  return named.map((name) => ({ path: `/attributes/${name}`, message: 'is an option of the variants' }));
}

function haveSoundPrices({ price, variants }: VariedProduct): readonly VariantFault[] {
  return each(variants, 'price', ({ price: own }) => {
    if (own === null) return undefined;
    if (own.currency !== price.currency) return `must be in ${price.currency}, as the product's is`;
    return own.amount >= 0 && own.amount <= largestAmount ? undefined : `must be 0 to ${largestAmount}`;
  });
}

function haveSoundWeightsAndImages({ variants }: VariedProduct): readonly VariantFault[] {
  const { weightGrams: most } = productLimits;
  return [
    ...each(variants, 'weightGrams', ({ weightGrams }) => {
      const grams = weightGrams ?? 0;
      return grams >= 0 && grams <= most ? undefined : `must be 0 to ${most}`;
    }),
    ...each(variants, 'image', ({ image }) => (image === '' || isImageUrl(image) ? undefined : 'must be a URL')),
  ];
}

function areNotTooMuchText(product: VariedProduct): readonly VariantFault[] {
  const { textOfVariants: most } = productLimits;
  const length = product.variants.length * textOf(product);
  if (length <= most) return [];
  const message = `have copies of ${length} characters of text and attributes together, more than ${most}`;
  return [{ path: '/variants', message }];
}

function namesOf({ options }: Variant): string {
  return Object.keys(options).sort().join(', ');
}

function byName([one]: readonly [string, string], [other]: readonly [string, string]): number {
  return one < other ? -1 : 1;
}

function each(
  variants: readonly Variant[],
  field: keyof Variant,
  faultOf: (variant: Variant) => string | undefined,
): readonly VariantFault[] {
  return variants.flatMap((variant, index) => {
    const message = faultOf(variant);
    return message === undefined ? [] : [{ path: `/variants/${index}/${field}`, message }];
  });
}
