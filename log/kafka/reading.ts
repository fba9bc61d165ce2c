// One partition that a fetcher reads: what was fetched of it and not yet polled, and the way from there to plain,
// committed, undamaged batches. Unpacking waits for the poll, so that memory holds what came over the wire.
import { reasonOf, StockstreamError } from '../../base/errors.ts';
import type { Fetched, TopicPartition } from '../log.ts';
import { RecordBatch } from '../record-batch.ts';
import { decompressBatch } from './compression.ts';
import type { AbortedTransaction, FetchedPartition } from './wire/fetch.ts';

/** The whole batches of one answer. What was aborted among them stands in the answer itself, also what began before it. */
class Chunk {
  readonly bytes: Buffer;
  /** Behind its last batch. */
  readonly nextOffset: number;
  at = 0;
  readonly #aborted: readonly AbortedTransaction[];
  #nextAborted = 0;
  /** Producers whose present records were aborted. */
  readonly #aborting = new Set<number>();

  constructor(bytes: Buffer, nextOffset: number, aborted: readonly AbortedTransaction[]) {
    this.bytes = bytes;
    this.nextOffset = nextOffset;
    this.#aborted = aborted.length < 2 ? aborted : aborted.toSorted((a, b) => a.firstOffset - b.firstOffset);
  }

  get isEmpty(): boolean {
    return this.at === this.bytes.length;
  }

  /** The size of the next batch as it came. */
  get nextBytes(): number {
    return RecordBatch.endOf(this.bytes, this.at)! - this.at;
  }

  next(): RecordBatch {
    const end = RecordBatch.endOf(this.bytes, this.at)!;
    const batch = new RecordBatch(this.bytes.subarray(this.at, end));
    this.at = end;
    return batch;
  }

  /** Whether a batch is to be passed on; to be asked of each in order. */
  isData(batch: RecordBatch): boolean {
    while (this.#nextAborted < this.#aborted.length) {
      const { producerId, firstOffset } = this.#aborted[this.#nextAborted]!;
      if (firstOffset > batch.lastOffset) break;
      this.#aborting.add(producerId);
      this.#nextAborted++;
    }
    if (batch.isControl) {
      // The end of what was aborted: what the producer writes from here on counts again.
      if (isAbortMarker(batch)) this.#aborting.delete(batch.producerId);
      return false;
    }
    return batch.count > 0 && !(batch.isTransactional && this.#aborting.has(batch.producerId));
  }
}

/** A control record's key: version i16, type i16 (0 abort, 1 commit). */
function isAbortMarker(batch: RecordBatch): boolean {
  const cursor = batch.cursor();
  return cursor.next() && cursor.bytes.readInt16BE(cursor.keyStart + 2) === 0;
}

export class Reading {
  readonly partition: TopicPartition;
  /** As the cluster knows it. */
  readonly topic: string;
  isPaused = false;
  /** Not to be fetched for now. */
  isSuspended = false;
  /** Why nothing more can be read; until the owner assigns it anew. */
  error: StockstreamError | undefined;
  /** Where to fetch from next. */
  fetchOffset: number;
  /** What the last answer said of the end of what is committed. */
  #endOffset = 0;
  #position: number;
  #chunks: Chunk[] = [];
  #bytes = 0;

  constructor(partition: TopicPartition, topic: string, offset: number) {
    this.partition = partition;
    this.topic = topic;
    this.fetchOffset = this.#position = offset;
  }

  /** Fetched and not yet polled. */
  get bytes(): number {
    return this.#bytes;
  }

  get hasData(): boolean {
    return this.#chunks.length > 0;
  }

  /** Takes an answer over; its last batch may be cut off. What is damaged is told once what came before is polled. */
  add({ records, aborted, lastStableOffset }: FetchedPartition): void {
    if (this.error !== undefined) return;
    this.#endOffset = Math.max(this.#endOffset, lastStableOffset);
    let end = 0;
    let nextOffset = this.fetchOffset;
    for (let next = endOf(records, 0); next !== undefined; next = endOf(records, end)) {
      nextOffset = new RecordBatch(records.subarray(end, next)).nextOffset;
      end = next;
    }
    // Brokers give the first batch whole, however large it is.
    if (end === 0 && records.length > 0) this.error = this.#damage(this.fetchOffset, 'its length is wrong');
    if (end === 0) return;
    this.#chunks.push(new Chunk(records.subarray(0, end), nextOffset, aborted));
    this.#bytes += end;
    this.fetchOffset = nextOffset;
  }

  /**
   * What is there, up to `share` bytes; but one batch in any case if it has at most `most` bytes. Undefined if that is
   * nothing. What is damaged ends it, and is told by `error`: LOG_CORRUPT_BATCH.
   */
  take(share: number, most: number): Fetched | undefined {
    const from = this.#position;
    const batches: RecordBatch[] = [];
    let bytes = 0;
    for (let chunk = this.#chunks[0]; chunk !== undefined; chunk = this.#chunks[0]) {
      const size = chunk.nextBytes;
      const fits = bytes + size <= share || (bytes === 0 && size <= most);
      if (!fits) break;
      const batch = this.#next(chunk);
      if (batch === undefined) continue;
      batches.push(batch);
      bytes += batch.bytes.length;
    }
    if (this.#position === from) return undefined;
    const endOffset = Math.max(this.#endOffset, this.#position);
    return { ...this.partition, batches, nextOffset: this.#position, endOffset };
  }

  /** Moves past one batch; gives it if it is to be passed on. */
  #next(chunk: Chunk): RecordBatch | undefined {
    const before = chunk.at;
    const batch = chunk.next();
    const damage = batch.damage();
    if (damage !== undefined) return this.#corrupt(batch.baseOffset, damage);
    const isData = chunk.isData(batch);
    let plain = batch.bytes;
    try {
      if (isData) plain = decompressBatch(batch.bytes);
    } catch (error) {
      return this.#corrupt(batch.baseOffset, reasonOf(error));
    }
    this.#bytes -= chunk.at - before;
    this.#position = batch.nextOffset;
    if (chunk.isEmpty) this.#chunks.shift();
    if (!isData) return undefined;
    return plain === batch.bytes ? batch : new RecordBatch(plain);
  }

  #corrupt(offset: number, reason: string): undefined {
    this.error = this.#damage(offset, reason);
    this.#chunks = [];
    this.#bytes = 0;
  }

  #damage(offset: number, reason: string): StockstreamError {
    return new StockstreamError('LOG_CORRUPT_BATCH', { ...this.partition, offset, reason });
  }
}

/** Where a batch ends, or undefined if it is cut off, or no batch. */
function endOf(records: Buffer, at: number): number | undefined {
  try {
    return RecordBatch.endOf(records, at);
  } catch {
    return undefined;
  }
}
