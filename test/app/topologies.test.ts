// The shipped topologies against what is noted in a log: a second start goes on, what doesn't fit is refused at start.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkTopics, checkTopologies, createTopics } from '../../app/topics.ts';
import { isStockstreamError } from '../../base/errors.ts';
import { silentLogger } from '../../base/logger.ts';
import { SteppedClock } from '../../base/stepped-clock.ts';
import { openEmbeddedLog } from '../../log/embedded/embedded-log.ts';
import { MemoryStorage } from '../../log/embedded/memory-storage.ts';
import { RecordBatchBuilder } from '../../log/record-batch-builder.ts';
import type { Shape } from '../../streams/shape.ts';

test('a program starts again on what it left, and not on what a newer one left', async () => {
  const log = await openEmbeddedLog({ storage: new MemoryStorage(), clock: new SteppedClock() });
  const config = { appId: 'app', log: 'embedded', partitions: 2 } as const;
  await createTopics(log, config);
  const topics = await checkTopics(log, config, silentLogger);
  await checkTopologies(log, config, topics);
  await checkTopologies(log, config, topics);
  const newer: Shape = {
    topology: 'shop',
    code: '9.0.0',
    partitions: 2,
    sources: ['orders'],
    stores: [{ name: 'loyalty', format: 'avro Loyalty' }],
    retired: [],
  };
  const producer = await log.producer();
  const bytes = Buffer.from(JSON.stringify(newer));
  await producer.append('app-topologies', 0, new RecordBatchBuilder().append(1, 'shop', bytes));
  await assert.rejects(checkTopologies(log, config, topics), (error) => {
    return (
      isStockstreamError(error, 'TOPOLOGY_CHANGED') && /program 9\.0\.0 .*store loyalty is gone/.test(error.message)
    );
  });
  await checkTopics(log, { appId: 'fresh' }, silentLogger).then(
    () => assert.fail('its topics are not there yet'),
    (error) => assert.ok(isStockstreamError(error, 'LOG_UNKNOWN_TOPIC')),
  );
  await createTopics(log, { ...config, appId: 'fresh' });
  await checkTopologies(log, { appId: 'fresh' }, await checkTopics(log, { appId: 'fresh' }, silentLogger));
  await producer.close();
  await log.close();
});

test('a changelog with another partition count than its inputs is refused', async () => {
  const log = await openEmbeddedLog({ storage: new MemoryStorage(), clock: new SteppedClock() });
  await log.admin.createTopics([{ name: 'app-shop-changelog', partitions: 3, cleanup: 'compact' }]);
  await assert.rejects(createTopics(log, { appId: 'app', log: 'embedded', partitions: 2 }), (error) => {
    return isStockstreamError(error, 'LOG_TOPIC_EXISTS') && /app-shop-changelog exists with 3/.test(error.message);
  });
  await log.close();
});

test('where nobody says how many partitions, an embedded log has one, Kafka eight, and what is there stays', async () => {
  const sizeOf = async (kind: 'embedded' | 'kafka', before?: number) => {
    const log = await openEmbeddedLog({ storage: new MemoryStorage(), clock: new SteppedClock() });
    if (before !== undefined) await createTopics(log, { appId: 'app', log: kind, partitions: before });
    await createTopics(log, { appId: 'app', log: kind });
    const { orders, reservations, orderEvents } = await checkTopics(log, { appId: 'app' }, silentLogger);
    await log.close();
    return [orders.partitions, reservations.partitions, orderEvents.partitions];
  };
  assert.deepEqual(await sizeOf('embedded'), [1, 1, 1]);
  assert.deepEqual(await sizeOf('kafka'), [8, 8, 8]);
  assert.deepEqual(await sizeOf('embedded', 8), [8, 8, 8]);
});
