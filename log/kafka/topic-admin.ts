// Topics: created so that every broker knows them, described, deleted, compared with what they should be.
import {
  ConfigResourceTypes,
  createTopicsV7,
  deleteTopicsV6,
  describeConfigsV4,
  metadataV12,
} from '@platformatic/kafka';
import { StockstreamError } from '../../base/errors.ts';
import type { TopicDescription, TopicDrift, TopicSpec } from '../log.ts';
import type { Cluster } from './cluster.ts';
import { checkCode, kafka, kafkaError } from './error-codes.ts';
import type { Names } from './names.ts';
import { retrying } from './retry.ts';
import { cleanupOf, driftOf, type TopicState, topicConfigs } from './topic-settings.ts';

export class TopicAdmin {
  readonly #cluster: Cluster;
  readonly #names: Names;

  constructor(cluster: Cluster, names: Names) {
    this.#cluster = cluster;
    this.#names = names;
  }

  async create(specs: readonly TopicSpec[]): Promise<string[]> {
    const existing = await this.#states(specs.map(({ name }) => name));
    for (const spec of specs) expectPartitions(spec, existing.get(spec.name));
    const missing = specs.filter(({ name }) => !existing.has(name));
    if (missing.length === 0) return [];
    const created = await this.#create(missing);
    await this.#everywhere(
      missing.map(({ name }) => this.#names.topic(name)),
      expectLeaders,
    );
    const others = missing.filter(({ name }) => !created.includes(name));
    const found = await this.#states(others.map(({ name }) => name));
    for (const spec of others) expectPartitions(spec, found.get(spec.name));
    return created;
  }

  async delete(names: readonly string[]): Promise<void> {
    const left = new Set(names.map((name) => this.#names.topic(name)));
    const timeoutMs = this.#cluster.parts.settings.requestTimeoutMs;
    let isRepeated = false;
    await this.#retrying(async () => {
      const isFirst = !isRepeated;
      isRepeated = true;
      const request = [...left].map((name) => ({ name }));
      const { responses } = await this.#cluster.brokers.any('admin').call(deleteTopicsV6.api, request, timeoutMs);
      for (const { name, errorCode, errorMessage } of responses) {
        // One that is gone by now was deleted by a request whose answer got lost.
        const isGone = !isFirst && errorCode === kafka.unknownTopicOrPartition;
        const topic = String(name);
        if (!isGone) checkCode(errorCode, { action: `delete topic ${topic}`, topic, partition: 'all' }, errorMessage);
        left.delete(topic);
      }
    });
    const topics = names.map((name) => this.#names.topic(name));
    this.#cluster.forget(topics);
    await this.#everywhere(topics, ({ name, errorCode }) => {
      if (errorCode !== kafka.unknownTopicOrPartition)
        throw kafkaError(kafka.leaderNotAvailable, { action: `delete topic ${name}` });
    });
  }

  async describe(names?: readonly string[]): Promise<TopicDescription[]> {
    const states = await this.#states(names);
    return [...states].map(([name, { partitions, configs }]) => {
      return { name, partitions, cleanup: cleanupOf(configs.get('cleanup.policy')) };
    });
  }

  /** What is other than it would be created now, of the topics that exist. */
  async drift(specs: readonly TopicSpec[]): Promise<TopicDrift[]> {
    const states = await this.#states(specs.map(({ name }) => name));
    return specs.flatMap((spec) => {
      const state = states.get(spec.name);
      return state === undefined ? [] : driftOf(spec, state, this.#cluster.parts.settings);
    });
  }

  /** Of the topics that exist, by our names. */
  async #states(names?: readonly string[]): Promise<Map<string, TopicState>> {
    const asked = names?.map((name) => this.#names.topic(name)) ?? null;
    const found = asked?.length === 0 ? [] : await this.#cluster.describe(asked);
    const ours = found.flatMap(({ name, isInternal, partitions }) => {
      return name && !isInternal && this.#names.isOurs(name) ? [{ name, partitions }] : [];
    });
    const configs = await this.#configs(ours.map(({ name }) => name));
    return new Map(
      ours.map(({ name, partitions }) => {
        const replicas = partitions[0]?.replicaNodes.length ?? 0;
        const state = { partitions: partitions.length, replicas, configs: configs.get(name) ?? new Map() };
        return [this.#names.own(name), state];
      }),
    );
  }

  async #configs(topics: readonly string[]): Promise<Map<string, Map<string, string>>> {
    if (topics.length === 0) return new Map();
    const request = topics.map((resourceName) => ({ resourceType: ConfigResourceTypes.TOPIC, resourceName }));
    return await this.#retrying(async () => {
      const { results } = await this.#cluster.brokers.any('admin').call(describeConfigsV4.api, request);
      return new Map(
        results.map(({ resourceName, errorCode, errorMessage, configs }) => {
          // A topic that was deleted meanwhile has no settings.
          if (errorCode !== kafka.unknownTopicOrPartition) {
            checkCode(errorCode, { action: `describe topic ${resourceName}` }, errorMessage);
          }
          return [resourceName, new Map(configs.map(({ name, value }) => [name, value ?? '']))];
        }),
      );
    });
  }

  async #create(specs: readonly TopicSpec[]): Promise<string[]> {
    const { settings } = this.#cluster.parts;
    const left = new Map(specs.map((spec) => [this.#names.topic(spec.name), spec]));
    const created: string[] = [];
    await this.#retrying(async () => {
      const requests = [...left].map(([name, spec]) => ({
        name,
        numPartitions: spec.partitions,
        replicationFactor: settings.replicationFactor,
        assignments: [],
        configs: Object.entries(topicConfigs(spec, settings)).map(([key, value]) => ({ name: key, value })),
      }));
      const link = this.#cluster.brokers.any('admin');
      const { topics } = await link.call(createTopicsV7.api, requests, settings.requestTimeoutMs, false);
      const failures = topics.filter(({ name, errorCode }) => {
        const isOurs = errorCode === kafka.none;
        if (isOurs) created.push(left.get(name)!.name);
        // Somebody else was faster, or we were and didn't hear of it.
        if (isOurs || errorCode === kafka.topicAlreadyExists) left.delete(name);
        return left.has(name);
      });
      for (const { name, errorCode, errorMessage } of failures) {
        throw kafkaError(errorCode, { action: `create topic ${name}` }, errorMessage);
      }
    });
    this.#cluster.forget([...specs].map(({ name }) => this.#names.topic(name)));
    return created;
  }

  /**
   * Waits until every broker says of the topics what it should, as far as patience goes: little for one that is away, which
   * will know when it is back, and more for one that answers and is only slow.
   */
  async #everywhere(topics: readonly string[], expect: (topic: TopicMetadata) => void): Promise<void> {
    const { brokers, parts } = this.#cluster;
    const { unknownTopicMs, requestTimeoutMs } = parts.settings;
    const ask = (broker: number) => brokers.shared(broker, 'metadata').call(metadataV12.api, [...topics], false);
    const knows = async (broker: number) => {
      const answer = await retrying({ ...parts, forMs: unknownTopicMs }, () => ask(broker)).catch(() => undefined);
      answer?.topics.forEach(expect);
    };
    const patience = { ...parts, forMs: requestTimeoutMs };
    await Promise.all(brokers.ids.map((broker) => retrying(patience, () => knows(broker)).catch(() => {})));
  }

  #retrying<T>(work: () => Promise<T>): Promise<T> {
    const { parts } = this.#cluster;
    return retrying({ ...parts, forMs: parts.settings.deliveryTimeoutMs }, work);
  }
}

type TopicMetadata = Awaited<ReturnType<typeof metadataV12.api.async>>['topics'][number];

/** A broker knows a topic when it knows who leads each partition. */
function expectLeaders({ name, errorCode, partitions }: TopicMetadata): void {
  const isUsable = errorCode === kafka.none && partitions.every(({ leaderId }) => leaderId >= 0);
  if (!isUsable) throw kafkaError(errorCode || kafka.leaderNotAvailable, { action: `use topic ${name}` });
}

/** @throws LOG_TOPIC_EXISTS */
function expectPartitions({ name, partitions }: TopicSpec, existing: TopicState | undefined): void {
  if (existing === undefined || existing.partitions === partitions) return;
  throw new StockstreamError('LOG_TOPIC_EXISTS', { topic: name, actual: existing.partitions, expected: partitions });
}
