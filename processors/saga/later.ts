// A question that the provider left open is asked again, the later the more often it was.
import type { Step } from './saga.ts';

const firstMillis = 1_000;
const lastMillis = 300_000;

export function later(phase: Step['phase'], tries: number): Step {
  return { phase, effects: [{ effect: 'askLater', tries }] };
}

/** In milliseconds. */
export function retryDelay(tries: number): number {
  return Math.min(lastMillis, firstMillis * 2 ** Math.min(tries, 20));
}
