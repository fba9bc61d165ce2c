// A record batch on its way to a broker. It is sealed once, when it gets its place in the sequence of its partition; sent
// again it has the same bytes, so that the broker knows it, unless it is given another place.
import { sealBatch, writeInt64 } from '../record-batch.ts';
import type { RecordBatchBuilder } from '../record-batch-builder.ts';
import { type Compression, compressBatch } from './compression.ts';
import type { ProducerIdentity } from './wire/transaction.ts';

/** One call of `append`: several small ones may share a batch. */
interface Append {
  /** Of its first record within the batch. */
  readonly index: number;
  readonly resolve: (offset: number) => void;
  readonly reject: (error: unknown) => void;
}

export class Outgoing {
  readonly deadline: number;
  readonly #builder: RecordBatchBuilder;
  readonly #appends: Append[];
  readonly offset: Promise<number>;
  /** It was sent, and wasn't stored as far as was heard. */
  isInDoubt = false;
  #bytes: Buffer | undefined;
  #sequence = -1;

  /** `deadline` on the monotonic clock. */
  constructor(builder: RecordBatchBuilder, deadline: number) {
    this.#builder = builder;
    this.deadline = deadline;
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    this.offset = promise;
    this.#appends = [{ index: 0, resolve, reject }];
  }

  get isSealed(): boolean {
    return this.#bytes !== undefined;
  }

  get count(): number {
    return this.#builder.count;
  }

  get byteLength(): number {
    return this.#bytes?.length ?? this.#builder.byteLength;
  }

  /** Of its first record in the partition, once it is sealed. */
  get sequence(): number {
    return this.#sequence;
  }

  /** Takes over the records of a batch behind this one. Neither may be sealed. */
  absorb(next: Outgoing): void {
    const first = this.#builder.count;
    this.#builder.absorb(next.#builder);
    for (const { index, resolve, reject } of next.#appends) {
      this.#appends.push({ index: first + index, resolve, reject });
    }
  }

  /** The bytes to send, with this place in this producer's sequence. */
  seal(
    identity: ProducerIdentity,
    sequence: number,
    kind: { transactional: boolean; compression: Compression },
  ): Buffer {
    const { producerId, epoch: producerEpoch } = identity;
    if (this.#bytes === undefined) {
      const { transactional } = kind;
      const plain = this.#builder.finish(0, { producerId, producerEpoch, baseSequence: sequence, transactional });
      this.#bytes = compressBatch(plain, kind.compression);
    } else {
      writeInt64(this.#bytes, 43, producerId);
      this.#bytes.writeInt16BE(producerEpoch, 51);
      this.#bytes.writeInt32BE(sequence, 53);
      sealBatch(this.#bytes);
    }
    this.#sequence = sequence;
    return this.#bytes;
  }

  succeed(baseOffset: number): void {
    for (const { index, resolve } of this.#appends) resolve(baseOffset + index);
  }

  fail(error: unknown): void {
    for (const { reject } of this.#appends) reject(error);
  }
}
