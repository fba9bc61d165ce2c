// Listings: what is known of a product, told to the listing that shows it; the listing, told to whoever shows it.
import { assembleListing } from '../processors/listings/assemble-listing.ts';
import {
  tellOfferOfPopularity,
  tellOfferOfProduct,
  tellOfferOfRating,
  tellOfferOfStock,
} from '../processors/listings/tell-offer.ts';
import type { Stores } from '../schemas/stores.ts';
import type { Topics } from '../schemas/topics.ts';
import type { TopologyBuilder } from '../streams/topology.ts';

export const listings = (stores: Stores, topics: Topics) => (builder: TopologyBuilder) => {
  const listing = { stores: { listings: stores.listings }, outputs: { listings: topics.listings }, timers: {} };
  const offer = {
    stores: { ...listing.stores, offers: stores.offers },
    outputs: { ...listing.outputs, listingParts: topics.listingParts },
    timers: {},
  };
  const stock = {
    stores: { ...offer.stores, stockedWarehouses: stores.stockedWarehouses },
    outputs: { ...offer.outputs, stockedWarehouses: topics.stockedWarehouses },
    timers: {},
  };
  builder
    .source(topics.products, tellOfferOfProduct, offer)
    .source(topics.stockLevels, tellOfferOfStock, stock)
    .source(topics.popularity, tellOfferOfPopularity, offer)
    .source(topics.ratings, tellOfferOfRating, offer)
    .source(topics.listingParts, assembleListing, listing);
};
