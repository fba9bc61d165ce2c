// What a commit sends is in batches that any log takes, in order.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../base/clock.ts';
import type { Serde } from '../../base/serde.ts';
import { openEmbeddedLog } from '../../log/embedded/embedded-log.ts';
import { MemoryStorage } from '../../log/embedded/memory-storage.ts';
import type { Forwarded } from '../../streams/api.ts';
import { OutputBatches } from '../../streams/output-batches.ts';

const bytes: Serde<Buffer> = {
  encode: (value, target, at) => (value.length > target.length - at ? -1 : at + value.copy(target, at)),
  decode: (value) => value,
};
const topic = { name: 'out', partitions: 1, cleanup: 'delete', serde: bytes, retentionMs: undefined } as const;

test('a partition that gets much gets it in several batches, within one transaction, in order', async () => {
  const outputs = new OutputBatches();
  const big = Buffer.alloc(300_000, 1);
  const forwarded = Array.from({ length: 100 }, (_, at): Forwarded => ({ topic, key: String(at), value: big }));
  outputs.addForwarded(forwarded, 1);
  const batches = [...outputs];
  assert.ok(batches.length > 20, `${batches.length} batches`);
  for (const { builder } of batches) assert.ok(builder.byteLength < 1_500_000, `${builder.byteLength} bytes`);

  const log = await openEmbeddedLog({ storage: new MemoryStorage(), clock: systemClock });
  await log.admin.createTopics([topic]);
  const producer = await log.transactionalProducer('one');
  const transaction = producer.begin();
  for (const { topic: name, partition, builder } of batches) transaction.append(name, partition, builder);
  await transaction.commit();
  const fetcher = log.fetcher();
  fetcher.assign({ topic: 'out', partition: 0 }, 0);
  const keys: string[] = [];
  while (keys.length < 100) {
    for (const { batches: found } of await fetcher.poll({ maxWaitMs: 100, maxBytes: 1 << 20 })) {
      for (const batch of found) for (const { key } of batch.records()) keys.push(key!.toString());
    }
  }
  assert.deepEqual(
    keys,
    forwarded.map(({ key }) => key),
  );
  await fetcher.close();
  await producer.close();
  await log.close();
});

test('a partition that gets little gets one batch', () => {
  const outputs = new OutputBatches();
  const small = Buffer.from('x');
  outputs.addForwarded(
    [1, 2, 3].map((at): Forwarded => ({ topic, key: String(at), value: small })),
    1,
  );
  assert.equal([...outputs].length, 1);
});
