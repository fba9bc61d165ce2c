// Asks the carrier for each shipment request, and tells the tracking code. What becomes of the parcel is told later, by
// the carrier itself. A request that the carrier refuses for good goes to the dead letters; any other is asked again for
// as long as it takes, for the customer has paid.
import { unreachable } from '../../base/assert.ts';
import type { Clock } from '../../base/clock.ts';
import type { Topics } from '../../schemas/topics.ts';
import type { Effect } from '../../streams/api.ts';
import { type Acceptance, type Carrier, type ShipmentRequest, type ShipmentUpdate, updateIdOf } from './carrier.ts';

export interface ShippingParts {
  readonly carrier: Carrier;
  readonly topics: Pick<Topics, 'shipmentUpdates'>;
  readonly clock: Clock;
}

/** The effect of topic `shipment-requests`. */
export function shipParcels({ carrier, topics, clock }: ShippingParts): Effect<ShipmentRequest> {
  return {
    name: 'ship',

    async perform({ key, value: request }, signal) {
      const { shipmentId, orderId, carrier: name } = request;
      const { trackingCode } = await ask(carrier, request, signal);
      const status = request.command.type === 'SendParcel' ? 'requested' : 'returning';
      const updateId = updateIdOf(shipmentId, status);
      const at = clock.now();
      const update: ShipmentUpdate = { updateId, shipmentId, orderId, at, carrier: name, trackingCode, status };
      // Requests are keyed by the order's lead product, as its updates are.
      return [{ topic: topics.shipmentUpdates, key, value: update }];
    },

    giveUp: () => undefined,
    timeoutMs: 15_000,
    tries: 10,
    laneOf: ({ value }) => value.orderId,
    concurrency: 32,
  };
}

function ask(carrier: Carrier, request: ShipmentRequest, signal: AbortSignal): Promise<Acceptance> {
  switch (request.command.type) {
    case 'SendParcel':
      return carrier.send(request, signal);
    case 'FetchParcel':
      return carrier.fetch(request, signal);
    default:
      return unreachable(request.command);
  }
}
