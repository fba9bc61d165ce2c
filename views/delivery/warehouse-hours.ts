// When a warehouse hands over what is ordered now. Time zones and work days are looked at once for each stretch of time in
// which the answer stays the same: until the next cut-off.
import { Temporal } from 'temporal-polyfill';
import type { Warehouse } from '../../schemas/types.generated.ts';
import { dayOf, plainDateOf, type WorkWeek, workDayAfter, workDayFrom } from './days.ts';

export interface HandOver {
  /** Days since 1970-01-01, there. */
  readonly day: number;
  /** From when and until when it is so: milliseconds since the Unix epoch, `since` included. */
  readonly since: number;
  readonly until: number;
}

export class WarehouseHours {
  readonly warehouse: Warehouse;
  readonly #week: WorkWeek;
  /** By cut-off. */
  readonly #known = new Map<number, HandOver>();

  /** @param holidays of its country */
  constructor(warehouse: Warehouse, holidays: ReadonlySet<number>) {
    const { workDays, timeZone } = warehouse;
    this.warehouse = isTimeZone(timeZone) ? warehouse : { ...warehouse, timeZone: 'UTC' };
    this.#week = { workDays, rests: [holidays] };
  }

  /**
   * Of what is ordered at `now`; undefined if the warehouse rests for good.
   * @param cutOff a carrier's own, in minutes after midnight; the earlier one counts
   */
  handOver(cutOff: number | null, now: number): HandOver | undefined {
    const minutes = Math.min(cutOff ?? this.warehouse.cutOff, this.warehouse.cutOff);
    const known = this.#known.get(minutes);
    if (known && known.since <= now && now < known.until) return known;
    const found = this.#find(minutes, now);
    if (found) this.#known.set(minutes, found);
    return found;
  }

  #find(cutOff: number, now: number): HandOver | undefined {
    const { timeZone, handlingDays } = this.warehouse;
    const today = dayOf(Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(timeZone).toPlainDate());
    const start = now < this.#momentOf(today, cutOff) ? today : today + 1;
    const packed = workDayFrom(start, this.#week);
    const day = packed === undefined ? undefined : workDayAfter(packed, handlingDays, this.#week);
    if (packed === undefined || day === undefined) return undefined;
    return { day, since: now, until: this.#momentOf(packed, cutOff) };
  }

  #momentOf(day: number, minutes: number): number {
    const plainTime = new Temporal.PlainTime(Math.floor(minutes / 60), minutes % 60);
    return plainDateOf(day).toZonedDateTime({ timeZone: this.warehouse.timeZone, plainTime }).epochMilliseconds;
  }
}

/** Whether this machine knows a zone by that IANA name. */
export function isTimeZone(name: string): boolean {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name);
    return true;
  } catch {
    return false;
  }
}
