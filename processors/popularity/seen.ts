// What was counted of one shopper and one thing, so that a retry, a reload or a machine that clicks doesn't count again.
import type { SeenEvents } from '../../schemas/types.generated.ts';

export const nothingSeen: SeenEvents = { events: [] };

/** Looks of one shopper at the same thing count once within it. */
const lookMs = 30 * 60_000;
/** So many of one shopper and thing count in a day. */
const mostCounted = 20;

export interface Happened {
  readonly eventId: string;
  readonly at: number;
  /** Whether it counts once in half an hour, whatever its id. */
  readonly isLook: boolean;
}

/** What was seen once `event` is counted; undefined if it isn't to be. `windowMs`: for how long an event is remembered. */
export function seenAfter(
  { events }: SeenEvents,
  event: Happened,
  { now, windowMs }: { readonly now: number; readonly windowMs: number },
): SeenEvents | undefined {
  const remembered = events.filter(({ at }) => at > now - windowMs);
  const isRepeated = remembered.some(({ eventId, isLook, at }) => {
    return eventId === event.eventId || (isLook && event.isLook && Math.abs(at - event.at) < lookMs);
  });
  return isRepeated || remembered.length >= mostCounted ? undefined : { events: [...remembered, event] };
}
