// The expiry port: until when an order's stock is held, for the countdown of the checkout page. A record is there from
// the order's first event until its hold ends, and vanishes by itself when the time is over. It decides nothing: that is
// the durable timer's, and whoever finds no record looks at the order.
import type { SourcePosition, ViewSink } from '../../streams/api.ts';

export interface ExpiryRecord {
  readonly customerId: string;
  /** `created` or `reserved`. */
  readonly status: string;
  /** Milliseconds since the Unix epoch. */
  readonly expiresAt: number;
}

/**
 * One idempotent change of an order's record. One that isn't newer than what the record knows changes nothing: an end is
 * remembered for as long as the record would have stood, so that what comes late brings none back.
 */
export type ExpiryWrite = {
  readonly orderId: string;
  readonly position: SourcePosition;
} & (
  | { readonly kind: 'hold'; readonly record: ExpiryRecord }
  /** `at`: when it ended, in milliseconds since the Unix epoch. */
  | { readonly kind: 'end'; readonly at: number }
);

/** For how long after an end its record is not made again, however little was known of it; in milliseconds. */
export const endKnownMs = 15 * 60_000;

/** Every call throws EXPIRY_UNAVAILABLE if the records can't be reached now or were closed: try again later. */
export interface ExpiryRecords extends ViewSink<ExpiryWrite> {
  /** Undefined once the hold has ended or its time is over, and whenever nothing is known. */
  get(orderId: string): Promise<ExpiryRecord | undefined>;
  ping(): Promise<void>;
  close(): Promise<void>;
}
