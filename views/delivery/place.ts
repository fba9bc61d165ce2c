// The ways to all places whose postal codes begin alike: those of the areas that say so.
import type { DeliveryOption } from '../search/search.ts';
import type { Arrival, ParcelFacts, Ways } from './delivery.ts';
import { compareArrivals, type KnownWay, type Surroundings } from './known-way.ts';

export class Place implements Ways {
  readonly #surroundings: Surroundings;
  /** By area. */
  readonly #ways = new Map<string, readonly KnownWay[]>();
  #options: { readonly version: number; readonly list: readonly DeliveryOption[] } | undefined;

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
  }

  get isEmpty(): boolean {
    return this.#ways.size === 0;
  }

  put(areaId: string, ways: readonly KnownWay[]): void {
    this.#ways.set(areaId, ways);
    this.#options = undefined;
  }

  remove(areaId: string): void {
    this.#ways.delete(areaId);
    this.#options = undefined;
  }

  get options(): readonly DeliveryOption[] {
    const { version } = this.#surroundings;
    if (this.#options?.version !== version) this.#options = { version, list: this.#optionsNow() };
    return this.#options.list;
  }

  arrivals(warehouses: readonly string[] | undefined, parcel: ParcelFacts, now: number): readonly Arrival[] {
    const best = new Map<string, Arrival>();
    this.#look(warehouses, parcel, now, (found) => {
      const known = best.get(found.warehouse);
      if (!known || compareArrivals(found, known) < 0) best.set(found.warehouse, found);
    });
    return [...best.values()].sort(compareArrivals);
  }

  arrival(warehouses: readonly string[], parcel: ParcelFacts, now: number): Arrival | undefined {
    let best: Arrival | undefined;
    this.#look(warehouses, parcel, now, (found) => {
      if (!best || compareArrivals(found, best) < 0) best = found;
    });
    return best;
  }

  #look(
    warehouses: readonly string[] | undefined,
    parcel: ParcelFacts,
    now: number,
    take: (promised: Arrival) => void,
  ): void {
    for (const ways of this.#ways.values()) {
      for (const way of ways) {
        if (!way.takes(parcel) || (warehouses && !warehouses.includes(way.way.warehouseId))) continue;
        const promised = way.promise(now, this.#surroundings);
        if (promised) take(promised);
      }
    }
  }

  /** A warehouse's heaviest parcel, and its heaviest hazardous one if that is lighter. */
  #optionsNow(): DeliveryOption[] {
    const heaviest = new Map<string, { any: number; hazardous: number }>();
    for (const { way } of [...this.#ways.values()].flat()) {
      if (!this.#surroundings.hoursOf(way.warehouseId)) continue;
      const { any, hazardous } = heaviest.get(way.warehouseId) ?? { any: 0, hazardous: 0 };
      const ifHazardous = way.hazardous ? way.maxWeightGrams : 0;
      heaviest.set(way.warehouseId, {
        any: Math.max(any, way.maxWeightGrams),
        hazardous: Math.max(hazardous, ifHazardous),
      });
    }
    const bound = [...heaviest].flatMap(([warehouse, { any, hazardous }]) => [
      ...(hazardous > 0 ? [{ warehouse, maxWeightGrams: hazardous, hazardous: true }] : []),
      ...(any > hazardous ? [{ warehouse, maxWeightGrams: any, hazardous: false }] : []),
    ]);
    return [...bound, ...this.#surroundings.unbound];
  }
}
