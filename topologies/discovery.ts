// Discovery: what shoppers find. Products and their stock become listings, what shoppers do becomes popularity and ratings.
// Nothing is decided here that an order depends on, so it may lag without harm.
import { type Stores, storesFor } from '../schemas/stores.ts';
import { topics as catalogue, type Topics } from '../schemas/topics.ts';
import { type Topology, topology } from '../streams/topology.ts';
import { listings } from './listings.ts';
import { popularity } from './popularity.ts';
import { reviews } from './reviews.ts';

/** Nobody sees that a listing is so much older, and a commit costs as much as dozens of records that are no news. */
const commitDelayMs = 50;

export function discoveryTopology(topics: Topics = catalogue, stores: Stores = storesFor()): Topology {
  return topology('discovery')
    .include(listings(stores, topics))
    .include(popularity(stores, topics))
    .include(reviews(stores, topics))
    .quarantine(topics.discoveryQuarantine)
    .commitDelay(commitDelayMs)
    .build();
}
