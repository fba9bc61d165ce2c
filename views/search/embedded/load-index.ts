// A start: the index is made in memory from what is on disk.
import { assert } from '../../../base/assert.ts';
import type { ListingFile } from './listing-file.ts';
import { MemoryIndex } from './memory-index.ts';

const noWords = new Uint8Array(0);

/** @throws SEARCH_UNAVAILABLE, SEARCH_STORAGE_FAILED */
export function loadIndex(file: ListingFile): MemoryIndex {
  const index = new MemoryIndex();
  for (const { words: now, hash, ...listing } of file.listings()) {
    assert(listing.slot === index.ids.size, 'slots are given one after the other');
    index.change({ ...listing, words: { before: noWords, now, hash } });
  }
  // Words come last: those that nobody has any more are let go.
  const unused: number[] = [];
  for (const { number, word } of file.words()) {
    if (index.postings.count(number) === 0) unused.push(number);
    else index.vocabulary.restore(number, word);
  }
  file.write(() => {
    for (const number of unused) file.removeWord(number);
  });
  index.vocabulary.reuseNumbers();
  return index;
}
