// The store port on RocksDB: one directory, one process at a time. Its log survives the death of the process at any
// moment, but isn't synced: a power loss may take the last writes, always from the end.
// Damage that a read finds is noted beside the data: whoever opens the directory next is told, and can set it aside.
// docs/decisions/0003-state-store.md says why the options are what they are.
import { constants, existsSync, writeFileSync } from 'node:fs';
import { access, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type RocksDB from 'rocksdb-native';
import { isStockstreamError, reasonOf, StockstreamError } from '../../base/errors.ts';
import { CollectedBatch, collectedOf, isEmptyRange } from '../collected-batch.ts';
import type { KeyRange, ScanOptions, Store, StoreEntry, StoreSnapshot, WriteBatch } from '../store.ts';
import { type Engine, loadEngine } from './engine.ts';
import { stateFailure } from './failures.ts';
import { linkImage } from './image.ts';

export interface RocksdbOptions {
  /** Made if it isn't there. */
  readonly directory: string;
  /** Memory for writes before they go to a file, in bytes, twice: one fills while one is written out. Default 32 MB. */
  readonly writeBufferBytes?: number;
}

const bloomBitsPerKey = 10;
const blockBytes = 4096;
const backgroundJobs = 2;
/** Entries that a scan takes from the engine at once. */
const scanPage = 1024;
/** A file that says what damage was found. */
const damageNote = 'DAMAGED';

/** @throws STATE_ENGINE_MISSING, STATE_IN_USE, STATE_STORE_DAMAGED, STATE_STORAGE_FAILED */
export async function openRocksdbStore(options: RocksdbOptions): Promise<Store> {
  const { directory, writeBufferBytes = 32 << 20 } = options;
  const engine = await loadEngine();
  if (existsSync(join(directory, damageNote))) {
    throw new StockstreamError('STATE_STORE_DAMAGED', { directory, reason: `${damageNote} in it says what was found` });
  }
  try {
    // The engine would try for ever to make a directory under one that refuses it.
    await mkdir(directory, { recursive: true });
    await access(directory, constants.R_OK | constants.W_OK);
    const database = new engine(directory, engineOptions(engine, writeBufferBytes));
    await database.ready();
    return new RocksdbStore(directory, database);
  } catch (error) {
    throw stateFailure(directory, 'opened', error);
  }
}

function engineOptions({ BloomFilterPolicy }: Engine, writeBufferBytes: number): RocksDB.Options {
  return {
    tableBlockSize: blockBytes,
    tableCacheIndexAndFilterBlocks: false,
    filterPolicy: new BloomFilterPolicy(bloomBitsPerKey),
    writeBufferSize: writeBufferBytes,
    maxBackgroundJobs: backgroundJobs,
  };
}

class RocksdbStore implements Store {
  readonly #directory: string;
  readonly #database: RocksDB;
  /** The last write. Each waits for the one before and fails with it. */
  #written: Promise<void> = Promise.resolve();
  #closed: Promise<void> | undefined;

  constructor(directory: string, database: RocksDB) {
    this.#directory = directory;
    this.#database = database;
  }

  async getMany(keys: readonly Buffer[]): Promise<(Buffer | undefined)[]> {
    this.#assertOpen();
    return await readMany(this.#database, keys, this.#directory);
  }

  async scan(range: KeyRange, options: ScanOptions): Promise<StoreEntry[]> {
    this.#assertOpen();
    return await readRange(this.#database, range, { ...options, directory: this.#directory });
  }

  batch(): WriteBatch {
    return new CollectedBatch();
  }

  async write(batch: WriteBatch): Promise<void> {
    this.#assertOpen();
    const collected = collectedOf(batch);
    this.#written = this.#written.then(() => this.#apply(collected));
    return this.#written;
  }

  snapshot(): StoreSnapshot {
    this.#assertOpen();
    const database = this.#database.snapshot();
    const directory = this.#directory;
    return {
      getMany: (keys) => readMany(database, keys, directory),
      scan: (range, options) => readRange(database, range, { ...options, directory }),
      close: () => database.close(),
    };
  }

  async image(): Promise<string> {
    this.#assertOpen();
    const target = `${this.#directory}.image`;
    try {
      await this.#written;
      await this.#database.flush();
      await linkImage(this.#directory, target);
      return target;
    } catch (error) {
      throw failureIn(this.#directory, 'linked', error);
    }
  }

  close(): Promise<void> {
    this.#closed ??= this.#written.then(
      () => this.#database.close(),
      () => this.#database.close(),
    );
    return this.#closed;
  }

  async #apply(batch: CollectedBatch): Promise<void> {
    if (batch.size === 0) return;
    try {
      const writes = this.#database.write({ capacity: batch.size, autoDestroy: true });
      batch.replay({
        put: (key, value) => writes.tryPut(key, value),
        delete: (key) => writes.tryDelete(key),
        deleteRange: ({ gte, lt }) => writes.tryDeleteRange(gte, lt),
      });
      await writes.flush();
    } catch (error) {
      throw failureIn(this.#directory, 'written', error);
    }
  }

  #assertOpen(): void {
    if (this.#closed !== undefined) throw new StockstreamError('STATE_CLOSED');
  }
}

async function readMany(
  database: RocksDB,
  keys: readonly Buffer[],
  directory: string,
): Promise<(Buffer | undefined)[]> {
  if (keys.length === 0) return [];
  try {
    const reads = database.read({ capacity: keys.length, autoDestroy: true });
    const values = keys.map((key) => reads.get(key));
    reads.tryFlush();
    return (await Promise.all(values)).map((value) => value ?? undefined);
  } catch (error) {
    throw failureIn(directory, 'read', error);
  }
}

function readRange(
  database: RocksDB,
  range: KeyRange,
  { limit, reverse = false, directory }: ScanOptions & { readonly directory: string },
): Promise<StoreEntry[]> {
  if (isEmptyRange(range) || limit <= 0) return Promise.resolve([]);
  // One more than is wanted, because only a page that isn't full tells the engine that it was the last.
  const capacity = Math.min(limit, scanPage) + 1;
  const iterator = database.iterator(range, { reverse, limit, capacity });
  return new Promise((resolve, reject) => {
    const entries: StoreEntry[] = [];
    iterator.on('data', (entry) => entries.push(entry));
    iterator.on('error', (error) => reject(failureIn(directory, 'read', error)));
    iterator.on('close', () => resolve(entries));
  });
}

/** Of a store that was open: damage is noted, for opening it again may find none. */
function failureIn(directory: string, action: string, error: unknown): StockstreamError {
  const failure = stateFailure(directory, action, error);
  if (isStockstreamError(failure, 'STATE_STORE_DAMAGED')) note(directory, failure);
  return failure;
}

/** As well as it can be done: the disk may be what is wrong. */
function note(directory: string, failure: StockstreamError): void {
  try {
    writeFileSync(join(directory, damageNote), `${reasonOf(failure)}\n`);
  } catch {
    // The next one to open it finds the damage itself.
  }
}
