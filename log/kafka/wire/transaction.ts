// TxnOffsetCommit, version 5, and EndTxn, version 5: the second half of KIP-890. A group's offsets join the transaction
// by being written, and each end gives the producer a new epoch, so that nothing late can reach the next transaction.
import { RequestWriter } from './request-writer.ts';
import type { ResponseReader } from './response-reader.ts';

export const txnOffsetCommitApi = { key: 28, version: 5 } as const;
export const endTxnApi = { key: 26, version: 5 } as const;

/** Who speaks for a transactional id. */
export interface ProducerIdentity {
  readonly producerId: number;
  readonly epoch: number;
}

export interface TxnOffset {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly metadata?: string;
}

export interface TxnOffsetCommitRequest {
  readonly transactionalId: string;
  readonly group: string;
  readonly identity: ProducerIdentity;
  readonly generation: number;
  readonly memberId: string;
  readonly offsets: readonly TxnOffset[];
}

export interface EndTxnRequest {
  readonly transactionalId: string;
  readonly identity: ProducerIdentity;
  readonly committed: boolean;
}

export interface EndTxnResponse {
  readonly error: number;
  /** Who the producer is from now on. */
  readonly identity: ProducerIdentity;
}

const noEpoch = -1;

export function encodeTxnOffsetCommit(request: TxnOffsetCommitRequest): RequestWriter {
  const { transactionalId, group, identity, generation, memberId, offsets } = request;
  const writer = new RequestWriter().text(transactionalId).text(group).int64(identity.producerId);
  writer.int16(identity.epoch).int32(generation).text(memberId).text(null);
  const topics = Map.groupBy(offsets, ({ topic }) => topic);
  writer.count(topics.size);
  for (const [topic, each] of topics) {
    writer.text(topic).count(each.length);
    for (const { partition, offset, metadata = null } of each) {
      writer.int32(partition).int64(offset).int32(noEpoch).text(metadata).tags();
    }
    writer.tags();
  }
  return writer.tags();
}

/** The errors of all partitions, in the order of the answer. */
export function decodeTxnOffsetCommit(reader: ResponseReader): number[] {
  reader.int32(); // throttle time
  const topics = reader.list(() => {
    reader.text();
    const errors = reader.list(() => {
      reader.int32();
      const error = reader.int16();
      reader.tags();
      return error;
    });
    reader.tags();
    return errors;
  });
  return topics.flat();
}

export function encodeEndTxn({ transactionalId, identity, committed }: EndTxnRequest): RequestWriter {
  const writer = new RequestWriter().text(transactionalId).int64(identity.producerId).int16(identity.epoch);
  return writer.boolean(committed).tags();
}

export function decodeEndTxn(reader: ResponseReader): EndTxnResponse {
  reader.int32(); // throttle time
  return { error: reader.int16(), identity: { producerId: reader.int64(), epoch: reader.int16() } };
}
