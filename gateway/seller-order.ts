// An order as one of its sellers sees it: own lines and what they cost, where it goes by country, what happened and
// when. Other sellers' lines, the customer's address and the money as a whole are none of a seller's business.
import type { OrderAnswer } from '../views/order-document.ts';

/** Amounts are those of the own lines, without shipping and tax, which are the order's. */
export function forSeller(order: OrderAnswer, sellerId: string): OrderAnswer {
  const lines = order.lines.filter((line) => line.sellerId === sellerId);
  const own = new Set(lines.map(({ productId }) => productId));
  const subtotal = lines.reduce((sum, { quantity, unitPrice }) => sum + quantity * unitPrice, 0);
  const parcels = order.parcels.flatMap((parcel) => {
    const inIt = parcel.lines.filter(({ productId }) => own.has(productId));
    return inIt.length > 0 ? [{ ...parcel, lines: inIt }] : [];
  });
  return {
    ...order,
    lines,
    sellers: [sellerId],
    parcels,
    subtotal,
    shipping: 0,
    tax: 0,
    total: { ...order.total, amount: subtotal },
    shipTo: { name: '', street: '', city: '', postalCode: '', country: order.shipTo.country },
    payment: { ...order.payment, paid: 0 },
    history: order.history.map(({ sequence, type, at }) => ({ sequence, type, at })),
  };
}
