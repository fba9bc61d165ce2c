// A clock that stands still until it is told to step: for tests, the topology driver and the simulation.
import type { Clock } from './clock.ts';

interface Timer {
  at: number;
  order: number;
  callback: () => void;
}

/** Time moves only by `step` or `stepTo`; due timers run in order of time, then of scheduling. */
export class SteppedClock implements Clock {
  #now: number;
  readonly #origin: number;
  #order = 0;
  #timers: Timer[] = [];

  constructor(start = 1_700_000_000_000) {
    this.#now = start;
    this.#origin = start;
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#now - this.#origin;
  }

  schedule(milliseconds: number, callback: () => void): () => void {
    const timer = { at: this.#now + Math.max(0, milliseconds), order: this.#order++, callback };
    this.#timers.push(timer);
    return () => {
      const index = this.#timers.indexOf(timer);
      if (index >= 0) this.#timers.splice(index, 1);
    };
  }

  /** When the next timer is due, or undefined if none is set. */
  nextTimerAt(): number | undefined {
    return this.#earliest()?.at;
  }

  step(milliseconds: number): void {
    this.stepTo(this.#now + milliseconds);
  }

  /** Moves to `time`, running every timer due up to then at its own time. */
  stepTo(time: number): void {
    for (let timer = this.#earliest(); timer && timer.at <= time; timer = this.#earliest()) {
      this.#timers.splice(this.#timers.indexOf(timer), 1);
      this.#now = Math.max(this.#now, timer.at);
      timer.callback();
    }
    this.#now = Math.max(this.#now, time);
  }

  #earliest(): Timer | undefined {
    let best: Timer | undefined;
    for (const timer of this.#timers) {
      if (!best || timer.at < best.at || (timer.at === best.at && timer.order < best.order)) best = timer;
    }
    return best;
  }
}
