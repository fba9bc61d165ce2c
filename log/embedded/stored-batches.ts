// Reads batches from storage and believes nothing: each one's CRC and place are checked, and so is that none is missing.
import { StockstreamError } from '../../base/errors.ts';
import { batchHeaderBytes, RecordBatch } from '../record-batch.ts';
import { batchRange, offsetOf } from './keys.ts';
import type { LogData } from './log-data.ts';
import type { Partition } from './partition.ts';
import { type ReadOptions, type StorageEntry, type StorageRange, storageFailed } from './storage.ts';

/** Storage reads whose failures are named. @throws LOG_STORAGE_FAILED */
export async function readEntries(log: LogData, range: StorageRange, options?: ReadOptions): Promise<StorageEntry[]> {
  try {
    return await log.storage.read(range, options);
  } catch (error) {
    throw storageFailed(log.storage.location, 'read', error);
  }
}

export interface StoredBatches {
  readonly batches: RecordBatch[];
  /** Where to go on: behind the last batch, or `end` if no more follow before it. */
  readonly nextOffset: number;
}

/** Part of a partition, in offsets. `from` may lie inside a batch, which then comes first; `end` lies behind one. */
export interface Stretch {
  readonly from: number;
  readonly end: number;
  /** About how much to read at a time. */
  readonly maxBytes: number;
}

/** @throws LOG_CORRUPT_BATCH, LOG_STORAGE_FAILED */
export async function readBatches(
  log: LogData,
  partition: Partition,
  { from, end, maxBytes }: Stretch,
): Promise<StoredBatches> {
  const entries = await readEntries(log, batchRange(partition, from, end), { maxBytes });
  const isAll = entries.reduce((sum, { key, value }) => sum + key.length + value.length, 0) < maxBytes;
  const first = entries[0];
  // Unless a batch begins right here, the one before may reach into the stretch.
  if (first === undefined || offsetOf(first.key) !== from)
    entries.unshift(...(await reachingInto(log, partition, from)));
  const batches = entries.map((entry) => soundBatch(log, partition, entry));
  checkWhole(log, partition, from, batches);
  const behind = batches.at(-1)?.nextOffset ?? from;
  if (isAll) checkNoHole(log, partition, behind, end);
  return { batches, nextOffset: isAll ? end : behind };
}

/** The batch that begins before `offset` and holds it, if there is one. */
async function reachingInto(log: LogData, partition: Partition, offset: number): Promise<StorageEntry[]> {
  const before = await readEntries(log, batchRange(partition, 0, offset), { reverse: true, limit: 1 });
  return before.filter(({ key, value }) => offsetOf(key) + lastOffsetDelta(value) >= offset);
}

function lastOffsetDelta(bytes: Buffer): number {
  return bytes.length < batchHeaderBytes ? 0 : bytes.readInt32BE(23);
}

function soundBatch(log: LogData, partition: Partition, { key, value }: StorageEntry): RecordBatch {
  const offset = offsetOf(key);
  const batch = value.length < batchHeaderBytes ? undefined : new RecordBatch(value);
  const damage = batch === undefined ? `${value.length} bytes are less than a header` : batch.damage();
  if (batch === undefined || damage !== undefined) throw corrupt(log, partition, offset, damage ?? '');
  if (batch.baseOffset !== offset) throw corrupt(log, partition, offset, `it says offset ${batch.baseOffset}`);
  return batch;
}

function checkWhole(log: LogData, partition: Partition, from: number, batches: readonly RecordBatch[]): void {
  let expected = from;
  for (const batch of batches) {
    checkNoHole(log, partition, expected, batch.baseOffset);
    expected = batch.nextOffset;
  }
}

/** A transaction may leave one offset unused; only compaction, and what was removed meanwhile, leave more. */
function checkNoHole(log: LogData, partition: Partition, expected: number, offset: number): void {
  if (offset - expected <= 1 || expected < partition.start) return;
  const topic = log.topics.byId(partition.topicId);
  if (topic === undefined || topic.deleted || topic.spec.cleanup === 'compact') return;
  throw corrupt(log, partition, expected, `offsets up to ${offset} are missing`);
}

function corrupt(log: LogData, { topicId, index }: Partition, offset: number, reason: string): StockstreamError {
  const topic = log.topics.byId(topicId)?.spec.name;
  return new StockstreamError('LOG_CORRUPT_BATCH', { topic, partition: index, offset, reason });
}
