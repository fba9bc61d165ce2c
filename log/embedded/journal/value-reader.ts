// Reads values from the journal: what lies close together in one read, each value into a buffer of its own, so that whoever
// keeps one keeps no other.
import type { FileHandle } from 'node:fs/promises';
import { readUpTo } from './frame-reader.ts';
import type { Pointer } from './pointer.ts';
import type { SegmentFiles } from './segment-files.ts';

/** What is read and thrown away costs less than another read, up to so many bytes. */
const mostGapBytes = 16 * 2 ** 10;
const mostRunBytes = 4 * 2 ** 20;
/** The system takes 1,024 buffers a read; each value may have a gap before it. */
const mostRunValues = 500;
/** The threads that read are those that write, too: some must be left. */
const mostReads = 2;

interface Wanted extends Pointer {
  readonly index: number;
}

/** Values of one segment, upwards. */
type Run = Wanted[];

/** The values in the order of their pointers. @throws an error that says which segment is missing or too short */
export async function readValues(files: SegmentFiles, pointers: readonly Pointer[]): Promise<Buffer[]> {
  const runs = runsOf(pointers);
  const values = new Array<Buffer>(pointers.length);
  const read = async () => {
    for (let run = runs.pop(); run !== undefined; run = runs.pop()) await readRun(files, run, values);
  };
  await Promise.all(Array.from({ length: Math.min(mostReads, runs.length) }, read));
  return values;
}

function runsOf(pointers: readonly Pointer[]): Run[] {
  const wanted = pointers.map((pointer, index) => ({ ...pointer, index }));
  wanted.sort((a, b) => a.segment - b.segment || a.position - b.position);
  const runs: Run[] = [];
  let run: Run = [];
  for (const value of wanted) {
    const [first, last] = [run[0], run.at(-1)];
    const gap = last === undefined ? 0 : value.position - endOf(last);
    const fits =
      first?.segment === value.segment &&
      gap >= 0 &&
      gap <= mostGapBytes &&
      endOf(value) - first.position <= mostRunBytes &&
      run.length < mostRunValues;
    if (fits) run.push(value);
    else {
      run = [value];
      runs.push(run);
    }
  }
  return runs;
}

async function readRun(files: SegmentFiles, run: Run, values: Buffer[]): Promise<void> {
  const [first] = run;
  if (first === undefined) return;
  await files.use(first.segment, async (file) => {
    const buffers: Buffer[] = [];
    let gaps: Buffer | undefined;
    let position = first.position;
    for (const value of run) {
      if (value.position > position) {
        gaps ??= Buffer.allocUnsafeSlow(mostGapBytes);
        buffers.push(gaps.subarray(0, value.position - position));
      }
      const bytes = Buffer.allocUnsafeSlow(value.length);
      buffers.push(bytes);
      values[value.index] = bytes;
      position = endOf(value);
    }
    const { bytesRead } = await file.readv(buffers, first.position);
    if (bytesRead === position - first.position) return;
    for (const value of run) values[value.index] = await readOne(file, value, files);
  });
}

/** The system gave less than was asked for: that may be, or the file is too short. */
async function readOne(file: FileHandle, { segment, position, length }: Pointer, files: SegmentFiles): Promise<Buffer> {
  const bytes = await readUpTo(file, position, length);
  if (bytes.length === length) return bytes;
  throw new Error(`${files.nameOf(segment)} ends before the ${length} bytes at ${position}`);
}

function endOf({ position, length }: Pointer): number {
  return position + length;
}
