// From where a line of an order may come: what was promised when it was placed says so; else anything goes.
import type { DeliveryPromise } from '../schemas/types.generated.ts';

export interface Senders {
  /** Best first. */
  readonly warehouses: readonly string[];
  /** Whether no other warehouse may send it. */
  readonly onlyFrom: boolean;
}

interface Promised {
  /** Best first; the others follow by name. */
  readonly warehouses: readonly string[];
  readonly promises: readonly DeliveryPromise[];
}

/** @param line the line's number */
export function sendersOf({ warehouses, promises }: Promised, line: number): Senders {
  if (promises.length === 0) return { warehouses, onlyFrom: false };
  const able = promises.filter(({ notLines }) => !notLines.includes(line));
  return { warehouses: able.map(({ warehouseId }) => warehouseId), onlyFrom: true };
}
