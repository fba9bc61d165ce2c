// About how many bytes a batch is going to write: changed entries and outputs are counted, and what one of them takes is
// measured on samples, for to encode each twice would cost more than the bound is worth. Single values that are far
// larger than the others may be missed; that a batch has so many records at most is the bound on that.

import type { Entry } from '../state/transaction.ts';
import type { Forwarded } from './api.ts';

/** One in so many is measured, and more of the first ones. */
const sampleEvery = 32;
/** How much a new sample counts. */
const weight = 0.2;

let scratch = Buffer.allocUnsafeSlow(64 * 1024);

/** The running mean of one kind of thing. */
class Mean {
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  add(bytes: number): void {
    this.#bytes = this.#bytes === 0 ? bytes : this.#bytes + (bytes - this.#bytes) * weight;
  }
}

/** Of one task, for all its batches. */
export class BatchBytes {
  readonly #entries = new Mean();
  readonly #outputs = new Mean();

  /** What these take about. */
  of(dirty: readonly Entry[], forwarded: readonly Forwarded[]): number {
    return dirty.length * this.#entries.bytes + forwarded.length * this.#outputs.bytes;
  }

  /** After each record: measures the newest, if it is its turn. */
  sample(record: number, dirty: readonly Entry[], forwarded: readonly Forwarded[]): void {
    if (record >= sampleEvery ? record % sampleEvery !== 0 : (record & (record - 1)) !== 0) return;
    const entry = dirty.at(-1);
    if (entry !== undefined) this.#entries.add(entry.key.length + sizeOf(entry.partition.spec.serde, entry.value));
    const output = forwarded.at(-1);
    if (output !== undefined) this.#outputs.add(output.key.length + sizeOf(output.topic.serde, output.value));
  }
}

/** A value that can't be encoded counts as none: whoever encodes it in earnest says so. */
function sizeOf(serde: Forwarded['topic']['serde'], value: unknown): number {
  if (value === undefined) return 0;
  try {
    let end = serde.encode(value, scratch, 0);
    while (end < 0) {
      scratch = Buffer.allocUnsafeSlow(scratch.length * 2);
      end = serde.encode(value, scratch, 0);
    }
    return end;
  } catch {
    return 0;
  }
}
