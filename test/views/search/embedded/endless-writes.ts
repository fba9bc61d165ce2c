// Writes by their position, the same each time: puts, changes of stock alone, changes of the text, removals.
import type { EncodedWrite } from '../../../../views/search/embedded/calls.ts';
import type { ListingDocument } from '../../../../views/search/search.ts';
import { listing } from '../../../conformance/search-listings.ts';

const words = ['anchor', 'blanket', 'copper', 'dahlia', 'ember'];
const ids = 150;

export function writesFrom(position: number, count: number): EncodedWrite[] {
  return Array.from({ length: count }, (_, index) => writeAt(position + index));
}

/** What is there after the first `count` writes. */
export function listingsAfter(count: number): ListingDocument[] {
  const listings = new Map<string, ListingDocument>();
  for (const { id, content } of writesFrom(0, count)) {
    if (content === undefined) listings.delete(id);
    else listings.set(id, JSON.parse(content));
  }
  return [...listings.values()];
}

function writeAt(position: number): EncodedWrite {
  const number = (position * 7) % ids;
  const id = `id-${number}`;
  const round = Math.floor(position / ids);
  if ((position + round) % 11 === 0) return { id, position };
  const title = `${words[(number + (round >> 1)) % words.length]} ${words[(number * 3) % words.length]}`;
  const changed = { title, warehouses: round % 2 === 0 ? ['berlin'] : [], createdAt: position };
  return { id, position, content: JSON.stringify(listing(id, changed)) };
}
