// Names and topics that the engine itself needs for a topology: group, changelog, commit records, task ids.

import type { TopicSpec } from '../log/log.ts';
import type { StoreSpec } from '../state/store-spec.ts';
import type { Serde } from './api.ts';
import { quarantineStores } from './quarantine.ts';
import type { Topology } from './topology.ts';

/** The names of one topology within one application. */
export interface TopologyNames {
  readonly group: string;
  readonly changelog: string;
  readonly commits: string;
}

export function topologyNames(appId: string, topology: string): TopologyNames {
  const group = `${appId}-${topology}`;
  return { group, changelog: `${group}-changelog`, commits: `${group}-commits` };
}

/** `<topology>_<partition>`, as Kafka Streams writes task ids. */
export function taskId(topology: string, partition: number): string {
  return `${topology}_${partition}`;
}

/** The engine's own topics of a topology, to be created before it runs. */
export function internalTopics(appId: string, { name, partitions }: Topology): TopicSpec[] {
  const { changelog, commits } = topologyNames(appId, name);
  return [
    { name: changelog, partitions, cleanup: 'compact' },
    { name: commits, partitions, cleanup: 'delete' },
  ];
}

const timerPrefix = '@timer-';

const timeSerde: Serde<number> = {
  format: 'time',
  encode: (value, target, at) => (at + 8 > target.length ? -1 : target.writeDoubleBE(value, at)),
  decode: (bytes) => bytes.readDoubleBE(0),
};

/** Timers are a store like any other: the key's entry is its time, and it is due when it expires. */
export function timerStore(timer: string): StoreSpec<number> {
  return { name: `${timerPrefix}${timer}`, serde: timeSerde, expiresAt: (at) => at };
}

/** The timer whose store this is, or undefined for a plain store. */
export function timerOfStore(store: string): string | undefined {
  return store.startsWith(timerPrefix) ? store.slice(timerPrefix.length) : undefined;
}

/** All stores of a topology, timers and quarantine included, and those that are to be emptied. */
export function storesOf({ stores, timers, quarantine, retired }: Topology): StoreSpec<unknown>[] {
  const ofTimers = timers.map(({ name }) => timerStore(name) as StoreSpec<unknown>);
  const ofRetired = retired.stores.map((name) => ({ name, serde: anySerde }));
  return [...stores, ...ofTimers, ...(quarantine ? quarantineStores : []), ...ofRetired];
}

/** Of what is only deleted. */
const anySerde: Serde<unknown> = { encode: (_value, _target, at) => at, decode: (bytes) => bytes };
