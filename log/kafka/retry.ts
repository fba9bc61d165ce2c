// Trying again: pauses that grow, and a loop that goes on while a failure may pass, until its time is over.
import type { Clock } from '../../base/clock.ts';
import { isStockstreamError, type StockstreamError } from '../../base/errors.ts';
import type { Random } from '../../base/random.ts';
import type { Lifetime } from './lifetime.ts';

const firstPauseMs = 20;
const lastPauseMs = 1_000;

/** Pauses of 20 ms to 1 s, each about twice the one before; a fifth of it is chance, so that clients don't march in step. */
export class Backoff {
  readonly #random: Random;
  #next = firstPauseMs;

  constructor(random: Random) {
    this.#random = random;
  }

  /** The next pause in milliseconds. */
  pause(): number {
    const pause = this.#next;
    this.#next = Math.min(pause * 2, lastPauseMs);
    return pause * (0.9 + 0.2 * this.#random.next());
  }

  reset(): void {
    this.#next = firstPauseMs;
  }
}

const passing: ReadonlySet<string> = new Set(['LOG_UNAVAILABLE', 'LOG_UNREACHABLE', 'LOG_TIMED_OUT']);

/** Whether the failure is one of the network or of a broker that may pass: the request may be sent again. */
export function mayPass(error: unknown): error is StockstreamError {
  return isStockstreamError(error) && passing.has(error.code);
}

export interface Patience {
  readonly clock: Clock;
  readonly random: Random;
  readonly lifetime: Lifetime;
  /** Milliseconds; Infinity for as long as the log is open. */
  readonly forMs: number;
}

/** Does `work` until it succeeds or fails for good. @throws its last error, LOG_CLOSED */
export async function retrying<T>({ clock, random, lifetime, forMs }: Patience, work: () => Promise<T>): Promise<T> {
  const until = clock.monotonic() + forMs;
  const backoff = new Backoff(random);
  for (;;) {
    lifetime.check();
    try {
      return await work();
    } catch (error) {
      const pause = backoff.pause();
      if (!mayPass(error) || clock.monotonic() + pause > until) throw error;
      await lifetime.sleep(clock, pause);
    }
  }
}
