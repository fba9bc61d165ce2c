// The write batch that adapters share: it remembers the calls in their order. It touches no storage and copies no values.
// A run stays one thing until it is written: as objects of their own its entries would have to be carried along while the
// log takes them.
import { assert } from '../base/assert.ts';
import type { EntryRun, KeyRange, WriteBatch } from './store.ts';

/** One write. */
export type Operation =
  | { readonly kind: 'put'; readonly key: Buffer; readonly value: Buffer }
  | { readonly kind: 'delete'; readonly key: Buffer }
  | { readonly kind: 'deleteRange'; readonly range: KeyRange };

/** Who is told of every write, one after the other. */
export interface OperationSink {
  put(key: Buffer, value: Buffer): void;
  delete(key: Buffer): void;
  deleteRange(range: KeyRange): void;
}

type Call = Operation | { readonly kind: 'run'; readonly run: EntryRun };

export class CollectedBatch implements WriteBatch {
  readonly #calls: Call[] = [];
  #size = 0;

  put(key: Buffer, value: Buffer): void {
    this.#add({ kind: 'put', key, value }, 1);
  }

  delete(key: Buffer): void {
    this.#add({ kind: 'delete', key }, 1);
  }

  putRun(run: EntryRun): void {
    this.#add({ kind: 'run', run }, run.spans.count);
  }

  deleteRange(range: KeyRange): void {
    if (!isEmptyRange(range)) this.#add({ kind: 'deleteRange', range }, 1);
  }

  get size(): number {
    return this.#size;
  }

  /** Tells all writes, in their order. */
  replay(sink: OperationSink): void {
    for (const call of this.#calls) {
      if (call.kind === 'put') sink.put(call.key, call.value);
      else if (call.kind === 'delete') sink.delete(call.key);
      else if (call.kind === 'deleteRange') sink.deleteRange(call.range);
      else replayRun(call.run, sink);
    }
  }

  #add(call: Call, writes: number): void {
    this.#calls.push(call);
    this.#size += writes;
  }
}

function replayRun({ bytes, prefix, spans }: EntryRun, sink: OperationSink): void {
  let room = spans.count * prefix.length;
  for (let index = 0; index < spans.count; index++) room += spans.keyEnd(index) - spans.keyStart(index);
  const keys = Buffer.allocUnsafeSlow(room);
  let end = 0;
  for (let index = 0; index < spans.count; index++) {
    const start = end;
    keys.set(prefix, start);
    end = start + prefix.length;
    end += bytes.copy(keys, end, spans.keyStart(index), spans.keyEnd(index));
    const key = keys.subarray(start, end);
    const valueStart = spans.valueStart(index);
    if (valueStart < 0) sink.delete(key);
    else sink.put(key, bytes.subarray(valueStart, spans.valueEnd(index)));
  }
}

export function isEmptyRange({ gte, lt }: KeyRange): boolean {
  return Buffer.compare(gte, lt) >= 0;
}

/** The batch as its adapter made it. */
export function collectedOf(batch: WriteBatch): CollectedBatch {
  assert(batch instanceof CollectedBatch, 'a write batch comes from Store.batch');
  return batch;
}

/** What a batch collected, write by write. It must come from the same adapter's `batch()`. */
export function operationsOf(batch: WriteBatch): readonly Operation[] {
  const operations: Operation[] = [];
  collectedOf(batch).replay({
    put: (key, value) => operations.push({ kind: 'put', key, value }),
    delete: (key) => operations.push({ kind: 'delete', key }),
    deleteRange: (range) => operations.push({ kind: 'deleteRange', range }),
  });
  return operations;
}
