// A partition of the fake cluster, which takes batches as Kafka's leaders do: by producer, epoch and sequence, remembering
// five batches of each, with control records at the ends of transactions.
import {
  attributeControl,
  attributeTransactional,
  RecordBatch,
  sealBatch,
  writeInt64,
} from '../../../../log/record-batch.ts';
import { RecordBatchBuilder } from '../../../../log/record-batch-builder.ts';

export type Produced = { readonly error: 0; readonly offset: number } | { readonly error: 45 | 47 };

interface ProducerState {
  epoch: number;
  next: number;
  recent: { readonly sequence: number; readonly offset: number }[];
}

export interface Aborted {
  readonly producerId: number;
  readonly firstOffset: number;
  readonly lastOffset: number;
}

const outOfOrder = 45;
const oldEpoch = 47;

export class FakePartition {
  leader: number;
  epoch = 0;
  /** Their bytes may be changed: as a disk would that is failing. */
  readonly batches: RecordBatch[] = [];
  readonly #producers = new Map<number, ProducerState>();
  /** Where open transactions began, by producer. */
  readonly #open = new Map<number, number>();
  readonly #aborted: Aborted[] = [];
  #end = 0;

  constructor(leader: number) {
    this.leader = leader;
  }

  get end(): number {
    return this.#end;
  }

  get lastStableOffset(): number {
    return Math.min(this.#end, ...this.#open.values());
  }

  append(bytes: Buffer): Produced {
    const { producerId, producerEpoch, baseSequence: sequence, count, isTransactional } = new RecordBatch(bytes);
    const known = this.#producers.get(producerId);
    if (known !== undefined && producerEpoch < known.epoch) return { error: oldEpoch };
    // The first number of a producer that isn't known may be any.
    const first = known === undefined ? sequence : 0;
    const producer = known?.epoch === producerEpoch ? known : { epoch: producerEpoch, next: first, recent: [] };
    const again = producer.recent.find((each) => each.sequence === sequence);
    if (again !== undefined) return { error: 0, offset: again.offset };
    if (sequence !== producer.next) return { error: outOfOrder };
    const offset = this.#store(Buffer.from(bytes));
    if (isTransactional && !this.#open.has(producerId)) this.#open.set(producerId, offset);
    producer.next = sequence + count;
    producer.recent = [...producer.recent, { sequence, offset }].slice(-5);
    this.#producers.set(producerId, producer);
    return { error: 0, offset };
  }

  /** Ends a transaction here; nothing that its producer sent before counts any more. */
  mark(producerId: number, epoch: number, isCommitted: boolean): void {
    this.#producers.set(producerId, { epoch, next: 0, recent: [] });
    const firstOffset = this.#open.get(producerId);
    this.#open.delete(producerId);
    const key = Buffer.from([0, 0, 0, isCommitted ? 1 : 0]);
    const marker = new RecordBatchBuilder().append(0, key, Buffer.alloc(6));
    const bytes = marker.finish(0, { producerId, producerEpoch: epoch, baseSequence: -1, transactional: true });
    bytes.writeInt16BE(attributeTransactional | attributeControl, 21);
    const lastOffset = this.#store(sealBatch(bytes));
    if (!isCommitted && firstOffset !== undefined) this.#aborted.push({ producerId, firstOffset, lastOffset });
  }

  forgetProducers(): void {
    this.#producers.clear();
  }

  /** Committed bytes from an offset on, about so many, with what was aborted among them. */
  read(offset: number, maxBytes: number): { readonly records: Buffer; readonly aborted: readonly Aborted[] } {
    const stable = this.lastStableOffset;
    const from = this.batches.filter(({ lastOffset }) => lastOffset >= offset && lastOffset < stable);
    let bytes = 0;
    const taken = from.filter((batch, index) => {
      bytes += batch.bytes.length;
      return index === 0 || bytes <= maxBytes;
    });
    const end = taken.at(-1)?.lastOffset ?? -1;
    const aborted = this.#aborted.filter(({ firstOffset, lastOffset }) => firstOffset <= end && lastOffset >= offset);
    return { records: Buffer.concat(taken.map((batch) => batch.bytes)), aborted };
  }

  /** What a read-committed consumer sees, by a plain look at all of it. */
  get committed(): string[] {
    return this.batches.filter((batch) => this.#isVisible(batch)).flatMap(valuesOf);
  }

  #isVisible({ isControl, producerId, baseOffset }: RecordBatch): boolean {
    const isIn = ({ producerId: id, firstOffset, lastOffset }: Aborted) => {
      return id === producerId && firstOffset <= baseOffset && baseOffset <= lastOffset;
    };
    return !isControl && baseOffset < this.lastStableOffset && !this.#aborted.some(isIn);
  }

  #store(bytes: Buffer): number {
    const offset = this.#end;
    // The offset lies outside of what the checksum covers.
    writeInt64(bytes, 0, offset);
    const batch = new RecordBatch(bytes);
    this.batches.push(batch);
    this.#end = batch.nextOffset;
    return offset;
  }
}

function valuesOf(batch: RecordBatch): string[] {
  return [...batch.records()].map(({ value }) => String(value));
}
