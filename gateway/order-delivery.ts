// From where an order can be sent and when it would arrive, from the delivery network as it is now. Pure.
import type { DeliveryPromise, OrderSubmitted } from '../schemas/types.generated.ts';
import type { Arrival, ParcelFacts, Ways } from '../views/delivery/delivery.ts';

export interface LineToSend {
  /** The place in the request, from 1. */
  readonly line: number;
  readonly quantity: number;
  /** Of one unit. */
  readonly weightGrams: number;
  readonly hazardous: boolean;
}

export interface Place {
  readonly ways: Ways;
  /** Warehouses that the network knows. */
  readonly known: ReadonlySet<string>;
  /** Whether it is paid at the door. */
  readonly cash: boolean;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
}

export interface OrderDelivery extends Pick<OrderSubmitted, 'warehouses' | 'promises' | 'notFrom'> {
  /** Lines that no warehouse which the network knows can send. */
  readonly unable: readonly LineToSend[];
}

/** Without a network: from anywhere, and nothing is promised. */
export const fromAnywhere: OrderDelivery = { warehouses: [], promises: [], notFrom: [], unable: [] };

/** What each warehouse promises for all lines that it can send, the soonest first. */
export function orderDelivery(lines: readonly LineToSend[], { ways, known, cash, now }: Place): OrderDelivery {
  const ofLines = lines.map((line) => ({ line, arrivals: ways.arrivals(undefined, parcelOf([line], cash), now) }));
  const able = new Set(ofLines.flatMap(({ arrivals }) => arrivals.map(({ warehouse }) => warehouse)));
  const promises = [...able].flatMap((warehouse): DeliveryPromise[] => {
    const own = ofLines.filter(({ arrivals }) => arrivals.some((each) => each.warehouse === warehouse));
    const together = own.map(({ line }) => line);
    // What is too heavy for one parcel goes in several, and the last of them counts.
    const singly = own.flatMap(({ arrivals }) => arrivals.filter((each) => each.warehouse === warehouse));
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
  promises.sort(soonestFirst);
  return {
    warehouses: promises.map(({ warehouseId }) => warehouseId),
    promises,
    notFrom: [...known].filter((warehouseId) => !able.has(warehouseId)),
    unable: ofLines.filter(({ arrivals }) => arrivals.length === 0).map(({ line }) => line),
  };
}

function parcelOf(lines: readonly LineToSend[], cash: boolean): ParcelFacts {
  return {
    weightGrams: lines.reduce((sum, { quantity, weightGrams }) => sum + quantity * weightGrams, 0),
    hazardous: lines.some(({ hazardous }) => hazardous),
    cash,
  };
}

function promiseOf(arrival: Arrival, notLines: readonly number[]): DeliveryPromise {
  const { warehouse: warehouseId, carrier, fromDay, toDay } = arrival;
  return { warehouseId, carrier, fromDay, toDay, notLines };
}

function bySoonest(one: Arrival, other: Arrival): number {
  return one.toDay - other.toDay || one.fromDay - other.fromDay;
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
