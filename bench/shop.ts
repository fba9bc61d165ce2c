// The shop as the bench runs it: its topics, its thread, and when it has taken all that is in its inputs. Only the
// topology: no gateway, no views.
import { Registry } from 'prom-client';
import { sleep, systemClock } from '../base/clock.ts';
import { silentLogger } from '../base/logger.ts';
import type { Log, TopicPartition } from '../log/log.ts';
import { topics as catalogue, sizedTopics, type Topics, withPartitions } from '../schemas/topics.ts';
import type { Store } from '../state/store.ts';
import { createStreamsMetrics } from '../streams/metrics.ts';
import { internalTopics, topologyNames } from '../streams/names.ts';
import { StreamThread } from '../streams/stream-thread.ts';
import type { StreamThreadOptions } from '../streams/stream-thread-options.ts';
import { shopTopology } from '../topologies/shop.ts';

export const appId = 'bench';

/** What decides how large the shop is made. */
export interface ShopSize {
  /** Of the topics whose count is a matter of size; as the catalogue has them if it isn't said. */
  readonly partitions?: number | undefined;
}

export function topicsIn({ partitions }: ShopSize): Topics {
  return partitions === undefined ? catalogue : withPartitions(new Map(sizedTopics.map((name) => [name, partitions])));
}

export async function createTopics(log: Log, size: ShopSize): Promise<void> {
  const topics = topicsIn(size);
  await log.admin.createTopics([...Object.values(topics), ...internalTopics(appId, shopTopology(topics))]);
}

export interface ShopParts {
  readonly log: Log;
  readonly store: Store;
  readonly instanceId: string;
  readonly size: ShopSize;
  readonly limits?: StreamThreadOptions['limits'];
}

/** Started. What makes it fail ends the process. */
export function startShop({ log, store, instanceId, size, limits = {} }: ShopParts): StreamThread {
  const topics = topicsIn(size);
  const thread = new StreamThread({
    log,
    store,
    clock: systemClock,
    topology: shopTopology(topics),
    appId,
    instanceId,
    limits,
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

/** A group and the topics that it reads. */
export interface Consumer {
  readonly group: string;
  readonly inputs: readonly { readonly name: string; readonly partitions: number }[];
}

function shopIn(size: ShopSize): Consumer {
  const { name, sources } = shopTopology(topicsIn(size));
  return { group: topologyNames(appId, name).group, inputs: sources.map(({ topic }) => topic) };
}

/**
 * Waits until the shop, and who works beside it, have taken everything that is in their inputs. What one takes may give
 * another something to do, so nothing must have come between two looks. @throws if nothing is taken for a minute
 */
export async function drain(log: Log, size: ShopSize, others: readonly Consumer[] = []): Promise<void> {
  const consumers = [shopIn(size), ...others];
  let [before, since] = [{ left: Number.POSITIVE_INFINITY, end: 0 }, performance.now()];
  for (;;) {
    const seen = await standOf(log, consumers);
    const { left, end } = seen;
    if (left === 0 && before.left === 0 && end === before.end) return;
    if (left !== before.left) since = performance.now();
    before = seen;
    if (performance.now() - since > patienceMs) throw new Error(`the shop takes nothing, and ${left} records wait`);
    await sleep(systemClock, 10);
  }
}

/** How many records wait, and how many there ever were. */
async function standOf({ admin }: Log, consumers: readonly Consumer[]): Promise<{ left: number; end: number }> {
  let [left, end] = [0, 0];
  for (const { group, inputs } of consumers) {
    const partitions = inputs.flatMap(partitionsOf);
    const ends = await admin.offsets(partitions, 'latest');
    const committed = await admin.committedOffsets(group, partitions);
    ends.forEach((each, index) => {
      left += each - (committed[index] ?? 0);
      end += each;
    });
  }
  return { left, end };
}

export function partitionsOf({ name, partitions }: { name: string; partitions: number }): TopicPartition[] {
  return Array.from({ length: partitions }, (_, partition) => ({ topic: name, partition }));
}
