// Topics' settings: what a `TopicSpec` means in Kafka's words, and back from what the brokers say.
import type { TopicDescription, TopicDrift, TopicSpec } from '../log.ts';
import type { KafkaSettings } from './options.ts';

const unlimited = -1;
const compactedSegmentBytes = 64 * 2 ** 20;

/**
 * The settings to create a topic with. A compacted topic's segments are small, for the newest one is never compacted and
 * whoever restores reads all of it.
 */
export function topicConfigs(spec: TopicSpec, settings: KafkaSettings): Readonly<Record<string, string>> {
  const { cleanup, retentionMs = unlimited, retentionBytes = unlimited } = spec;
  return {
    'cleanup.policy': cleanup,
    'max.message.bytes': String(settings.maxBatchBytes),
    ...(cleanup === 'delete' && { 'retention.ms': String(retentionMs), 'retention.bytes': String(retentionBytes) }),
    ...(cleanup === 'compact' && { 'segment.bytes': String(compactedSegmentBytes) }),
    ...settings.topicConfigs,
  };
}

/** `compact,delete` counts as compacted: that a key's last value stays is what readers must not rely on otherwise. */
export function cleanupOf(policy: string | undefined): TopicDescription['cleanup'] {
  return policy?.includes('compact') ? 'compact' : 'delete';
}

/** What a topic is like. */
export interface TopicState {
  readonly partitions: number;
  readonly replicas: number;
  readonly configs: ReadonlyMap<string, string>;
}

export function driftOf(spec: TopicSpec, { partitions, replicas, configs }: TopicState, settings: KafkaSettings) {
  const expected = { partitions: String(spec.partitions), ...topicConfigs(spec, settings) };
  const actual = new Map([['partitions', String(partitions)], ...configs]);
  const drift = Object.entries(expected).map(([setting, value]) => {
    return { topic: spec.name, setting, expected: value, actual: actual.get(setting) ?? 'unknown' };
  });
  if (settings.replicationFactor > 0) {
    const factor = String(settings.replicationFactor);
    drift.push({ topic: spec.name, setting: 'replicas', expected: factor, actual: String(replicas) });
  }
  return drift.filter((each): each is TopicDrift => each.expected !== each.actual);
}
