// The header of a record that was made of another one: when what it stems from came into the log, in milliseconds since the
// Unix epoch, 8 bytes big-endian. What an application sends to itself carries it, so that it is taken in its turn among older
// and newer records, however late it was made. A record has its own timestamp besides: retention goes by that.
import { readInt64, writeInt64 } from './record-batch.ts';

export const eventTimeHeader = 'event-time';

/** The count of headers and the start of this one, where it is the only one. */
const start = Buffer.from([2, eventTimeHeader.length * 2, ...Buffer.from(eventTimeHeader), 16]);

/** How many bytes it takes as the only header. */
export const eventTimeBytes = start.length + 8;

/** Writes a record's headers, only this one, at `at`; returns the end. The caller has made room. */
export function writeEventTime(bytes: Buffer, at: number, time: number): number {
  // Byte by byte, for a call costs more than so few bytes.
  for (let index = 0; index < start.length; index++) bytes[at + index] = start[index]!;
  writeInt64(bytes, at + start.length, time);
  return at + eventTimeBytes;
}

/** The time, if headers that begin at `at` and end at `end` are only this one. */
export function readEventTime(bytes: Buffer, at: number, end: number): number | undefined {
  if (end - at !== eventTimeBytes) return undefined;
  for (let index = 0; index < start.length; index++) if (bytes[at + index] !== start[index]) return undefined;
  return readInt64(bytes, at + start.length);
}

/** The time that is among a record's headers. */
export function eventTimeIn(headers: readonly { readonly key: string; readonly value: Buffer }[]): number | undefined {
  const found = headers.find(({ key, value }) => key === eventTimeHeader && value.length === 8);
  return found && readInt64(found.value, 0);
}
