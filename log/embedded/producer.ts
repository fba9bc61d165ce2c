// Idempotent producers of the embedded log. Calls become jobs of the one writer, so that order holds by itself; ids and
// sequence numbers are in the batches only for those who read them as Kafka's.
import { assert } from '../../base/assert.ts';
import { StockstreamError } from '../../base/errors.ts';
import type { Producer } from '../log.ts';
import type { RecordBatch } from '../record-batch.ts';
import type { RecordBatchBuilder } from '../record-batch-builder.ts';
import type { Flush } from './flush.ts';
import type { Handle } from './handle.ts';
import type { ProducerIdentity } from './identities.ts';
import type { Partition } from './partition.ts';

/** Numbers a producer's batches by partition and adds them to flushes. */
export class BatchSequencer {
  readonly #identity: ProducerIdentity;
  readonly #transactional: boolean;
  readonly #next = new Map<Partition, number>();

  constructor(identity: ProducerIdentity, transactional: boolean) {
    this.#identity = identity;
    this.#transactional = transactional;
  }

  append(flush: Flush, partition: Partition, builder: RecordBatchBuilder): RecordBatch {
    const baseSequence = this.#next.get(partition) ?? 0;
    this.#next.set(partition, (baseSequence + builder.count) % 2 ** 31);
    const { producerId, epoch: producerEpoch } = this.#identity;
    return flush.append(partition, builder, {
      producerId,
      producerEpoch,
      baseSequence,
      transactional: this.#transactional,
    });
  }
}

/** @throws LOG_BATCH_TOO_LARGE */
export function checkSize(builder: RecordBatchBuilder, limit: number): void {
  assert(builder.count > 0, 'a batch that is appended has records');
  const bytes = builder.byteLength;
  if (bytes > limit) throw new StockstreamError('LOG_BATCH_TOO_LARGE', { bytes, limit });
}

export class EmbeddedProducer implements Producer {
  readonly #handle: Handle;
  readonly #sequencer: BatchSequencer;
  #closed = false;
  #last: Promise<unknown> = Promise.resolve();

  constructor(handle: Handle, identity: ProducerIdentity) {
    this.#handle = handle;
    this.#sequencer = new BatchSequencer(identity, false);
  }

  append(topic: string, partition: number, batch: RecordBatchBuilder): Promise<number> {
    const { core } = this.#handle;
    return this.#handle.call(() => {
      if (this.#closed) throw new StockstreamError('LOG_CLOSED');
      checkSize(batch, core.options.maxBatchBytes);
      const appended = core.writer.submit((flush) => {
        const found = core.topics.find({ topic, partition });
        return this.#sequencer.append(flush, found, batch).baseOffset;
      }, batch.byteLength);
      this.#last = appended;
      return appended;
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    // What was handed over is still written; whether it succeeded is the business of whoever appended it.
    await this.#last.catch(() => {});
  }
}
