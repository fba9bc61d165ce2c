// What a warehouse or a carrier said of a parcel, to the order's saga: a parcel only ever goes on.
import { leadProductOf } from '../schemas/ids.ts';
import type { ShipmentUpdate } from '../schemas/types.generated.ts';
import type { Processor } from '../streams/api.ts';
import { type OrderWiring, prefetchOrder } from './order-state.ts';
import { requireKey } from './require-key.ts';
import { happen } from './saga/perform.ts';

export const applyShipmentUpdate: Processor<ShipmentUpdate, OrderWiring> = {
  name: 'apply-shipment-update',

  process(record, context) {
    const { orderId, shipmentId, status, carrier, trackingCode } = record.value;
    requireKey(record, leadProductOf(orderId));
    happen(context, orderId, { type: 'ParcelNews', shipmentId, status, carrier, trackingCode });
  },

  prefetch: prefetchOrder,
};
