// The write batch that adapters share: it remembers the calls in their order. It touches no storage and copies nothing.
import { assert } from '../base/assert.ts';
import type { KeyRange, WriteBatch } from './store.ts';

/** One call. Kept flat, since a commit makes thousands of them. */
export type Operation =
  | { readonly kind: 'put'; readonly key: Buffer; readonly value: Buffer }
  | { readonly kind: 'delete'; readonly key: Buffer }
  | { readonly kind: 'deleteRange'; readonly range: KeyRange };

export class CollectedBatch implements WriteBatch {
  readonly operations: Operation[] = [];

  put(key: Buffer, value: Buffer): void {
    this.operations.push({ kind: 'put', key, value });
  }

  delete(key: Buffer): void {
    this.operations.push({ kind: 'delete', key });
  }

  deleteRange(range: KeyRange): void {
    if (!isEmptyRange(range)) this.operations.push({ kind: 'deleteRange', range });
  }

  get size(): number {
    return this.operations.length;
  }
}

export function isEmptyRange({ gte, lt }: KeyRange): boolean {
  return Buffer.compare(gte, lt) >= 0;
}

/** What a batch collected. It must come from the same adapter's `batch()`. */
export function operationsOf(batch: WriteBatch): readonly Operation[] {
  assert(batch instanceof CollectedBatch, 'a write batch comes from Store.batch');
  return batch.operations;
}
