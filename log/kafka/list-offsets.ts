// Offsets by place or time, asked from the leaders of the partitions.
import { listOffsetsV9 } from '@platformatic/kafka';
import { StockstreamError } from '../../base/errors.ts';
import type { Isolation, TopicPartition } from '../log.ts';
import type { Cluster } from './cluster.ts';
import { isStaleMetadata, kafka, kafkaError } from './error-codes.ts';
import { retrying } from './retry.ts';

/** Kafka's numbers for places; anything else is a time in milliseconds. */
export const offsetOf = { earliest: -2, latest: -1 } as const;

const consumer = -1;
const anyEpoch = -1;

/**
 * One offset for each of the partitions, whose topics go by Kafka's own names; -1 if all is older than a time.
 * @throws LOG_UNKNOWN_TOPIC
 */
export async function listOffsets(
  cluster: Cluster,
  partitions: readonly TopicPartition[],
  at: number,
  isolation: Isolation = 'uncommitted',
): Promise<number[]> {
  const found = new Map<string, number>();
  const { parts } = cluster;
  await retrying({ ...parts, forMs: parts.settings.deliveryTimeoutMs }, async () => {
    const left = partitions.filter((each) => !found.has(keyOf(each)));
    const leaders = await Promise.all(left.map(async (each) => ({ ...each, ...(await cluster.located(each)) })));
    const brokers = Map.groupBy(leaders, ({ broker }) => broker);
    await Promise.all([...brokers].map(([broker, led]) => askLeader(cluster, { broker, led, at, isolation }, found)));
  });
  return partitions.map((each) => found.get(keyOf(each))!);
}

interface Question {
  readonly broker: number;
  readonly led: readonly TopicPartition[];
  readonly at: number;
  readonly isolation: Isolation;
}

async function askLeader(
  cluster: Cluster,
  { broker, led, at, isolation }: Question,
  found: Map<string, number>,
): Promise<void> {
  const topics = [...Map.groupBy(led, ({ topic }) => topic)].map(([name, partitions]) => ({
    name,
    partitions: partitions.map(({ partition }) => {
      return { partitionIndex: partition, currentLeaderEpoch: anyEpoch, timestamp: BigInt(at) };
    }),
  }));
  let failure: StockstreamError | undefined;
  try {
    const link = cluster.brokers.shared(broker, 'admin');
    const answer = await link.call(listOffsetsV9.api, consumer, isolation === 'committed' ? 1 : 0, topics);
    for (const { name, partitions } of answer.topics) {
      for (const { partitionIndex, errorCode, offset } of partitions) {
        if (errorCode === kafka.none) found.set(keyOf({ topic: name, partition: partitionIndex }), Number(offset));
        else failure = refusal(cluster, { topic: name, partition: partitionIndex }, errorCode);
      }
    }
  } catch (error) {
    for (const { name } of topics) cluster.suspect(name);
    throw error;
  }
  if (failure !== undefined) throw failure;
}

/** A leader that has moved is looked for again; whether the topic is gone, metadata tells. */
function refusal(cluster: Cluster, { topic, partition }: TopicPartition, code: number): StockstreamError {
  const action = `look up offsets of ${topic}-${partition}`;
  if (!isStaleMetadata(code)) return kafkaError(code, { action, topic, partition });
  cluster.stale(topic);
  return new StockstreamError('LOG_UNAVAILABLE', { action, reason: 'its leader has moved' });
}

function keyOf({ topic, partition }: TopicPartition): string {
  return `${topic} ${partition}`;
}
