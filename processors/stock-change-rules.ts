// Whether a seller's stock change is applied: a named list of rules, the first that refuses gives the reason.
// Nothing is clamped: a change that can't be applied whole changes nothing.
import type { StockChange, StockChangeRefusalReason, StockState } from '../schemas/types.generated.ts';
import { warehouseOf } from './stock.ts';

/** Beyond this a count is a slip of the keyboard; and every sum stays exact. */
const mostUnits = 1_000_000_000;
const mostWarehouses = 200;

interface Case {
  readonly change: StockChange;
  readonly stock: StockState;
  /** Units on hand in the warehouse after the change. */
  readonly after: number;
}

type Rule = (asked: Case) => StockChangeRefusalReason | undefined;

const rules: readonly Rule[] = [
  comesFromTheOwner,
  isNewerThanTheLast,
  leavesNoLessThanNothing,
  leavesWhatIsHeld,
  takesInWhatIsBought,
  isPlausible,
  fitsInTheWarehouses,
];

/** The reason to refuse, or undefined. */
export function stockChangeRefusal(asked: Case): StockChangeRefusalReason | undefined {
  for (const rule of rules) {
    const reason = rule(asked);
    if (reason) return reason;
  }
  return undefined;
}

function comesFromTheOwner({ change, stock }: Case): StockChangeRefusalReason | undefined {
  return change.sellerId === stock.offer.sellerId ? undefined : 'not_owner';
}

/** An old count that comes late would undo newer ones. Changes without a sequence aren't checked, nor do they move it. */
function isNewerThanTheLast({ change, stock }: Case): StockChangeRefusalReason | undefined {
  const last = warehouseOf(stock, change.warehouseId)?.sequence ?? null;
  return change.sequence !== null && last !== null && change.sequence <= last ? 'stale_sequence' : undefined;
}

function leavesNoLessThanNothing({ after }: Case): StockChangeRefusalReason | undefined {
  return after < 0 ? 'below_zero' : undefined;
}

function leavesWhatIsHeld({ change, stock, after }: Case): StockChangeRefusalReason | undefined {
  return after < (warehouseOf(stock, change.warehouseId)?.held ?? 0) ? 'below_held' : undefined;
}

/** A product with variants has no stock but theirs; what it had before it had any can be taken out. */
function takesInWhatIsBought({ change, stock, after }: Case): StockChangeRefusalReason | undefined {
  const before = warehouseOf(stock, change.warehouseId)?.onHand ?? 0;
  return stock.offer.hasVariants && after > before ? 'choose_variant' : undefined;
}

function isPlausible({ after }: Case): StockChangeRefusalReason | undefined {
  return after > mostUnits ? 'out_of_range' : undefined;
}

function fitsInTheWarehouses({ change, stock }: Case): StockChangeRefusalReason | undefined {
  const known = warehouseOf(stock, change.warehouseId) !== undefined;
  return !known && stock.warehouses.length >= mostWarehouses ? 'too_many_warehouses' : undefined;
}
