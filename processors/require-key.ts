// The key decides which task owns a record. One in the wrong place would split a product's stock, so it's a fault.
import { StockstreamError } from '../base/errors.ts';
import type { Record } from '../streams/api.ts';

/** @throws RECORD_MISROUTED if the record's key isn't `expected` (undefined: no key could be right) */
export function requireKey({ topic, key }: Record<unknown>, expected: string | undefined): void {
  if (key !== expected) throw new StockstreamError('RECORD_MISROUTED', { topic, key, expected });
}
