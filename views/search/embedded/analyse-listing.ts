// A listing's text as words with numbers: as they stand, and their stems in the listing's language.
import { hash } from 'node:crypto';
import type { ListingDocument } from '../search.ts';
import { EntriesBuilder, fieldBits } from './entries.ts';
import { markedStem, stemOf } from './stems.ts';
import { tokensOf } from './tokens.ts';
import type { Vocabulary } from './vocabulary.ts';

export interface AnalysedText {
  readonly entries: Uint8Array;
  /** Words of the title. */
  readonly titleLength: number;
}

type Text = Pick<ListingDocument, 'title' | 'brand' | 'category' | 'attributes' | 'description' | 'language'>;

const builder = new EntriesBuilder();

/** Words that nobody had get a number. */
export function analyseListing(listing: Text, vocabulary: Vocabulary): AnalysedText {
  const { language } = listing;
  let position = 0;
  const add = (text: string, field: number) => {
    const start = position;
    for (const { word, isJoined } of tokensOf(text.normalize('NFKC'))) {
      const place = isJoined ? position - 1 : position++;
      builder.add(vocabulary.add(word), field, place);
      const stem = stemOf(word, language);
      if (stem !== word) builder.add(vocabulary.add(markedStem(stem, language)), field, place);
    }
    const length = position - start;
    // What ends here and what begins next don't stand together.
    position++;
    return length;
  };
  const titleLength = add(listing.title, fieldBits.title);
  add(listing.brand, fieldBits.brand);
  for (const part of listing.category.split('/')) add(part, fieldBits.category);
  for (const value of Object.values(listing.attributes).flat()) add(value, fieldBits.attributes);
  add(listing.description, fieldBits.description);
  return { entries: builder.take(), titleLength };
}

/** Equal for listings of the same text; a whole number. */
export function textHash({ title, brand, category, attributes, description, language }: Text): number {
  const text = JSON.stringify([title, brand, category, Object.values(attributes), description, language]);
  return hash('sha1', text, 'buffer').readUIntBE(0, 6);
}
