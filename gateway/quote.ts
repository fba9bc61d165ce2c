// What an order costs: the shopper names products and quantities, the prices come from the products as they stand.
// Pure. It says nothing about stock.
import type { ErrorCode } from '../base/error-catalogue.ts';
import { type TotalsRefusal, totalsOf } from '../schemas/totals.ts';
import type { OrderLine, Product, Totals } from '../schemas/types.generated.ts';
import { type Fault, Refusal } from './refusal.ts';

export interface AskedLine {
  readonly productId: string;
  readonly quantity: number;
}

export interface Quote {
  readonly currency: string;
  readonly lines: readonly OrderLine[];
  readonly totals: Totals;
}

const mostUnits = 999;

const totalsRefusals: { readonly [Reason in TotalsRefusal]: ErrorCode } = {
  unsupported_country: 'UNSUPPORTED_COUNTRY',
  unsupported_currency: 'UNSUPPORTED_CURRENCY',
  amount_out_of_range: 'AMOUNT_OUT_OF_RANGE',
};

/**
 * @param products by id, as many of those asked for as there are
 * @throws PRODUCT_UNAVAILABLE, QUANTITY_OUT_OF_RANGE, CURRENCIES_DIFFER, UNSUPPORTED_COUNTRY, UNSUPPORTED_CURRENCY,
 * AMOUNT_OUT_OF_RANGE, with the places of the lines
 */
export function quote(asked: readonly AskedLine[], products: ReadonlyMap<string, Product>, country: string): Quote {
  const merged = merge(asked);
  refuseLines('PRODUCT_UNAVAILABLE', merged, ({ productId }) => {
    const product = products.get(productId);
    if (product === undefined) return 'unknown_product';
    if (product.status === 'deleted') return 'product_deleted';
    // A document that was written before there were variants says nothing of them.
    return (product.variants ?? []).length > 0 ? 'choose_variant' : undefined;
  });
  refuseLines('QUANTITY_OUT_OF_RANGE', merged, ({ quantity }) => {
    return quantity > mostUnits ? 'quantity_out_of_range' : undefined;
  });
  const lines = merged.map(({ line, productId, quantity }) => {
    const { price, version, weightGrams, sellerId } = products.get(productId)!;
    return { line, productId, quantity, unitPrice: price.amount, productVersion: version, weightGrams, sellerId };
  });
  const { currency } = products.get(lines[0]!.productId)!.price;
  refuseLines('CURRENCIES_DIFFER', merged, ({ productId }) => {
    return products.get(productId)?.price.currency === currency ? undefined : 'currency_mismatch';
  });
  const totals = totalsOf(lines, { country, currency });
  if (typeof totals === 'string') throw new Refusal(totalsRefusals[totals]);
  return { currency, lines, totals };
}

interface MergedLine extends AskedLine {
  /** The place of the product's first line, from 1. */
  readonly line: number;
}

function merge(asked: readonly AskedLine[]): readonly MergedLine[] {
  const merged = new Map<string, MergedLine>();
  asked.forEach(({ productId, quantity }, index) => {
    const first = merged.get(productId) ?? { line: index + 1, productId, quantity: 0 };
    merged.set(productId, { ...first, quantity: first.quantity + quantity });
  });
  return [...merged.values()];
}

/** @throws `code` with all lines that `reasonOf` gives a reason for */
function refuseLines(
  code: ErrorCode,
  lines: readonly MergedLine[],
  reasonOf: (line: MergedLine) => string | undefined,
): void {
  const faults = lines.flatMap((line): Fault[] => {
    const reason = reasonOf(line);
    return reason ? [{ path: `/lines/${line.line - 1}`, message: `line ${line.line}: ${reason}` }] : [];
  });
  if (faults.length > 0) throw new Refusal(code, { faults });
}
