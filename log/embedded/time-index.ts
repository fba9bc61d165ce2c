// Offsets by time. The index is sparse: an entry (time, offset) says that no record before that offset is later than
// that time. Both grow along a partition, so that the last entry below a time is where to begin, and the batches from
// there to the next entry hold the record, if there is one.
import type { RecordBatch } from '../record-batch.ts';
import { offsetOf, timeRange } from './keys.ts';
import type { LogData } from './log-data.ts';
import type { Partition } from './partition.ts';
import { readBatches, readEntries } from './stored-batches.ts';

const chunkBytes = 2 ** 20;

/** The offset of the first record at or after `timestamp`, exactly; the partition's end if there is none. */
export async function offsetAt(log: LogData, partition: Partition, timestamp: number): Promise<number> {
  const { end } = partition;
  if (timestamp > partition.maxTimestamp) return end;
  const [entry] = await readEntries(log, timeRange(partition, timestamp), { reverse: true, limit: 1 });
  let from = Math.max(partition.start, entry === undefined ? 0 : offsetOf(entry.key));
  while (from < end) {
    const { batches, nextOffset } = await readBatches(log, partition, { from, end, maxBytes: chunkBytes });
    for (const batch of batches) {
      const offset = firstAtOrAfter(batch, timestamp, from);
      if (offset !== undefined) return offset;
    }
    from = nextOffset;
  }
  return end;
}

function firstAtOrAfter(batch: RecordBatch, timestamp: number, from: number): number | undefined {
  if (batch.maxTimestamp < timestamp) return undefined;
  for (const cursor = batch.cursor(); cursor.next(); ) {
    if (cursor.timestamp >= timestamp && cursor.offset >= from) return cursor.offset;
  }
  return undefined;
}
