// Looks into the committed state of a topology's tasks, as it lies in a store.
import type { StateEntry, StateQuery } from '../gateway/operations.ts';
import { TaskKeys } from '../state/keys.ts';
import type { Store } from '../state/store.ts';
import { storesOf, taskId } from '../streams/names.ts';
import type { Topology } from '../streams/topology.ts';

/** In order of task and key. Undefined if none of the topologies has such a store; no two have one of the same name. */
export async function readState(
  store: Store,
  topologies: readonly Topology[],
  query: StateQuery,
): Promise<StateEntry[] | undefined> {
  const topology = topologies.find((each) => storesOf(each).some(({ name }) => name === query.store));
  const spec = topology && storesOf(topology).find(({ name }) => name === query.store);
  if (topology === undefined || spec === undefined) return undefined;
  const found: StateEntry[] = [];
  for (let partition = 0; partition < topology.partitions && found.length < query.limit; partition++) {
    const task = taskId(topology.name, partition);
    const keys = new TaskKeys(task);
    const exact = query.key === undefined ? undefined : keys.entry(spec.name, query.key);
    const range = keys.entries(spec.name, query.from, query.to);
    const entries =
      exact === undefined
        ? await store.scan(range, { limit: query.limit - found.length })
        : await store.getMany([exact]).then(([value]) => (value === undefined ? [] : [{ key: exact, value }]));
    for (const { key, value } of entries) {
      found.push({ task, key: keys.keyOf(spec.name, key), value: spec.serde.decode(value) });
    }
  }
  return found;
}
