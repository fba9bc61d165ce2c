// All topics of an application: the catalogue's, and those that the engine keeps for its topologies.
import { StockstreamError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import type { Log, TopicDrift, TopicSpec } from '../log/log.ts';
import { sizedTopics, type Topics, topics, usualPartitions, withPartitions } from '../schemas/topics.ts';
import { internalTopics } from '../streams/names.ts';
import { noteShapes } from '../streams/note-shapes.ts';
import { shapesTopic } from '../streams/shape.ts';
import { allTopologies } from '../topologies/all.ts';
import type { Config } from './config-schema.ts';
import { version } from './manifest.ts';
import { clock } from './wire/places.ts';

/** What the topics should be; `partitions`: of those whose count is a matter of size. */
function allTopics({ appId, partitions }: { readonly appId: string; readonly partitions: number }): TopicSpec[] {
  const sized = withPartitions(new Map(sizedTopics.map((name) => [name, partitions])));
  const business = Object.values(sized).map(({ name, partitions: count, cleanup, retentionMs }) => {
    return { name, partitions: count, cleanup, retentionMs };
  });
  return [...business, shapesTopic(appId), ...allTopologies(sized).flatMap((each) => internalTopics(appId, each))];
}

/** Before any task runs: what it would find must fit. @throws TOPOLOGY_CHANGED */
export function checkTopologies(log: Log, { appId }: Pick<Config, 'appId'>, topics: Topics): Promise<void> {
  const topologies = allTopologies(topics);
  return noteShapes({ log, appId, topologies, codeVersion: version, now: clock.now() });
}

type Sizing = Pick<Config, 'appId' | 'log'> & { readonly partitions?: number | undefined };

/** What the topics of this log should be: where nobody says how many partitions, those that are there stay as they are. */
export async function topicsFor(log: Log, { appId, partitions, log: kind }: Sizing): Promise<TopicSpec[]> {
  if (partitions !== undefined) return allTopics({ appId, partitions });
  const { name } = topics.orders;
  const there = (await log.admin.describeTopics()).find((topic) => topic.name === name);
  return allTopics({ appId, partitions: there?.partitions ?? usualPartitions[kind] });
}

/** Creates what is missing; gives the names. @throws LOG_TOPIC_EXISTS if one exists with another partition count */
export async function createTopics(log: Log, config: Sizing): Promise<string[]> {
  return await log.admin.createTopics(await topicsFor(log, config));
}

/**
 * The catalogue as this log has it, once it is sure that all topics are there and fit together. What else differs from
 * what they would be created as is for a person to mend: it is logged, and left.
 * @throws LOG_UNKNOWN_TOPIC, LOG_TOPIC_EXISTS
 */
export async function checkTopics(log: Log, { appId }: Pick<Config, 'appId'>, logger: Logger): Promise<Topics> {
  const found = await topicsOf(log);
  const expected = allTopics({ appId, partitions: found.orders.partitions });
  const described = await log.admin.describeTopics(expected.map(({ name }) => name));
  const counts = new Map(described.map(({ name, partitions }) => [name, partitions]));
  const together = new Set([...sizedTopics, ...internalNames(appId)]);
  for (const { name: topic, partitions } of expected) {
    const actual = counts.get(topic);
    if (actual === undefined) throw new StockstreamError('LOG_UNKNOWN_TOPIC', { topic, partition: 'all' });
    if (actual === partitions || !together.has(topic)) continue;
    throw new StockstreamError('LOG_TOPIC_EXISTS', { topic, actual, expected: partitions });
  }
  for (const drift of await topicDrift(log, expected)) logger.warn(drift, 'a topic is not what it would be created as');
  return found;
}

/** Of the topics that the engine keeps. */
function internalNames(appId: string): string[] {
  return allTopologies().flatMap((topology) => internalTopics(appId, topology).map(({ name }) => name));
}

/** In what the topics of this log differ from what they would be created as. */
export function topicDrift(log: Log, expected: readonly TopicSpec[]): Promise<TopicDrift[]> {
  return log.admin.topicDrift?.(expected) ?? Promise.resolve([]);
}

/** The catalogue in the sizes of this log. */
export async function topicsOf(log: Log): Promise<Topics> {
  const described = await log.admin.describeTopics(Object.values(topics).map(({ name }) => name));
  return withPartitions(new Map(described.map(({ name, partitions }) => [name, partitions])));
}
