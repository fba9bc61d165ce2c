// Calendar days as numbers, so that promises are made by adding: days since 1970-01-01, without any time or zone.
import { Temporal } from 'temporal-polyfill';

/** When somebody works: the days of a week, less single days. */
export interface WorkWeek {
  /** A bit a day, Monday the lowest. */
  readonly workDays: number;
  /** Days on which they rest all the same. */
  readonly rests: readonly ReadonlySet<number>[];
}

const millisecondsADay = 86_400_000;
/** 1970-01-01 was a Thursday. */
const firstWeekday = 3;
/** Who doesn't work for so long doesn't work any more. */
const longestRest = 400;

export function dayOf({ year, month, day }: Temporal.PlainDate): number {
  return Date.UTC(year, month - 1, day) / millisecondsADay;
}

export function plainDateOf(day: number): Temporal.PlainDate {
  return new Temporal.PlainDate(1970, 1, 1).add({ days: day });
}

/** `YYYY-MM-DD` */
export function dateOf(day: number): string {
  return plainDateOf(day).toString();
}

/** Of `YYYY-MM-DD`, undefined if there is no such day. */
export function dayIn(date: string): number | undefined {
  try {
    return /^\d{4}-\d\d-\d\d$/.test(date) ? dayOf(Temporal.PlainDate.from(date)) : undefined;
  } catch {
    return undefined;
  }
}

function isWorkDay(day: number, { workDays, rests }: WorkWeek): boolean {
  return (workDays & (1 << ((day + firstWeekday) % 7))) !== 0 && !rests.some((days) => days.has(day));
}

/** The first day from `day` on, itself included, on which they work; undefined if that isn't in sight. */
export function workDayFrom(day: number, week: WorkWeek): number | undefined {
  for (let next = day; next < day + longestRest; next++) if (isWorkDay(next, week)) return next;
  return undefined;
}

/** The work day that comes `count` work days after `day`; with 0 the first one from `day` on. */
export function workDayAfter(day: number, count: number, week: WorkWeek): number | undefined {
  let reached = workDayFrom(count === 0 ? day : day + 1, week);
  for (let left = count - 1; left > 0 && reached !== undefined; left--) reached = workDayFrom(reached + 1, week);
  return reached;
}
