// The carrier port: who packs parcels, brings them to customers and brings them back. A carrier may be asked the same
// twice and does it once; what becomes of a parcel later it tells by itself, perhaps twice, late or out of order.
import type { ParcelStatus, ShipmentRequest, ShipmentUpdate } from '../../schemas/types.generated.ts';

export type { ParcelStatus, ShipmentRequest, ShipmentUpdate } from '../../schemas/types.generated.ts';

export interface Acceptance {
  /** The carrier's name for the parcel; empty if it isn't known yet. */
  readonly trackingCode: string;
}

/**
 * `requestId` is the idempotency key: asked again with it, a carrier gives the same answer and does nothing more.
 * A request fails with CARRIER_REFUSED if it never works, with CARRIER_UNAVAILABLE if it may work later.
 */
export interface Carrier {
  /** Has the parcel packed and brought to the customer. It is certain once this resolves. `signal` ends the waiting. */
  send(parcel: ShipmentRequest, signal: AbortSignal): Promise<Acceptance>;
  /** Has the parcel brought back to its warehouse, wherever it is. */
  fetch(parcel: ShipmentRequest, signal: AbortSignal): Promise<Acceptance>;
  /** Nothing is told after it resolves. */
  close(): Promise<void>;
}

/** Takes news of a parcel; resolves once it can't be lost any more. */
export type Tell = (update: ShipmentUpdate) => Promise<void>;

/** The same for every delivery of one piece of news. */
export function updateIdOf(shipmentId: string, status: ParcelStatus): string {
  return `${shipmentId}/${status}`;
}
