// A log storage on disk: LevelDB by classic-level, whose writes and reads run off the main thread. One process at a time.

import { ClassicLevel } from 'classic-level';
import { reasonOf } from '../../base/errors.ts';
import {
  type LogStorage,
  type ReadOptions,
  type StorageEntry,
  type StorageOperation,
  type StorageRange,
  storageFailed,
} from './storage.ts';

const megabyte = 2 ** 20;

/** Opening replays at most a write buffer's worth of LevelDB's own log; larger files mean fewer merges of them. */
const levelOptions = {
  keyEncoding: 'buffer',
  valueEncoding: 'buffer',
  writeBufferSize: 32 * megabyte,
  maxFileSize: 64 * megabyte,
  cacheSize: 8 * megabyte,
} as const;

/** Entries that cross from the reading thread at a time. */
const chunk = 1000;

export class LevelStorage implements LogStorage {
  readonly location: string;
  readonly #level: ClassicLevel<Buffer, Buffer>;

  private constructor(level: ClassicLevel<Buffer, Buffer>) {
    this.#level = level;
    this.location = level.location;
  }

  /** Makes the directory if need be. @throws LOG_STORAGE_FAILED if it is in use, not writable, full or damaged */
  static async open(directory: string): Promise<LevelStorage> {
    const level = new ClassicLevel<Buffer, Buffer>(directory, levelOptions);
    try {
      await level.open();
    } catch (error) {
      throw storageFailed(directory, 'opened', rootOf(error));
    }
    return new LevelStorage(level);
  }

  async read(range: StorageRange, options: ReadOptions = {}): Promise<StorageEntry[]> {
    const { reverse = false, limit = -1, maxBytes = Number.POSITIVE_INFINITY } = options;
    // LevelDB stops once it is beyond the mark.
    const highWaterMarkBytes = Math.min(maxBytes, 4 * megabyte) - 1;
    const iterator = this.#level.iterator({ ...range, reverse, limit, highWaterMarkBytes });
    const found: StorageEntry[] = [];
    try {
      for (let bytes = 0; bytes < maxBytes; ) {
        const entries = await iterator.nextv(limit > 0 ? Math.min(limit, chunk) : chunk);
        if (entries.length === 0) break;
        for (const [key, value] of entries) {
          if (bytes >= maxBytes) break;
          bytes += key.length + value.length;
          found.push({ key, value });
        }
      }
    } finally {
      await iterator.close();
    }
    return found;
  }

  write(operations: StorageOperation[]): Promise<void> {
    return this.#level.batch(operations, { sync: true });
  }

  reclaim({ gte, lt }: StorageRange): Promise<void> {
    return this.#level.compactRange(gte, lt);
  }

  close(): Promise<void> {
    return this.#level.close();
  }
}

/** classic-level wraps what LevelDB says. */
function rootOf(error: unknown): unknown {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause === undefined ? error : new Error(reasonOf(cause), { cause: error });
}
