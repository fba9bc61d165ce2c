// The line between a process and what it calls: every call takes its time on the way there, and so does its answer.
// A call that was sent arrives even if its sender hangs meanwhile, and may arrive if it was killed; the answer waits
// until the sender runs again. At each stage a trap may freeze or kill the sender, or bring the machine down.
//
//     sent --(the network)--> arrived --the call--> applied --(the network, the sender's own pace)--> answered
import { sleep } from '../../base/clock.ts';
import type { Random } from '../../base/random.ts';
import type { SteppedClock } from '../../base/stepped-clock.ts';
import { chance, delay } from './dice.ts';
import type { ProcessClock } from './process-clock.ts';

export type Stage = 'sent' | 'arrived' | 'applied';

export interface LinkParts {
  /** Of the process that calls. */
  readonly clock: ProcessClock;
  readonly world: SteppedClock;
  readonly random: Random;
  /** How long one way takes now, typically. Milliseconds. */
  readonly latency: () => number;
  /** Told of each stage of each call. */
  readonly reach: (call: string, stage: Stage) => void;
}

export const never = () => new Promise<never>(() => {});

export class Link {
  readonly #parts: LinkParts;

  constructor(parts: LinkParts) {
    this.#parts = parts;
  }

  async call<T>(name: string, work: () => Promise<T>): Promise<T> {
    const { clock, world, random, latency, reach } = this.#parts;
    await this.#running();
    reach(name, 'sent');
    await this.#running();
    await sleep(world, delay(random, latency()));
    if (clock.isDead && chance(random, 0.5)) return never();
    reach(name, 'arrived');
    const answer = await settled(work);
    reach(name, 'applied');
    await sleep(clock, delay(random, latency()));
    return answer();
  }

  /** A message that nobody answers. */
  async tell(work: () => void): Promise<void> {
    const { clock, world, random, latency } = this.#parts;
    await sleep(world, delay(random, latency()));
    await sleep(clock, 0);
    work();
  }

  /** A process that hangs gets no further than this. */
  async #running(): Promise<void> {
    while (!this.#parts.clock.isRunning) await sleep(this.#parts.clock, 0);
  }
}

/** Waits for `work`; the result gives its value or throws its error. */
async function settled<T>(work: () => Promise<T>): Promise<() => T> {
  try {
    const value = await work();
    return () => value;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}
