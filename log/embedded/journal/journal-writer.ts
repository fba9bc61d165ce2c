// The one way into the journal and its index: one write at a time, first to the journal, synced, then to the index, which
// follows while the next is on its way to the journal. Readers wait for the index, and so see all that was written and
// nothing that the disk may still lose. After a failure nobody knows what is on the disk, so that nothing more is taken until
// the storage is opened again.
import { appliedUpTo } from './checkpoint.ts';
import type { Journal } from './journal.ts';
import type { LevelIndex } from './level-index.ts';
import { isLarge } from './pointer.ts';
import type { SegmentTable } from './segment-table.ts';
import { isReplacing, type JournalOperation, type Settled, settled } from './settled.ts';

export class JournalWriter {
  readonly #journal: Journal;
  readonly #index: LevelIndex;
  readonly #table: SegmentTable;
  #last: Promise<unknown> = Promise.resolve();
  /** Of the newest write. */
  #indexed: Promise<void> = Promise.resolve();
  #failure: { readonly error: unknown } | undefined;

  constructor(journal: Journal, index: LevelIndex, table: SegmentTable) {
    this.#journal = journal;
    this.#index = index;
    this.#table = table;
  }

  get hasFailed(): boolean {
    return this.#failure !== undefined;
  }

  /** Resolves once it is safe from a power cut. Gives whether room may be to be had by it. */
  write(operations: readonly JournalOperation[]): Promise<boolean> {
    return this.between(() => this.#write(operations));
  }

  /** Resolves when the index has all writes that have resolved. @throws what it failed with */
  indexed(): Promise<void> {
    return this.#indexed;
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
    const { operations, freed } = await this.#settled(given);
    if (operations.length === 0) return false;
    const frame = await this.#journal.append(operations, freed);
    this.#table.count(frame);
    await this.#indexed;
    this.#indexed = this.#index.write([...frame.operations, appliedUpTo(this.#journal.end!)]);
    this.#indexed.catch((error) => this.fail(error));
    return freed.length > 0 || frame.place.position === 0;
  }

  async #settled(operations: readonly JournalOperation[]): Promise<Settled> {
    if (!operations.some(isReplacing)) return { operations, freed: [] };
    await this.#indexed;
    return settled(this.#index, operations, this.#journal.next.segment);
  }
}
