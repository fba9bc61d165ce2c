// Ranks in memory know what was told before they were opened, and follow what is told after.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openFollowedRanks } from '../../app/wire/ranks.ts';
import { systemClock as clock } from '../../base/clock.ts';
import { silentLogger as logger } from '../../base/logger.ts';
import { openEmbeddedLog } from '../../log/embedded/embedded-log.ts';
import { MemoryStorage } from '../../log/embedded/memory-storage.ts';
import { partitionOf } from '../../log/partitioner.ts';
import { RecordBatchBuilder } from '../../log/record-batch-builder.ts';
import { topics } from '../../schemas/topics.ts';
import { eventually } from '../gateway/test-gateway.ts';

const none = { views: 0, searches: 0, cartAdds: 0, wishes: 0, orders: 0 };

test('ranks that are followed are those of the topic, whatever its partitions', async (t) => {
  const log = await openEmbeddedLog({ storage: new MemoryStorage(), clock });
  const topic = { ...topics.popularity, partitions: 3 };
  await log.admin.createTopics([topic]);
  const producer = await log.producer();
  const tell = async (productId: string, views: number) => {
    const lastHour = { ...none, views };
    const value = { productId, category: 'home', lastHour, lastDay: none, score: 0, range: 0, at: 1 };
    const batch = new RecordBatchBuilder().encode(clock.now(), productId, value, topic.serde);
    await producer.append(topic.name, partitionOf(productId, topic.partitions), batch);
  };
  for (const [index, id] of ['a', 'b', 'c', 'd', 'e'].entries()) await tell(id, index + 1);
  await tell('c', 9);
  const ranks = await openFollowedRanks({ log, clock, logger });
  t.after(async () => {
    await ranks.close();
    await log.close();
  });
  const top = async () => {
    const products = await ranks.top({ window: 'hour', category: 'home', limit: 10 });
    return products.map(({ productId, score }) => `${productId}${score}`).join(' ');
  };
  assert.equal(await top(), 'c9 e5 d4 b2 a1');
  await tell('c', 0);
  await tell('a', 3);
  await eventually(async () => ((await top()) === 'e5 d4 a3 b2' ? true : undefined));
});
