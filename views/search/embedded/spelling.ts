// How a word of the index is written: with the marks that it has where it stands.
import type { ListingFile } from './listing-file.ts';
import { searchedWord, tokensOf } from './tokens.ts';

/** The word in lower case as the listing of `slot` writes it in its title; without marks if it doesn't. */
export function spellingOf(word: string, slot: number, file: ListingFile): string {
  const { title } = JSON.parse(file.contentOf(slot)) as { title: string };
  const found = tokensOf(title).find(({ raw }) => searchedWord(raw) === word);
  const written = found === undefined ? word : title.slice(found.start, found.end).toLowerCase();
  return /['’\s]/.test(written) ? word : written;
}
