// What a commit took: enough to do it again. With the inputs and an empty state, the commit records of a task give
// the same decisions, byte for byte (replay.ts). One JSON record a task and commit, in the topology's commit topic.
import { reasonOf, StockstreamError } from '../base/errors.ts';

export interface CommitRecord {
  readonly task: string;
  /** From 1, without gaps. */
  readonly commit: number;
  /** The time that the processors saw, in milliseconds since the Unix epoch. */
  readonly now: number;
  /** Version of the code that decided. */
  readonly code: string;
  /** How many timers and expiries took effect, before the records. */
  readonly fired: number;
  /** Topic to the offsets taken: from, and up to but without. */
  readonly inputs: { readonly [topic: string]: readonly [number, number] };
}

export function encodeCommitRecord(record: CommitRecord): Buffer {
  return Buffer.from(JSON.stringify(record));
}

/** @throws RECORD_UNDECODABLE */
export function decodeCommitRecord(bytes: Buffer): CommitRecord {
  try {
    return JSON.parse(bytes.toString()) as CommitRecord;
  } catch (error) {
    throw new StockstreamError('RECORD_UNDECODABLE', { reason: `commit record: ${reasonOf(error)}` }, error);
  }
}
