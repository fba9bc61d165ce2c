// What checkers judge by, gathered when the world has come to rest: the history of the log, what the log still gives,
// the disks, and what was seen of the workers. Of the workload there are only the messages that the log acknowledged.
import { reasonOf } from '../../base/errors.ts';
import { TaskKeys } from '../../state/keys.ts';
import type { MemoryDisk } from '../../state/memory/memory-store.ts';
import type { StoreSpec } from '../../state/store-spec.ts';
import { storesOf, type TopologyNames, taskId, topologyNames } from '../../streams/names.ts';
import { collections } from '../../views/collections.ts';
import type { StoredDocument } from '../../views/documents/documents.ts';
import type { Breakage } from './breakage.ts';
import type { Ack } from './clients.ts';
import type { Disk } from './disk.ts';
import { type LoggedRecord, recordsOf } from './history.ts';
import type { Plan } from './plan.ts';
import type { Shop } from './shop.ts';
import { appId, type Incident } from './worker.ts';
import type { World } from './world.ts';

/** A promise that was broken. */
export interface Violation {
  readonly checker: string;
  /** What differs, in words. */
  readonly what: string;
  /** The order, product or task that it is about. */
  readonly subject?: string;
}

/** What one disk holds of one task. */
export interface TaskOnDisk {
  readonly worker: string;
  readonly partition: number;
  /** Whether the worker ran the task when the world came to rest. */
  readonly isOwner: boolean;
  /** The changelog offset that it stands at. */
  readonly position: number;
  /** Store, then key, to the encoded value. */
  readonly entries: ReadonlyMap<string, Buffer>;
  /** Keys of the time index. */
  readonly timeRows: ReadonlySet<string>;
}

export interface Evidence {
  readonly plan: Plan;
  readonly shop: Shop;
  /** What was broken for a while, if anything was. */
  readonly breakage: Breakage | undefined;
  readonly names: TopologyNames;
  readonly stores: ReadonlyMap<string, StoreSpec<unknown>>;
  readonly records: readonly LoggedRecord[];
  /** The last write when every hold was past its expiry and the world at rest; undefined if it never rested. */
  readonly restedAt: number | undefined;
  readonly acks: readonly Ack[];
  readonly incidents: readonly Incident[];
  readonly tasks: readonly TaskOnDisk[];
  /** The topology's group's offsets, by topic, then by partition. */
  readonly committed: ReadonlyMap<string, readonly (number | undefined)[]>;
  /** What the log still gives, by topic; where it fails, why. */
  readonly readable: ReadonlyMap<string, readonly LoggedRecord[] | string>;
  /** What the views' destination holds, by collection, then by id. */
  readonly views: ReadonlyMap<string, ReadonlyMap<string, StoredDocument>>;
}

/** Name of a worker to the partitions that it ran. */
export type Owners = ReadonlyMap<string, readonly number[]>;

export async function gather(
  world: World,
  seen: { restedAt: number | undefined; acks: readonly Ack[]; owners: Owners },
): Promise<Evidence> {
  const { plan, shop, incidents } = world;
  const names = topologyNames(appId, shop.topology.name);
  const machine = await world.up();
  const inputs = shop.topology.sources.map(({ topic }) => topic);
  const committed = new Map<string, (number | undefined)[]>();
  for (const { name } of inputs) {
    committed.set(name, await machine.log.admin.committedOffsets(names.group, partitionsOf(name, plan.partitions)));
  }
  const records = await world.history.read(world.storage);
  const topics = [...new Set(records.map(({ topic }) => topic))];
  const readable = new Map<string, LoggedRecord[] | string>();
  for (const topic of topics) readable.set(topic, await readTopic(world, topic).catch(reasonOf));
  const stores = new Map(storesOf(shop.topology).map((spec) => [spec.name, spec]));
  return {
    plan,
    shop,
    breakage: world.breakage,
    names,
    stores,
    records,
    ...seen,
    incidents,
    tasks: tasksOn(world, seen.owners),
    committed,
    readable,
    views: new Map(
      plan.views.map((name) => [collections[name].name, world.destination.documents(collections[name].name)]),
    ),
  };
}

function partitionsOf(topic: string, count: number) {
  return Array.from({ length: count }, (_, partition) => ({ topic, partition }));
}

/** Everything that a reader finds who starts now. */
async function readTopic({ machine }: World, topic: string): Promise<LoggedRecord[]> {
  const { log } = machine!;
  const [description] = await log.admin.describeTopics([topic]);
  const partitions = partitionsOf(topic, description!.partitions);
  const [starts, ends] = [
    await log.admin.offsets(partitions, 'earliest'),
    await log.admin.offsets(partitions, 'latest'),
  ];
  const fetcher = log.fetcher();
  const found: LoggedRecord[] = [];
  for (const input of partitions) {
    const { partition } = input;
    const end = ends[partition]!;
    let position = starts[partition]!;
    if (position < end) fetcher.assign(input, position);
    while (position < end) {
      for (const { batches, nextOffset } of await fetcher.poll({ maxWaitMs: 1_000, maxBytes: 1 << 20 })) {
        for (const batch of batches) found.push(...recordsOf(batch, { write: 0, topic, partition }));
        position = nextOffset;
      }
    }
    fetcher.unassign(input);
  }
  await fetcher.close();
  return found;
}

function tasksOn({ slots, oldDisks, shop }: World, owners: Owners): TaskOnDisk[] {
  const { name: topology, partitions } = shop.topology;
  const found: TaskOnDisk[] = [];
  const look = (worker: string, disk: Disk, owned: readonly number[]) => {
    for (let partition = 0; partition < partitions; partition++) {
      const task = taskOn(disk.current, taskId(topology, partition));
      if (task !== undefined) found.push({ worker, partition, isOwner: owned.includes(partition), ...task });
    }
  };
  for (const { name, disk } of slots) look(name, disk, owners.get(name) ?? []);
  for (const { name, disk } of oldDisks) look(`${name}, an old disk`, disk, []);
  return found;
}

export function taskOn(
  { entries: stored }: MemoryDisk,
  task: string,
): Pick<TaskOnDisk, 'position' | 'entries' | 'timeRows'> | undefined {
  const entries = new Map<string, Buffer>();
  const timeRows = new Set<string>();
  const [entry, time] = [`${task}\0e`, `${task}\0t`];
  for (const [key, value] of stored.entries(`${task}\0`)) {
    if (!key.startsWith(`${task}\0`)) break;
    if (key.startsWith(entry)) entries.set(key.slice(entry.length), value);
    if (key.startsWith(time)) timeRows.add(key);
  }
  const position = stored.get(new TaskKeys(task).position.toString('latin1'));
  if (position === undefined) return undefined;
  return { position: (JSON.parse(position.toString()) as { offset: number }).offset, entries, timeRows };
}
