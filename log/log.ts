// The log port, made of Kafka's own notions: topics of partitions, record batches, transactions, consumer groups.
// An adapter (embedded/, kafka/) implements `Log`; test/conformance/log.suite.ts is the contract that each one passes.
import type { GroupMember, GroupMetadata, GroupOptions, GroupProtocol } from './group.ts';
import type { RecordBatch } from './record-batch.ts';
import type { RecordBatchBuilder } from './record-batch-builder.ts';

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** What a topic should be when it is created. Sizes in bytes, times in milliseconds; undefined means unlimited. */
export interface TopicSpec {
  readonly name: string;
  readonly partitions: number;
  readonly cleanup: 'delete' | 'compact';
  readonly retentionMs?: number | undefined;
  readonly retentionBytes?: number | undefined;
}

export interface TopicDescription {
  readonly name: string;
  readonly partitions: number;
  readonly cleanup: 'delete' | 'compact';
}

/** In what a topic differs from what it would be created as. `setting` is `partitions` or a word of the log's own. */
export interface TopicDrift {
  readonly topic: string;
  readonly setting: string;
  readonly expected: string;
  readonly actual: string;
}

/** A position for `LogAdmin.offsets`: the first offset kept, the next to be written, or the first at or after a time. */
export type OffsetQuery = 'earliest' | 'latest' | { readonly timestamp: number };

/**
 * `committed` stops at the first record of an open transaction and never sees an aborted one;
 * `uncommitted` counts everything that is stored. Only `LogAdmin.offsets` takes the latter.
 */
export type Isolation = 'committed' | 'uncommitted';

/** Where a group goes on in a partition. */
export interface CommittedOffset {
  /** The offset of the next record to read. */
  readonly offset: number;
  /** What whoever goes on there is to know, up to 1,000 bytes; it goes with the next commit. */
  readonly metadata: string;
}

/** Without metadata there is nothing to know. */
export interface PartitionOffset extends TopicPartition, Partial<CommittedOffset> {
  readonly offset: number;
}

export interface LogAdmin {
  /**
   * Creates what is missing; a topic that exists with the same partition count is left as it is.
   * @returns the names that were created.
   * @throws LOG_TOPIC_EXISTS if the partition counts differ.
   */
  createTopics(specs: readonly TopicSpec[]): Promise<string[]>;
  deleteTopics(names: readonly string[]): Promise<void>;
  /** Of the topics that exist. Absent where a topic can't be made otherwise. Nothing is ever changed in silence. */
  topicDrift?(specs: readonly TopicSpec[]): Promise<TopicDrift[]>;
  /** All topics, or those of `names` that exist. */
  describeTopics(names?: readonly string[]): Promise<TopicDescription[]>;
  /**
   * One offset a partition, in the order asked. A timestamp past the last record gives the latest offset.
   * @throws LOG_UNKNOWN_TOPIC
   */
  offsets(partitions: readonly TopicPartition[], at: OffsetQuery, isolation?: Isolation): Promise<number[]>;
  /**
   * A group's committed offsets in the order asked, undefined where none is committed. Waits until no open
   * transaction could still change them (KIP-447).
   */
  committedOffsets(group: string, partitions: readonly TopicPartition[]): Promise<(number | undefined)[]>;
  /** As `committedOffsets`, each with its metadata. */
  committed(group: string, partitions: readonly TopicPartition[]): Promise<(CommittedOffset | undefined)[]>;
  /**
   * What each member of a group was assigned last; empty if it has none, or is about to form. Absent where all members are in
   * this process.
   */
  assignments?(group: string): Promise<Uint8Array[]>;
  /** Sets a group's offsets outside a transaction, by a member of it, or by an operator while it has no members. */
  commitOffsets(group: string | GroupMetadata, offsets: readonly PartitionOffset[]): Promise<void>;
  /** Removes records before `offset`: the log then starts there. */
  deleteRecords(partition: TopicPartition, offset: number): Promise<void>;
}

/** An idempotent producer: batches of a partition are stored once each and in the order of the calls. */
export interface Producer {
  /**
   * Resolves when the batch is durable and visible, with the offset of its first record. The builder is consumed.
   * @throws LOG_UNKNOWN_TOPIC, LOG_BATCH_TOO_LARGE, LOG_CLOSED
   */
  append(topic: string, partition: number, batch: RecordBatchBuilder): Promise<number>;
  close(): Promise<void>;
}

/** Where a transaction's batch went. `nextOffset` is the offset after its last record. */
export interface Appended extends TopicPartition {
  readonly baseOffset: number;
  readonly nextOffset: number;
  /** Whether the log puts a mark of its own there, for the end of the transaction: no record will ever have that offset. */
  readonly isMarked: boolean;
}

/**
 * One atomic write: batches to any partitions and a group's offsets. Nothing of it is visible before `commit`. Once that
 * has resolved nothing undoes it, and readers get it, at once or a moment later: where brokers have yet to mark its end,
 * the `uncommitted` end tells how far to read. Failures of earlier calls surface at `commit`.
 */
export interface LogTransaction {
  /** Hands over a batch, which is stored as it is: put all records that a commit has for a partition into one. */
  append(topic: string, partition: number, batch: RecordBatchBuilder): void;
  /** Adds input offsets, fenced by the member's generation. */
  commitOffsets(member: GroupMetadata, offsets: readonly PartitionOffset[]): void;
  /**
   * Makes it visible and durable.
   * @returns one entry for each `append`, in order.
   * @throws LOG_PRODUCER_FENCED, LOG_MEMBER_FENCED (nothing became visible), LOG_REBALANCE_IN_PROGRESS (likewise; the
   * transaction is aborted and its work may be tried again).
   */
  commit(): Promise<Appended[]>;
  abort(): Promise<void>;
}

export interface TransactionalProducer {
  readonly transactionalId: string;
  /** Opens a transaction. @throws LOG_TRANSACTION_STATE if one is open already. */
  begin(): LogTransaction;
  /** Aborts what is open. */
  close(): Promise<void>;
}

/**
 * What one poll brought of one partition: committed data batches in offset order; control batches never show.
 * Their bytes are shared with other readers: don't change them.
 */
export interface Fetched extends TopicPartition {
  readonly batches: readonly RecordBatch[];
  /** Where to go on once these are consumed: past control and aborted batches. May move without any batch. */
  readonly nextOffset: number;
  /** The end of the committed partition as the fetch saw it: lag is `endOffset - nextOffset`. */
  readonly endOffset: number;
}

export interface FetchLimits {
  /** How long to wait if nothing is there, in milliseconds. */
  readonly maxWaitMs: number;
  /** About how many bytes to return at most; a single larger batch is returned whole. */
  readonly maxBytes: number;
}

/** Reads committed batches of the partitions assigned to it. Not for concurrent polls. */
export interface Fetcher {
  /** Starts or moves reading of a partition at `offset`. */
  assign(partition: TopicPartition, offset: number): void;
  unassign(partition: TopicPartition): void;
  /** A paused partition keeps its position but isn't returned. */
  pause(partition: TopicPartition): void;
  resume(partition: TopicPartition): void;
  /**
   * Resolves as soon as something is there, else with an empty list after `maxWaitMs` or on `wake`.
   * A returned batch may begin before the assigned offset: skip its earlier records.
   * @throws LOG_OFFSET_OUT_OF_RANGE, LOG_UNKNOWN_TOPIC, LOG_CORRUPT_BATCH
   */
  poll(limits: FetchLimits): Promise<Fetched[]>;
  /** Ends a waiting poll at once; if none waits, the next one doesn't. */
  wake(): void;
  close(): Promise<void>;
}

/** Whether the log answers, as far as its own traffic shows: for health checks and metrics. */
export interface LogHealth {
  readonly answers: boolean;
  /** What is wrong, if anything is: a part may be down while the log as a whole answers. */
  readonly reason?: string;
}

export interface Log {
  /** `embedded` or `kafka`. */
  readonly kind: string;
  /** Absent if the log answers whenever it is open. */
  readonly health?: LogHealth;
  readonly admin: LogAdmin;
  producer(): Promise<Producer>;
  /** Takes the id over: an older producer of the same id is fenced and its open transaction aborted. */
  transactionalProducer(transactionalId: string): Promise<TransactionalProducer>;
  fetcher(): Fetcher;
  /** Joins a consumer group; resolves when the member is known, its first assignment comes by callback. */
  join(options: GroupOptions, protocol: GroupProtocol): Promise<GroupMember>;
  close(): Promise<void>;
}
