// The one catalogue of state stores: name, value, and when an entry vanishes by itself.
// Entries of what is open never vanish; what has ended stays for the idempotency window, so that a repetition finds it.
import { unreachable } from '../base/assert.ts';
import type { Serde } from '../base/serde.ts';
import { serdeOf } from './serde.ts';
import type { HoldState, OrderState } from './types.generated.ts';

/** A keyed state store. Structurally the engine's `StoreSpec<V>`. */
export interface StoreEntry<V> {
  readonly name: string;
  /** What the key is, in words. */
  readonly key: string;
  readonly serde: Serde<V>;
  /** Milliseconds since the Unix epoch, or undefined to stay. */
  readonly expiresAt?: (value: V) => number | undefined;
  /** Most keys that are looked up are new. */
  readonly hasNewKeys?: boolean;
}

const day = 86_400_000;

/** For how long an order, a hold or a change is remembered after its end, in milliseconds. */
export const idempotencyWindowMs = 7 * day;

/** For how long after its delivery an order may be sent back, in milliseconds. */
export const returnWindowMs = 30 * day;

/** For how long after its last change the changes of an import are counted, in milliseconds. */
const importWindowMs = 30 * day;

/** For how long after it happened a shopper's event is still taken, and known as counted, in milliseconds. */
export const shopperEventWindowMs = day;

/** Of the topology that shows what is decided elsewhere. */
const discoveryStores = {
  stockedWarehouses: { name: 'stocked-warehouses', key: 'warehouse id', serde: serdeOf('StockedWarehouse') },
  offers: { name: 'offers', key: 'product id', serde: serdeOf('OfferState') },
  listings: { name: 'listings', key: 'listing id', serde: serdeOf('ListingState') },
  seenEvents: {
    name: 'seen-events',
    key: '<shopper id>/<product id> or <shopper id>?<text>',
    serde: serdeOf('SeenEvents'),
    expiresAt: (value: { readonly events: readonly { readonly at: number }[] }) => {
      return Math.max(...value.events.map(({ at }) => at)) + shopperEventWindowMs;
    },
  },
  activityBatches: { name: 'activity-batches', key: 'product id', serde: serdeOf('ActivityBatch') },
  popularity: { name: 'popularity', key: 'product id', serde: serdeOf('PopularityState') },
  zeroResults: { name: 'zero-results', key: 'text', serde: serdeOf('ZeroResultsState') },
  verifiedPurchases: {
    name: 'verified-purchases',
    key: '<product id>/<customer id>',
    serde: serdeOf('VerifiedPurchase'),
  },
  reviews: { name: 'reviews', key: '<product id>/<review id>', serde: serdeOf('ReviewState') },
  reviewVotes: {
    name: 'review-votes',
    key: '<product id>/<review id>/<customer id>',
    serde: serdeOf('ReviewVote'),
  },
  ratings: { name: 'ratings', key: 'product id', serde: serdeOf('Rating') },
};

const parentVersions = {
  name: 'parent-versions',
  key: '<variant id>/<product id>',
  serde: serdeOf('ParentVersion'),
};

/** @param windowMs for how long what has ended is remembered, in milliseconds */
export function storesFor(windowMs: number = idempotencyWindowMs) {
  const after = (endedAt: number | undefined) => (endedAt === undefined ? undefined : endedAt + windowMs);
  return {
    orders: {
      name: 'orders',
      key: 'order id',
      hasNewKeys: true,
      serde: serdeOf('OrderState'),
      expiresAt: (value) => after(orderEndedAt(value)),
    } satisfies StoreEntry<OrderState>,
    stock: { name: 'stock', key: 'product id', serde: serdeOf('StockState') },
    holds: {
      name: 'holds',
      key: '<product id>/<order id>',
      hasNewKeys: true,
      serde: serdeOf('HoldState'),
      expiresAt: (value) => after(holdEndedAt(value)),
    } satisfies StoreEntry<HoldState>,
    purchases: { name: 'purchases', key: '<product id>/<customer id>', serde: serdeOf('CustomerPurchases') },
    stockOutcomes: {
      name: 'stock-outcomes',
      key: '<product id>/<change id>',
      hasNewKeys: true,
      serde: serdeOf('StockEvent'),
      expiresAt: (value: { readonly at: number }) => after(value.at),
    },
    recentPayments: {
      name: 'recent-payments',
      key: 'customer/<id> or token/<hash>',
      hasNewKeys: true,
      serde: serdeOf('RecentPayments'),
      expiresAt: (value: { readonly orders: readonly { readonly at: number }[] }) => after(value.orders.at(-1)?.at),
    },
    products: { name: 'products', key: 'product id', serde: serdeOf('Product') },
    parentVersions,
    catalogOutcomes: {
      name: 'catalog-outcomes',
      key: '<product id>/<change id>',
      hasNewKeys: true,
      serde: serdeOf('CatalogEvent'),
      expiresAt: (value: { readonly at: number }) => after(value.at),
    },
    importTallies: {
      name: 'import-tallies',
      key: '<seller id>/<import id>',
      serde: serdeOf('ImportTally'),
      expiresAt: (value: { readonly at: number }) => value.at + importWindowMs,
    },
    ...discoveryStores,
    reviewOutcomes: {
      name: 'review-outcomes',
      key: '<product id>/<command id>',
      hasNewKeys: true,
      serde: serdeOf('ReviewOutcome'),
      expiresAt: (value: { readonly at: number }) => after(value.at),
    },
    warehouses: { name: 'warehouses', key: 'warehouse id', serde: serdeOf('WarehouseState') },
    areas: { name: 'areas', key: 'area id', serde: serdeOf('AreaState') },
    routes: { name: 'routes', key: 'route id', serde: serdeOf('RouteState') },
    networkOutcomes: {
      name: 'network-outcomes',
      key: 'change id',
      serde: serdeOf('LogisticsEvent'),
      expiresAt: (value: { readonly at: number }) => after(value.at),
    },
  };
}

/** All stores, each with its own type. */
export type Stores = ReturnType<typeof storesFor>;

/** When an order ended, undefined while it is open. */
function orderEndedAt({ phase }: OrderState): number | undefined {
  switch (phase.type) {
    case 'AwaitingReservations':
    case 'Reserved':
    case 'Assessing':
    case 'InReview':
    case 'Authorizing':
    case 'Capturing':
    case 'CancelledVoiding':
    case 'CancelledRefunding':
    case 'Retaking':
    case 'Placed':
    case 'InTransit':
    case 'Returning':
    case 'Refunding':
      return undefined;
    case 'Delivered':
      return phase.endedAt + returnWindowMs;
    case 'Rejected':
    case 'Cancelled':
    case 'CancelledEarly':
    case 'CancelledUnpaid':
    case 'Refunded':
      return phase.endedAt;
    default:
      return unreachable(phase);
  }
}

/** When a hold ended, undefined while it is open. */
function holdEndedAt({ phase }: HoldState): number | undefined {
  switch (phase.type) {
    case 'HoldOpen':
      return undefined;
    case 'HoldRefused':
    case 'HoldReleased':
    case 'HoldCommitted':
    case 'HoldReturned':
      return phase.endedAt;
    default:
      return unreachable(phase);
  }
}
