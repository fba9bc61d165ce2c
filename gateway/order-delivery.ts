// From where an order can be sent and when it would arrive, line by line, from the delivery network as it is now. Pure.
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

export interface OrderDelivery {
  /** What each warehouse promises for all lines that it can send, the soonest first. */
  readonly promises: readonly Arrival[];
  /** Warehouses of `promises` that can't send a line, by the line's number; most lines have none. */
  readonly notFrom: ReadonlyMap<number, readonly string[]>;
}

/** @throws NOT_DELIVERABLE with the lines that no warehouse can send there */
export function orderDelivery(
  ways: Ways,
  lines: readonly LineToSend[],
  order: { cash: boolean; now: number },
): OrderDelivery {
  const { cash, now } = order;
  const ofLines = lines.map((line) => ({ line, arrivals: ways.arrivals(undefined, parcelOf([line], cash), now) }));
  const faults = ofLines.flatMap(({ line, arrivals }): Fault[] => {
    const message = `line ${line.line}: not_deliverable`;
    return arrivals.length > 0 ? [] : [{ path: `/lines/${line.line - 1}`, message }];
  });
  if (faults.length > 0) throw new Refusal('NOT_DELIVERABLE', { faults });
  const warehouses = [...new Set(ofLines.flatMap(({ arrivals }) => arrivals.map(({ warehouse }) => warehouse)))];
  const promises = warehouses.flatMap((warehouse): Arrival[] => {
    const own = ofLines.flatMap(({ line, arrivals }) => {
      const arrival = arrivals.find((each) => each.warehouse === warehouse);
      return arrival ? [{ line, arrival }] : [];
    });
    const together = parcelOf(
      own.map(({ line }) => line),
      cash,
    );
    // What is too heavy for one parcel goes in several, and the last of them counts.
    const last = own
      .map(({ arrival }) => arrival)
      .sort(bySoonest)
      .at(-1);
    const promise = ways.arrival([warehouse], together, now) ?? last;
    return promise ? [promise] : [];
  });
  const notFrom = ofLines.flatMap(({ line, arrivals }): [number, string[]][] => {
    const others = warehouses.filter((each) => !arrivals.some(({ warehouse }) => warehouse === each));
    return others.length > 0 ? [[line.line, others]] : [];
  });
  return { promises: promises.sort(bySoonest), notFrom: new Map(notFrom) };
}

function parcelOf(lines: readonly LineToSend[], cash: boolean): ParcelFacts {
  return {
    weightGrams: lines.reduce((sum, { quantity, weightGrams }) => sum + quantity * weightGrams, 0),
    hazardous: lines.some(({ hazardous }) => hazardous),
    cash,
  };
}

/** Dates are written so that they sort. */
function bySoonest(one: Arrival, other: Arrival): number {
  const [a, b] = [one, other].map(({ to, from, warehouse }) => `${to} ${from} ${warehouse}`) as [string, string];
  return a === b ? 0 : a < b ? -1 : 1;
}
