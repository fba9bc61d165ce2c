// Transactions of the embedded log: gathered in memory, written as one job at commit, so that an abort leaves nothing.
//
//     open --commit()--> committing --durable--> committed
//       |                     +--refused or failed--> aborted
//       +--abort(), close(), a newer producer--> aborted
import { StockstreamError } from '../../base/errors.ts';
import type { GroupMetadata } from '../group.ts';
import type { Appended, LogTransaction, PartitionOffset, TransactionalProducer } from '../log.ts';
import type { RecordBatchBuilder } from '../record-batch-builder.ts';
import type { Flush } from './flush.ts';
import type { HeldOffsets } from './group-offsets.ts';
import type { Handle } from './handle.ts';
import type { ProducerIdentity } from './identities.ts';
import { BatchSequencer, checkSize } from './producer.ts';

interface Append {
  readonly topic: string;
  readonly partition: number;
  readonly batch: RecordBatchBuilder;
}

export class EmbeddedTransactionalProducer implements TransactionalProducer {
  readonly transactionalId: string;
  readonly handle: Handle;
  readonly sequencer: BatchSequencer;
  readonly #identity: ProducerIdentity;
  #transaction: EmbeddedTransaction | undefined;
  #closed = false;

  constructor(handle: Handle, transactionalId: string, identity: ProducerIdentity) {
    this.handle = handle;
    this.transactionalId = transactionalId;
    this.sequencer = new BatchSequencer(identity, true);
    this.#identity = identity;
  }

  begin(): LogTransaction {
    this.handle.check();
    if (this.#closed) throw new StockstreamError('LOG_CLOSED');
    this.check();
    if (this.#transaction !== undefined && !this.#transaction.isOver) {
      throw new StockstreamError('LOG_TRANSACTION_STATE', { state: this.#transaction.state, action: 'begin again' });
    }
    this.#transaction = new EmbeddedTransaction(this);
    return this.#transaction;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#transaction?.drop();
  }

  /** Whether no other producer has taken the id over. */
  get isNewest(): boolean {
    return this.handle.core.identities.isNewest(this.transactionalId, this.#identity);
  }

  /** @throws LOG_PRODUCER_FENCED */
  check(): void {
    this.handle.core.identities.check(this.transactionalId, this.#identity);
  }
}

class EmbeddedTransaction implements LogTransaction {
  state: 'open' | 'committing' | 'committed' | 'aborted' = 'open';
  readonly #producer: EmbeddedTransactionalProducer;
  readonly #appends: Append[] = [];
  readonly #offsets: HeldOffsets[] = [];
  #bytes = 0;
  /** Of an earlier call: `commit` throws it. */
  #failure: unknown;

  constructor(producer: EmbeddedTransactionalProducer) {
    this.#producer = producer;
  }

  get isOver(): boolean {
    return this.state === 'committed' || this.state === 'aborted';
  }

  append(topic: string, partition: number, batch: RecordBatchBuilder): void {
    this.#expectOpen('append');
    try {
      checkSize(batch, this.#core.options.maxBatchBytes);
    } catch (error) {
      this.#failure ??= error;
    }
    this.#appends.push({ topic, partition, batch });
    this.#bytes += batch.byteLength;
  }

  commitOffsets(member: GroupMetadata, offsets: readonly PartitionOffset[]): void {
    this.#expectOpen('commit offsets');
    const isOpen = () => this.#producer.isNewest;
    this.#offsets.push(this.#core.offsets.hold({ member, offsets, isOpen }));
  }

  commit(): Promise<Appended[]> {
    return this.#producer.handle.call(async () => {
      this.#producer.check();
      this.#expectOpen('commit');
      this.state = 'committing';
      try {
        const appended = await this.#core.writer.submit((flush) => this.#stage(flush), this.#bytes);
        this.#end('committed');
        return appended;
      } catch (error) {
        this.#end('aborted');
        throw error;
      }
    });
  }

  abort(): Promise<void> {
    return this.#producer.handle.call(() => {
      if (this.state === 'aborted') return;
      this.#expectOpen('abort');
      this.drop();
    });
  }

  /** Aborts if it is open, whatever the handle's state. */
  drop(): void {
    if (this.state === 'open') this.#end('aborted');
  }

  /** All checks come first: once something is staged, nothing throws. */
  #stage(flush: Flush): Appended[] {
    const { topics, groups, offsets, options } = this.#core;
    this.#producer.check();
    if (this.#failure !== undefined) throw this.#failure;
    for (const { member } of this.#offsets) groups.check(member);
    const commits = this.#offsets.flatMap(({ member: { group }, offsets: each }) =>
      each.map((at) => ({ group, partition: topics.find(at), at })),
    );
    const targets = this.#appends.map((each) => ({ ...each, found: topics.find(each) }));
    for (const { group, partition, at } of commits) offsets.set(flush, group, partition, at);
    const appended = targets.map(({ topic, partition, batch, found }) => {
      const { baseOffset, nextOffset } = this.#producer.sequencer.append(flush, found, batch);
      return { topic, partition, baseOffset, nextOffset, isMarked: options.offsetGaps };
    });
    if (options.offsetGaps) for (const found of new Set(targets.map((target) => target.found))) found.next++;
    return appended;
  }

  #end(state: 'committed' | 'aborted'): void {
    this.state = state;
    for (const held of this.#offsets) this.#core.offsets.release(held);
  }

  #expectOpen(action: string): void {
    if (this.state !== 'open') throw new StockstreamError('LOG_TRANSACTION_STATE', { state: this.state, action });
  }

  get #core() {
    return this.#producer.handle.core;
  }
}
