// listings -> the product search: a listing with what can be bought of it now. One that isn't for sale any more is removed;
// what is sold out stays, and is hidden where a search asks for what is in stock.
import type { Listing, ListingOffer } from '../schemas/types.generated.ts';
import type { Projection } from '../streams/api.ts';
import { positionOf } from './document-write.ts';
import { type ListingDocument, type SearchWrite, shardOf, shardsOf } from './search/search.ts';

/** A longer text costs the index more than its end can help anybody to find. */
const longestDescription = 10_000;

export const projectListings: Projection<Listing, SearchWrite> = {
  name: 'listings',

  project(record) {
    const listing = record.value;
    const { listingId: id, category, formerCategories, popularityRange } = listing;
    const shard = shardOf(category, popularityRange);
    const formerShards = [category, ...formerCategories].flatMap(shardsOf).filter((each) => each !== shard);
    const place = { id, position: positionOf(record), shard, formerShards };
    return [listing.isForSale ? { kind: 'put', ...place, listing: documentOf(listing) } : { kind: 'remove', ...place }];
  },
};

function documentOf(listing: Listing): ListingDocument {
  const { listingId: id, title, description, category, brand, language, sellerId, image } = listing;
  const { hazardous, popularity, popularityRange, rating, createdAt, offers } = listing;
  const inStock = offers.filter(isInStock);
  const shown = inStock.length > 0 ? inStock : offers;
  return {
    id,
    title,
    description: beginningOf(description),
    category,
    brand,
    language,
    sellerId,
    ...pricesOf(shown),
    image,
    attributes: attributesOf(listing, shown),
    warehouses: [...new Set(offers.flatMap(({ warehouses }) => warehouses))].sort(),
    weightGrams: Math.min(...shown.map(({ weightGrams }) => weightGrams)),
    hazardous,
    rating: rating.reviews === 0 ? 0 : Math.round((rating.sum * 100) / rating.reviews),
    ratings: rating.reviews,
    popularity,
    popularityRange,
    variants: offers
      .filter(({ productId }) => productId !== id)
      .map((offer) => {
        const { productId, options, price } = offer;
        return { productId, options, price, inStock: isInStock(offer) };
      }),
    createdAt,
  };
}

function isInStock({ warehouses }: ListingOffer): boolean {
  return warehouses.length > 0;
}

function pricesOf(offers: readonly ListingOffer[]): Pick<ListingDocument, 'price' | 'highestPrice'> {
  const prices = offers.map(({ price }) => price);
  const price = prices.reduce((lowest, each) => (each.amount < lowest.amount ? each : lowest));
  const comparable = prices.filter(({ currency }) => currency === price.currency);
  return { price, highestPrice: Math.max(...comparable.map(({ amount }) => amount)) };
}

/** An option says more of what can be bought than an attribute of the same name. */
function attributesOf({ attributes }: Listing, offers: readonly ListingOffer[]): ListingDocument['attributes'] {
  const values = new Map<string, Set<string>>();
  for (const { options } of offers) {
    for (const [name, value] of Object.entries(options)) values.set(name, (values.get(name) ?? new Set()).add(value));
  }
  const merged = [...values].map(([name, found]) => [name, [...found].sort()] as const);
  const own = Object.entries(attributes).map(([name, value]) => [name, [value]] as const);
  return Object.fromEntries([...own, ...merged]);
}

/** Ends after a word, if there is one to end after. */
function beginningOf(text: string): string {
  if (text.length <= longestDescription) return text;
  // A character above U+FFFF takes two places: half of one is none.
  const beginning = text.slice(0, longestDescription).replace(/[\ud800-\udbff]$/, '');
  const end = beginning.lastIndexOf(' ');
  return end < 0 ? beginning : beginning.slice(0, end);
}
