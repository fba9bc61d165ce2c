// Faults of worker processes: they end at any moment, hang, come back as zombies, lose or regain their disks, are slow or
// cut off, have wrong clocks, come and go.
import { count } from '../counts.ts';
import { between, chance, delay, pick } from '../dice.ts';
import { Disk } from '../disk.ts';
import type { Stage } from '../link.ts';
import type { Worker } from '../worker.ts';
import type { Slot } from '../world.ts';
import { long, type Strike, type Striking, short, shortOrLong, slotOf } from './strike.ts';

/** The calls around a commit and a restore at whose stages a worker is hit; those of a commit step by step, and often. */
const boundaries: readonly (readonly [call: string, stage: Stage])[] = [
  ['commit', 'sent'],
  ['commit', 'arrived'],
  ['commit', 'applied'],
  ['commit', 'answered'],
  ['write', 'arrived'],
  ['write', 'applied'],
  ['write', 'answered'],
  ['offsets', 'applied'],
  ['poll', 'applied'],
  ['join', 'applied'],
  ['sync', 'applied'],
  ['heartbeat', 'applied'],
  ['producer', 'applied'],
];

export const processStrikes = {
  kill: (at, worker) => killed(at, worker),
  'kill and empty the disk': (at, worker) => killed(at, worker, (slot) => at.world.changeDisk(slot, new Disk())),
  'kill and go back to an old disk': (at, worker) => killed(at, worker, ({ disk }) => void disk.revert(at.random)),
  freeze: (at, worker) => freeze(at, worker, short(at)),
  'freeze beyond the session': (at, worker) => freeze(at, worker, long(at)),
  'freeze everyone': (at) => {
    const milliseconds = shortOrLong(at);
    for (const worker of at.world.workers) freeze(at, worker, milliseconds + between(at.random, 0, 20));
  },
  'freeze at a boundary': (at) => trap(at, (worker) => freeze(at, worker, long(at))),
  'kill at a boundary': (at) => trap(at, (worker) => killed(at, worker)),
  'crash at a boundary': (at) => trap(at, () => at.world.crashFor(delay(at.random, 2_000))),
  'replace a frozen worker': replace,
  'rebalance during a restore': rebalanceInRestore,
  'cut a worker off': (at, worker) => {
    worker.isCutOff = true;
    at.world.after(shortOrLong(at), () => {
      worker.isCutOff = false;
    });
  },
  'slow a worker': (at, worker) => {
    worker.slowness = between(at.random, 5, 40);
    at.world.after(long(at), () => {
      worker.slowness = 1;
    });
  },
  'jump a clock forwards': ({ random }, { clock }) => {
    clock.wrongBy += 1 + delay(random, 2_000);
  },
  'jump a clock back': ({ random }, { clock }) => {
    clock.wrongBy -= 1 + delay(random, 2_000);
  },
  join,
  leave,
} satisfies Record<string, Strike>;

/** The worker ends at once, and its place gets another one later. */
export function killed(at: Striking, worker: Worker, meanwhile: (slot: Slot) => void = () => {}): void {
  const slot = slotOf(at, worker);
  if (slot === undefined) return;
  at.world.kill(worker);
  meanwhile(slot);
  restart(at, slot, shortOrLong(at));
}

function restart({ world }: Striking, slot: Slot, milliseconds: number): void {
  world.after(milliseconds, () => world.startWorker(slot));
}

function freeze({ world }: Striking, worker: Worker, milliseconds: number): void {
  worker.clock.pause();
  world.after(milliseconds, () => {
    if (worker.clock.isRunning || worker.isDead) return;
    if (milliseconds > world.plan.sessionTimeoutMs) count(world.counts, 'zombies');
    world.tell(`${worker.name} goes on`);
    worker.clock.resume();
  });
}

function trap({ world, random, isOver }: Striking, strike: (worker: Worker) => void): void {
  const [call, stage] = pick(random, boundaries);
  const spring = (worker: Worker) => {
    if (isOver()) return;
    world.tell(`${worker.name} is hit when ${call} was ${stage}`);
    count(world.counts, `hit when: ${call} ${stage}`);
    strike(worker);
  };
  world.traps.push({ call, stage, spring });
}

/** Another process gets its name, elsewhere, and some time later it comes back to life. */
function replace(at: Striking, worker: Worker): void {
  const { world } = at;
  const slot = slotOf(at, worker);
  if (slot === undefined) return;
  freeze(at, worker, short(at) + long(at));
  slot.worker = undefined;
  world.strays.push(worker);
  world.changeDisk(slot, new Disk());
  restart(at, slot, short(at));
  world.after(4 * long(at), () => {
    world.strays = world.strays.filter((stray) => stray !== worker);
    worker.kill();
  });
}

/** One worker has all to restore; while it does, the group re-forms, because another comes, goes or dies. */
function rebalanceInRestore(at: Striking, worker: Worker): void {
  const { world } = at;
  const isRestoring = ({ thread }: Worker) => thread.tasks.some(({ state }) => state === 'restoring');
  const spring = (restoring: Worker) => {
    if (at.isOver()) return;
    world.tell(`the group re-forms while ${restoring.name} restores`);
    count(world.counts, 'effect: rebalances during a restore');
    const others = world.workers.filter((each) => each !== restoring);
    if (others.length === 0 || chance(at.random, 0.3)) join(at);
    else if (chance(at.random, 0.5)) leave(at, pick(at.random, others));
    else killed(at, pick(at.random, others));
  };
  killed(at, worker, (slot) => world.changeDisk(slot, new Disk()));
  world.traps.push({ call: 'write', stage: 'sent', when: isRestoring, spring });
}

function join({ world }: Striking): void {
  if (world.slots.length < world.plan.workers + 1) world.startWorker(world.addSlot());
}

function leave(at: Striking, worker: Worker): void {
  const slot = slotOf(at, worker);
  if (slot === undefined || at.world.workers.length < 2) return;
  void worker.stop().then(() => {
    if (slot.worker !== worker) return;
    slot.worker = undefined;
    restart(at, slot, long(at));
  });
}
