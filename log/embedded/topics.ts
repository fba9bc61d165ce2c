// The topics of an embedded log and their partitions, in memory. Changes are staged into a flush, so that they become
// durable with it; whoever asks sees them at once.
import { assert } from '../../base/assert.ts';
import { StockstreamError } from '../../base/errors.ts';
import type { TopicPartition, TopicSpec } from '../log.ts';
import type { Flush } from './flush.ts';
import { everyKey, partitionKey, partitionOfKey, topicKey } from './keys.ts';
import { Partition, type Topic } from './partition.ts';
import type { LogStorage } from './storage.ts';

interface StoredTopic {
  readonly spec: TopicSpec;
  readonly deleted: boolean;
}

export class Topics {
  readonly #byName = new Map<string, Topic>();
  readonly #byId = new Map<number, Topic>();

  async load(storage: LogStorage): Promise<void> {
    for (const { key, value } of await storage.read(everyKey('t'))) {
      const { spec, deleted } = JSON.parse(value.toString()) as StoredTopic;
      this.#add(key.readUInt32BE(1), spec, deleted);
    }
    for (const { key, value } of await storage.read(everyKey('p'))) {
      const { topicId, index } = partitionOfKey(key);
      this.#byId.get(topicId)?.partitions[index]?.restore(value);
    }
  }

  get all(): Topic[] {
    return [...this.#byName.values()];
  }

  /** Those whose data is still to be removed. */
  get deleted(): Topic[] {
    return [...this.#byId.values()].filter((topic) => topic.deleted);
  }

  get(name: string): Topic | undefined {
    return this.#byName.get(name);
  }

  byId(id: number): Topic | undefined {
    return this.#byId.get(id);
  }

  /** @throws LOG_UNKNOWN_TOPIC */
  find({ topic, partition }: TopicPartition): Partition {
    const found = this.#byName.get(topic)?.partitions[partition];
    if (found === undefined) throw new StockstreamError('LOG_UNKNOWN_TOPIC', { topic, partition });
    return found;
  }

  create(flush: Flush, id: number, spec: TopicSpec): void {
    assert(Number.isInteger(spec.partitions) && spec.partitions > 0, `topic ${spec.name} has at least one partition`);
    const topic = this.#add(id, spec, false);
    this.#put(flush, topic);
    for (const partition of topic.partitions) flush.put(partitionKey(partition), partition.encode());
  }

  /** Hides a topic. @throws LOG_UNKNOWN_TOPIC */
  delete(flush: Flush, name: string): Topic {
    const topic = this.#byName.get(name);
    if (topic === undefined) throw new StockstreamError('LOG_UNKNOWN_TOPIC', { topic: name, partition: 'any' });
    topic.deleted = true;
    this.#byName.delete(name);
    this.#put(flush, topic);
    for (const partition of topic.partitions) partition.notify();
    return topic;
  }

  /** Forgets a deleted topic whose batches are gone. */
  forget(flush: Flush, topic: Topic): void {
    this.#byId.delete(topic.id);
    flush.delete(topicKey(topic.id));
    for (const partition of topic.partitions) flush.delete(partitionKey(partition));
  }

  #add(id: number, spec: TopicSpec, deleted: boolean): Topic {
    const partitions = Array.from({ length: spec.partitions }, (_, index) => new Partition(id, index));
    const topic: Topic = { id, spec, partitions, deleted };
    this.#byId.set(id, topic);
    if (!deleted) this.#byName.set(spec.name, topic);
    return topic;
  }

  #put(flush: Flush, { id, spec, deleted }: Topic): void {
    const stored: StoredTopic = { spec, deleted };
    flush.put(topicKey(id), Buffer.from(JSON.stringify(stored)));
  }
}
