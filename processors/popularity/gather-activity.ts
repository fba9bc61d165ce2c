// What shoppers of one task do with a product is summed for a second before it goes to the product's task: a product that
// everybody looks at makes a few records a second, not thousands.
import type { ActivityBatch, ActivityKind, ProductActivity } from '../../schemas/types.generated.ts';
import type { Context, TimerProcessor } from '../../streams/api.ts';

export interface GatherWiring {
  readonly stores: { readonly activityBatches: ActivityBatch };
  readonly outputs: { readonly productActivity: ProductActivity };
  readonly timers: 'activity';
}

const gatherMs = 1_000;
/** To what the time of a sum is rounded down: far less than any window, far more than a second. */
const roundedToMs = 10_000;

export const sendActivity: TimerProcessor<GatherWiring> = {
  name: 'send-activity',

  fire(productId, { stores, forward }) {
    const { sums } = stores.activityBatches.get(productId) ?? { sums: [] };
    for (const sum of sums) {
      forward('productActivity', productId, { productId, variantId: '', shopperId: '', orderId: '', ...sum });
    }
    stores.activityBatches.delete(productId);
  },
};

/** Adds what one shopper did to the sums. */
export function gatherActivity(
  { stores, timers, now }: Pick<Context<GatherWiring>, 'stores' | 'timers' | 'now'>,
  productId: string,
  { kinds, at: exactly, quantity }: { kinds: readonly ActivityKind[]; at: number; quantity: number },
): void {
  const before = stores.activityBatches.get(productId);
  const at = Math.floor(exactly / roundedToMs) * roundedToMs;
  let sums = before?.sums ?? [];
  for (const kind of kinds) {
    const known = sums.find((sum) => sum.kind === kind && sum.at === at);
    const sum = { kind, at, quantity: (known?.quantity ?? 0) + quantity };
    sums = known === undefined ? [...sums, sum] : sums.map((each) => (each === known ? sum : each));
  }
  stores.activityBatches.put(productId, { sums });
  if (before === undefined) timers.activity.set(productId, now + gatherMs);
}
