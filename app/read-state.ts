// Looks into the committed state of a task, as it lies in a store.
import type { StateEntry, StateQuery, TaskAnswer } from '../gateway/state-queries.ts';
import { TaskKeys } from '../state/keys.ts';
import type { Store } from '../state/store.ts';
import type { StoreSpec } from '../state/store-spec.ts';
import { taskId } from '../streams/names.ts';
import type { Topology } from '../streams/topology.ts';
import { storeOf } from './queries/state-reader.ts';

export interface ReadEntries {
  readonly task: string;
  readonly spec: StoreSpec<unknown>;
  readonly query: StateQuery;
}

/** In order of the key. */
export async function readEntries(store: Store, { task, spec, query }: ReadEntries): Promise<StateEntry[]> {
  const keys = new TaskKeys(task);
  const exact = query.key === undefined ? undefined : keys.entry(spec.name, query.key);
  const entries =
    exact === undefined
      ? await store.scan(keys.entries(spec.name, query.from, query.to), { limit: query.limit })
      : await store.getMany([exact]).then(([value]) => (value === undefined ? [] : [{ key: exact, value }]));
  return entries.map(({ key, value }) => ({ task, key: keys.keyOf(spec.name, key), value: spec.serde.decode(value) }));
}

/** Of all tasks, where no worker runs. Undefined if none of the topologies has such a store. */
export async function readAtRest(
  store: Store,
  topologies: readonly Topology[],
  query: StateQuery,
): Promise<TaskAnswer[] | undefined> {
  const topology = topologies.find((each) => storeOf(each, query));
  const spec = topology && storeOf(topology, query);
  if (topology === undefined || spec === undefined) return undefined;
  const { partitions = Array.from({ length: topology.partitions }, (_, partition) => partition) } = query;
  const answers: TaskAnswer[] = [];
  for (const partition of partitions) {
    const task = taskId(topology.name, partition);
    const entries = await readEntries(store, { task, spec, query });
    answers.push({ partition, task, entries, lag: { records: 0, milliseconds: 0 } });
  }
  return answers;
}
