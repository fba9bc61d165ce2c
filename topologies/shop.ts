// The shop: all that is decided about a product and the orders that it leads, one task a partition. The catalogue comes
// first and stock second, so that of events of one moment a product exists before its stock, and stock before an order.
import { type Stores, storesFor } from '../schemas/stores.ts';
import { topics as catalogue, type Topics } from '../schemas/topics.ts';
import { type Topology, topology } from '../streams/topology.ts';
import { catalog } from './catalog.ts';
import { orders } from './orders.ts';
import { repairs } from './repairs.ts';
import { stock } from './stock.ts';

export function shopTopology(topics: Topics = catalogue, stores: Stores = storesFor()): Topology {
  return topology('shop')
    .include(catalog(stores, topics))
    .include(stock(stores, topics))
    .include(orders(stores, topics))
    .include(repairs(stores, topics))
    .quarantine(topics.shopQuarantine)
    .build();
}
