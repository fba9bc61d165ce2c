// The shipped shop, cut to as many partitions as the simulation wants. Processors, stores and wiring are untouched.
import { storesFor } from '../../schemas/stores.ts';
import { type Topics, topics, withPartitions } from '../../schemas/topics.ts';
import type { Topology } from '../../streams/topology.ts';
import { shopTopology } from '../../topologies/shop.ts';

export interface Shop {
  readonly topology: Topology;
  /** The catalogue's topics with the partition count of the simulation. */
  readonly topics: Topics;
}

/** @param windowMs for how long what has ended is remembered */
export function shopOf(partitions: number, windowMs: number): Shop {
  const sized = Object.values(topics).filter((topic) => topic !== topics.deadLetters);
  const small = withPartitions(new Map(sized.map(({ name }) => [name, partitions])));
  return { topology: shopTopology(small, storesFor(windowMs)), topics: small };
}
