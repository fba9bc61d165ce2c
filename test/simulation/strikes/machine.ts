// Faults of the machine that the embedded log runs on, and of all disks: power cuts, writes that fail, disks that are full
// or change bits, a changelog that somebody empties, compaction at any moment.
import { count } from '../counts.ts';
import { between, delay, pick } from '../dice.ts';
import type { Worker } from '../worker.ts';
import { type Strike, type Striking, short, shortOrLong, slotOf } from './strike.ts';

export const machineStrikes = {
  'crash the machine': ({ world, random }) => world.crashFor(delay(random, 2_000)),
  'crash in a write of the log': crashInWrite,
  /** A write fails. The log takes nothing more then, and the process ends and starts again. */
  'break the storage': ({ world }) => world.machine?.breakStorage(),
  'fill the disk of the log': (at) => {
    const { logDisk } = at.world;
    logDisk.isFull = true;
    at.world.after(shortOrLong(at), () => {
      logDisk.isFull = false;
    });
  },
  'fill the disk of a worker': fillDisk,
  'flip bits in the log': (at) => void flipLog(at),
  'flip bits in a store': ({ world, random }, { disk }) => {
    world.excuse('STATE_STORE_DAMAGED');
    disk.damage(random);
  },
  'empty a changelog': (at) => emptyChangelog(at),
  /** The machine is off for so long that what is on the disks is older than the log's memory of deletions. */
  'a long night': ({ world }) => {
    const offMs = 30 * 3_600_000;
    world.nightMs += offMs;
    // A backup that is put back after it would bring back what was deleted, and forgotten, since.
    world.crashFor(offMs, () => world.logDisk.putBack());
  },
  'slow the log': (at) => {
    const { world } = at;
    world.storageSlowness = between(at.random, 5, 40);
    world.after(short(at), () => {
      world.storageSlowness = 1;
    });
  },
  // A machine that ends meanwhile ends it.
  compact: ({ world }) => void world.machine?.log.compact().catch(() => {}),
} satisfies Record<string, Strike>;

/** The power fails while the log writes, or just after, when nobody has heard of it yet. */
function crashInWrite({ world, random, isOver }: Striking): void {
  const stage = pick(random, ['sent', 'applied'] as const);
  world.writeTraps.push({
    stage,
    spring: () => {
      if (isOver()) return;
      count(world.counts, `hit when: log write ${stage}`);
      world.crashFor(delay(random, 2_000));
    },
  });
}

function fillDisk(at: Striking, worker: Worker): void {
  const disk = slotOf(at, worker)?.disk;
  if (disk === undefined) return;
  at.world.excuse('STATE_STORAGE_FAILED');
  disk.isFull = true;
  at.world.after(shortOrLong(at), () => {
    disk.isFull = false;
  });
}

/** The machine starts anew, so that what is read comes from the disk; some time later the disk is changed. */
async function flipLog({ world, random, isOver }: Striking): Promise<void> {
  world.excuse('LOG_CORRUPT_BATCH');
  for (let times = between(random, 1, 5); times > 0; times--) await world.logDisk.flip(random);
  if (isOver()) {
    world.logDisk.unflip();
    return;
  }
  world.crashFor(delay(random, 500));
  world.after(delay(random, 8_000), () => world.logDisk.unflip());
}

/** Somebody deletes all records of a changelog; some time later they are put back from a backup. */
function emptyChangelog({ world, random }: Striking): void {
  const { logDisk, plan } = world;
  for (const code of ['STATE_CHANGELOG_LOST', 'STATE_BEHIND_OFFSETS'] as const) world.excuse(code);
  const partition = random.int(plan.partitions);
  world.crashFor(delay(random, 500), () => logDisk.empty(world.changelog, partition));
  world.after(1_000 + delay(random, 8_000), () => {
    if (logDisk.isEmptied) world.crashFor(delay(random, 500), () => logDisk.putBack());
  });
}
