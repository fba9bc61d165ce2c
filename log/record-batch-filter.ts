// Takes records out of a batch without touching the others: what compaction needs. Bounds, offsets and times stay.
import { batchHeaderBytes, type RecordBatch, type RecordCursor, sealBatch, writeInt64 } from './record-batch.ts';

/** The batch with the records that `keeps` is true for: its own bytes if all stay, undefined if none do. */
export function filterBatch(batch: RecordBatch, keeps: (cursor: RecordCursor) => boolean): Buffer | undefined {
  const kept: Buffer[] = [];
  let maxTimestamp = -1;
  for (const cursor = batch.cursor(); cursor.next(); ) {
    if (!keeps(cursor)) continue;
    kept.push(batch.bytes.subarray(cursor.recordStart, cursor.recordEnd));
    maxTimestamp = Math.max(maxTimestamp, cursor.timestamp);
  }
  if (kept.length === batch.count) return batch.bytes;
  if (kept.length === 0) return undefined;
  const bytes = Buffer.concat([batch.bytes.subarray(0, batchHeaderBytes), ...kept]);
  writeInt64(bytes, 35, maxTimestamp);
  bytes.writeInt32BE(kept.length, 57);
  return sealBatch(bytes);
}
