// What groups have committed: read once no open transaction could still change it, and set outside of transactions. And what
// their members were assigned.
import { describeGroupsV5, offsetCommitV9, offsetFetchV9 } from '@platformatic/kafka';
import type { GroupMetadata } from '../group.ts';
import type { CommittedOffset, PartitionOffset, TopicPartition } from '../log.ts';
import type { Coordinators } from './coordinator.ts';
import { checkCode, kafka, kafkaError } from './error-codes.ts';
import type { LinkParts } from './link.ts';
import type { Names } from './names.ts';

const requireStable = true;
const noEpoch = -1;
/** What the brokers take for somebody outside of the group. */
const nobody = { memberId: '', generation: -1 } as const;

export class GroupOffsets {
  readonly #coordinators: Coordinators;
  readonly #names: Names;
  readonly #parts: LinkParts;

  constructor(coordinators: Coordinators, names: Names, parts: LinkParts) {
    this.#coordinators = coordinators;
    this.#names = names;
    this.#parts = parts;
  }

  async committed(group: string, partitions: readonly TopicPartition[]): Promise<(CommittedOffset | undefined)[]> {
    const groupId = this.#names.group(group);
    const topics = this.#byTopic(partitions).map(([name, each]) => {
      return { name, partitionIndexes: each.map(({ partition }) => partition) };
    });
    const request = [{ groupId, memberId: null, memberEpoch: noEpoch, topics }];
    const context = { action: `read the offsets of ${group}`, group };
    // An open transaction ends at the latest when its time is over; until then the answer is that offsets are unstable.
    const { deliveryTimeoutMs, transactionTimeoutMs } = this.#parts.settings;
    return await this.#coordinators
      .of('group', groupId)
      .ask(Math.max(deliveryTimeoutMs, 3 * transactionTimeoutMs), async (link) => {
        const answer = await link.call(offsetFetchV9.api, request, requireStable);
        const found = answer.groups[0]!;
        checkCode(found.errorCode, context);
        const offsets = new Map<string, CommittedOffset>();
        for (const { name, partitions: each } of found.topics) {
          for (const { partitionIndex, committedOffset: offset, metadata, errorCode } of each) {
            // A topic that is gone has no offsets.
            if (errorCode !== kafka.unknownTopicOrPartition) checkCode(errorCode, context);
            if (offset < 0n) continue;
            offsets.set(`${name} ${partitionIndex}`, { offset: Number(offset), metadata: metadata ?? '' });
          }
        }
        return partitions.map(({ topic, partition }) => offsets.get(`${this.#names.topic(topic)} ${partition}`));
      });
  }

  async commit(by: string | GroupMetadata, offsets: readonly PartitionOffset[]): Promise<void> {
    const { group, memberId, generation } = typeof by === 'string' ? { group: by, ...nobody } : by;
    const groupId = this.#names.group(group);
    const topics = this.#byTopic(offsets).map(([name, each]) => ({
      name,
      partitions: each.map(({ partition, offset, metadata }) => ({
        partitionIndex: partition,
        committedOffset: BigInt(offset),
        committedLeaderEpoch: noEpoch,
        committedMetadata: metadata ?? '',
      })),
    }));
    const context = { action: `commit offsets of ${group}`, group, memberId, generation };
    await this.#coordinators.of('group', groupId).ask(this.#parts.settings.deliveryTimeoutMs, async (link) => {
      const answer = await link.call(offsetCommitV9.api, groupId, generation, memberId, null, topics);
      for (const { name, partitions } of answer.topics) {
        for (const { partitionIndex, errorCode } of partitions) {
          if (errorCode !== kafka.none)
            throw kafkaError(errorCode, { ...context, topic: name, partition: partitionIndex });
        }
      }
    });
  }

  async assignments(group: string): Promise<Uint8Array[]> {
    const groupId = this.#names.group(group);
    const context = { action: `describe group ${group}`, group };
    return await this.#coordinators.of('group', groupId).ask(this.#parts.settings.deliveryTimeoutMs, async (link) => {
      const answer = await link.call(describeGroupsV5.api, [groupId], false);
      const found = answer.groups[0]!;
      checkCode(found.errorCode, context);
      return found.groupState === 'Stable' ? found.members.map(({ memberAssignment }) => memberAssignment) : [];
    });
  }

  #byTopic<P extends TopicPartition>(partitions: readonly P[]): [string, P[]][] {
    return [...Map.groupBy(partitions, ({ topic }) => this.#names.topic(topic))];
  }
}
