// What goes wrong, when and for how long: at random times one of the seed's faults strikes, and is mended by itself
// later. `heal` mends everything at once, so that the world can come to rest.
import { type Random, seededRandom } from '../../base/random.ts';
import { count } from './counts.ts';
import { chance, delay, pick } from './dice.ts';
import { Disk } from './disk.ts';
import { type FaultName, faultNames } from './fault-names.ts';
import type { Plan } from './plan.ts';
import { checkpointStrikes } from './strikes/checkpoints.ts';
import { machineStrikes } from './strikes/machine.ts';
import { neighbourStrikes } from './strikes/neighbours.ts';
import { processStrikes } from './strikes/processes.ts';
import type { Strike } from './strikes/strike.ts';
import type { World } from './world.ts';

const strikes: Readonly<Record<FaultName, Strike>> = {
  ...processStrikes,
  ...machineStrikes,
  ...neighbourStrikes,
  ...checkpointStrikes,
};

export class Faults {
  readonly #world: World;
  readonly #plan: Plan;
  /** Says when, which and whom. */
  readonly #random: Random;
  readonly #dice: ReadonlyMap<FaultName, Random>;
  #isOver = false;

  constructor(world: World) {
    const { seed } = world.plan;
    this.#world = world;
    this.#plan = world.plan;
    this.#random = seededRandom(seed ^ 0xfa117);
    this.#dice = new Map(faultNames.map((name, index) => [name, seededRandom(seed ^ (0xd1ce * (index + 1)))]));
  }

  /** Strikes again and again until `heal`. */
  async run(): Promise<void> {
    while (this.#plan.faults.length > 0) {
      await this.#world.pause(delay(this.#random, this.#plan.faultEveryMs));
      if (this.#isOver) return;
      this.#strike(pick(this.#random, this.#plan.faults));
    }
  }

  /** No more faults; what is broken works again, and all clocks are right. One worker may be gone for good. */
  async heal(): Promise<void> {
    this.#isOver = true;
    const world = this.#world;
    await world.mend();
    // What comes back later has a tail to read, and comes from what was taken under faults.
    world.shelf.isFull = true;
    for (const stray of world.strays.splice(0)) stray.kill();
    await world.up();
    for (const worker of world.workers) {
      worker.clock.wrongBy = 0;
      worker.slowness = 1;
      worker.isCutOff = false;
      worker.clock.resume();
    }
    // Damage that nothing has read yet: the operator changes the disk.
    for (const slot of world.slots.filter(({ disk }) => disk.isDamaged)) {
      world.kill(slot.worker);
      world.changeDisk(slot, new Disk());
    }
    const isOneGone = world.slots.length > 1 && chance(this.#random, 0.3);
    const gone = isOneGone ? pick(this.#random, world.slots) : undefined;
    world.kill(gone?.worker);
    for (const slot of world.slots) if (slot !== gone) world.startWorker(slot);
  }

  #strike(fault: FaultName): void {
    const { workers, machine, counts } = this.#world;
    if (machine === undefined || workers.length === 0) return;
    const worker = pick(this.#random, workers);
    this.#world.tell(`${fault} (${worker.name})`);
    count(counts, `fault: ${fault}`);
    const at = { world: this.#world, random: this.#dice.get(fault)!, isOver: () => this.#isOver };
    strikes[fault](at, worker);
  }
}
