// Any disk can come back: whichever worker's disk a task is restored on, and however much the log has compacted since,
// it ends with what the changelog says. First at once, where no disk may be emptied; then after a night in which the log
// forgot deletions.
import { type MemoryDisk, memoryStore } from '../../../state/memory/memory-store.ts';
import { restore } from '../../../state/restore.ts';
import { taskId } from '../../../streams/names.ts';
import type { Evidence, Violation } from '../evidence.ts';
import { taskOn } from '../evidence.ts';
import type { LoggedRecord } from '../history.ts';
import type { World } from '../world.ts';
import { checkEntries, checkTimes } from './state.ts';

const checker = 'any disk can come back';

const hour = 3_600_000;
/** Older state is read anew, as the engine has it. */
const maxAgeMs = 12 * hour;

/** Ends the world: its workers must have stopped. */
export async function checkReturn(world: World, evidence: Evidence): Promise<Violation[]> {
  const disks = [...world.slots, ...world.oldDisks].map(({ name, disk }) => ({ name, disk: disk.current.clone() }));
  const soon = await world.drive(restoreAll(world, evidence, disks));
  const latest = Math.max(...evidence.records.map(({ timestamp }) => timestamp));
  world.crash();
  world.clock.stepTo(latest + 30 * hour);
  await world.drive(world.start());
  return [...soon, ...(await world.drive(restoreAll(world, evidence, disks)))];
}

interface NamedDisk {
  readonly name: string;
  readonly disk: MemoryDisk;
}

async function restoreAll(world: World, evidence: Evidence, disks: readonly NamedDisk[]): Promise<Violation[]> {
  const { machine } = world;
  await machine!.log.compact();
  const changelogs = Map.groupBy(
    evidence.records.filter(({ topic }) => topic === evidence.names.changelog),
    ({ partition }) => partition,
  );
  const violations: Violation[] = [];
  for (const { name, disk } of disks) {
    for (const [partition, changelog] of changelogs) {
      violations.push(...(await restoreOne(world, evidence, { name, disk: disk.clone(), partition, changelog })));
    }
  }
  return violations;
}

async function restoreOne(
  world: World,
  evidence: Evidence,
  { name, disk, partition, changelog }: NamedDisk & { partition: number; changelog: readonly LoggedRecord[] },
): Promise<Violation[]> {
  const task = taskId('shop', partition);
  const violations: Violation[] = [];
  const find = (what: string) => violations.push({ checker, subject: task, what: `${task} on ${name}: ${what}` });
  try {
    await restore({
      log: world.machine!.log,
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
