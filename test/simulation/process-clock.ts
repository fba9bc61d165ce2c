// The clock of one simulated process over the world's. It can stand still, for a process that hangs, or end, for one
// that was killed; its wall time can be wrong. Monotonic time goes on meanwhile, as it does for a stopped process.
//
//     running <--pause, resume--> paused
//        +-------- die ------------+-----> dead: nothing that was scheduled ever runs
import type { Clock } from '../../base/clock.ts';
import type { SteppedClock } from '../../base/stepped-clock.ts';

export class ProcessClock implements Clock {
  readonly #world: SteppedClock;
  #state: 'running' | 'paused' | 'dead' = 'running';
  #wrongBy = 0;
  /** What became due while it stood still. */
  #late: (() => void)[] = [];

  constructor(world: SteppedClock, wrongBy = 0) {
    this.#world = world;
    this.#wrongBy = wrongBy;
  }

  get isRunning(): boolean {
    return this.#state === 'running';
  }

  get isDead(): boolean {
    return this.#state === 'dead';
  }

  /** By how many milliseconds its wall time differs from the world's. */
  get wrongBy(): number {
    return this.#wrongBy;
  }

  set wrongBy(milliseconds: number) {
    this.#wrongBy = milliseconds;
  }

  now(): number {
    return this.#world.now() + this.#wrongBy;
  }

  monotonic(): number {
    return this.#world.monotonic();
  }

  schedule(milliseconds: number, callback: () => void): () => void {
    let cancelled = false;
    const run = () => {
      if (cancelled || this.isDead) return;
      if (this.isRunning) callback();
      else this.#late.push(run);
    };
    // Whole milliseconds, as wall clocks and the contracts have them.
    const cancel = this.#world.schedule(Math.ceil(milliseconds), run);
    return () => {
      cancelled = true;
      cancel();
    };
  }

  turn(): Promise<void> {
    return new Promise((resolve) => void this.schedule(0, resolve));
  }

  pause(): void {
    if (this.#state === 'running') this.#state = 'paused';
  }

  /** What is late runs now, in its order. */
  resume(): void {
    if (this.#state !== 'paused') return;
    this.#state = 'running';
    for (const run of this.#late.splice(0)) this.#world.schedule(0, run);
  }

  die(): void {
    this.#state = 'dead';
    this.#late = [];
  }
}
