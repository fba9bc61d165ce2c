// All topologies of the application. Each has its own group, changelog and tasks: what decides orders doesn't wait for what
// shows them.
import { type Stores, storesFor } from '../schemas/stores.ts';
import { topics as catalogue, type Topics } from '../schemas/topics.ts';
import type { Topology } from '../streams/topology.ts';
import { discoveryTopology } from './discovery.ts';
import { logisticsTopology } from './logistics.ts';
import { shopTopology } from './shop.ts';

/** The shop comes first. */
export function allTopologies(topics: Topics = catalogue, stores: Stores = storesFor()): readonly Topology[] {
  return [shopTopology(topics, stores), discoveryTopology(topics, stores), logisticsTopology(topics, stores)];
}
