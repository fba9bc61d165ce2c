// What an order must be before its stock is asked for: named lists of rules, each giving the lines that it refuses.
// A fault of the whole order is told on each line. Adding one is a function, an entry in a list, a test.
import { isProductId, leadProductOf } from '../schemas/ids.ts';
import { equalTotals, totalsOf } from '../schemas/totals.ts';
import type { LineRefusalReason, OrderLine, OrderSubmitted, RejectedLine } from '../schemas/types.generated.ts';
import { areOfDifferentProducts } from './merge-lines.ts';

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
export function orderFaults(order: OrderSubmitted): readonly RejectedLine[] {
  const faults = firstFaults(order, lineRules);
  return faults.length > 0 ? faults : firstFaults(order, orderRules);
}

/** This runs for every order: nothing is made for one that is sound. */
const none: readonly RejectedLine[] = [];

function firstFaults(order: OrderSubmitted, rules: readonly Rule[]): readonly RejectedLine[] {
  let faults: Map<number, RejectedLine> | undefined;
  for (const rule of rules) {
    const found = rule(order);
    if (found.length === 0) continue;
    faults ??= new Map();
    for (const fault of found) if (!faults.has(fault.line)) faults.set(fault.line, fault);
  }
  return faults === undefined ? none : [...faults.values()].sort((one, other) => one.line - other.line);
}

function hasLines({ orderId, lines }: OrderSubmitted): readonly RejectedLine[] {
  return lines.length > 0 ? none : [{ line: 1, productId: leadProductOf(orderId) ?? '', reason: 'no_lines' }];
}

function hasNotTooManyLines({ lines }: OrderSubmitted): readonly RejectedLine[] {
  return lines.length <= mostLines ? none : refuse(lines.slice(mostLines), 'too_many_lines');
}

function namesProducts({ lines }: OrderSubmitted): readonly RejectedLine[] {
  return refuseThose(lines, 'unknown_product', isNameless);
}

const isNameless = ({ productId }: OrderLine) => !isProductId(productId);

function beginsWithItsLead({ orderId, lines: [first] }: OrderSubmitted): readonly RejectedLine[] {
  return first === undefined || first.productId === leadProductOf(orderId)
    ? none
    : refuse([first], 'wrong_lead_product');
}

/** Of a line, and of all lines of one product together: else the limit could be dodged by splitting. */
function asksForPossibleQuantities({ lines }: OrderSubmitted): readonly RejectedLine[] {
  if (areOfDifferentProducts(lines)) return refuseThose(lines, 'quantity_out_of_range', isOfImpossibleQuantity);
  const together = new Map<string, number>();
  for (const { productId, quantity } of lines) together.set(productId, (together.get(productId) ?? 0) + quantity);
  return refuseThose(lines, 'quantity_out_of_range', (line) => {
    return isOfImpossibleQuantity(line) || isImpossible(together.get(line.productId) ?? 0);
  });
}

const isImpossible = (quantity: number) => quantity < 1 || quantity > mostUnits;
const isOfImpossibleQuantity = ({ quantity }: OrderLine) => isImpossible(quantity);

function quotesAProductOnce({ lines }: OrderSubmitted): readonly RejectedLine[] {
  if (areOfDifferentProducts(lines)) return none;
  const firsts = new Map<string, OrderLine>();
  for (const line of lines) if (!firsts.has(line.productId)) firsts.set(line.productId, line);
  const quote = (line: OrderLine | undefined) => `${line?.unitPrice}/${line?.weightGrams}/${line?.productVersion}`;
  return refuseThose(lines, 'price_mismatch', (line) => quote(line) !== quote(firsts.get(line.productId)));
}

function isHeldForAPossibleTime({ holdMillis, lines }: OrderSubmitted): readonly RejectedLine[] {
  return holdMillis >= 1 && holdMillis <= longestHoldMillis ? none : refuse(lines, 'hold_time_out_of_range');
}

function costsWhatWasQuoted({ lines, shipTo, currency, totals }: OrderSubmitted): readonly RejectedLine[] {
  const expected = totalsOf(lines, { country: shipTo.country, currency });
  if (typeof expected === 'string') return refuse(lines, expected);
  return equalTotals(expected, totals) ? none : refuse(lines, 'totals_mismatch');
}

function refuseThose(
  lines: readonly OrderLine[],
  reason: LineRefusalReason,
  isBad: (line: OrderLine) => boolean,
): readonly RejectedLine[] {
  return lines.some(isBad) ? refuse(lines.filter(isBad), reason) : none;
}

function refuse(lines: readonly OrderLine[], reason: LineRefusalReason): RejectedLine[] {
  return lines.map(({ line, productId }) => ({ line, productId, reason }));
}
