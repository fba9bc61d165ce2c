// How popular a product is: counts of the last hour and the last day, and a score of all time that fades. Pure functions of
// state; whatever order things come in, the same comes out.
import { sameValue } from '../../base/same-value.ts';
import { decayed, decaysTo, popularityRange, rangeFloor, weightOf } from '../../schemas/popularity.ts';
import type { PopularityCounts, PopularityState, ToldPopularity } from '../../schemas/types.generated.ts';
import { TimeWindows } from '../../streams/windows.ts';
import { addCounts, noCounts } from './counts.ts';

const minute = 60_000;
const hour = 60 * minute;
const sum = { zero: noCounts, add: addCounts };

export const hourWindows = new TimeWindows({ size: hour, advance: 5 * minute, grace: 5 * minute, ...sum });
export const dayWindows = new TimeWindows({ size: 24 * hour, advance: hour, grace: hour, ...sum });

/** A product with less, and nothing in its windows, is forgotten. */
const leastScore = 0.1;

export const unknownPopularity: PopularityState = {
  lastHour: hourWindows.empty,
  lastDay: dayWindows.empty,
  score: 0,
  scoreAt: 0,
  told: { lastHour: noCounts, lastDay: noCounts, range: 0 },
};

export interface Counted {
  readonly state: PopularityState;
  /** It came after all windows of a day around it had closed; the score has it all the same. */
  readonly isLate: boolean;
}

/** What is so at `now` after `counts` happened at `at`. */
export function count(
  before: PopularityState,
  { at, counts }: { readonly at: number; readonly counts: PopularityCounts },
  now: number,
): Counted {
  const happened = { at, value: counts };
  const lastHour = hourWindows.add(before.lastHour, happened, now);
  const lastDay = dayWindows.add(before.lastDay, happened, now);
  const scoreAt = Math.max(at, before.scoreAt);
  const score = decayed(before.score, before.scoreAt, scoreAt) + decayed(weightOf(counts), at, scoreAt);
  return {
    state: { ...before, lastHour: lastHour.state, lastDay: lastDay.state, score, scoreAt },
    isLate: lastDay.isLate,
  };
}

/** What is so at `now` if nothing has happened. */
export function pass(before: PopularityState, now: number): PopularityState {
  const lastHour = hourWindows.advanceTo(before.lastHour, now).state;
  const lastDay = dayWindows.advanceTo(before.lastDay, now).state;
  return { ...before, lastHour, lastDay };
}

/** The score at `now`; 0 once so little is left that the product is forgotten. */
export function scoreOf({ score, scoreAt }: PopularityState, now: number): number {
  const left = decayed(score, scoreAt, now);
  return left < leastScore ? 0 : left;
}

/** What is to be told at `now`, undefined if that is what was told last. */
export function newsOf(state: PopularityState, now: number): ToldPopularity | undefined {
  const news = {
    lastHour: hourWindows.last(state.lastHour),
    lastDay: dayWindows.last(state.lastDay),
    range: popularityRange(scoreOf(state, now)),
  };
  return sameValue(news, state.told) ? undefined : news;
}

/** Whether nothing is left to remember. */
export function isForgotten({ lastHour, lastDay, score, scoreAt }: PopularityState, now: number): boolean {
  return lastHour.panes.length + lastDay.panes.length === 0 && decayed(score, scoreAt, now) < leastScore;
}

/** When there will be news, or nothing left to remember, though nothing happens: after `now`. */
export function nextNewsAt(state: PopularityState, now: number): number {
  const ends = [hourWindows.nextChange(state.lastHour), dayWindows.nextChange(state.lastDay)];
  return Math.min(fadesAt(state, now), ...ends.filter((at) => at !== undefined));
}

function fadesAt({ score, scoreAt }: PopularityState, now: number): number {
  const left = decayed(score, scoreAt, now);
  // What is left then are panes of windows that have passed, which go soon.
  if (left < leastScore) return now + hour;
  const floor = Math.max(rangeFloor(popularityRange(left)), leastScore);
  // Rounding may leave it a hair above the floor.
  return Math.max(now, Math.ceil(decaysTo(floor, score, scoreAt))) + 1;
}
