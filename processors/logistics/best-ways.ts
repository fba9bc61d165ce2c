// Of all ways to an area, those that can be anybody's best: from each warehouse, those that no other one matches in every
// respect. Pure; the same for the same routes in whatever order they came.
import type { DeliveryRoute, DeliveryWay } from '../../schemas/types.generated.ts';

export function bestWays(routes: readonly DeliveryRoute[]): DeliveryWay[] {
  const ways = routes.map(({ way }) => way).sort(byPlace);
  return ways.filter((way, index) => {
    return !ways.some((other, place) => {
      if (place === index || other.warehouseId !== way.warehouseId || !isAsGood(other, way)) return false;
      // Of two that match each other the first stays.
      return place < index || !isAsGood(way, other);
    });
  });
}

/** Whether whatever `other` takes, `way` takes too, and brings it no later. */
function isAsGood(way: DeliveryWay, other: DeliveryWay): boolean {
  return (
    way.minDays <= other.minDays &&
    way.maxDays <= other.maxDays &&
    way.maxWeightGrams >= other.maxWeightGrams &&
    (way.hazardous || !other.hazardous) &&
    (way.cash || !other.cash) &&
    (way.workDays & other.workDays) === other.workDays &&
    (way.cutOff ?? Number.POSITIVE_INFINITY) >= (other.cutOff ?? Number.POSITIVE_INFINITY) &&
    way.holidays.every((day) => other.holidays.includes(day))
  );
}

function byPlace(one: DeliveryWay, other: DeliveryWay): number {
  return (
    compare(one.warehouseId, other.warehouseId) ||
    one.maxDays - other.maxDays ||
    compare(one.carrier, other.carrier) ||
    compare(textOf(one), textOf(other))
  );
}

/** The rest of a way, whatever the order of its fields is. */
function textOf({ minDays, maxWeightGrams, hazardous, cash, workDays, cutOff, holidays }: DeliveryWay): string {
  return JSON.stringify([minDays, maxWeightGrams, hazardous, cash, workDays, cutOff, holidays]);
}

function compare(one: string, other: string): number {
  return one === other ? 0 : one < other ? -1 : 1;
}
