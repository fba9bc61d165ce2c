// order-events -> expiry records: what starts or moves a hold, and what ends it.
import type { OrderEvent } from '../../schemas/types.generated.ts';
import type { Projection } from '../../streams/api.ts';
import { positionOf } from '../document-write.ts';
import type { ExpiryWrite } from './expiry-records.ts';

export const projectExpiry: Projection<OrderEvent, ExpiryWrite> = {
  name: 'expiry',

  project(record) {
    const { orderId, customerId, at, event } = record.value;
    const place = { orderId, position: positionOf(record) };
    const hold = (status: 'created' | 'reserved', expiresAt: number): ExpiryWrite[] => {
      return [{ ...place, kind: 'hold', record: { customerId, status, expiresAt } }];
    };
    switch (event.type) {
      case 'OrderCreated':
        return hold('created', event.expiresAt);
      case 'OrderReserved':
      case 'OrderHeldForReview':
        return hold('reserved', event.expiresAt);
      case 'OrderReviewed':
        return event.release ? hold('reserved', event.expiresAt) : [];
      case 'OrderRejected':
      case 'OrderCancelled':
      case 'OrderPlaced':
      // Paid already: what is held now has no end.
      case 'OrderReinstated':
        return [{ ...place, kind: 'end', at }];
      default:
        return [];
    }
  },
};
