// The checkpoint store in memory, for tests and simulation. The files lie in a map that outlives the store, and may be
// damaged through it.
import { Readable } from 'node:stream';
import { StockstreamError } from '../../../base/errors.ts';
import { type CheckpointStore, checkedKey, type StoredFile } from '../../checkpoint-store.ts';

export type CheckpointFiles = Map<string, Buffer>;

export function memoryCheckpoints(files: CheckpointFiles = new Map()): CheckpointStore {
  return new MemoryCheckpoints(files);
}

class MemoryCheckpoints implements CheckpointStore {
  readonly place = 'memory';
  readonly #files: CheckpointFiles;
  #isClosed = false;

  constructor(files: CheckpointFiles) {
    this.#files = files;
  }

  async put(key: string, bytes: Uint8Array): Promise<void> {
    this.#open().set(checkedKey(key), Buffer.from(bytes));
  }

  async get(key: string): Promise<StoredFile | undefined> {
    const bytes = this.#open().get(checkedKey(key));
    return bytes && { bytes: bytes.length, stream: Readable.from(bytes.length === 0 ? [] : [bytes]) };
  }

  async list(prefix: string): Promise<string[]> {
    return [...this.#open().keys()].filter((key) => key.startsWith(prefix)).sort();
  }

  async delete(keys: readonly string[]): Promise<void> {
    const files = this.#open();
    for (const key of keys) files.delete(checkedKey(key));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
  }

  #open(): CheckpointFiles {
    if (this.#isClosed) throw new StockstreamError('CHECKPOINTS_UNAVAILABLE', { reason: 'they were closed' });
    return this.#files;
  }
}
