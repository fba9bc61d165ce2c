// Compaction of one partition: keeps the last value of each key, and drops tombstones that are old enough. Offsets stay.
// It goes upwards and writes as it goes, so that a crash in the middle leaves a log in which a key may still have older
// values, and never one that lost its last.

import type { RecordCursor } from '../record-batch.ts';
import { filterBatch } from '../record-batch-filter.ts';
import { batchKey, batchRange, offsetOf } from './keys.ts';
import type { LogData } from './log-data.ts';
import type { Partition } from './partition.ts';
import { readBatches, readEntries } from './stored-batches.ts';

export interface CompactionOptions {
  /** Tombstones stay for so long, so that every reader learns of them. Milliseconds. */
  readonly tombstoneDelayMs: number;
  /** The newest batches, about so many bytes and one at least, are left alone. */
  readonly activeTailBytes: number;
  /** Keys that one run remembers; it stops where there are more, and the next goes on. */
  readonly maxCompactionKeys: number;
}

const chunkBytes = 2 ** 20;

/** Keys to the last offset that they have among what wasn't compacted yet. */
type Latest = Map<string, number>;

/** `isStopped` is asked between writes. */
export async function compactPartition(
  log: LogData,
  partition: Partition,
  options: CompactionOptions,
  isStopped: () => boolean,
): Promise<void> {
  if (partition.bytes <= options.activeTailBytes) return;
  const tail = await activeTail(log, partition, options.activeTailBytes);
  const { latest, end } = await latestOffsets(log, partition, tail, options.maxCompactionKeys);
  if (end <= partition.cleanedTo) return;
  const tombstonesBefore = log.clock.now() - options.tombstoneDelayMs;
  const keeps = (cursor: RecordCursor) =>
    cursor.keyStart < 0 ||
    ((latest.get(keyOf(cursor)) ?? cursor.offset) <= cursor.offset &&
      (cursor.valueStart >= 0 || cursor.timestamp >= tombstonesBefore));
  let cleanedBytes = 0;
  for (let from = partition.start; from < end; ) {
    const { batches, nextOffset } = await readBatches(log, partition, { from, end, maxBytes: chunkBytes });
    const rewritten = batches.map((batch) => ({ batch, kept: filterBatch(batch, keeps) }));
    if (isStopped()) return;
    await log.writer.submit((flush) => {
      for (const { batch, kept } of rewritten) {
        cleanedBytes += kept?.length ?? 0;
        if (kept === batch.bytes) continue;
        partition.remove(batch.bytes.length - (kept?.length ?? 0));
        if (kept === undefined) flush.delete(batchKey(partition, batch.baseOffset));
        else flush.replace(batchKey(partition, batch.baseOffset), kept);
        flush.change(partition);
      }
    });
    from = nextOffset;
  }
  await log.writer.submit((flush) => {
    partition.cleanedTo = end;
    partition.tailFrom = Math.max(partition.tailFrom, end);
    partition.cleanedBytes = cleanedBytes;
    flush.change(partition);
  });
}

/** Where the batches begin that compaction leaves alone. */
async function activeTail(log: LogData, partition: Partition, bytes: number): Promise<number> {
  const range = batchRange(partition, partition.start, partition.end);
  const newest = await readEntries(log, range, { reverse: true, maxBytes: Math.max(1, bytes) });
  return newest.length === 0 ? partition.end : offsetOf(newest.at(-1)!.key);
}

async function latestOffsets(
  log: LogData,
  partition: Partition,
  tail: number,
  maxKeys: number,
): Promise<{ latest: Latest; end: number }> {
  const latest: Latest = new Map();
  let from = Math.max(partition.start, partition.cleanedTo);
  while (from < tail && latest.size < maxKeys) {
    const { batches, nextOffset } = await readBatches(log, partition, { from, end: tail, maxBytes: chunkBytes });
    for (const batch of batches) {
      for (const cursor = batch.cursor(); cursor.next(); ) {
        if (cursor.keyStart >= 0) latest.set(keyOf(cursor), cursor.offset);
      }
    }
    from = nextOffset;
  }
  return { latest, end: from };
}

/** Every byte is one character: exact, and cheaper than decoding. */
function keyOf({ bytes, keyStart, keyEnd }: RecordCursor): string {
  return bytes.toString('latin1', keyStart, keyEnd);
}
