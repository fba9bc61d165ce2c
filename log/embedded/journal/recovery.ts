// What the journal and its index are when they are opened. All frames behind the last checkpoint go to the index again, in
// order: some may be there, and each says what is, not what changes, so that the last word is the right one. A frame that
// isn't whole can only be the very last, which was never said to be written: it is cut off. Anything else is damage.
import { open, stat } from 'node:fs/promises';
import { ifThere } from '../../../base/whole-files.ts';
import type { StorageOperation } from '../storage.ts';
import { appliedUpTo, type Checkpoint, nothing, readProgress } from './checkpoint.ts';
import { FrameReader } from './frame-reader.ts';
import type { LevelIndex } from './level-index.ts';
import { beginning, isBefore, type Place } from './place.ts';
import type { SegmentFiles } from './segment-files.ts';
import { SegmentTable } from './segment-table.ts';

/** What goes to the index at a time. */
const portionOperations = 1000;

export interface Recovered {
  readonly table: SegmentTable;
  /** Undefined if nothing was ever written to a journal here. */
  readonly end: Place | undefined;
  readonly checkpoint: Place;
}

/** @throws an error that says what is damaged */
export async function recover(files: SegmentFiles, index: LevelIndex): Promise<Recovered> {
  const progress = await readProgress(index);
  const { applied, checkpoint } = progress ?? { applied: beginning, checkpoint: nothing };
  const present = await files.list();
  const table = new SegmentTable(checkpoint.segments);
  if (progress === undefined && present.length === 0) return { table, end: undefined, checkpoint: beginning };
  await checkSealed(files, checkpoint, present);
  const last = Math.max(present.at(-1) ?? 0, applied.segment, checkpoint.place.segment);
  let end = checkpoint.place;
  for (let { segment } = end; segment <= last; segment++) {
    if (!present.includes(segment)) throw new Error(`${files.nameOf(segment)} is missing`);
    const from = segment === end.segment ? end : { segment, position: 0 };
    end = await replay({ files, index, table, applied, isLast: segment === last }, from);
  }
  await index.write([appliedUpTo(end)]);
  return { table, end, checkpoint: checkpoint.place };
}

/** Segments before the checkpoint are all there and as long as they were; others were on their way out. */
async function checkSealed(files: SegmentFiles, { place, segments }: Checkpoint, present: number[]): Promise<void> {
  const sealed = new Map<number, number>();
  for (const [segment, size] of segments) if (segment < place.segment) sealed.set(segment, size);
  for (const [segment, size] of sealed) {
    const actual = (await ifThere(stat(files.pathOf(segment))))?.size;
    if (actual === undefined) throw new Error(`${files.nameOf(segment)} is missing`);
    if (actual !== size) throw new Error(`${files.nameOf(segment)} has ${actual} bytes, not ${size}`);
  }
  for (const segment of present) {
    if (segment < place.segment && !sealed.has(segment)) await files.remove(segment);
  }
}

interface Opening {
  readonly files: SegmentFiles;
  readonly index: LevelIndex;
  readonly table: SegmentTable;
  /** The index has heard of frames up to here. */
  readonly applied: Place;
  readonly isLast: boolean;
}

/** Brings a segment's frames from `from` on into the index. Gives where the segment ends. */
async function replay({ files, index, table, applied, isLast }: Opening, from: Place): Promise<Place> {
  const { segment } = from;
  const file = await open(files.pathOf(segment), 'r+');
  try {
    // The index must not learn of a frame that a loss of power could still take.
    await file.datasync();
    const { size } = await file.stat();
    const reader = new FrameReader(file, size);
    const end = await bringIn(reader, index, table, { segment, position: Math.min(from.position, size) });
    const { position } = end;
    const isShort = position < from.position || (segment === applied.segment && isBefore(end, applied));
    const isTorn = position < size && isLast && !(await reader.hasFrameBehind(end));
    if (isShort || (position < size && !isTorn)) throw new Error(`${files.nameOf(segment)} is damaged at ${position}`);
    if (isTorn) {
      await file.truncate(position);
      await file.datasync();
    }
    return end;
  } finally {
    await file.close();
  }
}

/** All frames from `from` on up to the first that isn't one. Gives where that is. */
async function bringIn(reader: FrameReader, index: LevelIndex, table: SegmentTable, from: Place): Promise<Place> {
  table.begin(from);
  const { segment } = from;
  let { position } = from;
  let operations: StorageOperation[] = [];
  for (;;) {
    const frame = await reader.frame({ segment, position });
    if (frame !== undefined) {
      operations.push(...frame.operations);
      position += frame.headBytes + frame.valueBytes;
      table.count(frame);
    }
    if (frame !== undefined && operations.length < portionOperations) continue;
    if (operations.length > 0) await index.write(operations);
    if (frame === undefined) return { segment, position };
    operations = [];
  }
}
