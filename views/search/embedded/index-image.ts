// The index as a file, written now and then, so that a start reads columns instead of making them: half a second
// instead of half a minute for a million listings. It holds no more than the database does; without one, or with one
// of another form, the index is made anew.
//
//     length of the skeleton (8 bytes) | skeleton: the state with a mark for each column | columns
//
// Each part begins at a multiple of 8.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { deserialize, serialize } from 'node:v8';
import type { MemoryIndexState } from './memory-index.ts';

/** Changes whenever anything of the state does. */
const form = 4;
const pieceBytes = 4 * 2 ** 20;
const prefixBytes = 8;

const columnTypes = { Int32Array, Uint32Array, Uint16Array, Uint8Array, Float32Array, Float64Array } as const;
type ColumnType = keyof typeof columnTypes;
type Column = InstanceType<(typeof columnTypes)[ColumnType]>;

/** In place of a column. */
interface Mark {
  readonly column: ColumnType;
  readonly length: number;
  /** From where the columns begin. */
  readonly start: number;
}

interface Skeleton {
  readonly form: number;
  readonly state: unknown;
  readonly bytes: number;
}

/** Nothing of `state` may change until it is written. Written in pieces, off the thread. */
export async function writeImage(file: string, state: MemoryIndexState): Promise<void> {
  const columns: Column[] = [];
  let bytes = 0;
  const marked = replaced(state, isColumn, (column): Mark => {
    columns.push(column);
    const start = bytes;
    bytes += padded(column.byteLength);
    return { column: column.constructor.name as ColumnType, length: column.length, start };
  });
  const skeleton = serialize({ form, state: marked, bytes } satisfies Skeleton);
  const image = await open(file, 'w');
  try {
    const prefix = Buffer.alloc(prefixBytes);
    prefix.writeUInt32LE(skeleton.length);
    await image.writev([prefix, skeleton, Buffer.alloc(padded(skeleton.length) - skeleton.length)]);
    for (const column of columns) {
      const content = Buffer.from(column.buffer, column.byteOffset, column.byteLength);
      for (let from = 0; from < content.length; from += pieceBytes) {
        await image.write(content.subarray(from, from + pieceBytes));
      }
      await image.write(Buffer.alloc(padded(content.length) - content.length));
    }
    await image.datasync();
  } finally {
    await image.close();
  }
}

/** Undefined if there is none, it isn't whole, or it is of another form. */
export function readImage(file: string): MemoryIndexState | undefined {
  try {
    return readColumns(file);
  } catch {
    return undefined;
  }
}

function readColumns(file: string): MemoryIndexState | undefined {
  const image = openSync(file, 'r');
  try {
    const length = read(image, Buffer.alloc(prefixBytes), 0).readUInt32LE();
    const { form: written, state, bytes }: Skeleton = deserialize(read(image, Buffer.alloc(length), prefixBytes));
    const start = prefixBytes + padded(length);
    if (written !== form || fstatSync(image).size !== start + bytes) return undefined;
    return replaced(state, isMark, (mark) => {
      const column = new columnTypes[mark.column](mark.length);
      read(image, Buffer.from(column.buffer), start + mark.start);
      return column;
    }) as MemoryIndexState;
  } finally {
    closeSync(image);
  }
}

/** A copy of plain objects and lists in which `isPart` tells what becomes something else. */
function replaced<Part>(
  value: unknown,
  isPart: (value: unknown) => value is Part,
  by: (part: Part) => unknown,
): unknown {
  if (isPart(value)) return by(value);
  if (Array.isArray(value)) {
    // Long lists of numbers and texts stay as they are.
    return value.some((each) => typeof each === 'object') ? value.map((each) => replaced(each, isPart, by)) : value;
  }
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, replaced(each, isPart, by)]));
}

function isColumn(value: unknown): value is Column {
  return ArrayBuffer.isView(value);
}

function isMark(value: unknown): value is Mark {
  return typeof value === 'object' && value !== null && 'column' in value && 'start' in value;
}

function read(image: number, into: Buffer, from: number): Buffer {
  let at = 0;
  while (at < into.length) {
    const count = readSync(image, into, at, into.length - at, from + at);
    if (count === 0) break;
    at += count;
  }
  return into;
}

function padded(length: number): number {
  return Math.ceil(length / 8) * 8;
}
