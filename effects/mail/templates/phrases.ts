// Parts of sentences that templates share: amounts, what was ordered, parcels.
import type { Parcel, ParcelLine } from '../../../schemas/types.generated.ts';

const locale = 'en';

/** `(123450, 'EUR')` -> `€1,234.50`: as many decimals as the currency has. A currency that nobody knows stands as it is. */
export function amountOf(amount: number, currency: string): string {
  if (!/^[A-Z]{3}$/.test(currency)) return `${amount} ${currency}`;
  const format = new Intl.NumberFormat(locale, { style: 'currency', currency });
  const { maximumFractionDigits: digits = 0 } = format.resolvedOptions();
  // As a decimal text, which keeps every digit.
  return format.format(`${amount}E-${digits}` as `${number}`);
}

/** `2 x lamp`, a line each. */
export function linesOf(lines: readonly ParcelLine[]): readonly string[] {
  return lines.map(({ productId, quantity }) => `${quantity} x ${productId}`);
}

/** Who brings each parcel, its tracking code if there is one, and what is in it. */
export function parcelsOf(parcels: readonly Parcel[]): readonly string[] {
  return parcels.map(({ carrier, trackingCode, lines }) => {
    const tracking = trackingCode === '' ? '' : `, tracking code ${trackingCode}`;
    return `With ${carrier}${tracking}: ${linesOf(lines).join(', ')}`;
  });
}
