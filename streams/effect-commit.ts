// One transaction of an effect: what came of the records that have ended since the last one, and the offsets up to the
// first that hasn't, with which of those behind it have. Nothing else that an effect does is visible in the log.
import type { GroupMetadata } from '../log/group.ts';
import type { TransactionalProducer } from '../log/log.ts';
import type { Topic } from './api.ts';
import type { EffectPartition, Entry } from './effect-partition.ts';
import { OutputBatches } from './output-batches.ts';

/** In one transaction, so that it stays small though every record may be a dead letter. */
const mostRecords = 200;

export interface EffectCommitParts {
  readonly topic: Topic<unknown>;
  readonly deadLetters: Topic<Buffer>;
  /** In milliseconds since the Unix epoch. */
  readonly now: number;
  /** Runs the transaction with the proof of membership, maybe more than once. */
  readonly asMember: <T>(work: (member: GroupMetadata) => Promise<T>) => Promise<T>;
  readonly producer: TransactionalProducer | undefined;
  /** Gives a record whose outcome can't be written one that can. */
  readonly setAside: (entry: Entry, error: unknown) => void;
  /** Whether offsets go, too, where no record ended. */
  readonly isDue: boolean;
}

/**
 * @returns how many records' outcomes were written; undefined if there was nothing to commit.
 * @throws LOG_*; the partitions must then be forgotten
 */
export async function commitOutcomes(
  partitions: Iterable<EffectPartition>,
  parts: EffectCommitParts,
): Promise<number | undefined> {
  const outputs = new OutputBatches();
  const moved: EffectPartition[] = [];
  let count = 0;
  for (const partition of partitions) {
    const entries = partition.finished(mostRecords - count);
    for (const entry of entries) write(entry, outputs, parts);
    count += entries.length;
    if (entries.length > 0 || (parts.isDue && partition.hasMoved)) moved.push(partition);
  }
  if (moved.length === 0) return undefined;
  const offsets = moved.map(({ partition, place }) => ({ topic: parts.topic.name, partition, ...place }));
  await parts.asMember(async (member) => {
    const transaction = parts.producer!.begin();
    for (const { topic, partition, builder } of outputs) transaction.append(topic, partition, builder);
    // Also where no offset moves on, for it is by its offsets that the work of a former owner is refused.
    transaction.commitOffsets(member, offsets);
    await transaction.commit();
  });
  for (const [index, partition] of moved.entries()) partition.committed(offsets[index]!.offset);
  return count;
}

function write(entry: Entry, outputs: OutputBatches, { now, deadLetters, setAside }: EffectCommitParts): void {
  try {
    // What answers a record takes its turn by what that stems from.
    const { carriedTime: eventTime } = entry.record;
    const { forwarded } = entry.outcome!;
    outputs.addForwarded(eventTime === undefined ? forwarded : forwarded.map((each) => ({ ...each, eventTime })), now);
  } catch (error) {
    setAside(entry, error);
  }
  const letter = entry.outcome!.deadLetter;
  if (letter !== undefined) outputs.addDeadLetters([letter], deadLetters, now);
  entry.isWritten = true;
}
