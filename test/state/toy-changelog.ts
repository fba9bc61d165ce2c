// A changelog of one partition in memory, and the part of the log port that a restore asks: with it goes compaction at
// any moment, which the real ones do when they see fit.
import type { Fetched, Fetcher, Log } from '../../log/log.ts';
import { RecordBatch, type RecordCursor } from '../../log/record-batch.ts';
import { RecordBatchBuilder } from '../../log/record-batch-builder.ts';
import { filterBatch } from '../../log/record-batch-filter.ts';
import { changelogKey } from '../../state/keys.ts';

export const changelog = { topic: 'changelog', partition: 0 };

export type Change = readonly [store: string, key: string, value: string | null];

export class ToyChangelog {
  batches: RecordBatch[] = [];
  end = 0;
  /** How many records were read. */
  reads = 0;
  earliest = 0;

  /** One commit. */
  append(at: number, changes: readonly Change[]): void {
    const builder = new RecordBatchBuilder();
    for (const [store, key, value] of changes) {
      builder.append(at, changelogKey(store, key), value === null ? null : Buffer.from(value));
    }
    this.batches.push(new RecordBatch(builder.finish(this.end)));
    // The marker of the transaction's end takes an offset, too.
    this.end += changes.length + 1;
  }

  /** Keeps the last of each key, and of deletions those at `tombstonesFrom` or later. */
  compact(tombstonesFrom: number): void {
    const latest = new Map<string, number>();
    for (const batch of this.batches) {
      for (const cursor = batch.cursor(); cursor.next(); ) latest.set(cursor.keyText(), cursor.offset);
    }
    const keeps = (cursor: RecordCursor) =>
      latest.get(cursor.keyText()) === cursor.offset && (cursor.value() !== null || cursor.timestamp >= tombstonesFrom);
    this.batches = this.batches.flatMap((batch) => {
      const kept = filterBatch(batch, keeps);
      return kept === undefined ? [] : [new RecordBatch(kept)];
    });
  }

  get log(): Log {
    const offsets = async (_: unknown, at: unknown) => [at === 'earliest' ? this.earliest : this.end];
    return { admin: { offsets }, fetcher: () => this.#fetcher() } as unknown as Log;
  }

  #fetcher(): Fetcher {
    let position = 0;
    const poll = async (): Promise<Fetched[]> => {
      const batches = this.batches.filter(({ nextOffset }) => nextOffset > position);
      const next = batches.slice(0, 2);
      position = batches.length > next.length ? next.at(-1)!.nextOffset : this.end;
      this.reads += next.reduce((sum, { count }) => sum + count, 0);
      return [{ ...changelog, batches: next, nextOffset: position, endOffset: this.end }];
    };
    const assign = (_: unknown, offset: number) => {
      position = offset;
    };
    return { poll, assign, close: async () => {} } as unknown as Fetcher;
  }
}
