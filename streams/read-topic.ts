// Reads partitions of a topic from their beginning to where they end now, transactions that are still open included: they
// are waited for. For small topics that say how things stand.
import type { Fetcher, Log } from '../log/log.ts';
import type { Topic } from './api.ts';
import { InputQueue, type InputRecord } from './input-queue.ts';

export interface ReadTopic {
  readonly log: Log;
  readonly topic: Topic<unknown>;
  readonly partitions: readonly number[];
  readonly signal: AbortSignal;
}

const pollBytes = 1 << 20;
const pollWaitMs = 500;

/**
 * Calls `take` with each record; one that can't be decoded has a `problem`.
 * @returns where each partition goes on; undefined if it was aborted
 * @throws LOG_*, REGISTRY_UNAVAILABLE
 */
export async function readTopic(
  { log, topic, partitions, signal }: ReadTopic,
  take: (record: InputRecord) => void,
): Promise<ReadonlyMap<number, number> | undefined> {
  const places = partitions.map((partition) => ({ topic: topic.name, partition }));
  const earliest = await log.admin.offsets(places, 'earliest');
  const ends = await log.admin.offsets(places, 'latest', 'uncommitted');
  const queues = new Map(partitions.map((each, index) => [each, new InputQueue(topic, each, earliest[index]!)]));
  const isBehind = () => partitions.some((each, index) => queues.get(each)!.position < ends[index]!);
  const fetcher = log.fetcher();
  const wake = () => fetcher.wake();
  signal.addEventListener('abort', wake, { once: true });
  try {
    places.forEach((place, index) => {
      if (earliest[index]! < ends[index]!) fetcher.assign(place, earliest[index]!);
    });
    while (isBehind() && !signal.aborted) await poll(fetcher, queues, take);
  } finally {
    signal.removeEventListener('abort', wake);
    await fetcher.close();
  }
  if (signal.aborted) return undefined;
  return new Map([...queues].map(([partition, { position }]) => [partition, position]));
}

async function poll(
  fetcher: Fetcher,
  queues: ReadonlyMap<number, InputQueue>,
  take: (record: InputRecord) => void,
): Promise<void> {
  for (const fetched of await fetcher.poll({ maxWaitMs: pollWaitMs, maxBytes: pollBytes })) {
    const queue = queues.get(fetched.partition)!;
    queue.add(fetched);
    await takeAll(queue, take);
  }
}

/** Decodes what waits, and hands it over. @throws REGISTRY_UNAVAILABLE */
export async function takeAll(queue: InputQueue, take: (record: InputRecord) => void): Promise<void> {
  await queue.learn();
  for (let record = queue.at(0); record !== undefined; record = queue.at(0)) {
    record.decode();
    take(record);
    queue.consume();
  }
}
