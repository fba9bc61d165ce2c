// How a request waits: by the gateway's clock, and never beyond the gateway's closing.
import { type Clock, sleep } from '../base/clock.ts';

export interface Waiting {
  readonly clock: Clock;
  /** Aborts when the gateway closes. */
  readonly closing: AbortSignal;
}

const firstPauseMs = 5;
const longestPauseMs = 250;

/** Looks again and again, ever less often, for what a view will show; undefined if it doesn't in so many milliseconds. */
export async function lookFor<T>(
  { clock, closing }: Waiting,
  milliseconds: number,
  look: () => Promise<T | undefined>,
): Promise<T | undefined> {
  const until = clock.monotonic() + milliseconds;
  for (let pause = firstPauseMs; ; pause = Math.min(2 * pause, longestPauseMs)) {
    const found = await look();
    if (found !== undefined || closing.aborted || clock.monotonic() >= until) return found;
    await sleep(clock, pause, closing);
  }
}
