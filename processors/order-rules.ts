// What an order must be before its stock is asked for: named lists of rules, each giving the lines that it refuses.
// A fault of the whole order is told on each line. Adding one is a function, an entry in a list, a test.
import { isProductId, leadProductOf } from '../schemas/ids.ts';
import { equalTotals, totalsOf } from '../schemas/totals.ts';
import type { LineRefusalReason, OrderLine, OrderSubmitted, RejectedLine } from '../schemas/types.generated.ts';

const mostLines = 100;
const mostUnits = 999;
const longestHoldMillis = 24 * 3_600_000;

type Rule = (order: OrderSubmitted) => readonly RejectedLine[];

const lineRules: readonly Rule[] = [
  hasLines,
  hasNotTooManyLines,
  namesProducts,
  beginsWithItsLead,
  asksForPossibleQuantities,
  quotesAProductOnce,
];

/** Asked once the lines are sound. */
const orderRules: readonly Rule[] = [isHeldForAPossibleTime, costsWhatWasQuoted];

/** The refused lines in the order's order, each with the first reason found; none if the order is sound. */
export function orderFaults(order: OrderSubmitted): RejectedLine[] {
  const faults = firstFaults(order, lineRules);
  return faults.length > 0 ? faults : firstFaults(order, orderRules);
}

function firstFaults(order: OrderSubmitted, rules: readonly Rule[]): RejectedLine[] {
  const faults = new Map<number, RejectedLine>();
  for (const rule of rules) {
    for (const fault of rule(order)) if (!faults.has(fault.line)) faults.set(fault.line, fault);
  }
  return [...faults.values()].sort((one, other) => one.line - other.line);
}

function hasLines({ orderId, lines }: OrderSubmitted): readonly RejectedLine[] {
  return lines.length > 0 ? [] : [{ line: 1, productId: leadProductOf(orderId) ?? '', reason: 'no_lines' }];
}

function hasNotTooManyLines({ lines }: OrderSubmitted): readonly RejectedLine[] {
  return refuse(lines.slice(mostLines), 'too_many_lines');
}

function namesProducts({ lines }: OrderSubmitted): readonly RejectedLine[] {
  const nameless = lines.filter(({ productId }) => !isProductId(productId));
  return refuse(nameless, 'unknown_product');
}

function beginsWithItsLead({ orderId, lines }: OrderSubmitted): readonly RejectedLine[] {
  const first = lines.slice(0, 1).filter(({ productId }) => productId !== leadProductOf(orderId));
  return refuse(first, 'wrong_lead_product');
}

/** Of a line, and of all lines of one product together: else the limit could be dodged by splitting. */
function asksForPossibleQuantities({ lines }: OrderSubmitted): readonly RejectedLine[] {
  const together = new Map<string, number>();
  for (const { productId, quantity } of lines) together.set(productId, (together.get(productId) ?? 0) + quantity);
  const impossible = (quantity: number) => quantity < 1 || quantity > mostUnits;
  const bad = lines.filter((line) => impossible(line.quantity) || impossible(together.get(line.productId) ?? 0));
  return refuse(bad, 'quantity_out_of_range');
}

function quotesAProductOnce({ lines }: OrderSubmitted): readonly RejectedLine[] {
  const firsts = new Map<string, OrderLine>();
  for (const line of lines) if (!firsts.has(line.productId)) firsts.set(line.productId, line);
  const quote = (line: OrderLine | undefined) => `${line?.unitPrice}/${line?.weightGrams}/${line?.productVersion}`;
  const differing = lines.filter((line) => quote(line) !== quote(firsts.get(line.productId)));
  return refuse(differing, 'price_mismatch');
}

function isHeldForAPossibleTime({ holdMillis, lines }: OrderSubmitted): readonly RejectedLine[] {
  return holdMillis >= 1 && holdMillis <= longestHoldMillis ? [] : refuse(lines, 'hold_time_out_of_range');
}

function costsWhatWasQuoted({ lines, shipTo, currency, totals }: OrderSubmitted): readonly RejectedLine[] {
  const expected = totalsOf(lines, { country: shipTo.country, currency });
  if (typeof expected === 'string') return refuse(lines, expected);
  return equalTotals(expected, totals) ? [] : refuse(lines, 'totals_mismatch');
}

function refuse(lines: readonly OrderLine[], reason: LineRefusalReason): RejectedLine[] {
  return lines.map(({ line, productId }) => ({ line, productId, reason }));
}
