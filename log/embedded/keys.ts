// The key layout of the embedded log. Numbers are big-endian, so that byte order is their order; a topic's id is never
// used twice.
//
//     m                                                  -> JSON: format, nextTopicId, nextProducerId
//     t | topic id u32                                   -> JSON: the topic's spec; `deleted` while its data goes
//     p | topic id u32 | partition u32                   -> the partition's state (partition.ts)
//     b | topic id u32 | partition u32 | base offset u64 -> a record batch in Kafka's v2 format
//     i | topic id u32 | partition u32 | time u64 | base offset u64 -> nothing: the time index (time-index.ts)
//     g | group utf8 | topic id u32 | partition u32      -> the group's committed offset u64
//     x | transactional id utf8                          -> producer id u64 | epoch u16
import { readInt64, writeInt64 } from '../record-batch.ts';
import type { StorageRange } from './storage.ts';

const farthest = Number.MAX_SAFE_INTEGER;

/** Names a partition in keys. */
export interface PartitionId {
  readonly topicId: number;
  readonly index: number;
}

function keyOf(kind: string, id: PartitionId, ...numbers: number[]): Buffer {
  const key = Buffer.allocUnsafe(9 + 8 * numbers.length);
  key[0] = kind.charCodeAt(0);
  key.writeUInt32BE(id.topicId, 1);
  key.writeUInt32BE(id.index, 5);
  for (let at = 0; at < numbers.length; at++) writeInt64(key, 9 + 8 * at, numbers[at]!);
  return key;
}

export const metaKey = Buffer.from('m');
export const partitionKey = (id: PartitionId): Buffer => keyOf('p', id);
export const batchKey = (id: PartitionId, baseOffset: number): Buffer => keyOf('b', id, baseOffset);
export const timeKey = (id: PartitionId, time: number, baseOffset: number): Buffer =>
  keyOf('i', id, Math.max(0, time), baseOffset);

export function topicKey(topicId: number): Buffer {
  return keyOf('t', { topicId, index: 0 }).subarray(0, 5);
}

export function groupKey(group: string, id: PartitionId): Buffer {
  return Buffer.concat([Buffer.from(`g${group}`), keyOf('g', id).subarray(1)]);
}

export function producerKey(transactionalId: string): Buffer {
  return Buffer.from(`x${transactionalId}`);
}

/** All keys of one kind: `t`, `p`, `g` or `x`. */
export function everyKey(kind: string): StorageRange {
  return { gte: Buffer.from(kind), lt: Buffer.from(String.fromCharCode(kind.charCodeAt(0) + 1)) };
}

/** The batches whose base offsets are from `from` to below `to`. */
export function batchRange(id: PartitionId, from: number, to = farthest): StorageRange {
  return { gte: batchKey(id, from), lt: batchKey(id, to) };
}

/** The time index from its start to below `time`. */
export function timeRange(id: PartitionId, time = farthest): StorageRange {
  return { gte: timeKey(id, 0, 0), lt: timeKey(id, time, 0) };
}

/** The last number of a batch key or a time key: its base offset. */
export function offsetOf(key: Buffer): number {
  return readInt64(key, key.length - 8);
}

/** The partition that a `p` or `g` key ends with. */
export function partitionOfKey(key: Buffer): PartitionId {
  return { topicId: key.readUInt32BE(key.length - 8), index: key.readUInt32BE(key.length - 4) };
}

export function textOfGroupKey(key: Buffer): string {
  return key.toString('utf8', 1, key.length - 8);
}

export function textOfProducerKey(key: Buffer): string {
  return key.toString('utf8', 1);
}
