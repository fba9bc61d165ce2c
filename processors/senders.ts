// From where a line of an order may come, as was promised when it was placed. Warehouses that the delivery network doesn't
// know are bound by nothing.
import type { DeliveryPromise } from '../schemas/types.generated.ts';

export interface Senders {
  /** Best first; those that it doesn't name follow by name. */
  readonly warehouses: readonly string[];
  /** Those that can't send it. */
  readonly notFrom: readonly string[];
}

/** @param line the line's number */
export function sendersOf(
  { warehouses, promises, notFrom }: Senders & { readonly promises: readonly DeliveryPromise[] },
  line: number,
): Senders {
  // Without a delivery network nothing is promised.
  if (promises.length === 0) return { warehouses, notFrom };
  const unable = promises.filter(({ notLines }) => notLines.includes(line)).map(({ warehouseId }) => warehouseId);
  return { warehouses: warehouses.filter((id) => !unable.includes(id)), notFrom: [...notFrom, ...unable] };
}
