// How one budget for the state of a worker's thread is split: what the engine takes for itself, what is decoded, and what
// is changed and not committed yet.

export interface MemorySplit {
  /** The engine's cache of data blocks; the binding fixes it. */
  readonly blockCache: number;
  /** The engine's buffers of writes that no file holds yet: one fills while one is written out. */
  readonly memtables: number;
  /** Changed entries and outputs, of the commit in flight and of the batch behind it. */
  readonly uncommitted: number;
  /** Decoded entries. */
  readonly cache: number;
}

const mebibyte = 1 << 20;
const blockCache = 32 * mebibyte;
/** A write into a larger one costs more, for most of it is cold. */
const mostMemtables = 64 * mebibyte;
const mostUncommitted = 64 * mebibyte;

/** The least that can be split. */
export const leastMemory = 96 * mebibyte;

/** All parts together are `bytes`. */
export function splitMemory(bytes: number): MemorySplit {
  const memtables = Math.min(mostMemtables, Math.floor(bytes / 4));
  const uncommitted = Math.min(mostUncommitted, Math.floor(bytes / 8));
  return { blockCache, memtables, uncommitted, cache: bytes - blockCache - memtables - uncommitted };
}
