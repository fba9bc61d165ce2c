// The one catalogue of topics: name, key, value, partitions, cleanup, retention. A topic's name stands nowhere else.
// It describes; creating topics and checking what a log really has is the log's admin's work.
import type { Serde } from '../base/serde.ts';
import { bytesSerde, serdeOf } from './serde.ts';
import type { QuarantineCommand } from './types.generated.ts';

/** What a topic is. Structurally the engine's `Topic<V>` and, with the retention, the log's `TopicSpec`. */
export interface TopicEntry<V> {
  readonly name: string;
  /** What the key is, in words. Keys are UTF-8 strings. */
  readonly key: string;
  readonly serde: Serde<V>;
  readonly partitions: number;
  /** `compact` keeps the last value a key, `delete` all of them until the retention is over. */
  readonly cleanup: 'delete' | 'compact';
  /** Milliseconds; undefined keeps records for good. */
  readonly retentionMs: number | undefined;
}

/** Topics that are keyed by product share this count, so that one task owns everything about a product. */
const productPartitions = 8;

/**
 * How many partitions those have, unless somebody says otherwise. The embedded log is one process' with one thread for
 * all tasks: more of them would share nothing out, and lines of one order would have to travel between them.
 */
export const usualPartitions = { kafka: productPartitions, embedded: 1 } as const;

const day = 86_400_000;
/** How far back decisions can be replayed. */
const inputRetention = 30 * day;
/** Views are folds of these topics and must be able to start over. */
const forGood = undefined;

/** Keyed by product or order, kept for as long as decisions can be replayed. */
const kept = { partitions: productPartitions, cleanup: 'delete', retentionMs: inputRetention } as const;
/** The last value a product. */
const compacted = { partitions: productPartitions, cleanup: 'compact', retentionMs: forGood } as const;
/** One task knows the whole. */
const one = { partitions: 1, cleanup: 'delete', retentionMs: inputRetention } as const;
/** The last value of each of few keys. */
const few = { partitions: 2, cleanup: 'compact', retentionMs: forGood } as const;

export const topics = {
  orders: topic({ name: 'orders', key: 'lead product', serde: serdeOf('OrderSubmitted'), ...kept }),
  orderCommands: topic({ name: 'order-commands', key: 'lead product', serde: serdeOf('OrderCommand'), ...kept }),
  // A further step of an order's life, say OrderPlaced: append its record to the union in order-events.avsc, run
  // `node schemas/record.ts`, add the cases that the compiler then misses, and deploy all readers before any writer.
  orderEvents: topic({
    name: 'order-events',
    key: 'order',
    serde: serdeOf('OrderEvent'),
    partitions: 8,
    cleanup: 'delete',
    retentionMs: forGood,
  }),
  stockChanges: topic({ name: 'stock-changes', key: 'product', serde: serdeOf('StockChange'), ...kept }),
  // The ledger: what was ever taken in is its sum.
  stockEvents: topic({
    name: 'stock-events',
    key: 'product',
    serde: serdeOf('StockEvent'),
    ...kept,
    retentionMs: forGood,
  }),
  stockLevels: topic({ name: 'stock-levels', key: 'product', serde: serdeOf('StockLevel'), ...compacted }),
  reservations: topic({ name: 'reservations', key: 'product', serde: serdeOf('ReservationCommand'), ...kept }),
  reservationReplies: topic({
    name: 'reservation-replies',
    key: 'lead product',
    serde: serdeOf('ReservationReply'),
    ...kept,
  }),
  riskChecks: topic({ name: 'risk-checks', key: 'customer or payment token', serde: serdeOf('RiskCheck'), ...kept }),
  riskVerdicts: topic({ name: 'risk-verdicts', key: 'lead product', serde: serdeOf('RiskVerdict'), ...kept }),
  paymentRequests: topic({ name: 'payment-requests', key: 'lead product', serde: serdeOf('PaymentRequest'), ...kept }),
  paymentResults: topic({ name: 'payment-results', key: 'lead product', serde: serdeOf('PaymentResult'), ...kept }),
  shipmentRequests: topic({
    name: 'shipment-requests',
    key: 'lead product',
    serde: serdeOf('ShipmentRequest'),
    ...kept,
  }),
  shipmentUpdates: topic({ name: 'shipment-updates', key: 'lead product', serde: serdeOf('ShipmentUpdate'), ...kept }),
  notifications: topic({ name: 'notifications', key: 'user', serde: serdeOf('Notification'), ...kept }),
  mails: topic({ name: 'mails', key: 'user', serde: serdeOf('MailOutcome'), ...kept }),
  catalogChanges: topic({ name: 'catalog-changes', key: 'product', serde: serdeOf('CatalogChange'), ...kept }),
  catalogEvents: topic({ name: 'catalog-events', key: 'product', serde: serdeOf('CatalogEvent'), ...kept }),
  products: topic({ name: 'products', key: 'product', serde: serdeOf('Product'), ...compacted }),
  productTypes: topic({
    name: 'product-types',
    key: 'product type',
    serde: serdeOf('ProductType'),
    partitions: 2,
    cleanup: 'compact',
    retentionMs: forGood,
  }),
  /** Their partitions are owned by workers, and the feeds in them. */
  feeds: topic({ name: 'feeds', key: 'feed', serde: serdeOf('Feed'), ...few, partitions: 4 }),
  feedPositions: topic({ name: 'feed-positions', key: 'feed, or feed/files', serde: serdeOf('FeedPosition'), ...few }),
  imports: topic({ name: 'imports', key: 'seller/import', serde: serdeOf('Import'), ...few }),
  importTallies: topic({
    name: 'import-tallies',
    key: 'seller/import/partition',
    serde: serdeOf('ImportTally'),
    ...few,
  }),
  shopperEvents: topic({ name: 'shopper-events', key: 'shopper', serde: serdeOf('ShopperEvent'), ...kept }),
  productActivity: topic({ name: 'product-activity', key: 'product', serde: serdeOf('ProductActivity'), ...kept }),
  popularity: topic({ name: 'popularity', key: 'product', serde: serdeOf('Popularity'), ...compacted }),
  searchMisses: topic({ name: 'search-misses', key: 'text', serde: serdeOf('SearchMiss'), ...kept }),
  /** Counts of one day: what is older says nothing. */
  zeroResults: topic({
    name: 'zero-results',
    key: 'text',
    serde: serdeOf('ZeroResults'),
    ...kept,
    retentionMs: 3 * day,
  }),
  reviews: topic({ name: 'reviews', key: 'product', serde: serdeOf('ReviewCommand'), ...kept }),
  // What reviews were ever written is read from it.
  reviewEvents: topic({
    name: 'review-events',
    key: 'product',
    serde: serdeOf('ReviewEvent'),
    ...kept,
    retentionMs: forGood,
  }),
  ratings: topic({ name: 'ratings', key: 'product', serde: serdeOf('Rating'), ...compacted }),
  stockedWarehouses: topic({
    name: 'stocked-warehouses',
    key: 'warehouse',
    serde: serdeOf('StockedWarehouse'),
    ...few,
  }),
  listingParts: topic({ name: 'listing-parts', key: 'listing', serde: serdeOf('ListingPart'), ...kept }),
  listings: topic({ name: 'listings', key: 'listing', serde: serdeOf('Listing'), ...compacted }),
  logisticsChanges: topic({
    name: 'logistics-changes',
    key: 'part of the network',
    serde: serdeOf('LogisticsChange'),
    ...one,
  }),
  // What the network is made of is its fold.
  logisticsEvents: topic({
    name: 'logistics-events',
    key: 'part of the network',
    serde: serdeOf('LogisticsEvent'),
    ...one,
    retentionMs: forGood,
  }),
  deliveryOptions: topic({
    name: 'delivery-options',
    key: 'part of the network',
    serde: serdeOf('DeliveryEntry'),
    ...one,
    cleanup: 'compact',
    retentionMs: forGood,
  }),
  users: topic({
    name: 'users',
    key: 'e-mail address',
    serde: serdeOf('UserEvent'),
    partitions: 2,
    cleanup: 'delete',
    retentionMs: forGood,
  }),
  repairs: topic({ name: 'repairs', key: 'product', serde: serdeOf('StockRepair'), ...kept }),
  /** One partition: which set of views answers follows from the order. */
  viewGenerations: topic({
    name: 'view-generations',
    key: 'generation',
    serde: serdeOf('ViewGenerationEvent'),
    partitions: 1,
    cleanup: 'delete',
    retentionMs: forGood,
  }),
  /** One partition: which settings hold follows from the order. */
  searchSettings: topic({
    name: 'search-settings',
    key: 'always the same',
    serde: serdeOf('SearchSettingsChange'),
    partitions: 1,
    cleanup: 'delete',
    retentionMs: forGood,
  }),
  /** One partition, so that it reads in the order of its writing. */
  audit: topic({
    name: 'audit',
    key: 'what it is about',
    serde: serdeOf('AuditEntry'),
    partitions: 1,
    cleanup: 'delete',
    retentionMs: forGood,
  }),
  // Each has as many partitions as the topology that it belongs to.
  shopQuarantine: topic({
    name: 'shop-quarantine',
    key: 'the key that stands still',
    serde: serdeOf('QuarantineCommand'),
    ...kept,
  }),
  discoveryQuarantine: topic({
    name: 'discovery-quarantine',
    key: 'the key that stands still',
    serde: serdeOf('QuarantineCommand'),
    ...kept,
  }),
  logisticsQuarantine: topic({
    name: 'logistics-quarantine',
    key: 'the key that stands still',
    serde: serdeOf('QuarantineCommand'),
    ...one,
  }),
  /** What became of dead letters: one that is marked is over. It outlives what it marks. */
  deadLetterMarks: topic({
    name: 'dead-letter-marks',
    key: 'id of the dead letter',
    serde: serdeOf('DeadLetterMark'),
    partitions: 1,
    cleanup: 'delete',
    retentionMs: 90 * day,
  }),
  deadLetters: topic({
    name: 'dead-letters',
    key: 'the original key',
    serde: bytesSerde,
    partitions: 1,
    cleanup: 'delete',
    retentionMs: 90 * day,
  }),
};

/** Where decisions on what stands still go, by topology. */
export const quarantineTopics: ReadonlyMap<string, TopicEntry<QuarantineCommand>> = new Map([
  ['shop', topics.shopQuarantine],
  ['discovery', topics.discoveryQuarantine],
  ['logistics', topics.logisticsQuarantine],
]);

/** The catalogue, perhaps with other partition counts. */
export type Topics = typeof topics;

/** Topics whose partition count is a matter of size: all that are keyed by product or order. */
export const sizedTopics: readonly string[] = Object.values(topics)
  .filter(({ partitions }) => partitions === productPartitions)
  .map(({ name }) => name);

/** The catalogue with the partition counts that a log has; those of topics that `counts` lacks stay. */
export function withPartitions(counts: ReadonlyMap<string, number>): Topics {
  const entries = Object.entries(topics).map(([name, entry]) => {
    return [name, { ...entry, partitions: counts.get(entry.name) ?? entry.partitions }];
  });
  return Object.fromEntries(entries);
}

/** Keeps the type of the value, which `satisfies` would lose. */
function topic<V>(entry: TopicEntry<V>): TopicEntry<V> {
  return entry;
}
