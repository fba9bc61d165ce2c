// Keeps the newest batches of all partitions in memory, bounded in bytes, so that readers at the tail never touch
// storage. The oldest batch goes first, whichever partition it is of.
import type { RecordBatch } from '../record-batch.ts';
import { Deque } from './deque.ts';
import type { Partition } from './partition.ts';

/** What a batch costs beside its bytes, about. */
const overhead = 200;

export class TailCache {
  readonly #limit: number;
  readonly #oldest = new Deque<Partition>();
  #bytes = 0;

  constructor(limitBytes: number) {
    this.#limit = limitBytes;
  }

  add(partition: Partition, batch: RecordBatch): void {
    partition.tail.push(batch);
    this.#oldest.push(partition);
    this.#bytes += sizeOf(batch);
    while (this.#bytes > this.#limit) this.#evict();
  }

  #evict(): void {
    const partition = this.#oldest.shift();
    const batch = partition.tail.shift();
    partition.tailFrom = Math.max(partition.tailFrom, batch.nextOffset);
    this.#bytes -= sizeOf(batch);
  }
}

/** The memory that a batch holds: a view keeps all of its buffer alive. */
function sizeOf({ bytes }: RecordBatch): number {
  return bytes.buffer.byteLength + overhead;
}
