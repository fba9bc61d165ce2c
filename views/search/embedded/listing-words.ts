// A listing's text as what FTS5 keeps of it: tokens that say in which field they stand, so that the list of a token is
// what is found in one field. First the words as they stand, then their stems by language, each in its order, so that a
// phrase of either is one of FTS5's; then what hyphens join, and parts of compounds.
//
//     t/shoes b/acme ... t/en/shoe b/en/acme ... t/de+/schuh
import { hash } from 'node:crypto';
import type { ListingDocument } from '../search.ts';
import { isCompounding, partsOf } from './compounds.ts';
import { hasStems, isOfLetters, stemOf } from './stems.ts';
import { searchedWord, tokensOf } from './tokens.ts';

/** As tokens begin; the category's own name is told from those above it. */
export const fields = {
  title: 't',
  brand: 'b',
  category: 'c',
  upperCategories: 'u',
  attributes: 'a',
  description: 'd',
} as const;
export type Field = (typeof fields)[keyof typeof fields];
/** In which parts of words count. */
export const namingFields: readonly Field[] = [fields.title, fields.category, fields.upperCategories];

export function stemToken(stem: string, language: string): string {
  return `${language}/${stem}`;
}

export function partToken(part: string, language: string): string {
  return `${language}+/${part}`;
}

export interface ListingWords {
  /** For the table of texts. */
  readonly text: string;
  /** Words of title and brand. */
  readonly called: ReadonlySet<string>;
  /** Words of letters alone: what may be meant by another. */
  readonly spelled: ReadonlySet<string>;
}

type Text = Pick<ListingDocument, 'title' | 'brand' | 'category' | 'attributes' | 'description' | 'language'>;

/** What ends before it and what begins after it don't stand together. */
const gap = '/';

export function listingWords({ title, brand, category, attributes, description, language }: Text): ListingWords {
  const words: string[] = [];
  const stems: string[] = [];
  const others: string[] = [];
  const called = new Set<string>();
  const spelled = new Set<string>();
  const add = (text: string, field: Field) => {
    for (const { raw, isJoined } of tokensOf(text.normalize('NFKC'))) {
      const word = searchedWord(raw);
      if (word === '') continue;
      const ofLetters = isOfLetters(word);
      const stem = stemOf(word, language);
      (isJoined ? others : words).push(`${field}/${word}`);
      if (hasStems(language)) (isJoined ? others : stems).push(`${field}/${stemToken(stem, language)}`);
      if (ofLetters) spelled.add(word);
      if (field === fields.title || field === fields.brand) called.add(word);
      if (!ofLetters || !isCompounding(language) || !namingFields.includes(field)) continue;
      for (const part of partsOf(stem)) others.push(`${field}/${partToken(part, language)}`);
    }
    words.push(gap);
    stems.push(gap);
  };
  add(title, fields.title);
  add(brand, fields.brand);
  const levels = category.split('/');
  for (const [level, part] of levels.entries()) {
    add(part, level === levels.length - 1 ? fields.category : fields.upperCategories);
  }
  for (const value of Object.values(attributes).flat()) add(value, fields.attributes);
  add(description, fields.description);
  return { text: [...words, ...stems, ...others].join(' '), called, spelled };
}

/** Equal for listings of the same text; a whole number. */
export function textHash({ title, brand, category, attributes, description, language }: Text): number {
  const text = JSON.stringify([title, brand, category, Object.values(attributes), description, language]);
  return hash('sha1', text, 'buffer').readUIntBE(0, 6);
}
