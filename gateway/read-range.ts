// Reads a stretch of one partition of the log, once: for what no view knows. Not a way to follow a topic.
import type { Log, TopicPartition } from '../log/log.ts';
import type { RecordCursor } from '../log/record-batch.ts';

export interface ReadRange extends TopicPartition {
  /** The first offset to read. */
  readonly from: number;
  /** The first offset not to read. */
  readonly to: number;
  /** About how many bytes to read at most. */
  readonly maxBytes: number;
}

const pollBytes = 1024 * 1024;
const pollWaitMs = 1_000;
/** A partition that gives nothing for so many polls in a row isn't read on. */
const mostEmptyPolls = 5;

/**
 * Calls `visit` with each record until it returns true.
 * @returns the offset to go on from: `to` or beyond once all is read, less if `maxBytes` or a silent log ended it before,
 * and that of the last record if `visit` ended it
 */
export async function readRange(
  log: Log,
  range: ReadRange,
  visit: (cursor: RecordCursor) => boolean | undefined,
): Promise<number> {
  let position = range.from;
  if (position >= range.to) return position;
  const fetcher = log.fetcher();
  try {
    fetcher.assign(range, position);
    let bytes = 0;
    let empty = 0;
    while (position < range.to && bytes < range.maxBytes && empty < mostEmptyPolls) {
      const polled = await fetcher.poll({
        maxWaitMs: pollWaitMs,
        maxBytes: Math.min(pollBytes, range.maxBytes - bytes),
      });
      empty = polled.length === 0 ? empty + 1 : 0;
      for (const { batches, nextOffset } of polled) {
        for (const batch of batches) {
          bytes += batch.bytes.length;
          for (const cursor = batch.cursor(); cursor.next(); ) {
            if (cursor.offset < range.from || cursor.offset >= range.to) continue;
            if (visit(cursor)) return cursor.offset;
          }
        }
        position = Math.max(position, nextOffset);
      }
    }
    return position;
  } finally {
    await fetcher.close();
  }
}
