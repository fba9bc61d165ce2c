// Fetch, version 17: incremental within a session (KIP-227), by topic id (KIP-516), committed records alone.
import { RequestWriter } from './request-writer.ts';
import type { ResponseReader } from './response-reader.ts';

export const fetchApi = { key: 1, version: 17 } as const;

export interface FetchPartition {
  /** 16 bytes as latin1 text. */
  readonly topicId: string;
  readonly partition: number;
  readonly leaderEpoch: number;
  readonly offset: number;
}

export interface FetchRequest {
  readonly sessionId: number;
  /** 0 opens a session, -1 ends it. */
  readonly sessionEpoch: number;
  readonly maxWaitMs: number;
  readonly maxBytes: number;
  readonly partitionMaxBytes: number;
  /** In a running session: what is new or has moved. */
  readonly partitions: readonly FetchPartition[];
  readonly forgotten: readonly Pick<FetchPartition, 'topicId' | 'partition'>[];
}

export interface AbortedTransaction {
  readonly producerId: number;
  readonly firstOffset: number;
}

export interface FetchedPartition {
  readonly topicId: string;
  readonly partition: number;
  readonly error: number;
  readonly lastStableOffset: number;
  readonly aborted: readonly AbortedTransaction[];
  /** Record batches, the last one possibly cut off; a view of the response. */
  readonly records: Buffer;
}

export interface FetchResponse {
  readonly error: number;
  readonly sessionId: number;
  readonly partitions: readonly FetchedPartition[];
}

const readCommitted = 1;
const minBytes = 1;
const unknown = -1;

export function encodeFetch(request: FetchRequest): RequestWriter {
  const { sessionId, sessionEpoch, maxWaitMs, maxBytes, partitions, forgotten, partitionMaxBytes } = request;
  const writer = new RequestWriter().int32(maxWaitMs).int32(minBytes).int32(maxBytes).int8(readCommitted);
  writer.int32(sessionId).int32(sessionEpoch);
  byTopic(writer, partitions, ({ partition, leaderEpoch, offset }) => {
    writer.int32(partition).int32(leaderEpoch).int64(offset);
    // The epoch of the last record and the log's start are for replicas.
    writer.int32(unknown).int64(unknown).int32(partitionMaxBytes).tags();
  });
  byTopic(writer, forgotten, ({ partition }) => writer.int32(partition));
  return writer.text('').tags();
}

function byTopic<P extends { readonly topicId: string }>(
  writer: RequestWriter,
  partitions: readonly P[],
  write: (partition: P) => void,
): void {
  const topics = Map.groupBy(partitions, ({ topicId }) => topicId);
  writer.count(topics.size);
  for (const [topicId, parts] of topics) {
    writer.raw(Buffer.from(topicId, 'latin1')).count(parts.length);
    for (const part of parts) write(part);
    writer.tags();
  }
}

export function decodeFetch(reader: ResponseReader): FetchResponse {
  reader.int32(); // throttle time
  const error = reader.int16();
  const sessionId = reader.int32();
  const topics = reader.list(() => {
    const topicId = reader.uuid();
    const partitions = reader.list(() => fetched(topicId, reader));
    reader.tags();
    return partitions;
  });
  return { error, sessionId, partitions: topics.flat() };
}

function fetched(topicId: string, reader: ResponseReader): FetchedPartition {
  const partition = reader.int32();
  const error = reader.int16();
  reader.int64(); // high watermark
  const lastStableOffset = reader.int64();
  reader.int64(); // log start offset
  const aborted = reader.list(() => {
    const transaction = { producerId: reader.int64(), firstOffset: reader.int64() };
    reader.tags();
    return transaction;
  });
  reader.int32(); // preferred read replica
  const records = reader.data();
  reader.tags();
  return { topicId, partition, error, lastStableOffset, aborted, records };
}
