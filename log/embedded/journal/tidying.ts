// Works behind the writes: checkpoints, so that opening has little to read again, and room given back. A segment of which
// less than half is pointed to has what is left copied to the journal's end, by ordinary writes, a little at a time; then it
// is removed. A crash at any moment leaves each value where its key points to.
import type { StorageOperation } from '../storage.ts';
import { checkpointed } from './checkpoint.ts';
import { FrameReader } from './frame-reader.ts';
import type { Journal } from './journal.ts';
import type { JournalWriter } from './journal-writer.ts';
import type { LevelIndex } from './level-index.ts';
import { isBefore, type Place } from './place.ts';
import { isSame, type Pointer, pointerOf } from './pointer.ts';
import type { SegmentFiles } from './segment-files.ts';
import type { SegmentTable } from './segment-table.ts';
import { readValues } from './value-reader.ts';

/** What a write in the background takes, so that those in front needn't wait long. */
const portionBytes = 2 ** 20;
const portionKeys = 1000;

/** Segments that go with one checkpoint: what is moved takes room before what was there gives its own back. */
const portionSegments = 8;

export interface Tidied {
  readonly files: SegmentFiles;
  readonly index: LevelIndex;
  readonly table: SegmentTable;
  readonly journal: Journal;
  readonly writer: JournalWriter;
  /** Resolves when all reads are done that have begun. */
  readonly readsDone: () => Promise<unknown>;
  readonly onError: (error: unknown) => void;
}

/** A value, and where it stands. */
interface Found {
  readonly key: Buffer;
  readonly pointer: Pointer;
}

export class Tidier {
  readonly #of: Tidied;
  /** Up to where nothing is missing in the index. */
  #checkpoint: Place;
  readonly #givenUp = new Set<number>();
  #running: Promise<void> | undefined;
  #isWanted = false;
  #closed = false;

  constructor(of: Tidied, checkpoint: Place) {
    this.#of = of;
    this.#checkpoint = checkpoint;
  }

  /** There may be something to do. */
  look(): void {
    this.#isWanted = true;
    if (!this.#closed) this.#running ??= this.#run();
  }

  /** Ends the work between two of its writes, and leaves a checkpoint, so that opening has nothing to read again. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
    const { end } = this.#of.journal;
    const isDone = end === undefined || !isBefore(this.#checkpoint, end);
    if (!isDone && !this.#of.writer.hasFailed) await this.#takeCheckpoint();
  }

  async #run(): Promise<void> {
    const { writer, onError } = this.#of;
    // What is said in the same turn is one.
    await null;
    while (this.#isWanted && !this.#closed && !writer.hasFailed) {
      this.#isWanted = false;
      try {
        if (this.#checkpoint.segment < this.#active) await this.#takeCheckpoint();
        while (this.#sparse().length > 0 && !this.#closed)
          await this.#giveBack(this.#sparse().slice(0, portionSegments));
      } catch (error) {
        onError(error);
      }
    }
    this.#running = undefined;
  }

  get #active(): number {
    return this.#of.journal.end?.segment ?? 0;
  }

  #sparse(): number[] {
    return this.#of.table.sparse(this.#active).filter((segment) => !this.#givenUp.has(segment));
  }

  /** All that is in the index now is made safe; `gone` are segments that are no more. */
  async #takeCheckpoint(gone: readonly number[] = []): Promise<void> {
    const { index, table, journal, writer } = this.#of;
    const checkpoint = await writer.between(async () => {
      await writer.indexed();
      for (const segment of gone) table.delete(segment);
      return { place: journal.end!, segments: table.stored() };
    });
    try {
      await index.sync();
      await index.write([checkpointed(checkpoint)]);
      // A segment may go only when the index is sure to know that it is gone.
      if (gone.length > 0) await index.sync();
    } catch (error) {
      // What a disk failed to sync it may claim to have synced at the next try.
      writer.fail(error);
      throw error;
    }
    this.#checkpoint = checkpoint.place;
  }

  async #giveBack(segments: readonly number[]): Promise<void> {
    const { files, readsDone } = this.#of;
    const emptied: number[] = [];
    for (const segment of segments) if (await this.#isEmptied(segment)) emptied.push(segment);
    if (emptied.length === 0) return;
    await this.#takeCheckpoint(emptied);
    // Who still has a pointer to one of them has read by then.
    await readsDone();
    for (const segment of emptied) await files.remove(segment);
  }

  async #isEmptied(segment: number): Promise<boolean> {
    try {
      await this.#empty(segment);
    } catch (error) {
      // It stays as it is, and is looked at again when the log is opened the next time.
      this.#givenUp.add(segment);
      this.#of.onError(error);
      return false;
    }
    return !this.#closed;
  }

  /** Moves what is left of a segment, whatever the figures say of it. */
  async #empty(segment: number): Promise<void> {
    const { files, table } = this.#of;
    const size = table.sizeOf(segment);
    await files.use(segment, async (file) => {
      const reader = new FrameReader(file, size);
      let found: Found[] = [];
      for (let position = 0; position < size && !this.#closed; ) {
        const head = await reader.head({ segment, position });
        if (head === undefined) throw new Error(`${files.nameOf(segment)} is damaged at ${position}`);
        found.push(...pointed(head.operations));
        position += head.headBytes + head.valueBytes;
        if (position < size && found.length < portionKeys) continue;
        await this.#move(found);
        found = [];
      }
    });
  }

  /** Writes again what its key still points to. */
  async #move(found: readonly Found[]): Promise<void> {
    const { files, index, writer } = this.#of;
    await writer.indexed();
    const current = await index.getMany(found.map(({ key }) => key));
    const live = found.filter(({ pointer }, at) => current[at] && isSame(pointer, pointerOf(current[at])));
    for (const portion of portions(live)) {
      if (this.#closed) return;
      const pointers = portion.map(({ pointer }) => pointer);
      const values = await readValues(files, pointers);
      await writer.write(
        portion.map(({ key, pointer }, at) => ({ type: 'put', key, value: values[at]!, movedFrom: pointer })),
      );
    }
  }
}

function portions(found: readonly Found[]): Found[][] {
  const all: Found[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const each of found) {
    if (bytes + each.pointer.length > portionBytes) {
      all.push([]);
      bytes = 0;
    }
    all.at(-1)!.push(each);
    bytes += each.pointer.length;
  }
  return all;
}

function pointed(operations: readonly StorageOperation[]): Found[] {
  return operations.flatMap((operation) => {
    const pointer = operation.type === 'put' ? pointerOf(operation.value) : undefined;
    return pointer === undefined ? [] : [{ key: operation.key, pointer }];
  });
}
