// Logistics: how parcels leave warehouses and where they arrive. One task, for it is little, and a change may touch any
// part of it.
import { changeNetwork } from '../processors/logistics/change-network.ts';
import { type Stores, storesFor } from '../schemas/stores.ts';
import { topics as catalogue, type Topics } from '../schemas/topics.ts';
import { type Topology, topology } from '../streams/topology.ts';

export function logisticsTopology(topics: Topics = catalogue, stores: Stores = storesFor()): Topology {
  return topology('logistics')
    .source(topics.logisticsChanges, changeNetwork, {
      stores: {
        warehouses: stores.warehouses,
        areas: stores.areas,
        routes: stores.routes,
        networkOutcomes: stores.networkOutcomes,
      },
      outputs: { logisticsEvents: topics.logisticsEvents, deliveryOptions: topics.deliveryOptions },
      timers: {},
    })
    .quarantine(topics.logisticsQuarantine)
    .build();
}
