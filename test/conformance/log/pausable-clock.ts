// A clock whose timers can stand still while time goes on: what a process sees that was stopped and continued.
import type { Clock } from '../../../base/clock.ts';

export class PausableClock implements Clock {
  readonly #clock: Clock;
  #isPaused = false;
  /** Timers that fell due meanwhile. */
  #overdue: (() => void)[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  now(): number {
    return this.#clock.now();
  }

  monotonic(): number {
    return this.#clock.monotonic();
  }

  schedule(milliseconds: number, callback: () => void): () => void {
    let isCancelled = false;
    const run = () => {
      if (isCancelled) return;
      if (this.#isPaused) this.#overdue.push(run);
      else callback();
    };
    const cancel = this.#clock.schedule(milliseconds, run);
    return () => {
      isCancelled = true;
      cancel();
    };
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    const overdue = this.#overdue;
    this.#overdue = [];
    for (const run of overdue) run();
  }
}
