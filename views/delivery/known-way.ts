// One way from a warehouse into a country, shared by all areas that have the same. Its promise is worked out once for each
// stretch of time between two cut-offs; a query only looks at numbers.
import type { DeliveryWay } from '../../schemas/types.generated.ts';
import type { DeliveryOption } from '../search/search.ts';
import { dateOf, workDayAfter, workDayFrom } from './days.ts';
import type { Arrival, ParcelFacts } from './delivery.ts';
import type { WarehouseHours } from './warehouse-hours.ts';

/** What promises rest on, besides the way itself. */
export interface Surroundings {
  /** Rises with every change of hours and holidays: older promises don't hold any more. */
  readonly version: number;
  /** Undefined for a warehouse that nobody told of, or that is closed. */
  hoursOf(warehouseId: string): WarehouseHours | undefined;
  holidaysOf(country: string): ReadonlySet<number>;
  /** Ways from warehouses that are bound by nothing. */
  readonly unbound: readonly DeliveryOption[];
}

interface Known {
  readonly version: number;
  readonly since: number;
  readonly until: number;
  readonly promised: Arrival | undefined;
}

const always = Number.POSITIVE_INFINITY;

export class KnownWay {
  readonly way: DeliveryWay;
  /** Where it ends. */
  readonly country: string;
  readonly #rests: ReadonlySet<number>;
  #known: Known | undefined;

  constructor(way: DeliveryWay, country: string) {
    this.way = way;
    this.country = country;
    this.#rests = new Set(way.holidays);
  }

  takes({ weightGrams, hazardous, cash }: ParcelFacts): boolean {
    const { way } = this;
    return weightGrams <= way.maxWeightGrams && (!hazardous || way.hazardous) && (!cash || way.cash);
  }

  /** Of what is ordered at `now`; undefined if nothing leaves. */
  promise(now: number, surroundings: Surroundings): Arrival | undefined {
    const known = this.#known;
    if (known && known.version === surroundings.version && known.since <= now && now < known.until)
      return known.promised;
    this.#known = this.#find(now, surroundings);
    return this.#known.promised;
  }

  #find(now: number, surroundings: Surroundings): Known {
    const { way, country } = this;
    const { version } = surroundings;
    const hours = surroundings.hoursOf(way.warehouseId);
    const handOver = hours?.handOver(way.cutOff, now);
    if (!hours || !handOver) return { version, since: now, until: always, promised: undefined };
    const { workDays } = way;
    const here = { workDays, rests: [this.#rests, surroundings.holidaysOf(hours.warehouse.country)] };
    const there = { workDays, rests: [this.#rests, surroundings.holidaysOf(country)] };
    const pickUp = workDayFrom(handOver.day, here);
    const fromDay = pickUp === undefined ? undefined : workDayAfter(pickUp, way.minDays, there);
    const toDay = pickUp === undefined ? undefined : workDayAfter(pickUp, way.maxDays, there);
    const { since, until } = handOver;
    if (fromDay === undefined || toDay === undefined) return { version, since, until, promised: undefined };
    const days = { from: dateOf(fromDay), to: dateOf(toDay), fromDay, toDay };
    return {
      version,
      since,
      until,
      promised: { warehouse: way.warehouseId, carrier: way.carrier, ...days, orderBy: until },
    };
  }
}

/** The sooner first: by the last day, then by the first, then by names. */
export function compareArrivals(one: Arrival, other: Arrival): number {
  return (
    one.toDay - other.toDay ||
    one.fromDay - other.fromDay ||
    compare(one.warehouse, other.warehouse) ||
    compare(one.carrier, other.carrier)
  );
}

function compare(one: string, other: string): number {
  return one === other ? 0 : one < other ? -1 : 1;
}
