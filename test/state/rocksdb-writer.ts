// A process for the kill test: writes stamped batches without end, and tells each one that has resolved on its output.
// Batch n puts n under each of the fifty keys and under its own, and deletes the own key of batch n - 2.
import { writeSync } from 'node:fs';
import { openRocksdbStore } from '../../state/rocksdb/rocksdb-store.ts';

const store = await openRocksdbStore({ directory: process.argv[2]!, writeBufferBytes: 1 << 18 });
const [last] = await store.getMany([Buffer.from('stamp-00')]);
for (let stamp = last === undefined ? 1 : last.readUInt32BE() + 1; ; stamp++) {
  const value = Buffer.alloc(200);
  value.writeUInt32BE(stamp);
  const batch = store.batch();
  for (let index = 0; index < 50; index++) batch.put(Buffer.from(`stamp-${String(index).padStart(2, '0')}`), value);
  batch.put(Buffer.from(`batch-${stamp}`), value);
  batch.delete(Buffer.from(`batch-${stamp - 2}`));
  await store.write(batch);
  writeSync(1, `${stamp}\n`);
}
