// The listings of catalogue.txt, which searches are judged by.
import { readFileSync } from 'node:fs';
import { assert } from '../../../base/assert.ts';
import type { ListingDocument } from '../../../views/search/search.ts';

const heading = /^## (?:\[(\w\w)\] )?(.+)$/;

/** As they stand in the file. */
export function judgedListings(): readonly ListingDocument[] {
  const lines = readFileSync(new URL('catalogue.txt', import.meta.url), 'utf8').split('\n');
  const listings: ListingDocument[] = [];
  let language = 'en';
  let category = '';
  for (const line of lines) {
    const [isHeading, given = 'en', path = ''] = heading.exec(line) ?? [];
    if (isHeading) [language, category] = [given, path];
    else if (line.includes('|') && !line.startsWith('#')) listings.push(listingOf(line, language, category));
  }
  return listings;
}

function listingOf(line: string, language: string, category: string): ListingDocument {
  const [id = '', title = '', brand = '', cents, facets = '', description = '', figures = ''] = line
    .split('|')
    .map((each) => each.trim());
  const price = { amount: Number(cents), currency: 'EUR' };
  const [, score, stars, soldOut] = /^(\d+), (\d+)( sold-out)?$/.exec(figures) ?? [];
  assert(score !== undefined && price.amount > 0, `a line of catalogue.txt makes sense: ${line}`);
  const popularity = Number(score);
  const warehouses = soldOut ? [] : ['main'];
  return {
    id,
    title,
    description,
    category,
    brand,
    language,
    sellerId: 'judged',
    price,
    highestPrice: price.amount,
    image: '',
    attributes: Object.fromEntries(facets.split(';').flatMap(attributeOf)),
    warehouses,
    weightGrams: 1_000,
    hazardous: false,
    rating: Number(stars),
    ratings: popularity,
    popularity,
    popularityRange: Math.min(9, Math.floor(Math.log2(1 + popularity))),
    variants: [{ productId: id, options: {}, price, inStock: !soldOut }],
    createdAt: 1_700_000_000_000,
  };
}

/** `color=black,silver` */
function attributeOf(text: string): [string, string[]][] {
  const [name = '', values = ''] = text.trim().split('=');
  return name === '' ? [] : [[name, values.split(',')]];
}
