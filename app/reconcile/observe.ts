// Looks at the committed state of tasks for reconciliation: as it lies in a worker's store, in one scan and so at one
// commit; or, for tasks that run elsewhere or not at all, as their changelog says it, which is at one commit as well.
import { sleep } from '../../base/clock.ts';
import type { Log } from '../../log/log.ts';
import { TaskExaminer, type TaskFacts } from '../../processors/reconcile/examine-task.ts';
import { storesFor } from '../../schemas/stores.ts';
import { splitChangelogKey, TaskKeys } from '../../state/keys.ts';
import type { Store } from '../../state/store.ts';
import { progressKey, progressStore } from '../../state/task-state.ts';
import { taskId, topologyNames } from '../../streams/names.ts';
import type { Topology } from '../../streams/topology.ts';
import { clock } from '../wire/places.ts';
import { readStretches } from './read-topic.ts';

const { orders, holds, stock, purchases } = storesFor();
/** Entries between two pauses: the thread that looks has other work, too. */
const portion = 256;

interface Entry {
  readonly store: string;
  readonly key: string;
  readonly value: Buffer;
}

/** Undefined if the store knows nothing of the task. */
export async function observeStore(
  store: Store,
  { name }: Topology,
  partition: number,
): Promise<TaskFacts | undefined> {
  const task = taskId(name, partition);
  const keys = new TaskKeys(task);
  // From the first of the stores that are looked at to the last.
  const range = { gte: keys.entries(progressStore.name).gte, lt: keys.entries(stock.name).lt };
  const found = await store.scan(range, { limit: Number.MAX_SAFE_INTEGER });
  return await examine(
    task,
    partition,
    found.map(({ key, value }) => ({ ...keys.entryOf(key), value })),
  );
}

export interface ChangelogPlace {
  readonly log: Log;
  readonly topology: Topology;
  readonly appId: string;
  readonly partition: number;
  readonly signal: AbortSignal;
}

/** Undefined if the changelog knows nothing of the task. */
export async function observeChangelog(place: ChangelogPlace): Promise<TaskFacts | undefined> {
  const { log, topology, appId, partition, signal } = place;
  const topic = topologyNames(appId, topology.name).changelog;
  const [from = 0] = await log.admin.offsets([{ topic, partition }], 'earliest');
  const [to = 0] = await log.admin.offsets([{ topic, partition }], 'latest');
  const wanted = new Set<string>([progressStore, orders, holds, stock, purchases].map(({ name }) => name));
  const last = new Map<string, Entry>();
  await readStretches({ log, topic, stretches: [{ partition, from, to }], signal }, (_, { key, value }) => {
    if (key === null) return undefined;
    const entry = splitChangelogKey(key);
    if (value === null) last.delete(key.toString());
    // The batch that it came in may be large: what is kept is a copy.
    else if (wanted.has(entry.store)) last.set(key.toString(), { ...entry, value: Buffer.from(value) });
    return undefined;
  });
  return await examine(taskId(topology.name, partition), partition, [...last.values()]);
}

async function examine(task: string, partition: number, entries: readonly Entry[]): Promise<TaskFacts | undefined> {
  const examiner = new TaskExaminer({ now: clock.now() });
  let progress: ReturnType<typeof progressStore.serde.decode> | undefined;
  for (const [index, { store, key, value }] of entries.entries()) {
    if (index % portion === portion - 1) await sleep(clock, 0);
    if (store === orders.name) examiner.order(key, orders.serde.decode(value));
    else if (store === holds.name) examiner.hold(key, holds.serde.decode(value));
    else if (store === stock.name) examiner.stock(key, stock.serde.decode(value));
    else if (store === purchases.name) examiner.purchases(key, purchases.serde.decode(value));
    else if (store === progressStore.name && key === progressKey) progress = progressStore.serde.decode(value);
  }
  return progress && examiner.finish({ task, partition, ...progress });
}
