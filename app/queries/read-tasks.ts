// What one worker answers of its tasks' state: strongly of those that it owns, and with its lag of any that it has a copy of.

import type { Clock } from '../../base/clock.ts';
import type { StateLag, StateQuery, TaskAnswer } from '../../gateway/state-queries.ts';
import type { Log } from '../../log/log.ts';
import { readPosition } from '../../state/changelog.ts';
import { TaskKeys } from '../../state/keys.ts';
import type { Store } from '../../state/store.ts';
import type { StoreSpec } from '../../state/store-spec.ts';
import { progressKey, progressStore } from '../../state/task-state.ts';
import { taskId, topologyNames } from '../../streams/names.ts';
import type { StreamThread } from '../../streams/stream-thread.ts';
import type { Topology } from '../../streams/topology.ts';
import { readEntries } from '../read-state.ts';
import { storeOf } from './state-reader.ts';

export interface ReadTasksParts {
  readonly log: Log;
  readonly store: Store;
  readonly clock: Clock;
  readonly appId: string;
  readonly threads: readonly StreamThread[];
}

const nothing: StateLag = { records: 0, milliseconds: 0 };
/** The mark of a transaction's end. */
const leastLag = 1;

/** Undefined if there is no such store. */
export async function readTasks(parts: ReadTasksParts, query: StateQuery): Promise<TaskAnswer[] | undefined> {
  const thread = parts.threads.find(({ topology }) => storeOf(topology, query));
  const spec = thread && storeOf(thread.topology, query);
  if (thread === undefined || spec === undefined) return undefined;
  const { topology } = thread;
  const { partitions = Array.from({ length: topology.partitions }, (_, partition) => partition) } = query;
  if (query.consistency === 'stale') return await readCopies(parts, { topology, spec, partitions, query });
  const readAll = (owned: readonly number[]) =>
    Promise.all(owned.map((partition) => readTask(parts.store, { topology, spec, partition, query })));
  return (await thread.readOwned(partitions, readAll)) ?? [];
}

interface Part {
  readonly topology: Topology;
  readonly spec: StoreSpec<unknown>;
  readonly query: StateQuery;
}

async function readTask(
  store: Store,
  { topology, spec, partition, query }: Part & { readonly partition: number },
): Promise<TaskAnswer> {
  const task = taskId(topology.name, partition);
  return { partition, task, entries: await readEntries(store, { task, spec, query }), lag: nothing };
}

/** Of the tasks that the store knows. How far it is is looked at before what it has, so that it is no better than told. */
async function readCopies(
  parts: ReadTasksParts,
  { partitions, ...part }: Part & { readonly partitions: readonly number[] },
): Promise<TaskAnswer[]> {
  const { changelog: topic } = topologyNames(parts.appId, part.topology.name);
  const places = partitions.map((partition) => ({ topic, partition }));
  const ends = await parts.log.admin.offsets(places, 'latest');
  const found: TaskAnswer[] = [];
  for (const [index, partition] of partitions.entries()) {
    const lag = await lagOf(parts, taskId(part.topology.name, partition), ends[index]!);
    if (lag !== undefined) found.push({ ...(await readTask(parts.store, { ...part, partition })), lag });
  }
  return found;
}

async function lagOf({ store, clock }: ReadTasksParts, task: string, end: number): Promise<StateLag | undefined> {
  const keys = new TaskKeys(task);
  const position = await readPosition(store, keys, task);
  if (position === undefined) return undefined;
  const records = Math.max(0, end - position.offset);
  if (records <= leastLag) return nothing;
  const [bytes] = await store.getMany([keys.entry(progressStore.name, progressKey)]);
  const since = bytes === undefined ? 0 : progressStore.serde.decode(bytes).now;
  return { records, milliseconds: Math.max(0, clock.now() - since) };
}
