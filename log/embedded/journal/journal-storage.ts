// A log storage on disk: large values, which are the record batches, in an append-only journal, everything else and where
// those stand in LevelDB. So a batch is written once, in order, and never merged. One process at a time: LevelDB's lock is
// the lock of both.
import { join } from 'node:path';
import {
  type LogStorage,
  type ReadOptions,
  type StorageEntry,
  type StorageOperation,
  type StorageRange,
  storageFailed,
} from '../storage.ts';
import { Journal } from './journal.ts';
import { JournalWriter } from './journal-writer.ts';
import { LevelIndex } from './level-index.ts';
import { pointerOf } from './pointer.ts';
import { type Recovered, recover } from './recovery.ts';
import { SegmentFiles } from './segment-files.ts';
import { Tidier } from './tidying.ts';
import { readValues } from './value-reader.ts';

export interface JournalOptions {
  /** A segment ends with the write that makes it so large. */
  readonly segmentBytes: number;
  /** Hears of errors of the work in the background. */
  readonly onBackgroundError: (error: unknown) => void;
}

const defaults: JournalOptions = { segmentBytes: 64 * 2 ** 20, onBackgroundError: () => {} };

export class JournalStorage implements LogStorage {
  readonly location: string;
  readonly #index: LevelIndex;
  readonly #files: SegmentFiles;
  readonly #journal: Journal;
  readonly #writer: JournalWriter;
  readonly #tidier: Tidier;
  readonly #reads = new Set<Promise<unknown>>();

  private constructor(
    index: LevelIndex,
    files: SegmentFiles,
    { table, checkpoint }: Recovered,
    options: JournalOptions,
  ) {
    this.location = index.location;
    this.#index = index;
    this.#files = files;
    this.#journal = new Journal(files, options.segmentBytes);
    this.#writer = new JournalWriter(this.#journal, index, table);
    const { location } = this;
    const parts = { files, index, table, journal: this.#journal, writer: this.#writer };
    const readsDone = () => Promise.allSettled(this.#reads);
    const onError = (error: unknown) => options.onBackgroundError(storageFailed(location, 'cleaned', error));
    this.#tidier = new Tidier({ ...parts, readsDone, onError }, checkpoint);
  }

  /** Makes the directory if need be. @throws LOG_STORAGE_FAILED if it is in use, not writable, full or damaged */
  static async open(directory: string, options: Partial<JournalOptions> = {}): Promise<JournalStorage> {
    const index = await LevelIndex.open(directory);
    const files = new SegmentFiles(join(directory, 'journal'));
    try {
      const recovered = await recover(files, index);
      const storage = new JournalStorage(index, files, recovered, { ...defaults, ...options });
      if (recovered.end !== undefined) await storage.#journal.resume(recovered.end);
      storage.#tidier.look();
      return storage;
    } catch (error) {
      await files.close();
      await index.close();
      throw storageFailed(directory, 'opened', error);
    }
  }

  async read(range: StorageRange, options?: ReadOptions): Promise<StorageEntry[]> {
    const reading = this.#read(range, options);
    this.#reads.add(reading);
    try {
      return await reading;
    } finally {
      this.#reads.delete(reading);
    }
  }

  async write(operations: StorageOperation[]): Promise<void> {
    if (await this.#writer.write(operations)) this.#tidier.look();
  }

  reclaim(range: StorageRange): Promise<void> {
    return this.#index.reclaim(range);
  }

  async close(): Promise<void> {
    try {
      await this.#tidier.close();
    } finally {
      await Promise.allSettled(this.#reads);
      await Promise.allSettled([this.#journal.close(), this.#files.close()]);
      await this.#index.close();
    }
  }

  async #read(range: StorageRange, options?: ReadOptions): Promise<StorageEntry[]> {
    await this.#writer.indexed();
    const entries = await this.#index.read(range, options);
    const pointers = entries.flatMap(({ value }) => pointerOf(value) ?? []);
    if (pointers.length === 0) return entries;
    const values = (await readValues(this.#files, pointers)).values();
    return entries.map((entry) => {
      return pointerOf(entry.value) === undefined ? entry : { key: entry.key, value: values.next().value! };
    });
  }
}
