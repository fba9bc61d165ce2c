// A start: the index is its last image and what has changed since, or, without an image, made anew of all listings.
import { assert } from '../../../base/assert.ts';
import { imagePath, removeImages } from './index-files.ts';
import { readImage } from './index-image.ts';
import type { ListingFile, StoredListing } from './listing-file.ts';
import { MemoryIndex } from './memory-index.ts';

const noWords = new Uint8Array(0);
/** Words that nobody has any more are let go when the index is made anew: once there are more of them than others. */
const mostUnusedShare = 0.5;

/** @throws SEARCH_UNAVAILABLE, SEARCH_STORAGE_FAILED */
export function loadIndex(file: ListingFile): MemoryIndex {
  const index = indexOfImage(file) ?? indexOfListings(file);
  removeImages(file.database.file, file.image.number);
  return index;
}

function indexOfImage(file: ListingFile): MemoryIndex | undefined {
  const { number, slots } = file.image;
  const state = number === 0 ? undefined : readImage(imagePath(file.database.file, number));
  if (state === undefined || state.ids.size !== slots) return undefined;
  const index = new MemoryIndex(state);
  file.eachWord('new', (number, word) => index.vocabulary.restore(number, word));
  index.vocabulary.reuseNumbers();
  file.eachChanged(({ words: now, hash, before, ...listing }) => {
    index.change({ ...listing, words: before === undefined ? undefined : { before, now, hash } });
  });
  file.eachListing(slots, (listing) => add(index, listing));
  return isWorthKeeping(index) ? index : undefined;
}

function indexOfListings(file: ListingFile): MemoryIndex {
  const index = new MemoryIndex();
  file.eachListing(0, (listing) => add(index, listing));
  const unused: number[] = [];
  file.eachWord('all', (number, word) => {
    if (index.postings.count(number) === 0) unused.push(number);
    else index.vocabulary.restore(number, word);
  });
  index.vocabulary.reuseNumbers();
  file.forget(unused);
  return index;
}

function add(index: MemoryIndex, { words: now, hash, ...listing }: StoredListing): void {
  assert(listing.slot === index.ids.size, 'slots are given one after the other');
  index.change({ ...listing, words: { before: noWords, now, hash } });
}

function isWorthKeeping({ vocabulary, postings }: MemoryIndex): boolean {
  let unused = 0;
  for (let number = 0; number < vocabulary.size; number++) if (postings.count(number) === 0) unused++;
  return unused <= mostUnusedShare * vocabulary.size;
}
