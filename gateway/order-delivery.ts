// From where an order can be sent and when it would arrive, from the delivery network as it is now. Pure.
import type { DeliveryPromise } from '../schemas/types.generated.ts';
import { dayIn } from '../views/delivery/days.ts';
import type { Arrival, ParcelFacts, Ways } from '../views/delivery/delivery.ts';
import { type Fault, Refusal } from './refusal.ts';

export interface LineToSend {
  /** The place in the request, from 1. */
  readonly line: number;
  readonly quantity: number;
  /** Of one unit. */
  readonly weightGrams: number;
  readonly hazardous: boolean;
}

/**
 * What each warehouse promises for all lines that it can send, the soonest first.
 * @throws NOT_DELIVERABLE with the lines that no warehouse can send there
 */
export function orderPromises(
  ways: Ways,
  lines: readonly LineToSend[],
  { cash, now }: { readonly cash: boolean; readonly now: number },
): readonly DeliveryPromise[] {
  const ofLines = lines.map((line) => ({ line, arrivals: ways.arrivals(undefined, parcelOf([line], cash), now) }));
  const faults = ofLines.flatMap(({ line: { line }, arrivals }): Fault[] => {
    return arrivals.length > 0 ? [] : [{ path: `/lines/${line - 1}`, message: `line ${line}: not_deliverable` }];
  });
  if (faults.length > 0) throw new Refusal('NOT_DELIVERABLE', { faults });
  const warehouses = new Set(ofLines.flatMap(({ arrivals }) => arrivals.map(({ warehouse }) => warehouse)));
  const promises = [...warehouses].flatMap((warehouse): DeliveryPromise[] => {
    const able = ofLines.filter(({ arrivals }) => arrivals.some((each) => each.warehouse === warehouse));
    const together = able.map(({ line }) => line);
    // What is too heavy for one parcel goes in several, and the last of them counts.
    const singly = able.flatMap(({ arrivals }) => arrivals.filter((each) => each.warehouse === warehouse));
    const arrival = ways.arrival([warehouse], parcelOf(together, cash), now) ?? singly.sort(bySoonest).at(-1);
    const others = lines.filter((line) => !together.includes(line));
    return arrival
      ? [
          promiseOf(
            arrival,
            others.map(({ line }) => line),
          ),
        ]
      : [];
  });
  return promises.sort(soonestFirst);
}

function parcelOf(lines: readonly LineToSend[], cash: boolean): ParcelFacts {
  return {
    weightGrams: lines.reduce((sum, { quantity, weightGrams }) => sum + quantity * weightGrams, 0),
    hazardous: lines.some(({ hazardous }) => hazardous),
    cash,
  };
}

function promiseOf({ warehouse, carrier, from, to }: Arrival, notLines: readonly number[]): DeliveryPromise {
  return { warehouseId: warehouse, carrier, fromDay: dayIn(from) ?? 0, toDay: dayIn(to) ?? 0, notLines };
}

/** Dates are written so that they sort. */
function bySoonest(one: Arrival, other: Arrival): number {
  return one.to === other.to ? 0 : one.to < other.to ? -1 : 1;
}

/** A warehouse that can send everything comes before one that can't. */
function soonestFirst(one: DeliveryPromise, other: DeliveryPromise): number {
  return (
    one.notLines.length - other.notLines.length ||
    one.toDay - other.toDay ||
    one.fromDay - other.fromDay ||
    (one.warehouseId < other.warehouseId ? -1 : 1)
  );
}
