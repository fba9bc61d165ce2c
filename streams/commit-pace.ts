// When the next commit may begin. A commit costs a log of many brokers as much as dozens of records do, so after one began
// the records that follow gather: for as long as the topology says, and for about as long as two commits take, which
// leaves time to a log that is busy. What comes after a pause is taken at once, and nobody waits once much is there.
import type { Clock } from '../base/clock.ts';
import type { StreamLimits } from './stream-thread-options.ts';
import type { StreamTask } from './task.ts';

/** So many records are worth a commit of their own. */
const worthwhile = 200;
/** Between the beginnings of two commits there is so many times what they took of late. */
const share = 2;
/** How much the newest commit counts in that. */
const newest = 1 / 4;

export interface CommitPaceOptions {
  readonly clock: Clock;
  /** Of the topology. */
  readonly commitDelayMs: number;
  readonly limits: StreamLimits;
}

export class CommitPace {
  readonly #clock: Clock;
  readonly #ownDelayMs: number;
  readonly #limits: StreamLimits;
  #beganAt = 0;
  #tookMs = 0;

  constructor({ clock, commitDelayMs, limits }: CommitPaceOptions) {
    this.#clock = clock;
    this.#ownDelayMs = commitDelayMs;
    this.#limits = limits;
  }

  /** Milliseconds since a commit began. */
  get age(): number {
    return this.#clock.monotonic() - this.#beganAt;
  }

  began(): void {
    this.#beganAt = this.#clock.monotonic();
  }

  /** The commit that began last is through. */
  ended(): void {
    this.#tookMs += (this.age - this.#tookMs) * newest;
  }

  /** For how many milliseconds what waits at `tasks` may still gather. */
  left(tasks: readonly StreamTask[]): number {
    const { commitDelayMs, batchRecords, bufferBytes } = this.#limits;
    const ofLog = Math.min(commitDelayMs, share * this.#tookMs);
    const longest = Math.ceil(Math.max(this.#ownDelayMs, ofLog) - this.age);
    if (longest <= 0) return 0;
    let waiting = 0;
    for (const { buffered } of tasks) {
      waiting += buffered.records;
      if (buffered.bytes > bufferBytes) return 0;
    }
    if (waiting >= batchRecords) return 0;
    return waiting < worthwhile ? longest : Math.max(0, Math.ceil(this.#ownDelayMs - this.age));
  }
}
