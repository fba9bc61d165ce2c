// What the shoppers of `stockstream life` want: everything follows from the seed and an order's number, so that a shop
// that was killed and a checker that wasn't there agree on it.
import { createHash } from 'node:crypto';
import { orderIdFor } from '../../schemas/ids.ts';
import { totalsOf } from '../../schemas/totals.ts';
import type { OrderSubmitted } from '../../schemas/types.generated.ts';

const currency = 'EUR';
const shipTo = { name: 'A Name', street: 'A Street 1', city: 'A City', postalCode: '12345', country: 'DE' };
export const unitPrice = 1_000;
export const weightGrams = 400;
export const warehouses = ['east', 'west'] as const;

/** How the payments of so many orders go that don't just succeed. */
export const paymentRates = [
  'decline=0.08',
  'pending=0.03',
  'late_success=0.1',
  'duplicate=0.05',
  'error_500=0.03',
  'timeout=0.002',
  'capture_refused=0.03',
  'capture_no_answer_then_works=0.002',
  'refund_error_500=0.02',
];

/** A number from 0 to 1 for each question about an order. */
export function share(seed: number, order: string | number, question: string): number {
  return createHash('sha256').update(`${seed} ${order} ${question}`).digest().readUInt32BE() / 2 ** 32;
}

export const productIdOf = (product: number): string => `p${product}`;

/** So many units of each product in each warehouse that about one order in ten finds too few. */
export function unitsOf(orders: number, products: number): number {
  return Math.ceil(((orders / products) * 1.9) / warehouses.length);
}

export class Wishes {
  readonly #seed: number;
  readonly #products: number;

  constructor(seed: number, products: number) {
    this.#seed = seed;
    this.#products = products;
  }

  /** `at`: milliseconds since the Unix epoch. */
  order(number: number, at: number): OrderSubmitted {
    const draw = (question: string) => share(this.#seed, number, question);
    const wanted = new Set<string>();
    const count = draw('lines') < 0.6 ? 1 : draw('lines') < 0.9 ? 2 : 3;
    for (let line = 0; wanted.size < count; line++) {
      wanted.add(productIdOf(Math.floor(draw(`product ${line}`) * this.#products)));
    }
    const lines = [...wanted].map((productId, index) => {
      const quantity = 1 + Math.floor(draw(`quantity ${index}`) * 2);
      return { line: index + 1, productId, quantity, unitPrice, productVersion: 1, weightGrams, sellerId: 'seller' };
    });
    const totals = totalsOf(lines, { country: shipTo.country, currency });
    if (typeof totals === 'string') throw new Error(totals);
    const customerId = `customer-${Math.floor(draw('customer') * 20_000)}`;
    const isSuspicious = draw('suspicious') < 0.03;
    const token = isSuspicious ? 'a-card-that-was-stolen-from-somebody' : `the-card-of-the-${customerId}`;
    const billing = { billingCountry: '', billingPostalCode: '' };
    return {
      orderId: orderIdFor(customerId, `${this.#seed}-${number}`, lines[0]!.productId),
      customerId,
      currency,
      lines,
      shipTo,
      payment: { method: 'card', token, collect: true, ...billing },
      totals,
      warehouses: draw('preference') < 0.5 ? [...warehouses] : [],
      promises: [],
      notFrom: [],
      // Some payments that come late come before the end of the hold, most after it.
      holdMillis: 1_000 + Math.floor(draw('hold') * 7_000),
      placedAt: at,
      email: `${customerId}@shop.example`,
      customerSince: 0,
    };
  }

  isCancelled(orderId: string): boolean {
    return share(this.#seed, orderId, 'cancel') < 0.05;
  }

  isReleased(orderId: string): boolean {
    return share(this.#seed, orderId, 'release') < 0.7;
  }

  isSentBack(orderId: string): boolean {
    return share(this.#seed, orderId, 'return') < 0.1;
  }
}
