// The arithmetic of a product's stock. Every function gives a new state and keeps the two laws, or throws:
//
//   in each warehouse   0 <= held <= onHand                 onHand = held + free
//   for the product     takenIn = committed + sum(onHand)
//
//             free ---- hold ----> held ---- commit ----> committed
//              |  <--- release ---'                             |
//              |  <------------------ restock -------------------'
//   stock changes (takenIn)
import { AssertionError } from '../base/assert.ts';
import type { Allocation, Offer, StockLevel, StockState, WarehouseStock } from '../schemas/types.generated.ts';
import { freeIn } from './choose-warehouses.ts';

/** A product that was never in any warehouse. */
export function emptyStock(offer: Offer): StockState {
  return { offer, warehouses: [], takenIn: 0, committed: 0, version: 0 };
}

/** Units of the product that can be bought. */
export function freeOf(stock: StockState): number {
  return sum(stock.warehouses, freeIn);
}

/** Sets units aside. */
export function hold(stock: StockState, allocations: readonly Allocation[]): StockState {
  return move(stock, allocations, { held: 1, onHand: 0 });
}

/** Makes units that were set aside free again. */
export function release(stock: StockState, allocations: readonly Allocation[]): StockState {
  return move(stock, allocations, { held: -1, onHand: 0 });
}

/** Takes units that were set aside out. */
export function commit(stock: StockState, allocations: readonly Allocation[]): StockState {
  const moved = move(stock, allocations, { held: -1, onHand: -1 });
  return { ...moved, committed: stock.committed + sum(allocations, (allocation) => allocation.quantity) };
}

/** Puts units that were taken out back. */
export function restock(stock: StockState, allocations: readonly Allocation[]): StockState {
  const moved = move(stock, allocations, { held: 0, onHand: 1 });
  const committed = stock.committed - sum(allocations, (allocation) => allocation.quantity);
  if (committed < 0) throw new AssertionError('more comes back than ever left');
  return { ...moved, committed };
}

/** What lies in a warehouse after a stock change; a new warehouse takes its place by name. */
export function setOnHand(stock: StockState, warehouse: WarehouseStock): StockState {
  const before = warehouseOf(stock, warehouse.warehouseId)?.onHand ?? 0;
  const others = stock.warehouses.filter(({ warehouseId }) => warehouseId !== warehouse.warehouseId);
  const warehouses = [...others, checked(warehouse)].sort((one, other) =>
    one.warehouseId < other.warehouseId ? -1 : 1,
  );
  return { ...stock, warehouses, takenIn: stock.takenIn + warehouse.onHand - before, version: stock.version + 1 };
}

export function warehouseOf(stock: StockState, warehouseId: string): WarehouseStock | undefined {
  return stock.warehouses.find((warehouse) => warehouse.warehouseId === warehouseId);
}

/** The stock as others see it. `at` in milliseconds since the Unix epoch. */
export function levelOf(productId: string, stock: StockState, at: number): StockLevel {
  const onHand = sum(stock.warehouses, (warehouse) => warehouse.onHand);
  const held = sum(stock.warehouses, (warehouse) => warehouse.held);
  return {
    productId,
    onHand,
    held,
    free: onHand - held,
    committed: stock.committed,
    takenIn: stock.takenIn,
    warehouses: stock.warehouses.map(({ warehouseId, onHand, held }) => ({ warehouseId, onHand, held })),
    version: stock.version,
    at,
  };
}

/**
 * `step`: what one unit of an allocation adds in its warehouse. This runs for every order: fields are written out, for
 * spreading a decoded record takes ten times as long, and an error's text is only made when there is one.
 */
function move(
  stock: StockState,
  allocations: readonly Allocation[],
  step: { readonly held: number; readonly onHand: number },
): StockState {
  const warehouses = [...stock.warehouses];
  for (const { warehouseId, quantity } of allocations) {
    const at = warehouses.findIndex((warehouse) => warehouse.warehouseId === warehouseId);
    const warehouse = warehouses[at];
    if (warehouse === undefined || quantity < 1)
      throw new AssertionError(`no allocation: ${quantity} of ${warehouseId}`);
    const held = warehouse.held + step.held * quantity;
    const onHand = warehouse.onHand + step.onHand * quantity;
    warehouses[at] = checked({ warehouseId, onHand, held, sequence: warehouse.sequence });
  }
  const { offer, takenIn, committed, version } = stock;
  return { offer, warehouses, takenIn, committed, version: version + 1 };
}

function checked(warehouse: WarehouseStock): WarehouseStock {
  const { warehouseId, held, onHand } = warehouse;
  if (0 <= held && held <= onHand) return warehouse;
  throw new AssertionError(`0 <= held <= onHand in ${warehouseId}, not held ${held} of ${onHand}`);
}

function sum<T>(items: readonly T[], each: (item: T) => number): number {
  let total = 0;
  for (const item of items) total += each(item);
  return total;
}
