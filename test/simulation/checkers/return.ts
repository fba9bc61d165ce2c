// Any disk can come back: whichever worker's disk a task is restored on, and however much the log has compacted since,
// it ends with what the changelog says; an empty one, too, that begins with a checkpoint. First at once, where no disk may be emptied; then after a night in which the log
// forgot deletions.
import type { Log } from '../../../log/log.ts';
import { RecordBatchBuilder } from '../../../log/record-batch-builder.ts';
import { changelogKey } from '../../../state/keys.ts';
import { MemoryDisk, memoryStore } from '../../../state/memory/memory-store.ts';
import { type RestoreCheckpoints, restore } from '../../../state/restore.ts';
import { taskId } from '../../../streams/names.ts';
import type { Evidence, Violation } from '../evidence.ts';
import { taskOn } from '../evidence.ts';
import type { LoggedRecord } from '../history.ts';
import type { World } from '../world.ts';
import { checkEntries, checkTimes } from './state.ts';

const checker = 'any disk can come back';

const hour = 3_600_000;
/** Older state is read anew, as the engine has it. */
export const maxAgeMs = 12 * hour;

/** Ends the world: its workers must have stopped. */
export async function checkReturn(world: World, evidence: Evidence): Promise<Violation[]> {
  const disks: NamedDisk[] = [...world.slots, ...world.oldDisks].map(({ name, disk }) => {
    return { name, disk: disk.current.clone() };
  });
  if (world.plan.checkpoints !== undefined) {
    const checkpoints = { checkpoints: world.checkpoints };
    disks.push({ name: 'an empty disk, from checkpoints', disk: new MemoryDisk(), checkpoints });
  }
  const soon = await world.drive(restoreAll(world, evidence, disks));
  const latest = Math.max(...evidence.records.map(({ timestamp }) => timestamp));
  world.crash();
  world.clock.stepTo(latest + 30 * hour);
  await world.drive(world.start());
  await world.drive(append(world, evidence));
  return [...soon, ...(await world.drive(restoreAll(world, evidence, disks)))];
}

/** One more record to each changelog, for compaction looks at none that has nothing new. It deletes what never was. */
async function append({ machine, clock, plan }: World, { names, stores }: Evidence): Promise<void> {
  const producer = await machine!.producerOf('nobody');
  const [store] = stores.keys();
  for (let partition = 0; partition < plan.partitions; partition++) {
    const deletion = new RecordBatchBuilder(64).append(clock.now(), changelogKey(store!, 'nothing'), null);
    await producer.append(names.changelog, partition, deletion);
  }
}

interface NamedDisk {
  readonly name: string;
  readonly disk: MemoryDisk;
  readonly checkpoints?: RestoreCheckpoints;
}

interface Returning extends NamedDisk {
  readonly partition: number;
  readonly changelog: readonly LoggedRecord[];
  /** The machine's by default. */
  readonly log?: Log;
}

async function restoreAll(world: World, evidence: Evidence, disks: readonly NamedDisk[]): Promise<Violation[]> {
  const { machine } = world;
  await machine!.log.compact();
  const changelogs = Map.groupBy(
    evidence.records.filter(({ topic }) => topic === evidence.names.changelog),
    ({ partition }) => partition,
  );
  const violations: Violation[] = [];
  for (const each of disks) {
    for (const [partition, changelog] of changelogs) {
      const returning = { ...each, disk: each.disk.clone(), partition, changelog };
      violations.push(...(await restoreOne(world, evidence, returning)));
    }
  }
  return violations;
}

export async function restoreOne(
  world: World,
  evidence: Evidence,
  { name, disk, partition, changelog, checkpoints, log = world.machine!.log }: Returning,
): Promise<Violation[]> {
  const task = taskId('shop', partition);
  const violations: Violation[] = [];
  const find = (what: string) => violations.push({ checker, subject: task, what: `${task} on ${name}: ${what}` });
  try {
    await restore({
      log,
      checkpoints,
      store: memoryStore(disk),
      clock: world.clock,
      task,
      changelog: { topic: evidence.names.changelog, partition },
      specs: [...evidence.stores.values()],
      maxAgeMs,
      signal: new AbortController().signal,
    });
  } catch (error) {
    find(String(error));
    return violations;
  }
  const found = taskOn(disk, task);
  if (found === undefined) find('nothing was restored');
  else {
    checkEntries({ ...found, position: (changelog.at(-1)?.offset ?? -1) + 1 }, changelog, find);
    checkTimes({ partition, ...found }, evidence, find);
  }
  return violations;
}
