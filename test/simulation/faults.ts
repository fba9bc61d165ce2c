// What goes wrong, when and for how long: at random times one of the seed's faults strikes, and is mended by itself
// later. `heal` mends everything at once, so that the world can come to rest.
import type { Random } from '../../base/random.ts';
import { count } from './counts.ts';
import { between, chance, delay, pick } from './dice.ts';
import type { Stage } from './link.ts';
import type { FaultName, Plan } from './plan.ts';
import { Disk } from './slow-store.ts';
import type { Worker } from './worker.ts';
import type { Slot, World } from './world.ts';

/** The calls around a commit and a restore, at whose stages a worker is hit. */
const boundaries: readonly (readonly [call: string, stage: Stage])[] = [
  ['commit', 'sent'],
  ['commit', 'arrived'],
  ['commit', 'applied'],
  ['commit', 'applied'],
  ['write', 'sent'],
  ['write', 'applied'],
  ['offsets', 'applied'],
  ['poll', 'applied'],
  ['join', 'applied'],
  ['sync', 'applied'],
  ['heartbeat', 'applied'],
  ['producer', 'applied'],
];

export class Faults {
  readonly #world: World;
  readonly #plan: Plan;
  readonly #random: Random;
  #isOver = false;

  constructor(world: World, random: Random) {
    this.#world = world;
    this.#plan = world.plan;
    this.#random = random;
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
    world.traps.length = 0;
    world.storageSlowness = 1;
    world.loss = 0;
    world.isCalm = true;
    for (const stray of world.strays.splice(0)) stray.kill();
    await world.up();
    for (const worker of world.workers) {
      worker.clock.wrongBy = 0;
      worker.slowness = 1;
      worker.isCutOff = false;
      worker.clock.resume();
    }
    const isOneGone = world.slots.length > 1 && chance(this.#random, 0.3);
    const gone = isOneGone ? pick(this.#random, world.slots) : undefined;
    world.kill(gone?.worker);
    for (const slot of world.slots) if (slot !== gone) world.startWorker(slot);
  }

  #strike(fault: FaultName): void {
    const { workers, machine } = this.#world;
    if (machine === undefined || workers.length === 0) return;
    const worker = pick(this.#random, workers);
    this.#world.tell(`${fault} (${worker.name})`);
    count(this.#world.counts, `fault: ${fault}`);
    this.#strikes[fault](worker);
  }

  readonly #strikes: Readonly<Record<FaultName, (worker: Worker) => void>> = {
    kill: (worker) => this.#kill(worker),
    'kill and empty the disk': (worker) => this.#kill(worker, (slot) => this.#world.changeDisk(slot, new Disk())),
    'kill and go back to an old disk': (worker) => this.#kill(worker, ({ disk }) => disk.revert(this.#random)),
    freeze: (worker) => this.#freeze(worker, this.#short),
    'freeze beyond the session': (worker) => this.#freeze(worker, this.#long),
    'freeze everyone': () => this.#freezeAll(),
    'freeze at a boundary': () => this.#trap((worker) => this.#freeze(worker, this.#long)),
    'kill at a boundary': () => this.#trap((worker) => this.#kill(worker)),
    'crash at a boundary': () => this.#trap(() => this.#crash()),
    'crash the machine': () => this.#crash(),
    'break the storage': () => this.#breakStorage(),
    'a long night': () => this.#sleep(),
    'replace a frozen worker': (worker) => this.#replace(worker),
    'cut a worker off': (worker) => this.#cutOff(worker),
    'slow a worker': (worker) => this.#slow(worker),
    'slow the log': () => this.#slowLog(),
    'jump a clock': (worker) => {
      worker.clock.wrongBy += between(this.#random, -1, 1) * delay(this.#random, 2_000);
    },
    join: () => this.#join(),
    leave: (worker) => this.#leave(worker),
    // A machine that ends meanwhile ends it.
    compact: () => void this.#world.machine?.log.compact().catch(() => {}),
  };

  get #short(): number {
    return delay(this.#random, this.#plan.sessionTimeoutMs / 4);
  }

  get #long(): number {
    return this.#plan.sessionTimeoutMs + delay(this.#random, this.#plan.sessionTimeoutMs);
  }

  #kill(worker: Worker, meanwhile: (slot: Slot) => void = () => {}): void {
    const slot = this.#slotOf(worker);
    if (slot === undefined) return;
    this.#world.kill(worker);
    meanwhile(slot);
    this.#restart(slot, chance(this.#random, 0.5) ? this.#short : this.#long);
  }

  #restart(slot: Slot, milliseconds: number): void {
    this.#world.after(milliseconds, () => this.#world.startWorker(slot));
  }

  #freeze(worker: Worker, milliseconds: number): void {
    worker.clock.pause();
    this.#world.after(milliseconds, () => {
      if (worker.clock.isRunning || worker.isDead) return;
      if (milliseconds > this.#plan.sessionTimeoutMs) count(this.#world.counts, 'zombies');
      this.#world.tell(`${worker.name} goes on`);
      worker.clock.resume();
    });
  }

  #freezeAll(): void {
    const milliseconds = chance(this.#random, 0.5) ? this.#short : this.#long;
    for (const worker of this.#world.workers) this.#freeze(worker, milliseconds + between(this.#random, 0, 20));
  }

  #trap(strike: (worker: Worker) => void): void {
    const [call, stage] = pick(this.#random, boundaries);
    const spring = (worker: Worker) => {
      if (this.#isOver) return;
      this.#world.tell(`${worker.name} is hit when ${call} was ${stage}`);
      count(this.#world.counts, `hit when: ${call} ${stage}`);
      strike(worker);
    };
    this.#world.traps.push({ call, stage, spring });
  }

  #crash(offMs = delay(this.#random, 2_000)): void {
    if (this.#world.machine === undefined) return;
    this.#world.crash();
    this.#world.after(offMs, () => void this.#world.start());
  }

  /** A write fails. The log takes nothing more then, and the process ends and starts again. */
  #breakStorage(): void {
    const { machine } = this.#world;
    machine?.breakStorage(() => {
      this.#world.after(delay(this.#random, 300), () => {
        if (this.#world.machine === machine) this.#crash();
      });
    });
  }

  /** The machine is off for so long that what is on the disks is older than the log's memory of deletions. */
  #sleep(): void {
    const offMs = 30 * 3_600_000;
    this.#world.nightMs += offMs;
    this.#crash(offMs);
  }

  /** Another process gets its name, elsewhere, and some time later it comes back to life. */
  #replace(worker: Worker): void {
    const slot = this.#slotOf(worker);
    if (slot === undefined) return;
    this.#freeze(worker, this.#short + this.#long);
    slot.worker = undefined;
    this.#world.strays.push(worker);
    this.#world.changeDisk(slot, new Disk());
    this.#restart(slot, this.#short);
    this.#world.after(4 * this.#long, () => {
      this.#world.strays = this.#world.strays.filter((stray) => stray !== worker);
      worker.kill();
    });
  }

  /** It lives on and thinks that it owns its tasks; neither the log nor the group hears of it. */
  #cutOff(worker: Worker): void {
    worker.isCutOff = true;
    this.#world.after(chance(this.#random, 0.5) ? this.#short : this.#long, () => {
      worker.isCutOff = false;
    });
  }

  #slow(worker: Worker): void {
    worker.slowness = between(this.#random, 5, 40);
    this.#world.after(this.#long, () => {
      worker.slowness = 1;
    });
  }

  #slowLog(): void {
    this.#world.storageSlowness = between(this.#random, 5, 40);
    this.#world.after(this.#short, () => {
      this.#world.storageSlowness = 1;
    });
  }

  #join(): void {
    const { slots, plan } = this.#world;
    if (slots.length < plan.workers + 1) this.#world.startWorker(this.#world.addSlot());
  }

  #leave(worker: Worker): void {
    const slot = this.#slotOf(worker);
    if (slot === undefined || this.#world.workers.length < 2) return;
    void worker.stop().then(() => {
      if (slot.worker !== worker) return;
      slot.worker = undefined;
      this.#restart(slot, this.#long);
    });
  }

  #slotOf(worker: Worker): Slot | undefined {
    return this.#world.slots.find((slot) => slot.worker === worker);
  }
}
