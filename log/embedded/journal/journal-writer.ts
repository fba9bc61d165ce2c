// The one way into the journal and its index: one write at a time, first to the journal, synced, then to the index. Readers
// see the index, and so never what the disk may still lose. After a failure nobody knows what is on the disk, so that
// nothing more is taken until the storage is opened again.
import { appliedUpTo } from './checkpoint.ts';
import type { Journal } from './journal.ts';
import type { LevelIndex } from './level-index.ts';
import { isLarge } from './pointer.ts';
import type { SegmentTable } from './segment-table.ts';
import { type JournalOperation, settled } from './settled.ts';

export class JournalWriter {
  readonly #journal: Journal;
  readonly #index: LevelIndex;
  readonly #table: SegmentTable;
  #last: Promise<unknown> = Promise.resolve();
  #failure: { readonly error: unknown } | undefined;

  constructor(journal: Journal, index: LevelIndex, table: SegmentTable) {
    this.#journal = journal;
    this.#index = index;
    this.#table = table;
  }

  get hasFailed(): boolean {
    return this.#failure !== undefined;
  }

  /** Resolves once it is safe from a power cut and seen by readers. Gives whether room may be to be had by it. */
  write(operations: readonly JournalOperation[]): Promise<boolean> {
    return this.between(() => this.#write(operations));
  }

  /** Nothing more is to be written: what the disk holds isn't known any more. */
  fail(error: unknown): void {
    this.#failure ??= { error };
  }

  /** Runs `work` when all writes before are done and before any other begins. @throws what an earlier one failed with */
  between<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(async () => {
      if (this.#failure !== undefined) throw this.#failure.error;
      try {
        return await work();
      } catch (error) {
        this.fail(error);
        throw error;
      }
    });
    this.#last = done.catch(() => {});
    return done;
  }

  async #write(given: readonly JournalOperation[]): Promise<boolean> {
    // Until there is a journal nothing needs one: what the log says of itself is in the index before the first pointer is.
    if (this.#journal.end === undefined && !given.some((each) => each.type === 'put' && isLarge(each.value))) {
      await this.#index.writeSynced([...given]);
      return false;
    }
    const { operations, freed } = await settled(this.#index, given, this.#journal.next.segment);
    if (operations.length === 0) return false;
    const frame = await this.#journal.append(operations, freed);
    await this.#index.write([...frame.operations, appliedUpTo(this.#journal.end!)]);
    this.#table.count(frame);
    return freed.length > 0 || frame.place.position === 0;
  }
}
