// All topics of an application: the catalogue's, and those that the engine keeps for its topologies.
import type { Log, TopicSpec } from '../log/log.ts';
import { sizedTopics, type Topics, topics, withPartitions } from '../schemas/topics.ts';
import { internalTopics } from '../streams/names.ts';
import { shopTopology } from '../topologies/shop.ts';
import type { Config } from './config-schema.ts';

/** What the topics should be; `partitions`: of those whose count is a matter of size. */
export function allTopics({ appId, partitions }: Pick<Config, 'appId' | 'partitions'>): TopicSpec[] {
  const sized = withPartitions(new Map(sizedTopics.map((name) => [name, partitions])));
  const business = Object.values(sized).map(({ name, partitions: count, cleanup, retentionMs }) => {
    return { name, partitions: count, cleanup, retentionMs };
  });
  return [...business, ...internalTopics(appId, shopTopology(sized))];
}

/** Creates what is missing; gives the names. @throws LOG_TOPIC_EXISTS if one exists with another partition count */
export function createTopics(log: Log, config: Pick<Config, 'appId' | 'partitions'>): Promise<string[]> {
  return log.admin.createTopics(allTopics(config));
}

/** The catalogue as this log has it. */
export async function topicsOf(log: Log): Promise<Topics> {
  const described = await log.admin.describeTopics(Object.values(topics).map(({ name }) => name));
  return withPartitions(new Map(described.map(({ name, partitions }) => [name, partitions])));
}
