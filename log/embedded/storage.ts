// The small port beneath the embedded log: ordered keys, one atomic and synced batch, range reads both ways.
// Buffers that were handed over are the storage's and are never changed afterwards, by either side.
import { reasonOf, StockstreamError } from '../../base/errors.ts';

export interface StorageEntry {
  readonly key: Buffer;
  readonly value: Buffer;
}

/** Half-open, in byte order: `gte <= key < lt`. */
export interface StorageRange {
  readonly gte: Buffer;
  readonly lt: Buffer;
}

export interface ReadOptions {
  /** From the last key backwards. */
  readonly reverse?: boolean;
  /** At most so many entries. */
  readonly limit?: number;
  /** Stops after the entry with which keys and values reach so many bytes: at least one entry comes. */
  readonly maxBytes?: number;
}

export type StorageOperation =
  | {
      readonly type: 'put';
      readonly key: Buffer;
      readonly value: Buffer;
      /** The key has a large value, whose room is to be given back. Said where it is known: looking for it costs a read. */
      readonly replaces?: boolean;
    }
  | { readonly type: 'del'; readonly key: Buffer };

export interface LogStorage {
  /** Names the storage in errors: its directory. */
  readonly location: string;
  read(range: StorageRange, options?: ReadOptions): Promise<StorageEntry[]>;
  /** All of it or nothing, in the order given, and safe from a power cut once resolved. */
  write(operations: StorageOperation[]): Promise<void>;
  /** A hint that much was deleted in this range, so that its room can be given back. It may take long. */
  reclaim?(range: StorageRange): Promise<void>;
  close(): Promise<void>;
}

/** The error of a log whose storage did not `opened`, `read`, `written` or `closed`. */
export function storageFailed(directory: string, action: string, cause: unknown): StockstreamError {
  if (cause instanceof StockstreamError) return cause;
  return new StockstreamError('LOG_STORAGE_FAILED', { directory, action, reason: reasonOf(cause) }, cause);
}
