// Which warehouses serve a line: the preferred ones first, and one alone if any can serve the whole.
import type { Allocation, WarehouseStock } from '../schemas/types.generated.ts';
import type { Senders } from './senders.ts';

/**
 * Where `quantity` units come from, or undefined if there aren't that many free.
 * @param warehouses by name
 * @param senders unknown warehouses are passed over
 */
export function chooseWarehouses(
  warehouses: readonly WarehouseStock[],
  quantity: number,
  senders: Senders,
): Allocation[] | undefined {
  const ranked = rank(warehouses, senders);
  const whole = ranked.find((warehouse) => freeIn(warehouse) >= quantity);
  if (whole) return [{ warehouseId: whole.warehouseId, quantity }];

  const allocations: Allocation[] = [];
  let missing = quantity;
  for (const warehouse of ranked) {
    const taken = Math.min(missing, freeIn(warehouse));
    if (taken > 0) allocations.push({ warehouseId: warehouse.warehouseId, quantity: taken });
    missing -= taken;
  }
  return missing === 0 ? allocations : undefined;
}

/** Units in a warehouse that nobody holds. */
export function freeIn(warehouse: WarehouseStock): number {
  return warehouse.onHand - warehouse.held;
}

function rank(all: readonly WarehouseStock[], { warehouses: preferred, notFrom }: Senders): readonly WarehouseStock[] {
  const able = notFrom.length === 0 ? all : all.filter(({ warehouseId }) => !notFrom.includes(warehouseId));
  if (preferred.length === 0 || able.length < 2) return able;
  const first = [...new Set(preferred)].flatMap((id) => able.filter(({ warehouseId }) => warehouseId === id));
  return [...first, ...able.filter((warehouse) => !first.includes(warehouse))];
}
