// Transactions on Kafka, transaction version 2 (KIP-890).
//
//     open --commit()--> committing --> committed
//       |                     +--refused, failed--> aborted (its batches never show)
//       +--abort(), close()--> aborted
//
// After a commit the coordinator still writes its markers, and lets the id begin nothing meanwhile; a producer that goes on
// at once would wait for that each time. So a producer has several ids, taken in turn. They can't overtake each other: a
// transaction begins after the one before it was committed, readers get to no record behind an open transaction, and a
// group's offsets keep the order in which they were written. Whoever takes the producer over takes over all its ids.
import { isStockstreamError, StockstreamError } from '../../base/errors.ts';
import type { GroupMetadata } from '../group.ts';
import type { Appended, LogTransaction, PartitionOffset, TransactionalProducer } from '../log.ts';
import type { RecordBatchBuilder } from '../record-batch-builder.ts';
import { checkSize } from './producer.ts';
import { TransactionLane, TransactionLinks, type TransactionParts } from './transaction-lane.ts';

const laneCount = 2;

export class KafkaTransactionalProducer implements TransactionalProducer {
  readonly transactionalId: string;
  readonly parts: TransactionParts;
  readonly #links: TransactionLinks;
  readonly #lanes: readonly TransactionLane[];
  #turn = 0;
  #transaction: KafkaTransaction | undefined;
  /** Why the producer can't go on; another one of the same id can. */
  #failure: unknown;
  #isClosed = false;

  private constructor(
    transactionalId: string,
    parts: TransactionParts,
    links: TransactionLinks,
    lanes: TransactionLane[],
  ) {
    this.transactionalId = transactionalId;
    this.parts = parts;
    this.#links = links;
    this.#lanes = lanes;
  }

  static async open(transactionalId: string, parts: TransactionParts): Promise<KafkaTransactionalProducer> {
    const links = new TransactionLinks(parts);
    const id = parts.names.transactionalId(transactionalId);
    try {
      const ids = Array.from({ length: laneCount }, (_, lane) => `${id}-${lane}`);
      const opening = ids.map((each) => TransactionLane.open({ transactionalId: each, parts, links }));
      return new KafkaTransactionalProducer(transactionalId, parts, links, await Promise.all(opening));
    } catch (error) {
      links.close();
      throw error;
    }
  }

  begin(): LogTransaction {
    this.parts.cluster.parts.lifetime.check();
    if (this.#isClosed) throw new StockstreamError('LOG_CLOSED');
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#transaction !== undefined && !this.#transaction.isOver) {
      throw new StockstreamError('LOG_TRANSACTION_STATE', { state: this.#transaction.state, action: 'begin again' });
    }
    const lane = this.#lanes[this.#turn++ % laneCount]!;
    this.#transaction = new KafkaTransaction(this, lane);
    return this.#transaction;
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    // What can't be aborted now is aborted by the id's next producer, or by the brokers when its time is over.
    await this.#transaction?.drop().catch(() => {});
    for (const lane of this.#lanes) lane.close();
    this.#links.close();
  }

  /** A transaction ended in a way that leaves the coordinator in doubt, or another producer has taken over. */
  fail(error: unknown): void {
    this.#failure ??= error;
  }
}

interface Append {
  readonly topic: string;
  readonly partition: number;
  readonly count: number;
  readonly offset: Promise<number>;
}

class KafkaTransaction implements LogTransaction {
  state: 'open' | 'committing' | 'committed' | 'aborted' = 'open';
  readonly #producer: KafkaTransactionalProducer;
  readonly #lane: TransactionLane;
  readonly #appends: Append[] = [];
  readonly #offsets: { readonly member: GroupMetadata; readonly offsets: readonly PartitionOffset[] }[] = [];

  constructor(producer: KafkaTransactionalProducer, lane: TransactionLane) {
    this.#producer = producer;
    this.#lane = lane;
  }

  get isOver(): boolean {
    return this.state === 'committed' || this.state === 'aborted';
  }

  append(topic: string, partition: number, batch: RecordBatchBuilder): void {
    this.#expectOpen('append');
    const offset = this.#send(topic, partition, batch);
    // `commit` looks at it.
    offset.catch(() => {});
    this.#appends.push({ topic, partition, count: batch.count, offset });
  }

  commitOffsets(member: GroupMetadata, offsets: readonly PartitionOffset[]): void {
    this.#expectOpen('commit offsets');
    this.#offsets.push({ member, offsets });
  }

  async commit(): Promise<Appended[]> {
    this.#producer.parts.cluster.parts.lifetime.check();
    this.#expectOpen('commit');
    this.state = 'committing';
    try {
      const appended = await this.#stored();
      // Only then: a coordinator takes into a transaction one thing at a time, and lets others wait for long.
      for (const { member, offsets } of this.#offsets) await this.#lane.commitOffsets(member, offsets);
      if (!this.#isEmpty) await this.#lane.end(true);
      this.state = 'committed';
      return appended;
    } catch (error) {
      throw await this.#giveUp(error);
    }
  }

  async abort(): Promise<void> {
    if (this.state === 'aborted') return;
    this.#expectOpen('abort');
    await this.drop();
  }

  /** Aborts if it is open. */
  async drop(): Promise<void> {
    if (this.state === 'open') await this.#giveUp(undefined);
  }

  get #isEmpty(): boolean {
    return this.#appends.length + this.#offsets.length === 0;
  }

  async #send(topic: string, partition: number, batch: RecordBatchBuilder): Promise<number> {
    const { cluster, names } = this.#producer.parts;
    checkSize(batch, cluster.parts.settings.maxBatchBytes);
    return this.#lane.append(names.topic(topic), partition, batch);
  }

  /** Waits until all batches are stored. @throws what the first to fail says */
  async #stored(): Promise<Appended[]> {
    return await Promise.all(
      this.#appends.map(async ({ topic, partition, count, offset }) => {
        const baseOffset = await offset;
        return { topic, partition, baseOffset, nextOffset: baseOffset + count, isMarked: true };
      }),
    );
  }

  /** Ends an open or failed transaction, so that the next one can begin. Never rejects; gives what to tell the caller. */
  async #giveUp(error: unknown): Promise<unknown> {
    try {
      if (isBeyondAbort(error)) this.#producer.fail(error);
      else if (!this.#isEmpty) {
        await this.#lane.halt(
          error ?? new StockstreamError('LOG_TRANSACTION_STATE', { state: 'aborted', action: 'append' }),
        );
        await this.#lane.end(false);
      }
      return error;
    } catch (failure) {
      this.#producer.fail(failure);
      // A leader can't tell a producer that was replaced from one whose transaction took too long; the coordinator can.
      return isStockstreamError(failure, 'LOG_PRODUCER_FENCED') ? failure : error;
    } finally {
      this.state = 'aborted';
    }
  }

  #expectOpen(action: string): void {
    if (this.state !== 'open') throw new StockstreamError('LOG_TRANSACTION_STATE', { state: this.state, action });
  }
}

/** It may be committed, or somebody else has the id: an abort would be wrong. */
function isBeyondAbort(error: unknown): boolean {
  const codes = ['LOG_OUTCOME_UNKNOWN', 'LOG_PRODUCER_FENCED', 'LOG_CLOSED'] as const;
  return codes.some((code) => isStockstreamError(error, code));
}
