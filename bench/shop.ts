// The shop as the bench runs it: its topics, its thread, and when it has taken all that is in its inputs. Only the
// topology: no gateway, no views.
import { Registry } from 'prom-client';
import { sleep, systemClock } from '../base/clock.ts';
import { silentLogger } from '../base/logger.ts';
import type { Log, TopicPartition } from '../log/log.ts';
import { topics } from '../schemas/topics.ts';
import type { Store } from '../state/store.ts';
import { createStreamsMetrics } from '../streams/metrics.ts';
import { internalTopics, topologyNames } from '../streams/names.ts';
import { StreamThread } from '../streams/stream-thread.ts';
import { shopTopology } from '../topologies/shop.ts';

const appId = 'bench';
const topology = shopTopology();

export async function createTopics(log: Log): Promise<void> {
  await log.admin.createTopics([...Object.values(topics), ...internalTopics(appId, topology)]);
}

export interface ShopParts {
  readonly log: Log;
  readonly store: Store;
  readonly instanceId: string;
}

/** Started. What makes it fail ends the process. */
export function startShop({ log, store, instanceId }: ShopParts): StreamThread {
  const thread = new StreamThread({
    log,
    store,
    clock: systemClock,
    topology,
    appId,
    instanceId,
    deadLetters: topics.deadLetters,
    codeVersion: 'bench',
    metrics: createStreamsMetrics(new Registry()),
    logger: silentLogger,
    onFailure: (error) => {
      throw error;
    },
  });
  thread.start();
  return thread;
}

const patienceMs = 60_000;

/** Waits until the shop has taken everything that is in its inputs. @throws if it takes nothing for a minute */
export async function drain({ admin }: Log): Promise<void> {
  const inputs = topology.sources.flatMap(({ topic }) => partitionsOf(topic));
  const { group } = topologyNames(appId, topology.name);
  let [before, since] = [Number.POSITIVE_INFINITY, performance.now()];
  for (;;) {
    const ends = await admin.offsets(inputs, 'latest');
    const committed = await admin.committedOffsets(group, inputs);
    const left = ends.reduce((sum, end, index) => sum + end - (committed[index] ?? 0), 0);
    if (left === 0) return;
    if (left !== before) [before, since] = [left, performance.now()];
    if (performance.now() - since > patienceMs) throw new Error(`the shop takes nothing, and ${left} records wait`);
    await sleep(systemClock, 10);
  }
}

export function partitionsOf({ name, partitions }: { name: string; partitions: number }): TopicPartition[] {
  return Array.from({ length: partitions }, (_, partition) => ({ topic: name, partition }));
}
