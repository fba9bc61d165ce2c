// Faults of checkpoints, and of what rests on them: files that change or lose bits, one that is never finished, a disk
// that is gone, a changelog whose beginning is gone as far as a checkpoint makes up for it.
import { taskId } from '../../../streams/names.ts';
import { count } from '../counts.ts';
import { between, chance, delay, pick } from '../dice.ts';
import { Disk } from '../disk.ts';
import type { Stage } from '../link.ts';
import { type Damage, flip, truncate } from '../shelf.ts';
import { putCall } from '../slow-checkpoints.ts';
import type { Worker } from '../worker.ts';
import { killed } from './processes.ts';
import { type Strike, type Striking, slotOf } from './strike.ts';

export const checkpointStrikes = {
  'flip bits in a checkpoint': (at, worker) => void damage(at, worker, flip),
  'truncate a checkpoint': (at, worker) => void damage(at, worker, truncate),
  'kill in a checkpoint': killInPut,
  'cut a changelog off': (at, worker) => void cutOff(at, worker),
} satisfies Record<string, Strike>;

/** Some time after one was taken; then somebody may need it. */
async function damage(at: Striking, worker: Worker, how: Damage): Promise<void> {
  const { world, random, isOver } = at;
  await worker.checkpoint();
  if (isOver()) return;
  for (let files = between(random, 1, 4); files > 0; files--) {
    if (await world.shelf.damage(how, random)) count(world.counts, 'effect: files of checkpoints that were damaged');
  }
  if (chance(random, 0.6)) loseDisk(at, worker);
}

function loseDisk(at: Striking, worker: Worker): void {
  killed(at, worker, (slot) => at.world.changeDisk(slot, new Disk()));
}

/** Some first files of it are there, or all but what says that it is finished. */
function killInPut(at: Striking, worker: Worker): void {
  const { world, random, isOver } = at;
  const stage: Stage = pick(random, ['sent', 'arrived', 'applied']);
  let earlier = random.int(4);
  world.traps.push({
    call: putCall,
    stage,
    when: (each) => each === worker && earlier-- <= 0,
    spring: () => {
      if (isOver()) return;
      count(world.counts, `hit when: ${putCall} ${stage}`);
      if (chance(random, 0.5)) loseDisk(at, worker);
      else killed(at, worker);
    },
  });
  void worker.checkpoint();
}

/**
 * Somebody deletes the records of a changelog that come before a checkpoint, and a disk is gone; some time later they are
 * put back from a backup. Whoever has the checkpoint, or stands behind it, goes on meanwhile.
 */
async function cutOff(at: Striking, worker: Worker): Promise<void> {
  const { world, random, isOver } = at;
  const slot = slotOf(at, worker);
  await worker.checkpoint();
  const { logDisk, plan, shop, shelf } = world;
  const partition = random.int(plan.partitions);
  const [sound] = (await shelf.list(taskId(shop.topology.name, partition))).flatMap(
    (each) => shelf.soundOf(each) ?? [],
  );
  if (isOver() || sound === undefined) return;
  world.excuse('STATE_CHANGELOG_LOST');
  world.crashFor(delay(random, 500), async () => {
    await logDisk.empty(world.changelog, partition, sound.position.offset);
    if (slot !== undefined) world.changeDisk(slot, new Disk());
  });
  world.after(1_000 + delay(random, 8_000), () => {
    if (logDisk.isEmptied) world.crashFor(delay(random, 500), () => logDisk.putBack());
  });
}
