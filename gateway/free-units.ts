// Where units of a product can be bought, as the view of its stock has it.
import type { StoredDocument } from '../views/documents/documents.ts';

export interface FreeUnits {
  readonly warehouseId: string;
  /** At least 1. */
  readonly free: number;
}

export function freeUnits(stock: StoredDocument | undefined): readonly FreeUnits[] {
  const found = (stock?.fields.warehouses ?? []) as unknown as readonly (FreeUnits & {
    onHand: number;
    held: number;
  })[];
  return found
    .map(({ warehouseId, onHand, held }) => ({ warehouseId, free: onHand - held }))
    .filter(({ free }) => free > 0);
}
