// RocksDB under the store suite.
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openRocksdbStore } from '../../state/rocksdb/rocksdb-store.ts';
import { storeSuite } from '../conformance/store.suite.ts';

storeSuite('RocksDB store', () => {
  const directory = mkdtempSync(join(tmpdir(), 'stockstream-store-'));
  return {
    open: () => openRocksdbStore({ directory }),
    remove: () => rm(directory, { recursive: true }),
  };
});
