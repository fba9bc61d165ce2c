// A question that the provider left open is asked again, the later the more often it was.
import type { PaymentVerb } from '../../schemas/types.generated.ts';
import type { Phase, Step } from './saga.ts';

const firstMillis = 1_000;
const lastMillis = 300_000;

export function later(phase: Step['phase'], tries: number): Step {
  return { phase, effects: [{ effect: 'askLater', tries }] };
}

/** Its time has come. */
export function again(phase: Extract<Phase, { readonly tries: number }>, verb: PaymentVerb, reference?: string): Step {
  const ask = { effect: 'ask', verb, ...(reference !== undefined && { reference }) } as const;
  return { phase: { ...phase, tries: phase.tries + 1 }, effects: [ask] };
}

/** In milliseconds. */
export function retryDelay(tries: number): number {
  return Math.min(lastMillis, firstMillis * 2 ** Math.min(tries, 20));
}
