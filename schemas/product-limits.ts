// How much a product may say of itself, and in which form: what gateways and streams both hold it against. Pure.
import type { CreateProduct } from './types.generated.ts';

/** Lengths are in UTF-16 units, as JavaScript counts them. */
export const productLimits = {
  title: 500,
  description: 20_000,
  category: 300,
  categoryDepth: 5,
  brand: 200,
  images: 20,
  imageUrl: 2_000,
  attributes: 64,
  attributeValue: 500,
  /** A tonne: beyond that it's no parcel. */
  weightGrams: 1_000_000,
  customerLimit: 1_000_000,
  variants: 200,
  /** Names that a product's variants differ by. */
  options: 5,
  optionValue: 100,
  /** Of the text of all variants together, for each has a copy of its product's. */
  textOfVariants: 1_000_000,
} as const;

/** Of attributes and options, as a JSON schema's pattern. */
export const attributeNamePattern = '^[A-Za-z][A-Za-z0-9_-]{0,63}$';
/** Addresses on the web, or paths on the shop's own. */
export const imageUrlPattern = '^(https?://|/)[^\\s]+$';
export const productTypePattern = '^[a-z][a-z0-9-]{0,63}$';

const attributeName = new RegExp(attributeNamePattern);
const imageUrl = new RegExp(imageUrlPattern);
const productType = new RegExp(productTypePattern);

export function isAttributeName(text: string): boolean {
  return attributeName.test(text);
}

export function isImageUrl(text: string): boolean {
  return text.length <= productLimits.imageUrl && imageUrl.test(text);
}

export function isProductType(text: string): boolean {
  return productType.test(text);
}

/** Parts joined by `/`, none of them blank, and not too deep; empty for none. */
export function isCategory(text: string): boolean {
  if (text === '') return true;
  const parts = text.split('/');
  const { category, categoryDepth } = productLimits;
  return text.length <= category && parts.length <= categoryDepth && parts.every((part) => part.trim() !== '');
}

/** ISO 639-1. */
export const languages: readonly string[] = (
  'aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo es ' +
  'et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki ' +
  'kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no ' +
  'nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te ' +
  'tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu'
).split(' ');

const knownLanguages: ReadonlySet<string> = new Set(languages);

export function isLanguage(text: string): boolean {
  return knownLanguages.has(text);
}

/** What each variant has a copy of. */
export function textOf(product: Pick<CreateProduct, 'title' | 'description' | 'images' | 'attributes'>): number {
  const { title, description, images, attributes } = product;
  const parts = [title, description, ...images, ...Object.entries(attributes).flat()];
  return parts.reduce((sum, part) => sum + part.length, 0);
}
