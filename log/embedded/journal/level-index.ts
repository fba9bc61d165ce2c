// LevelDB, by classic-level, as the index of the journal: the small values and pointers to the large. Its writes aren't
// synced one by one, for the journal has them all. After a loss of power it may lack any of those that came after the last
// `sync`, earlier ones rather than later ones too, since it begins files of its own without syncing the last: so only
// what was synced counts as there.
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ClassicLevel } from 'classic-level';
import { reasonOf } from '../../../base/errors.ts';
import { ifThere, syncDirectory } from '../../../base/whole-files.ts';
import {
  type ReadOptions,
  type StorageEntry,
  type StorageOperation,
  type StorageRange,
  storageFailed,
} from '../storage.ts';
import { pointerOf } from './pointer.ts';

const megabyte = 2 ** 20;

/** Opening reads at most a write buffer's worth of LevelDB's own log; larger files mean fewer merges of them. */
const levelOptions = {
  keyEncoding: 'buffer',
  valueEncoding: 'buffer',
  writeBufferSize: 8 * megabyte,
  maxFileSize: 32 * megabyte,
  cacheSize: 8 * megabyte,
} as const;

/** Entries that cross from the reading thread at a time, and of how many bytes they are guessed to be at first. */
const chunk = 1000;
const guessedBytes = 4096;

/** Keys below this one are the storage's own: no range reaches them. */
const firstKey = Buffer.of(1);

export const ownKeys = {
  /** Behind which frame the index stands, as it knows. */
  applied: Buffer.from('\0applied'),
  /** Up to where nothing is missing in it. */
  checkpoint: Buffer.from('\0checkpoint'),
} as const;

export class LevelIndex {
  readonly location: string;
  readonly #level: ClassicLevel<Buffer, Buffer>;

  private constructor(level: ClassicLevel<Buffer, Buffer>) {
    this.#level = level;
    this.location = level.location;
  }

  /** Makes the directory if need be. @throws LOG_STORAGE_FAILED if it is in use, not writable, full or damaged */
  static async open(directory: string): Promise<LevelIndex> {
    const level = new ClassicLevel<Buffer, Buffer>(directory, levelOptions);
    try {
      await level.open();
    } catch (error) {
      throw storageFailed(directory, 'opened', rootOf(error));
    }
    return new LevelIndex(level);
  }

  /** As the port says; pointers come as they are, and count as what they point to. */
  async read({ gte, lt }: StorageRange, options: ReadOptions = {}): Promise<StorageEntry[]> {
    const { reverse = false, limit = -1, maxBytes = Number.POSITIVE_INFINITY } = options;
    const range = { gte: gte.compare(firstKey) < 0 ? firstKey : gte, lt };
    // LevelDB stops once it is beyond the mark.
    const highWaterMarkBytes = Math.min(maxBytes, 4 * megabyte) - 1;
    const iterator = this.#level.iterator({ ...range, reverse, limit, highWaterMarkBytes });
    const found: StorageEntry[] = [];
    try {
      for (let bytes = 0; bytes < maxBytes; ) {
        const each = found.length === 0 ? guessedBytes : bytes / found.length;
        const wanted = Math.min(chunk, Math.ceil((maxBytes - bytes) / each));
        const entries = await iterator.nextv(limit > 0 ? Math.min(limit, wanted) : wanted);
        if (entries.length === 0) break;
        for (const [key, value] of entries) {
          if (bytes >= maxBytes) break;
          bytes += key.length + (pointerOf(value)?.length ?? value.length);
          found.push({ key, value });
        }
      }
    } finally {
      await iterator.close();
    }
    return found;
  }

  getMany(keys: readonly Buffer[]): Promise<(Buffer | undefined)[]> {
    return this.#level.getMany([...keys]);
  }

  /** All or nothing; it may be lost until `sync`. */
  write(operations: StorageOperation[]): Promise<void> {
    return this.#level.batch(operations);
  }

  /** All or nothing, and safe from a power cut: only as long as all writes are. */
  writeSynced(operations: StorageOperation[]): Promise<void> {
    return this.#level.batch(operations, { sync: true });
  }

  /**
   * All that was written until now is safe from a power cut. LevelDB's own synced write isn't enough: it syncs the log
   * that it writes to, not the one before, which may not have become a table yet.
   */
  async sync(): Promise<void> {
    const names = await readdir(this.location);
    for (const name of names.filter((each) => /^\d+\.log$/.test(each))) {
      // One that is gone has become a table, which LevelDB has synced.
      const file = await ifThere(open(join(this.location, name), 'r+'));
      await file?.datasync().finally(() => file.close());
    }
    await syncDirectory(this.location);
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
