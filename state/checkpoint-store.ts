// The port of what checkpoints are kept in: files by key, each there as a whole or not at all. It knows nothing of tasks.
import type { Readable } from 'node:stream';
import { assert } from '../base/assert.ts';
import { isStockstreamError, type StockstreamError } from '../base/errors.ts';

export interface StoredFile {
  /** How many bytes the stream gives. */
  readonly bytes: number;
  /** To be read to its end, or destroyed. */
  readonly stream: Readable;
}

/** Every call throws CHECKPOINTS_UNAVAILABLE if files can't be reached now or were closed, CHECKPOINTS_REFUSED if never. */
export interface CheckpointStore {
  /** Where it is, for people. */
  readonly place: string;
  /** Once it resolves the file is there, whatever crashes; before, nothing is. */
  put(key: string, bytes: Uint8Array): Promise<void>;
  get(key: string): Promise<StoredFile | undefined>;
  /** Keys that begin with `prefix`, in byte order. What is being written is not among them. */
  list(prefix: string): Promise<string[]>;
  /** Nothing happens for keys that aren't there. */
  delete(keys: readonly string[]): Promise<void>;
  /** Absent where files of this machine can't be shared, so that each would have to be copied. */
  readonly shared?: SharedFiles;
  close(): Promise<void>;
}

/** Files that never change any more, shared with a directory of this machine where its file system can, else copied. */
export interface SharedFiles {
  put(key: string, path: string): Promise<void>;
  /** False if there is no such file. `path` must not exist. */
  get(key: string, path: string): Promise<boolean>;
}

/** Whether a checkpoint can't be used, damaged or dropped since it was listed: another one may do. */
export function isUnusable(error: unknown): error is StockstreamError {
  return isStockstreamError(error, 'CHECKPOINT_DAMAGED') || isStockstreamError(error, 'CHECKPOINT_NOT_FOUND');
}

/** Whether checkpoints can't be reached, now or ever. */
export function isOutOfReach(error: unknown): error is StockstreamError {
  return isStockstreamError(error, 'CHECKPOINTS_UNAVAILABLE') || isStockstreamError(error, 'CHECKPOINTS_REFUSED');
}

/** Folders and a file: nothing that a file system or an URL could read as something else. */
const keyPattern = /^(?!.*\.part$)([A-Za-z0-9@_-][A-Za-z0-9@._-]{0,199}\/){0,5}[A-Za-z0-9@_-][A-Za-z0-9@._-]{0,199}$/;

/** The key itself; asserts that it is one. */
export function checkedKey(key: string): string {
  assert(keyPattern.test(key), `${key} is no key of a checkpoint's file`);
  return key;
}
