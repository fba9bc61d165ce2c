// The log without transactions: what is appended is there at once, an abort takes nothing back, offsets come last.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../base/clock.ts';
import { atLeastOnce } from '../../bench/at-least-once.ts';
import { openEmbeddedLog } from '../../log/embedded/embedded-log.ts';
import { MemoryStorage } from '../../log/embedded/memory-storage.ts';
import { RecordBatchBuilder } from '../../log/record-batch-builder.ts';

const place = { topic: 't', partition: 0 };
const batchOf = (...keys: string[]) => {
  const batch = new RecordBatchBuilder();
  for (const key of keys) batch.append(1, key, Buffer.from(key));
  return batch;
};

test('appended is visible before the commit and after an abort', async () => {
  const log = await openEmbeddedLog({ storage: new MemoryStorage(), clock: systemClock });
  await log.admin.createTopics([{ name: 't', partitions: 1, cleanup: 'delete', retentionMs: undefined }]);
  const producer = await atLeastOnce(log).transactionalProducer('p');
  const first = producer.begin();
  first.append('t', 0, batchOf('a', 'b'));
  await first.abort();
  assert.deepEqual(await log.admin.offsets([place], 'latest'), [2]);

  const second = producer.begin();
  second.append('t', 0, batchOf('c'));
  assert.deepEqual(await second.commit(), [{ ...place, baseOffset: 2, nextOffset: 3, isMarked: false }]);
  await producer.close();
  await log.close();
});
