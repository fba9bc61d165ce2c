// Loads the native engine when a store is opened, not when this file is, so that a machine without it hears what to do.
import type RocksDB from 'rocksdb-native';
import { reasonOf, StockstreamError } from '../../base/errors.ts';

export type Engine = typeof RocksDB;

const bundled = async (): Promise<Engine> => (await import('rocksdb-native')).default;

/** @throws STATE_ENGINE_MISSING: the prebuilt binary needs libatomic, which minimal Linux images lack. */
export async function loadEngine(load: () => Promise<Engine> = bundled): Promise<Engine> {
  try {
    return await load();
  } catch (error) {
    // The loader's own message says only which file it tried; the cause names the library that is missing.
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    throw new StockstreamError('STATE_ENGINE_MISSING', { reason: reasonOf(cause) }, error);
  }
}
