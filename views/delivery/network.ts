// The delivery network in memory, from the entries of its topic in their order. Equal ways of many areas are kept once. Of
// areas whose postal codes overlap, the one that says most of a code counts; those that say equally much count together.
import { unreachable } from '../../base/assert.ts';
import { beginningsIn, normalPostalCode } from '../../schemas/postal-codes.ts';
import type { DeliveryArea, DeliveryEntry, DeliveryWay } from '../../schemas/types.generated.ts';
import type { DeliveryOption } from '../search/search.ts';
import type { Delivery, Destination, Ways } from './delivery.ts';
import { KnownWay, type Surroundings } from './known-way.ts';
import { Place } from './place.ts';
import { WarehouseHours } from './warehouse-hours.ts';

interface KnownArea {
  readonly area: DeliveryArea;
  readonly beginnings: readonly string[];
  readonly ways: readonly KnownWay[];
}

interface Country {
  /** By the beginning of postal codes. */
  readonly places: Map<string, Place>;
  /** Of the longest beginning; it may be longer than any that is left. */
  longest: number;
}

/** More than any parcel has. */
const anyWeight = 2 ** 31 - 1;
const noHolidays: ReadonlySet<number> = new Set();

export class DeliveryNetwork implements Delivery, Surroundings {
  readonly #areas = new Map<string, KnownArea>();
  readonly #countries = new Map<string, Country>();
  readonly #hours = new Map<string, WarehouseHours>();
  readonly #known = new Set<string>();
  readonly #holidays = new Map<string, ReadonlySet<number>>();
  /** By what they say, with the number of areas that have them. */
  readonly #ways = new Map<string, { readonly way: KnownWay; uses: number }>();
  /** Where anything was ever in stock. */
  readonly #stocked = new Set<string>();
  /** Where nobody delivers, but for what is bound by nothing. */
  readonly #nowhere = new Place(this);
  #isSuspended = false;
  #unbound: readonly DeliveryOption[] = [];
  version = 0;

  get areas(): number {
    return this.#areas.size;
  }

  get warehouses(): ReadonlySet<string> {
    return this.#known;
  }

  get isSuspended(): boolean {
    return this.#isSuspended;
  }

  waysTo({ country, postalCode }: Destination): Ways | undefined {
    if (this.#ways.size === 0 || this.#isSuspended) return undefined;
    const known = this.#countries.get(country);
    if (!known) return this.#nowhere;
    const code = normalPostalCode(postalCode);
    for (let length = Math.min(code.length, known.longest); length >= 0; length--) {
      const place = known.places.get(code.slice(0, length));
      if (place) return place;
    }
    return this.#nowhere;
  }

  get unbound(): readonly DeliveryOption[] {
    return this.#unbound;
  }

  /** Tells of a warehouse in which something is or was in stock: the network may not know it. */
  stocked(warehouseId: string): void {
    this.#stocked.add(warehouseId);
    this.#surroundingsChanged();
  }

  hoursOf(warehouseId: string): WarehouseHours | undefined {
    const hours = this.#hours.get(warehouseId);
    return hours?.warehouse.isClosed ? undefined : hours;
  }

  holidaysOf(country: string): ReadonlySet<number> {
    return this.#holidays.get(country) ?? noHolidays;
  }

  /** @param key of the record that tells it, such as `area/DE-10` */
  apply(key: string, entry: DeliveryEntry['entry']): void {
    switch (entry.type) {
      case 'AreaOptions':
        this.#putArea(entry.area, entry.ways);
        break;
      case 'WarehouseHours': {
        const { warehouse } = entry;
        this.#hours.set(warehouse.warehouseId, new WarehouseHours(warehouse, this.holidaysOf(warehouse.country)));
        this.#known.add(warehouse.warehouseId);
        this.#surroundingsChanged();
        break;
      }
      case 'CountryHolidays':
        this.#putHolidays(entry.calendar.country, entry.calendar.holidays);
        break;
      case 'NetworkInForce':
        this.#isSuspended = entry.isSuspended;
        break;
      case 'EntryGone':
        this.#remove(key);
        break;
      default:
        unreachable(entry);
    }
  }

  #surroundingsChanged(): void {
    this.version++;
    const unknown = [...this.#stocked].filter((warehouse) => !this.#known.has(warehouse));
    this.#unbound = unknown.map((warehouse) => ({ warehouse, maxWeightGrams: anyWeight, hazardous: true }));
  }

  #putArea(area: DeliveryArea, told: readonly DeliveryWay[]): void {
    const { areaId, country } = area;
    const ways = told.map((way) => this.#knownWay(way, country));
    this.#removeArea(areaId);
    const beginnings = [...new Set(area.postalCodes.flatMap(beginningsIn))];
    this.#areas.set(areaId, { area, beginnings, ways });
    const { places } = this.#countryOf(area, beginnings);
    for (const beginning of beginnings) {
      const place = places.get(beginning) ?? new Place(this);
      place.put(areaId, ways);
      places.set(beginning, place);
    }
  }

  #countryOf({ country }: DeliveryArea, beginnings: readonly string[]): Country {
    const known = this.#countries.get(country) ?? { places: new Map(), longest: 0 };
    this.#countries.set(country, known);
    known.longest = beginnings.reduce((longest, { length }) => Math.max(longest, length), known.longest);
    return known;
  }

  #knownWay(way: DeliveryWay, country: string): KnownWay {
    const key = wayKey(way, country);
    const known = this.#ways.get(key) ?? { way: new KnownWay(way, country), uses: 0 };
    known.uses++;
    this.#ways.set(key, known);
    return known.way;
  }

  #putHolidays(country: string, holidays: readonly number[]): void {
    this.#surroundingsChanged();
    this.#holidays.set(country, new Set(holidays));
    for (const [id, { warehouse }] of this.#hours) {
      if (warehouse.country === country) this.#hours.set(id, new WarehouseHours(warehouse, this.holidaysOf(country)));
    }
  }

  #remove(key: string): void {
    const [kind, id = ''] = key.split('/', 2);
    if (kind === 'area') this.#removeArea(id);
    if (kind === 'warehouse') {
      this.#hours.delete(id);
      this.#known.delete(id);
      this.#surroundingsChanged();
    }
  }

  #removeArea(areaId: string): void {
    const known = this.#areas.get(areaId);
    if (!known) return;
    this.#areas.delete(areaId);
    const { country } = known.area;
    const places = this.#countries.get(country)?.places;
    for (const beginning of known.beginnings) {
      const place = places?.get(beginning);
      place?.remove(areaId);
      if (place?.isEmpty) places?.delete(beginning);
    }
    for (const { way } of known.ways) this.#release(wayKey(way, country));
  }

  #release(key: string): void {
    const known = this.#ways.get(key);
    if (known && --known.uses === 0) this.#ways.delete(key);
  }
}

function wayKey(way: DeliveryWay, country: string): string {
  const { carrier, warehouseId, minDays, maxDays, maxWeightGrams, hazardous, cash, workDays, cutOff, holidays } = way;
  const parts = [carrier, warehouseId, minDays, maxDays, maxWeightGrams, hazardous, cash, workDays, cutOff];
  return `${country} ${parts.join(' ')} ${holidays.join(' ')}`;
}
