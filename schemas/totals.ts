// What an order costs: the one pure function that the gateway quotes with and accept-order checks with.
// Integers only, in the minor unit of the order's currency. Tax is rounded once, half up, on the whole order.
import { isSupportedCurrency, shippingRates, taxBasisPoints, zoneOf } from './rates.ts';
import type { OrderLine, Totals } from './types.generated.ts';

export interface PricedLine extends Pick<OrderLine, 'quantity' | 'unitPrice' | 'weightGrams'> {}

/** Where it goes and what it's paid in: ISO 3166-1 alpha-2 and ISO 4217, both upper case. */
export interface Terms {
  readonly country: string;
  readonly currency: string;
}

/** Why an order can't be priced. */
export type TotalsRefusal = 'unsupported_country' | 'unsupported_currency' | 'amount_out_of_range';

/** No sum may be above this, so that every step stays a safe integer: a billion in a currency with cents. */
export const largestAmount = 100_000_000_000;
/** Ten thousand tonnes. */
const largestWeightGrams = 10_000_000_000;

const basisPoints = 10_000;
const gramsPerKilogram = 1000;

/** What `lines` cost together, or why they can't be priced. Prices and weights must be whole and not negative. */
export function totalsOf(lines: readonly PricedLine[], { country, currency }: Terms): Totals | TotalsRefusal {
  if (!/^[A-Z]{2}$/.test(country)) return 'unsupported_country';
  const rates = isSupportedCurrency(currency) ? shippingRates[currency] : undefined;
  if (rates === undefined) return 'unsupported_currency';

  const subtotal = sum(lines, (line) => line.unitPrice, largestAmount);
  const weight = sum(lines, (line) => line.weightGrams, largestWeightGrams);
  if (subtotal === undefined || weight === undefined) return 'amount_out_of_range';

  const { parcel, perKilogram } = rates[zoneOf(country)];
  const shipping = parcel + perKilogram * Math.ceil(weight / gramsPerKilogram);
  const tax = Math.floor(((subtotal + shipping) * (taxBasisPoints[country] ?? 0) + basisPoints / 2) / basisPoints);
  const total = subtotal + shipping + tax;
  return total > largestAmount ? 'amount_out_of_range' : { subtotal, shipping, tax, total };
}

export function equalTotals(one: Totals, other: Totals): boolean {
  return (
    one.subtotal === other.subtotal &&
    one.shipping === other.shipping &&
    one.tax === other.tax &&
    one.total === other.total
  );
}

/** Sum of quantity times `each`, or undefined if a factor isn't a count or the sum is above `limit`. */
function sum(lines: readonly PricedLine[], each: (line: PricedLine) => number, limit: number): number | undefined {
  let total = 0;
  for (const line of lines) {
    const factor = each(line);
    if (!isCount(line.quantity) || !isCount(factor)) return undefined;
    total += line.quantity * factor;
    if (total > limit) return undefined;
  }
  return total;
}

const isCount = (value: number) => Number.isSafeInteger(value) && value >= 0;
