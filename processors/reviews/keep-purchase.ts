// Remembers who has received a product: they may review it. The first order counts, and sending it back takes nothing away.
import type { ProductActivity, VerifiedPurchase } from '../../schemas/types.generated.ts';
import type { Context } from '../../streams/api.ts';

export interface PurchaseWiring {
  readonly stores: { readonly verifiedPurchases: VerifiedPurchase };
  readonly outputs: object;
  readonly timers: never;
}

export function keepPurchase(
  { stores }: Pick<Context<PurchaseWiring>, 'stores'>,
  { productId, shopperId, orderId, at }: ProductActivity,
): void {
  const key = `${productId}/${shopperId}`;
  if (stores.verifiedPurchases.get(key) === undefined) stores.verifiedPurchases.put(key, { orderId, at });
}
