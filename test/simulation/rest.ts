// How the world comes to rest: faults have stopped, so all that was sent must be taken, and all that was held must end.
import type { OrderEvent } from '../../schemas/types.generated.ts';
import { viewGroup } from '../../streams/view.ts';
import type { Owners } from './evidence.ts';
import { decoded } from './history.ts';
import { viewOf } from './views.ts';
import { appId } from './worker.ts';
import type { World } from './world.ts';

const lookEveryMs = 500;
/** By how much a call may take longer than is typical. */
const slowest = 40;
/** Without a write for so long, what isn't done never will be. */
const patienceMs = 120_000;
/** All the backlog there can be is worked off by then. */
const longestMs = 1_800_000;

/** Runs until no work is left; an incident tells if it comes to a stop before. */
export async function comeToRest(world: World): Promise<boolean> {
  const { network, store, storage } = world.plan.latency;
  // A commit may be under way, however slow its calls are: nothing may be written for longer than that.
  const quietMs = 2_000 + slowest * 2 * (network + store + storage);
  const end = world.clock.now() + longestMs;
  let writes = -1;
  for (let quiet = 0; ; quiet += lookEveryMs) {
    if (world.history.writes !== writes) quiet = 0;
    writes = world.history.writes;
    const left = await leftToDo(world);
    if (left === undefined && quiet >= quietMs) return true;
    if (quiet >= patienceMs || world.clock.now() > end) {
      world.incident('stands still', left ?? 'writes go on for ever');
      return false;
    }
    await world.pass(lookEveryMs);
  }
}

/** What keeps the world from rest, in words. */
async function leftToDo({ machine, workers, shop, plan, logDisk }: World): Promise<string | undefined> {
  if (machine === undefined) return 'the machine is down';
  for (let partition = 0; partition < shop.topology.partitions; partition++) {
    const tasks = workers.flatMap(({ name, clock, thread }) => {
      const task = thread.tasks.find((each) => each.partition === partition);
      return task === undefined ? [] : [{ name, clock, task }];
    });
    const [owner] = tasks;
    if (owner === undefined || tasks.length > 1) return `task ${partition} is on ${tasks.length} workers`;
    if (owner.task.state !== 'running') return `task ${partition} on ${owner.name} is ${owner.task.state}`;
    for (const { topic, position } of owner.task.queues) {
      const [end = 0] = await machine.log.admin.offsets([{ topic: topic.name, partition }], 'latest');
      if (position < end) return `task ${partition} on ${owner.name} is at ${position} of ${end} of ${topic.name}`;
    }
    const { keys = 0 } = owner.task.quarantined ?? {};
    if (keys > 0) return `${keys} keys of task ${partition} stand still on ${owner.name}`;
    if (owner.task.hasWork(owner.clock)) return `task ${partition} on ${owner.name} has work and doesn't do it`;
  }
  for (const view of plan.views.map((name) => viewOf(name, shop, noSink))) {
    const { name: topic, partitions } = view.topic;
    const all = Array.from({ length: partitions }, (_, partition) => ({ topic, partition }));
    const ends = await machine.log.admin.offsets(all, 'latest');
    const offsets = await logDisk.committed(viewGroup(appId, view), topic, partitions);
    const behind = ends.findIndex((end, partition) => end > (offsets[partition] ?? 0));
    if (behind >= 0) return `view ${view.name} is at ${offsets[behind] ?? 0} of ${ends[behind]} of ${topic}-${behind}`;
  }
  return undefined;
}

const noSink = { apply: async () => {}, flush: async () => {} };

/** Lets so much wall time pass at once that every hold is past its expiry. */
export async function outliveHolds(world: World): Promise<void> {
  const records = await world.history.read(world.storage);
  const created = ({ event }: OrderEvent) => (event.type === 'OrderCreated' ? event.expiresAt : 0);
  const expiries = decoded(records, world.shop.topics.orderEvents).map(({ content }) => created(content));
  jump(world, Math.max(0, ...expiries) + 1_000);
}

/** Lets the idempotency window pass at once. */
export async function outliveWindow(world: World): Promise<void> {
  const records = await world.history.read(world.storage);
  const latest = Math.max(...records.map(({ timestamp }) => timestamp));
  jump(world, latest + world.plan.windowMs + 60_000);
}

function jump(world: World, to: number): void {
  world.aheadBy = Math.max(world.aheadBy, to - world.clock.now());
  for (const { clock } of world.workers) clock.wrongBy = Math.max(clock.wrongBy, world.aheadBy);
}

export function ownersOf({ workers }: World): Owners {
  return new Map(workers.map(({ name, thread }) => [name, thread.tasks.map(({ partition }) => partition)]));
}
