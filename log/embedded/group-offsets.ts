// What consumer groups have committed, in memory and in `g` entries: the offset in 8 bytes, then its metadata. A commit is
// seen at once by later jobs of the writer; readers ask through the writer, so that they learn of it only when it is durable.

import { assert } from '../../base/assert.ts';
import type { GroupMetadata } from '../group.ts';
import type { CommittedOffset, PartitionOffset, TopicPartition } from '../log.ts';
import { readInt64, writeInt64 } from '../record-batch.ts';
import type { Flush } from './flush.ts';
import { everyKey, groupKey, partitionOfKey, textOfGroupKey } from './keys.ts';
import type { Partition, Topic } from './partition.ts';
import type { LogStorage } from './storage.ts';
import type { Topics } from './topics.ts';

const offsetBytes = 8;
/** Beyond it storage would keep it among the batches. */
const mostMetadataBytes = 1_000;

/** Offsets that an open transaction means to commit. */
export interface HeldOffsets {
  readonly member: GroupMetadata;
  readonly offsets: readonly PartitionOffset[];
  /** Whether no newer producer has ended the transaction. */
  readonly isOpen: () => boolean;
}

export class GroupOffsets {
  readonly #groups = new Map<string, Map<Partition, CommittedOffset>>();
  readonly #held = new Set<HeldOffsets>();
  #waiting: (() => void)[] = [];

  async load(storage: LogStorage, topics: Topics): Promise<void> {
    for (const { key, value } of await storage.read(everyKey('g'))) {
      const { topicId, index } = partitionOfKey(key);
      const partition = topics.byId(topicId)?.partitions[index];
      if (partition !== undefined) this.#of(textOfGroupKey(key)).set(partition, decode(value));
    }
  }

  get(group: string, partition: Partition): CommittedOffset | undefined {
    return this.#groups.get(group)?.get(partition);
  }

  set(flush: Flush, group: string, partition: Partition, { offset, metadata = '' }: PartitionOffset): void {
    flush.put(groupKey(group, partition), encode(offset, metadata));
    this.#of(group).set(partition, { offset, metadata });
  }

  /** Forgets what groups committed for a deleted topic. */
  forget(flush: Flush, topic: Topic): void {
    for (const [group, offsets] of this.#groups) {
      for (const partition of topic.partitions) if (offsets.delete(partition)) flush.delete(groupKey(group, partition));
    }
  }

  hold(held: HeldOffsets): HeldOffsets {
    this.#held.add(held);
    return held;
  }

  release(held: HeldOffsets): void {
    this.#held.delete(held);
    this.recheck();
  }

  /** Something changed that `settled` may wait for. */
  recheck(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resume of waiting) resume();
  }

  /** Waits until `mayCommit` is false for every member whose open transaction holds an offset of these partitions. */
  async settled(
    group: string,
    partitions: readonly TopicPartition[],
    mayCommit: (member: GroupMetadata) => boolean,
  ): Promise<void> {
    const changes = ({ member, offsets, isOpen }: HeldOffsets) =>
      isOpen() &&
      member.group === group &&
      offsets.some((held) =>
        partitions.some((asked) => asked.topic === held.topic && asked.partition === held.partition),
      ) &&
      mayCommit(member);
    while ([...this.#held].some(changes)) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  #of(group: string): Map<Partition, CommittedOffset> {
    const offsets = this.#groups.get(group) ?? new Map<Partition, CommittedOffset>();
    this.#groups.set(group, offsets);
    return offsets;
  }
}

function encode(offset: number, metadata: string): Buffer {
  const length = Buffer.byteLength(metadata);
  assert(length <= mostMetadataBytes, 'metadata of offsets is small');
  const value = Buffer.allocUnsafe(offsetBytes + length);
  writeInt64(value, 0, offset);
  value.write(metadata, offsetBytes);
  return value;
}

function decode(value: Buffer): CommittedOffset {
  return { offset: readInt64(value, 0), metadata: value.toString('utf8', offsetBytes) };
}
