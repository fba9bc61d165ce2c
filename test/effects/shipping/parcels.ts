// Shipment requests for the tests of carriers.
import type { ShipmentRequest } from '../../../schemas/types.generated.ts';

const orderId = 'uJ2qqzV1n1s0y8b1dT1m5w~tv-55';

/** The request of an order's parcel from `warehouseId`. */
export function requestOf(warehouseId: string, type: 'SendParcel' | 'FetchParcel' = 'SendParcel'): ShipmentRequest {
  const shipmentId = `${orderId}/${warehouseId}`;
  return {
    requestId: `${shipmentId}/${type === 'SendParcel' ? 'send' : 'fetch'}`,
    shipmentId,
    orderId,
    at: 1_790_000_000_000,
    warehouseId,
    carrier: 'parcel-post',
    shipTo: { name: 'Ada Lovelace', street: '12 Main St', city: 'Berlin', postalCode: '10115', country: 'DE' },
    weightGrams: 17_500,
    lines: [{ productId: 'tv-55', quantity: 1 }],
    command: { type },
  };
}
