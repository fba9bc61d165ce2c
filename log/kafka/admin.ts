// Topics, offsets and deletions on Kafka: the port's admin side.
import { deleteRecordsV2 } from '@platformatic/kafka';
import { StockstreamError } from '../../base/errors.ts';
import type { GroupMetadata } from '../group.ts';
import type {
  CommittedOffset,
  Isolation,
  LogAdmin,
  OffsetQuery,
  PartitionOffset,
  TopicDescription,
  TopicDrift,
  TopicPartition,
  TopicSpec,
} from '../log.ts';
import type { Cluster } from './cluster.ts';
import { checkCode, isStaleMetadata, kafka } from './error-codes.ts';
import type { GroupOffsets } from './group-offsets.ts';
import { listOffsets, offsetOf } from './list-offsets.ts';
import type { Names } from './names.ts';
import { retrying } from './retry.ts';
import { TopicAdmin } from './topic-admin.ts';

export class KafkaAdmin implements LogAdmin {
  readonly #cluster: Cluster;
  readonly #names: Names;
  readonly #topics: TopicAdmin;
  readonly #groups: GroupOffsets;

  constructor(cluster: Cluster, names: Names, groups: GroupOffsets) {
    this.#cluster = cluster;
    this.#names = names;
    this.#topics = new TopicAdmin(cluster, names);
    this.#groups = groups;
  }

  createTopics(specs: readonly TopicSpec[]): Promise<string[]> {
    return this.#open(() => this.#topics.create(specs));
  }

  deleteTopics(names: readonly string[]): Promise<void> {
    return this.#open(() => this.#topics.delete(names));
  }

  describeTopics(names?: readonly string[]): Promise<TopicDescription[]> {
    return this.#open(() => this.#topics.describe(names));
  }

  /** In what the topics that exist differ from what they would be created as now. */
  topicDrift(specs: readonly TopicSpec[]): Promise<TopicDrift[]> {
    return this.#open(() => this.#topics.drift(specs));
  }

  offsets(partitions: readonly TopicPartition[], at: OffsetQuery, isolation?: Isolation): Promise<number[]> {
    return this.#open(() => this.#offsets(partitions, at, isolation ?? 'committed'));
  }

  committedOffsets(group: string, partitions: readonly TopicPartition[]): Promise<(number | undefined)[]> {
    return this.#open(async () => (await this.#groups.committed(group, partitions)).map((each) => each?.offset));
  }

  committed(group: string, partitions: readonly TopicPartition[]): Promise<(CommittedOffset | undefined)[]> {
    return this.#open(() => this.#groups.committed(group, partitions));
  }

  /** What each member of a group was assigned last. */
  assignments(group: string): Promise<Uint8Array[]> {
    return this.#open(() => this.#groups.assignments(group));
  }

  commitOffsets(by: string | GroupMetadata, offsets: readonly PartitionOffset[]): Promise<void> {
    return this.#open(() => this.#groups.commit(by, offsets));
  }

  deleteRecords(partition: TopicPartition, offset: number): Promise<void> {
    return this.#open(() => this.#deleteRecords(partition, offset));
  }

  async #offsets(partitions: readonly TopicPartition[], at: OffsetQuery, isolation: Isolation): Promise<number[]> {
    const asked = partitions.map(({ topic, partition }) => ({ topic: this.#names.topic(topic), partition }));
    const of = (where: number) => listOffsets(this.#cluster, asked, where, isolation);
    if (at === 'earliest' || at === 'latest') return await of(offsetOf[at]);
    const found = await of(at.timestamp);
    // Past the last record: its end.
    const latest = found.includes(-1) ? await of(offsetOf.latest) : found;
    return found.map((offset, index) => (offset === -1 ? latest[index]! : offset));
  }

  async #deleteRecords(partition: TopicPartition, offset: number): Promise<void> {
    const at = { topic: this.#names.topic(partition.topic), partition: partition.partition };
    const { parts } = this.#cluster;
    const isWithin = await retrying({ ...parts, forMs: parts.settings.deliveryTimeoutMs }, () =>
      this.#deleteBefore(at, offset),
    );
    if (isWithin) return;
    const [earliest] = await this.#offsets([partition], 'earliest', 'uncommitted');
    const [latest] = await this.#offsets([partition], 'latest', 'uncommitted');
    throw new StockstreamError('LOG_OFFSET_OUT_OF_RANGE', { ...partition, offset, earliest, latest });
  }

  /** False if there is no such offset. */
  async #deleteBefore({ topic, partition }: TopicPartition, offset: number): Promise<boolean> {
    const { brokers, parts } = this.#cluster;
    const { broker } = await this.#cluster.located({ topic, partition });
    const request = [{ name: topic, partitions: [{ partitionIndex: partition, offset: BigInt(offset) }] }];
    const link = brokers.shared(broker, 'admin');
    const asked = link.call(deleteRecordsV2.api, request, parts.settings.requestTimeoutMs);
    asked.catch(() => this.#cluster.suspect(topic));
    const answer = await asked;
    const { errorCode } = answer.topics[0]!.partitions[0]!;
    if (errorCode === kafka.offsetOutOfRange) return false;
    if (isStaleMetadata(errorCode)) this.#cluster.stale(topic);
    checkCode(errorCode, { action: `delete records of ${topic}-${partition}`, topic, partition });
    return true;
  }

  async #open<T>(work: () => Promise<T>): Promise<T> {
    this.#cluster.parts.lifetime.check();
    return await work();
  }
}
