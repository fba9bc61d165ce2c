// The one list of document collections: what each is fed from, and the indexes that the gateway's queries need.
import type { CollectionSpec } from './documents/documents.ts';

export const collections = {
  /**
   * By order id; from order-events. order-document.ts says what is in one. Orders that ended long ago are in the archive
   * alone, and a document without `placedAt` is no order: read them through archive/read-orders.ts.
   */
  orders: {
    name: 'orders',
    indexes: [
      { name: 'byCustomer', fields: ['customerId', 'placedAt'] },
      { name: 'bySeller', fields: ['sellers', 'placedAt'], isOfList: true },
      { name: 'byStatus', fields: ['status', 'placedAt'] },
      { name: 'byAge', fields: ['status', 'updatedAt'] },
      { name: 'byTime', fields: ['placedAt'] },
      { name: 'byReview', fields: ['review', 'placedAt'] },
    ],
  },
  /** By product id; from products: the product as it stands. */
  products: {
    name: 'products',
    indexes: [
      // Lists leave variants out, unless they are those of one product.
      { name: 'byCategory', fields: ['category', 'variantOf'] },
      { name: 'byBrand', fields: ['brand', 'variantOf'] },
      { name: 'bySeller', fields: ['sellerId', 'variantOf'] },
      { name: 'byVariantOf', fields: ['variantOf'] },
    ],
  },
  /** By review id; from review-events: reviews, those that are not published too. */
  reviews: {
    name: 'reviews',
    indexes: [
      { name: 'byHelpful', fields: ['productId', 'status', 'helpful'] },
      { name: 'byTime', fields: ['productId', 'status', 'createdAt'] },
      { name: 'byRating', fields: ['productId', 'status', 'rating'] },
      { name: 'byStatus', fields: ['status', 'updatedAt'] },
    ],
  },
  /** By product id; from ratings: how many reviews gave how many stars. */
  ratings: { name: 'ratings', indexes: [] },
  /** By name; from product-types: which attributes products of a type have. */
  productTypes: { name: 'productTypes', indexes: [] },
  /** By product id; from stock-levels: on hand, held, free, by warehouse. */
  stock: { name: 'stock', indexes: [] },
  /** By e-mail address; from users. Holds the hash of the password. */
  users: { name: 'users', indexes: [{ name: 'byUserId', fields: ['userId'] }] },
  /** By notification id; from mails: the mails that were written, and what became of them. */
  outbox: {
    name: 'outbox',
    indexes: [
      { name: 'byOrder', fields: ['orderId', 'at'] },
      { name: 'byUser', fields: ['userId', 'at'] },
      { name: 'byStatus', fields: ['status', 'at'] },
      { name: 'byTime', fields: ['at'] },
    ],
  },
  /** As catalogChanges; from stock-events: what became of a seller's stock changes. */
  stockChanges: {
    name: 'stockChanges',
    indexes: [
      { name: 'byChange', fields: ['changeId', 'at'] },
      { name: 'byRefusal', fields: ['refusedIn'] },
    ],
  },
  /** By product and change id, lines of imports by import and line; from catalog-events: what became of a seller's edits. */
  catalogChanges: { name: 'catalogChanges', indexes: [{ name: 'byRefusal', fields: ['refusedIn'] }] },
  /** By seller and import; from imports: how far each was taken. */
  imports: {
    name: 'imports',
    indexes: [
      { name: 'bySeller', fields: ['sellerId', 'startedAt'] },
      { name: 'byFeed', fields: ['feedId', 'startedAt'] },
    ],
  },
  /** By feed; from feeds: what operators want to have taken in. */
  feeds: { name: 'feeds', indexes: [] },
  /** By feed; from feed-positions: its last run. */
  feedRuns: { name: 'feedRuns', indexes: [] },
  /** By seller, import and partition; from import-tallies: how many lines of an import were decided. */
  importTallies: { name: 'importTallies', indexes: [] },
  /** By kind and id, such as `area/DE-10`; from logistics-events: the parts of the delivery network. */
  network: {
    name: 'network',
    indexes: [
      { name: 'byArea', fields: ['areaId', 'kind'] },
      { name: 'byWarehouse', fields: ['warehouseId', 'kind'] },
      { name: 'byKind', fields: ['kind'] },
    ],
  },
  /** By text; from zero-results: what was looked for without result within a day. */
  zeroResults: { name: 'zeroResults', indexes: [{ name: 'byCount', fields: ['lastDay'] }] },
} as const satisfies Record<string, CollectionSpec>;
