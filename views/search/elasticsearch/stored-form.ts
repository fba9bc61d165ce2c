// A listing as the index has it, and what is left of one that is gone. See index-form.ts for the fields.
import { type ListingDocument, rankingParts } from '../search.ts';
import { isKnown } from './analysis.ts';
import type { TextField } from './text-fields.ts';

/** Mark the words of highlights: no characters at all, and taken out of what is searched, so that nobody's text holds one. */
export const markStart = '\ufdd0';
export const markEnd = '\ufdd1';
const marks = new RegExp(`[${markStart}${markEnd}]`, 'g');

/** The document of a live listing in JSON, in one line. */
export function liveDocument(listing: ListingDocument): string {
  const { id, brand, sellerId, price, warehouses, hazardous, rating, weightGrams, createdAt, popularity } = listing;
  const texts = textsOf(listing);
  return line({
    live: true,
    listing,
    id,
    plain: texts,
    ...(isKnown(listing.language) && { [listing.language]: texts }),
    ...(listing.category !== '' && { path: listing.category, categories: levelsOf(listing.category) }),
    ...(brand !== '' && { brand }),
    sellerId,
    currency: price.currency,
    price: price.amount,
    attributes: pairsOf(listing.attributes),
    attributeNames: Object.keys(listing.attributes).filter((name) => listing.attributes[name]!.length > 0),
    warehouses,
    inStock: warehouses.length > 0,
    hazardous,
    rating,
    weightGrams,
    createdAt,
    popularity,
    blend: rankingParts(listing),
  });
}

/** Of a listing that is gone, or is in another shard now. */
export const tombstone = line({ live: false });

/** `Toys`, `Toys/Games`. */
export function levelsOf(category: string): string[] {
  const parts = category.split('/');
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

/** `color=red`. The name is escaped, so that its end is known. */
export function attributePair(name: string, value: string): string {
  return `${attributePrefix(name)}${value}`;
}

export function attributePrefix(name: string): string {
  return `${name.replace(/[%=]/g, (letter) => (letter === '%' ? '%25' : '%3D'))}=`;
}

export function attributeOf(pair: string): readonly [name: string, value: string] {
  const end = pair.indexOf('=');
  const name = pair.slice(0, end).replace(/%(25|3D)/g, (_, code) => (code === '25' ? '%' : '='));
  return [name, pair.slice(end + 1)];
}

function pairsOf(attributes: ListingDocument['attributes']): string[] {
  return Object.entries(attributes).flatMap(([name, values]) => values.map((value) => attributePair(name, value)));
}

function textsOf({ title, brand, category, attributes, description }: ListingDocument) {
  return {
    title: unmarked(title),
    brand,
    category: category.split('/'),
    leaf: category.slice(category.lastIndexOf('/') + 1),
    attributes: Object.values(attributes).flat(),
    description: unmarked(description),
  } satisfies Record<TextField | 'leaf', string | readonly string[]>;
}

function unmarked(text: string): string {
  return text.replace(marks, '');
}

/** Halves of characters, which JSON escapes and the engine refuses, become the sign for what is unreadable. */
function line(document: object): string {
  return JSON.stringify(document).replace(/(?<!\\)((?:\\\\)*)\\ud[89a-f][0-9a-f]{2}/g, '$1\\ufffd');
}
