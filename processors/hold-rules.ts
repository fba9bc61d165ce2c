// Whether a line of an order can be held: a named list of rules, the first that refuses gives the reason.
// Adding one is a function, an entry in the list, a test.
import type { LineRefusalReason, StockHeld, StockRefused, StockState } from '../schemas/types.generated.ts';
import { chooseWarehouses } from './choose-warehouses.ts';
import type { Senders } from './senders.ts';
import { freeOf } from './stock.ts';

/** What a line asks for, and what the shopper was quoted. */
export interface HoldRequest extends Senders {
  readonly quantity: number;
  /** For one unit, in the minor unit of `currency`. */
  readonly unitPrice: number;
  readonly currency: string;
  /** Of one unit. */
  readonly weightGrams: number;
  /** The version of the product that price and weight were read from. */
  readonly productVersion: number;
}

interface Case {
  readonly request: HoldRequest;
  readonly stock: StockState;
  /** Units that the customer holds or bought already; 0 if the product has no limit. */
  readonly bought: number;
}

type Rule = (asked: Case) => LineRefusalReason | undefined;

const rules: readonly Rule[] = [isForSale, isBoughtByItself, isInTheProductsCurrency, isAsQuoted, isWithinTheLimit];

/** The whole quantity or nothing, once the rules allow it. `stock` is undefined for an unknown product. */
export function decideHold(
  request: HoldRequest,
  stock: StockState | undefined,
  bought: number,
): StockHeld | StockRefused {
  if (stock === undefined) return { type: 'StockRefused', reason: 'unknown_product', free: 0 };
  const asked = { request, stock, bought };
  for (const rule of rules) {
    const reason = rule(asked);
    if (reason) return { type: 'StockRefused', reason, free: freeOf(stock) };
  }
  const allocations = chooseWarehouses(stock.warehouses, request.quantity, request);
  return allocations
    ? { type: 'StockHeld', allocations }
    : { type: 'StockRefused', reason: 'insufficient_stock', free: freeOf(stock) };
}

function isForSale({ stock }: Case): LineRefusalReason | undefined {
  return stock.offer.status === 'deleted' ? 'product_deleted' : undefined;
}

function isBoughtByItself({ stock }: Case): LineRefusalReason | undefined {
  return stock.offer.hasVariants ? 'choose_variant' : undefined;
}

function isInTheProductsCurrency({ request, stock }: Case): LineRefusalReason | undefined {
  return request.currency === stock.offer.price.currency ? undefined : 'currency_mismatch';
}

/** A quote from an older version is honoured: the shopper saw that price. */
function isAsQuoted({ request, stock }: Case): LineRefusalReason | undefined {
  const { price, weightGrams, version } = stock.offer;
  if (request.productVersion !== version) return undefined;
  return request.unitPrice === price.amount && request.weightGrams === weightGrams ? undefined : 'price_mismatch';
}

function isWithinTheLimit({ request, stock, bought }: Case): LineRefusalReason | undefined {
  const { customerLimit } = stock.offer;
  return customerLimit !== null && bought + request.quantity > customerLimit ? 'customer_limit' : undefined;
}
