// The documents port: JSON documents by id, kept by view tasks, read by the gateway. Every write carries the place of
// its record in the log; a write that isn't newer than the document's last one changes nothing, so replays are harmless.
import type { SourcePosition, ViewSink } from '../../streams/api.ts';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [field: string]: Json };
export type JsonObject = { readonly [field: string]: Json };

/** A document as it is read: its id, and the fields that were set. */
export interface StoredDocument {
  readonly id: string;
  readonly fields: JsonObject;
  /** The offset of the record that last changed it. */
  readonly position: number;
}

/**
 * One idempotent change of one document. A document is fed by one partition of one topic, so offsets order its writes,
 * and one record writes a document once at most: a second write at the same position is taken for a replay.
 * - `upsert` replaces the given top-level fields as wholes, and appends one element to each array of `append` (made if
 *   it isn't there). A field is set or appended to, never both. It makes the document if need be.
 * - `insert` makes the document if it isn't there, else changes nothing: the first record wins.
 * - `delete` removes it from reads; its position stays, so an older write that is replayed doesn't bring it back.
 *
 * Names of collections and of top-level fields are letters, digits and `_`, a letter first; `id` isn't a field.
 */
export type DocumentWrite = {
  readonly collection: string;
  readonly id: string;
  readonly position: SourcePosition;
} & (
  | { readonly kind: 'upsert'; readonly set: JsonObject; readonly append?: JsonObject }
  | { readonly kind: 'insert'; readonly set: JsonObject }
  | { readonly kind: 'delete' }
);

/** An index over top-level or dotted fields, for `find`; the id follows as its last part. */
export interface IndexSpec {
  readonly name: string;
  readonly fields: readonly string[];
  /** The first field is a list, for `contains`. SQLite has no such index: it looks through what other conditions leave. */
  readonly isOfList?: true;
}

export interface CollectionSpec {
  readonly name: string;
  /** The most selective first: it is preferred where two serve a query. */
  readonly indexes: readonly IndexSpec[];
}

/**
 * On a top-level or dotted field, or on `id`. A field that is asked for holds one kind of scalar in all documents, or
 * null. `null` also finds documents without the field; ranges find neither. Strings compare by their UTF-8 bytes.
 */
export type Condition =
  | string
  | number
  | boolean
  | null
  | { readonly in: readonly (string | number)[] }
  | { readonly gte?: string | number; readonly lt?: string | number }
  /** Of a field that holds a list of scalars in all documents, or is missing: one of them. */
  | { readonly contains: string | number };

/**
 * Sorted by one field, then by id, both in one direction; null and missing come before every value. Pages go on after
 * the last document of the one before, so documents that come or go meanwhile neither repeat nor hide others.
 */
export interface FindQuery {
  readonly where: { readonly [field: string]: Condition };
  readonly sort: { readonly field: string; readonly direction: 'asc' | 'desc' };
  /** 1 to 1,000. */
  readonly limit: number;
  /** As given by the page before, for the same query; opaque. @throws DOCUMENTS_CURSOR_INVALID for any other text */
  readonly cursor?: string | undefined;
}

export interface FindPage {
  readonly documents: readonly StoredDocument[];
  /** Undefined on the last page. */
  readonly cursor?: string | undefined;
}

/** Every call throws DOCUMENTS_UNAVAILABLE if the adapter can't answer now or was closed: try again later. */
export interface Documents extends ViewSink<DocumentWrite> {
  /**
   * Makes collections and indexes that are missing. An index that differs from its spec is remade, or reported where
   * others may depend on it; finds are right either way. Called once before anything else.
   */
  open(collections: readonly CollectionSpec[]): Promise<void>;
  /** Applies writes in their order. After a failure some may have been applied: apply all of them again. */
  apply(writes: readonly DocumentWrite[]): Promise<void>;
  get(collection: string, id: string): Promise<StoredDocument | undefined>;
  /** In the order of `ids`. */
  getMany(collection: string, ids: readonly string[]): Promise<(StoredDocument | undefined)[]>;
  /**
   * Drops documents as if they had never been, positions included; each only if nothing was written to it since it was
   * read: a later write starts a document afresh.
   */
  forget(collection: string, read: readonly Pick<StoredDocument, 'id' | 'position'>[]): Promise<void>;
  find(collection: string, query: FindQuery): Promise<FindPage>;
  /** How many documents there are. */
  count(collection: string): Promise<number>;
  /** Empties a collection, positions included, so that the log can be replayed into it. */
  clear(collection: string): Promise<void>;
  ping(): Promise<void>;
  close(): Promise<void>;
  /** Drops the collections that it was opened with, and closes. */
  remove(): Promise<void>;
}
