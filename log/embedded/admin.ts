// Topics, offsets and deletions of the embedded log.
import { StockstreamError } from '../../base/errors.ts';
import type { GroupMetadata } from '../group.ts';
import type {
  CommittedOffset,
  LogAdmin,
  OffsetQuery,
  PartitionOffset,
  TopicDescription,
  TopicPartition,
  TopicSpec,
} from '../log.ts';
import type { Flush } from './flush.ts';
import type { Handle } from './handle.ts';
import type { Partition } from './partition.ts';
import { offsetAt } from './time-index.ts';

export class EmbeddedAdmin implements LogAdmin {
  readonly #handle: Handle;

  constructor(handle: Handle) {
    this.#handle = handle;
  }

  createTopics(specs: readonly TopicSpec[]): Promise<string[]> {
    return this.#handle.call(() => this.#core.writer.submit((flush) => this.#create(flush, specs)));
  }

  deleteTopics(names: readonly string[]): Promise<void> {
    const { topics, offsets, cleaner } = this.#core;
    return this.#handle.call(async () => {
      const deleted = await this.#core.writer.submit((flush) => {
        for (const topic of names) topics.find({ topic, partition: 0 });
        return [...new Set(names)].map((name) => {
          const topic = topics.delete(flush, name);
          offsets.forget(flush, topic);
          return topic;
        });
      });
      for (const topic of deleted) cleaner.erase(topic);
    });
  }

  describeTopics(names?: readonly string[]): Promise<TopicDescription[]> {
    return this.#handle.call(() =>
      this.#core.topics.all
        .filter(({ spec }) => names?.includes(spec.name) ?? true)
        .map(({ spec: { name, partitions, cleanup } }) => ({ name, partitions, cleanup })),
    );
  }

  /** Aborted and open transactions are never stored: both isolations see the same. */
  offsets(partitions: readonly TopicPartition[], at: OffsetQuery): Promise<number[]> {
    return this.#handle.call(() => {
      const found = partitions.map((partition) => this.#core.topics.find(partition));
      return Promise.all(found.map((partition) => this.#offset(partition, at)));
    });
  }

  async committedOffsets(group: string, partitions: readonly TopicPartition[]): Promise<(number | undefined)[]> {
    return (await this.committed(group, partitions)).map((each) => each?.offset);
  }

  committed(group: string, partitions: readonly TopicPartition[]): Promise<(CommittedOffset | undefined)[]> {
    const { offsets, groups, topics, writer } = this.#core;
    return this.#handle.call(async () => {
      await offsets.settled(group, partitions, (member) => this.#handle.isOpen && groups.isCurrent(member));
      this.#handle.check();
      // Through the writer, behind every commit that came before.
      return writer.submit(() => partitions.map((partition) => offsets.get(group, topics.find(partition))));
    });
  }

  commitOffsets(by: string | GroupMetadata, committed: readonly PartitionOffset[]): Promise<void> {
    const { offsets, groups, topics, writer } = this.#core;
    return this.#handle.call(() =>
      writer.submit((flush) => {
        groups.check(by);
        const group = typeof by === 'string' ? by : by.group;
        const found = committed.map((each) => ({ ...each, found: topics.find(each) }));
        for (const each of found) offsets.set(flush, group, each.found, each);
      }),
    );
  }

  deleteRecords(partition: TopicPartition, offset: number): Promise<void> {
    return this.#handle.call(() => {
      const found = this.#core.topics.find(partition);
      const { start: earliest, end: latest } = found;
      if (offset > latest)
        throw new StockstreamError('LOG_OFFSET_OUT_OF_RANGE', { ...partition, offset, earliest, latest });
      return this.#core.cleaner.deleteRecords(found, offset);
    });
  }

  #create(flush: Flush, specs: readonly TopicSpec[]): string[] {
    const { topics, identities } = this.#core;
    for (const { name, partitions: expected } of specs) {
      const actual = topics.get(name)?.spec.partitions ?? expected;
      if (actual !== expected) throw new StockstreamError('LOG_TOPIC_EXISTS', { topic: name, actual, expected });
    }
    const missing = specs.filter(({ name }) => topics.get(name) === undefined);
    for (const spec of missing) topics.create(flush, identities.newTopicId(flush), spec);
    return missing.map(({ name }) => name);
  }

  async #offset(partition: Partition, at: OffsetQuery): Promise<number> {
    if (at === 'earliest') return partition.start;
    return at === 'latest' ? partition.end : offsetAt(this.#core, partition, at.timestamp);
  }

  get #core() {
    return this.#handle.core;
  }
}
