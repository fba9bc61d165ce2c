// A log whose transactions aren't any: batches are stored and visible as they come, the input offsets after them. What is
// under way when a worker dies is then done twice. Only to measure what exactly-once costs; no program that is shipped can
// be told to use it.
import type { GroupMetadata } from '../log/group.ts';
import type { Appended, Log, LogTransaction, PartitionOffset, Producer, TransactionalProducer } from '../log/log.ts';
import type { RecordBatchBuilder } from '../log/record-batch-builder.ts';

export function atLeastOnce(log: Log): Log {
  return {
    kind: log.kind,
    ...(log.health && { health: log.health }),
    admin: log.admin,
    producer: () => log.producer(),
    transactionalProducer: async (transactionalId) => producerOf(transactionalId, log, await log.producer()),
    fetcher: () => log.fetcher(),
    join: (options, protocol) => log.join(options, protocol),
    close: () => log.close(),
  };
}

function producerOf(transactionalId: string, log: Log, producer: Producer): TransactionalProducer {
  return { transactionalId, begin: () => new Writes(log, producer), close: () => producer.close() };
}

class Writes implements LogTransaction {
  readonly #log: Log;
  readonly #producer: Producer;
  readonly #appends: Promise<Appended>[] = [];
  readonly #offsets: { readonly member: GroupMetadata; readonly offsets: readonly PartitionOffset[] }[] = [];

  constructor(log: Log, producer: Producer) {
    this.#log = log;
    this.#producer = producer;
  }

  append(topic: string, partition: number, batch: RecordBatchBuilder): void {
    const appended = this.#append(topic, partition, batch);
    // `commit` looks at it.
    appended.catch(() => {});
    this.#appends.push(appended);
  }

  commitOffsets(member: GroupMetadata, offsets: readonly PartitionOffset[]): void {
    this.#offsets.push({ member, offsets });
  }

  async commit(): Promise<Appended[]> {
    const appended = await Promise.all(this.#appends);
    for (const { member, offsets } of this.#offsets) {
      if (offsets.length > 0) await this.#log.admin.commitOffsets(member, offsets);
    }
    return appended;
  }

  /** What was stored stays. */
  async abort(): Promise<void> {
    await Promise.allSettled(this.#appends);
  }

  async #append(topic: string, partition: number, batch: RecordBatchBuilder): Promise<Appended> {
    const { count } = batch;
    const baseOffset = await this.#producer.append(topic, partition, batch);
    return { topic, partition, baseOffset, nextOffset: baseOffset + count, isMarked: false };
  }
}
