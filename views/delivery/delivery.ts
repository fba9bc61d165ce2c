// Where a parcel can go and when it arrives: what gateways answer from the shop's delivery network, which each holds in
// memory. Once the network has changed, the next answer knows it; no answer waits for anything. A shop that told no
// network delivers everything everywhere, and promises no date; so does a warehouse that the network doesn't know.
import type { DeliveryOption } from '../search/search.ts';

export interface Destination {
  /** ISO 3166-1 alpha-2, upper case. */
  readonly country: string;
  /** As its writer likes: spaces, dashes and case make no difference. */
  readonly postalCode: string;
}

/** What is to be sent together. */
export interface ParcelFacts {
  /** Of all that is in it. */
  readonly weightGrams: number;
  readonly hazardous: boolean;
  /** Whether it is paid at the door. */
  readonly cash: boolean;
}

/** When a parcel that is ordered now arrives. */
export interface Arrival {
  readonly warehouse: string;
  readonly carrier: string;
  /** The first and the last day on which it may arrive, `YYYY-MM-DD` where it arrives. */
  readonly from: string;
  readonly to: string;
  /** The same, as days since 1970-01-01. */
  readonly fromDay: number;
  readonly toDay: number;
  /** Until when this holds: milliseconds since the Unix epoch. */
  readonly orderBy: number;
}

/** The ways to one place. */
export interface Ways {
  /** For the search's filter; empty: nobody delivers there. */
  readonly options: readonly DeliveryOption[];
  /**
   * The best arrival from each of the warehouses that can send the parcel, the best first: by its last day, then by its
   * first, then by the warehouse's name. Empty: it can't be delivered.
   * @param warehouses undefined for all
   * @param now milliseconds since the Unix epoch
   */
  arrivals(warehouses: readonly string[] | undefined, parcel: ParcelFacts, now: number): readonly Arrival[];
  /** The first of `arrivals`, for less. */
  arrival(warehouses: readonly string[], parcel: ParcelFacts, now: number): Arrival | undefined;
}

export interface Delivery {
  /** Those that the network knows, closed ones too. Others are bound by nothing: they send everywhere and promise nothing. */
  readonly warehouses: ReadonlySet<string>;
  /** Undefined as long as no network was told: no matter where it goes. */
  waysTo(destination: Destination): Ways | undefined;
}
