// Counts what shoppers do, each thing once: what they do with a product goes to the product, a search that found nothing to
// its text. What comes after a day is late, and dropped.
import { unreachable } from '../../base/assert.ts';
import { shopperEventWindowMs } from '../../schemas/stores.ts';
import type { ActivityKind, Searched, SearchMiss, SeenEvents, ShopperEvent } from '../../schemas/types.generated.ts';
import type { Context, Processor } from '../../streams/api.ts';
import { requireKey } from '../require-key.ts';
import { countedUnits } from './counts.ts';
import { type GatherWiring, gatherActivity } from './gather-activity.ts';
import { nothingSeen, seenAfter } from './seen.ts';

interface ShopperWiring {
  readonly stores: GatherWiring['stores'] & { readonly seenEvents: SeenEvents };
  readonly outputs: GatherWiring['outputs'] & { readonly searchMisses: SearchMiss };
  readonly timers: GatherWiring['timers'];
}

export const countShopperEvent: Processor<ShopperEvent, ShopperWiring> = {
  name: 'count-shopper-event',

  process(record, context) {
    const { shopperId, event } = record.value;
    requireKey(record, shopperId);
    switch (event.type) {
      case 'ProductViewed': {
        const { productId, query } = event;
        const kinds: ActivityKind[] = query === '' ? ['viewed'] : ['viewed', 'chosen'];
        return countActivity(context, record.value, { productId, kinds, isLook: true });
      }
      case 'CartAdded': {
        const { productId, quantity } = event;
        return countActivity(context, record.value, { productId, kinds: ['carted'], quantity: countedUnits(quantity) });
      }
      case 'ProductWished':
        return countActivity(context, record.value, { productId: event.productId, kinds: ['wished'] });
      case 'Searched': {
        if (!isMiss(event)) return;
        const { query, language } = event;
        if (isNew(context, record.value, { key: seenKey(record.value), isLook: true })) {
          context.forward('searchMisses', query, { query, language, at: timeOf(context, record.value) });
        }
        return;
      }
      default:
        return unreachable(event);
    }
  },

  prefetch: ({ value }) => ({
    seenEvents: value.event.type === 'Searched' && !isMiss(value.event) ? [] : [seenKey(value)],
    activityBatches: 'productId' in value.event ? [value.event.productId] : [],
  }),
};

function isMiss({ query, results }: Searched): boolean {
  return results === 0 && query !== '';
}

interface Activity {
  readonly productId: string;
  readonly kinds: readonly ActivityKind[];
  readonly quantity?: number;
  readonly isLook?: boolean;
}

function countActivity(context: Context<ShopperWiring>, of: ShopperEvent, activity: Activity): void {
  const { productId, kinds, quantity = 1, isLook = false } = activity;
  if (!isNew(context, of, { key: seenKey(of), isLook })) return;
  gatherActivity(context, productId, { kinds, at: timeOf(context, of), quantity });
}

/** Whether it is to be counted; it is known as counted from then on. */
function isNew(
  { stores, drop, now }: Context<ShopperWiring>,
  { eventId, at }: ShopperEvent,
  { key, isLook }: { key: string; isLook: boolean },
): boolean {
  const windowMs = shopperEventWindowMs;
  if (at <= now - windowMs) {
    drop('late');
    return false;
  }
  const seen = stores.seenEvents.get(key) ?? nothingSeen;
  const after = seenAfter(seen, { eventId, at, isLook }, { now, windowMs });
  if (after !== undefined) stores.seenEvents.put(key, after);
  return after !== undefined;
}

/** The clocks of gateways may be a little ahead of this machine's. */
function timeOf({ now }: Context<ShopperWiring>, { at }: ShopperEvent): number {
  return Math.min(at, now);
}

function seenKey({ shopperId, event }: ShopperEvent): string {
  return event.type === 'Searched' ? `${shopperId}?${event.query}` : `${shopperId}/${event.productId}`;
}
