// A shop that has products and stock before its views begin: the topology runs in this process until it has taken all of
// them, and leaves its state to the changelog. The stock view starts behind the empty levels, as if compaction had removed them.
import { Registry } from 'prom-client';
import { topicsOf } from '../../../app/topics.ts';
import { systemClock } from '../../../base/clock.ts';
import { silentLogger } from '../../../base/logger.ts';
import { Feeder, feedCatalog, feedStock } from '../../../bench/feeder.ts';
import { stockOf } from '../../../bench/workload.ts';
import { memoryStore } from '../../../state/memory/memory-store.ts';
import { createStreamsMetrics } from '../../../streams/metrics.ts';
import { StreamThread } from '../../../streams/stream-thread.ts';
import { viewGroup } from '../../../streams/view.ts';
import { shopTopology } from '../../../topologies/shop.ts';
import { collections } from '../../../views/collections.ts';
import { partitionsOf, shopAtRest } from './checks.ts';
import { appId, type Installation } from './installation.ts';

/** @param unitsOf how many of each product there are; by default some are scarce */
export async function prepare(installation: Installation, products: number, unitsOf = stockOf): Promise<void> {
  const { log } = installation;
  const failed = Promise.withResolvers<never>();
  const topics = await topicsOf(log);
  const thread = new StreamThread({
    log,
    store: memoryStore(),
    clock: systemClock,
    topology: shopTopology(topics),
    appId,
    instanceId: 'prepare',
    deadLetters: topics.deadLetters,
    codeVersion: 'test',
    metrics: createStreamsMetrics(new Registry()),
    logger: silentLogger,
    onFailure: failed.reject,
  });
  thread.start();
  const taken = () => Promise.race([shopAtRest(installation, 60), failed.promise]);
  const producer = await log.producer();
  const feeder = new Feeder(producer);
  await feedCatalog(feeder, products);
  await taken();
  const levels = partitionsOf(topics.stockLevels);
  const emptyLevels = await log.admin.offsets(levels, 'latest');
  await feedStock(feeder, products, unitsOf);
  await taken();
  const starts = levels.map((level, index) => ({ ...level, offset: emptyLevels[index]! }));
  await log.admin.commitOffsets(viewGroup(appId, { name: collections.stock.name, generation: '' }), starts);
  await producer.close();
  await thread.stop();
}
