// Orders whose payment succeeds close to the end of their hold, or after it: some of scarce products, some cancelled by
// their shopper at that moment. Everything follows from the seed but the moments at which it happens.
import { type Random, seededRandom } from '../../../base/random.ts';
import { productIdOf } from '../../../bench/feeder.ts';
import { totalsOf } from '../../../schemas/totals.ts';
import type { OrderSubmitted } from '../../../schemas/types.generated.ts';
import { shipTo } from '../server.ts';

export const products = 16;
const currency = 'EUR';
/** Every second product: fewer than are asked for, so that most of it is taken again once a hold has run out. */
const scarceUnits = 14;
const plentifulUnits = 10_000;
/** From an order's submission until its payment is asked for, roughly, in milliseconds. */
const workMs = 150;

export interface LateOrder {
  readonly submitted: OrderSubmitted;
  /** Milliseconds after its submission; undefined if its shopper never cancels it. */
  readonly cancelAfter: number | undefined;
}

export function unitsOf(product: number): number {
  return product % 2 === 0 ? scarceUnits : plentifulUnits;
}

export function* lateOrders(count: number, seed: number): Generator<LateOrder> {
  const random = seededRandom(seed);
  for (let id = 0; id < count; id++) {
    const seconds = 1 + random.int(2);
    const successAfter = seconds * 1_000 + workMs;
    const token = random.next() < 0.1 ? 'tok_duplicate' : `tok_late_success_${seconds}`;
    // Most within some tenths of a second before the success or after it.
    const spread = random.next() < 0.7 ? 400 : 1_000;
    const holdMillis = successAfter - spread + random.int(2 * spread);
    const isCancelled = random.next() < 0.2;
    const cancelAfter = isCancelled ? Math.min(holdMillis, successAfter) - 200 + random.int(400) : undefined;
    yield { submitted: orderOf(id, { token, holdMillis, random }), cancelAfter };
  }
}

interface Terms {
  readonly token: string;
  readonly holdMillis: number;
  readonly random: Random;
}

function orderOf(id: number, { token, holdMillis, random }: Terms): OrderSubmitted {
  const wanted = new Set(Array.from({ length: 1 + random.int(3) }, () => productIdOf(random.int(products))));
  const lines = [...wanted].map((productId, index) => {
    const quoted = { unitPrice: 1_000, productVersion: 1, weightGrams: 100, sellerId: 'seller' };
    return { line: index + 1, productId, quantity: 1 + random.int(2), ...quoted };
  });
  const totals = totalsOf(lines, { country: shipTo.country, currency });
  if (typeof totals === 'string') throw new Error(totals);
  return {
    orderId: `${String(id).padStart(22, '0')}~${lines[0]!.productId}`,
    customerId: `customer-${id}`,
    currency,
    lines,
    shipTo,
    payment: { method: 'card', token, collect: true, billingCountry: '', billingPostalCode: '' },
    totals,
    warehouses: [],
    promises: [],
    notFrom: [],
    holdMillis,
    placedAt: 0,
    email: `customer-${id}@test.example`,
    customerSince: 0,
  };
}
