// What every class of fault has at hand when it strikes: the world, its own dice, and how long things last.
import type { Random } from '../../../base/random.ts';
import { chance, delay } from '../dice.ts';
import type { Worker } from '../worker.ts';
import type { Slot, World } from '../world.ts';

export interface Striking {
  readonly world: World;
  /** Of this class alone: one that is switched off changes nothing in the others. */
  readonly random: Random;
  /** Whether faults have ended: what was set to strike later doesn't any more. */
  readonly isOver: () => boolean;
}

/** `worker` is one of those that run, drawn by lot. */
export type Strike = (at: Striking, worker: Worker) => void;

/** Mostly well within a session. Milliseconds. */
export function short({ world, random }: Striking): number {
  return delay(random, world.plan.sessionTimeoutMs / 4);
}

/** Beyond a session. Milliseconds. */
export function long({ world, random }: Striking): number {
  return world.plan.sessionTimeoutMs + delay(random, world.plan.sessionTimeoutMs);
}

export function shortOrLong(at: Striking): number {
  return chance(at.random, 0.5) ? short(at) : long(at);
}

export function slotOf({ world }: Striking, worker: Worker): Slot | undefined {
  return world.slots.find((slot) => slot.worker === worker);
}
