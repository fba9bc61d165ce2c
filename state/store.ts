// The store port: one ordered key-value store a worker thread, with atomic batches. Bytes in, bytes out.
// It promises atomicity and order, not durability: the log is the truth, and the changelog's tail is read again.

import type { RecordSpans } from '../log/record-spans.ts';

export interface StoreEntry {
  readonly key: Buffer;
  readonly value: Buffer;
}

/** Half-open: `gte <= key < lt`, in byte order. */
export interface KeyRange {
  readonly gte: Buffer;
  readonly lt: Buffer;
}

export interface ScanOptions {
  readonly limit: number;
  readonly reverse?: boolean;
}

/** Many entries that lie in one stretch of bytes. */
export interface EntryRun {
  readonly bytes: Buffer;
  /** Stands before the key of each. */
  readonly prefix: Buffer;
  /** Where the keys' rests and the values lie in `bytes`; a tombstone deletes. */
  readonly spans: RecordSpans;
}

/**
 * Collects writes; nothing happens before `Store.write`. Keys and values are not copied: don't change them until the
 * write has resolved. An empty or reversed range deletes nothing.
 */
export interface WriteBatch {
  put(key: Buffer, value: Buffer): void;
  delete(key: Buffer): void;
  putRun(run: EntryRun): void;
  deleteRange(range: KeyRange): void;
  readonly size: number;
}

/** The store as it was at one moment, whatever is written meanwhile. Holds on to old versions until it is closed. */
export interface StoreSnapshot {
  getMany(keys: readonly Buffer[]): Promise<(Buffer | undefined)[]>;
  scan(range: KeyRange, options: ScanOptions): Promise<StoreEntry[]>;
  close(): Promise<void>;
}

/** Every call throws STATE_CLOSED after `close`, and STATE_STORE_DAMAGED if what is stored can't be read. */
export interface Store {
  /** Values in the order of `keys`, undefined where there is none. Don't change them. */
  getMany(keys: readonly Buffer[]): Promise<(Buffer | undefined)[]>;
  /** At most `limit` entries of the range, in key order (or backwards). */
  scan(range: KeyRange, options: ScanOptions): Promise<StoreEntry[]>;
  batch(): WriteBatch;
  /**
   * Applies a batch atomically, in the order of its calls; batches in the order of the writes. After a failure every
   * later write fails as well, so that what is stored stays a prefix of what was written.
   * @throws STATE_STORAGE_FAILED
   */
  write(batch: WriteBatch): Promise<void>;
  /** Of what was written so far: batches are in it as a whole or not at all. Close it before the store. */
  snapshot(): StoreSnapshot;
  /**
   * Absent where there are no files. A directory beside the store's own, for the caller to remove, with links to the
   * files of all that was written before the call; an open store over it has that, and perhaps more.
   * @throws STATE_STORAGE_FAILED
   */
  image?(): Promise<string>;
  /** Waits for writes under way. Closing again does nothing. */
  close(): Promise<void>;
}
